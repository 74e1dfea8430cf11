#include "digit_strokes.hpp"

namespace spinule {
namespace {

stroke line(point from, point to) { return {from, {(from.x + to.x) / 2, (from.y + to.y) / 2}, to}; }

/// A round shape that touches the sides of a box.
std::vector<stroke> ring(double left, double top, double right, double bottom) {
  const double x = (left + right) / 2, y = (top + bottom) / 2;
  return {{{x, top}, {right, top}, {right, y}},
          {{right, y}, {right, bottom}, {x, bottom}},
          {{x, bottom}, {left, bottom}, {left, y}},
          {{left, y}, {left, top}, {x, top}}};
}

std::vector<stroke> six() {
  std::vector<stroke> strokes = ring(0.08, 0.45, 0.92, 1);
  strokes.push_back({{0.08, 0.725}, {0.05, 0.15}, {0.75, 0}});
  return strokes;
}

std::vector<stroke> eight() {
  std::vector<stroke> strokes = ring(0.15, 0, 0.85, 0.46);
  for (const stroke& lower : ring(0.05, 0.46, 0.95, 1)) strokes.push_back(lower);
  return strokes;
}

std::vector<stroke> nine() {
  std::vector<stroke> strokes = six();
  for (stroke& s : strokes) s = {{1 - s.from.x, 1 - s.from.y}, {1 - s.bend.x, 1 - s.bend.y}, {1 - s.to.x, 1 - s.to.y}};
  return strokes;
}

}  // namespace

std::vector<stroke> strokes_of(std::uint32_t digit) {
  switch (digit) {
    case 0:
      return ring(0.05, 0, 0.95, 1);
    case 1:
      return {line({0.3, 0.22}, {0.55, 0}), line({0.55, 0}, {0.55, 1})};
    case 2:
      return {{{0.08, 0.25}, {0.12, 0}, {0.5, 0}},
              {{0.5, 0}, {0.95, 0}, {0.9, 0.32}},
              {{0.9, 0.32}, {0.8, 0.62}, {0.05, 1}},
              line({0.05, 1}, {0.95, 1})};
    case 3:
      return {{{0.08, 0.12}, {0.45, -0.1}, {0.8, 0.1}},
              {{0.8, 0.1}, {1, 0.4}, {0.38, 0.47}},
              {{0.38, 0.47}, {1.08, 0.5}, {0.86, 0.84}},
              {{0.86, 0.84}, {0.5, 1.14}, {0.05, 0.88}}};
    case 4:
      return {line({0.62, 0}, {0.05, 0.64}), line({0.05, 0.64}, {0.97, 0.64}), line({0.7, 0.3}, {0.7, 1})};
    case 5:
      return {line({0.9, 0}, {0.2, 0}),
              line({0.2, 0}, {0.15, 0.45}),
              {{0.15, 0.45}, {0.55, 0.28}, {0.82, 0.5}},
              {{0.82, 0.5}, {1.02, 0.76}, {0.7, 0.93}},
              {{0.7, 0.93}, {0.4, 1.08}, {0.05, 0.88}}};
    case 6:
      return six();
    case 7:
      return {line({0.05, 0.02}, {0.95, 0.02}), {{0.95, 0.02}, {0.5, 0.45}, {0.36, 1}}};
    case 8:
      return eight();
    default:
      return nine();
  }
}

}  // namespace spinule

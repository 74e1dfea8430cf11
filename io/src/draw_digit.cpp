// A digit before an event camera. Only correctly rounded arithmetic, so the same bits everywhere.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <spinule/error.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/random.hpp>

#include "digit_strokes.hpp"
#include "order.hpp"

namespace spinule {
namespace {

constexpr int side = 34;  // pixels
constexpr std::int64_t step_us = 1500;
constexpr int steps_per_saccade = 70;  // 105 ms
constexpr int steps = 3 * steps_per_saccade;
constexpr std::array<point, 4> corners{{{0, 0}, {3.5, 7}, {7, 0}, {0, 0}}};  // where the picture goes, as in N-MNIST

double between(random_stream& random, double low, double high) { return low + (high - low) * random.uniform(); }

/// Logarithm of brightness on a grid finer than the pixels. Pixel (x, y) sees the place (x, y) when the eye is at rest.
class scene {
 public:
  scene(std::uint32_t digit, random_stream& random);
  /// Between grid points, linear.
  double at(double x, double y) const;
  point low() const { return {low_.x - reach_, low_.y - reach_}; }
  point high() const { return {high_.x + reach_, high_.y + reach_}; }

 private:
  static constexpr int grain = 3, margin = 8, cells = (side + 2 * margin) * grain;
  void draw(const stroke& s);
  void draw(point a, point b);

  double thickness_, reach_;
  point low_{side, side}, high_{0, 0};
  std::vector<double> cover_ = std::vector<double>(cells * cells);  // first 0 to 1, then logarithm of brightness
};

scene::scene(std::uint32_t digit, random_stream& random) {
  thickness_ = between(random, 0.8, 1.5);
  reach_ = thickness_ + 1;
  const double width = between(random, 8, 13.5), height = between(random, 13, 19), slant = between(random, -0.15, 0.5);
  const point middle{between(random, 11.5, 15.5), between(random, 11.5, 15.5)};
  constexpr double wobble = 0.07;
  std::vector<std::pair<point, point>> known;  // strokes that meet still meet
  const auto placed = [&](point p) {
    for (const auto& [from, to] : known)
      if (from == p) return to;
    const double x = p.x - 0.5 + wobble * random.normal(), y = p.y - 0.5 + wobble * random.normal();
    return known.emplace_back(p, point{middle.x + width * x - slant * height * y, middle.y + height * y}).second;
  };
  std::vector<stroke> strokes = strokes_of(digit);
  for (stroke& s : strokes) {
    s.from = placed(s.from);
    s.bend = placed(s.bend);
    s.to = placed(s.to);
  }
  for (const stroke& s : strokes) draw(s);
  constexpr double dark = 0.2;
  const double background = portable_log(dark);
  for (double& value : cover_) value = value == 0 ? background : portable_log(dark + (1 - dark) * value);
}

void scene::draw(const stroke& s) {
  constexpr int pieces = 8;
  for (int i = 0; i < pieces; ++i) draw(s.at(i / double{pieces}), s.at((i + 1) / double{pieces}));
}

/// Covers what is nearer than the thickness, with an edge one pixel soft.
void scene::draw(point a, point b) {
  low_ = {std::min({low_.x, a.x, b.x}), std::min({low_.y, a.y, b.y})};
  high_ = {std::max({high_.x, a.x, b.x}), std::max({high_.y, a.y, b.y})};
  const auto cell = [](double v) { return std::clamp(static_cast<int>((v + margin) * grain), 0, cells - 1); };
  const point along{b.x - a.x, b.y - a.y};
  const double length2 = along.x * along.x + along.y * along.y;
  for (int row = cell(std::min(a.y, b.y) - reach_); row <= cell(std::max(a.y, b.y) + reach_); ++row)
    for (int column = cell(std::min(a.x, b.x) - reach_); column <= cell(std::max(a.x, b.x) + reach_); ++column) {
      const double x = column / double{grain} - margin - a.x, y = row / double{grain} - margin - a.y;
      const double u = length2 > 0 ? std::clamp((x * along.x + y * along.y) / length2, 0.0, 1.0) : 0.0;
      const double dx = x - u * along.x, dy = y - u * along.y;
      double& value = cover_[static_cast<std::size_t>(row * cells + column)];
      value = std::max(value, std::clamp(thickness_ + 0.5 - std::sqrt(dx * dx + dy * dy), 0.0, 1.0));
    }
}

double scene::at(double x, double y) const {
  const double gx = (x + margin) * grain, gy = (y + margin) * grain;
  const int column = static_cast<int>(gx), row = static_cast<int>(gy);
  const double fx = gx - column, fy = gy - row;
  const double* cell = &cover_[static_cast<std::size_t>(row * cells + column)];
  return (1 - fy) * ((1 - fx) * cell[0] + fx * cell[1]) + fy * ((1 - fx) * cell[cells] + fx * cell[cells + 1]);
}

/// How far the picture has moved after a number of steps: along a side of the triangle, slow at its ends.
point moved(int step) {
  const auto which = static_cast<std::size_t>(std::min(step / steps_per_saccade, 2));
  const double u = step / double{steps_per_saccade} - static_cast<double>(which);
  const double s = u * u * (3 - 2 * u);
  const point from = corners[which], to = corners[which + 1];
  return {from.x + s * (to.x - from.x), from.y + s * (to.y - from.y)};
}

/// What one pixel reports of the picture that moves before it.
void watch(const scene& picture, int x, int y, double threshold, random_stream& random, std::vector<event>& events) {
  constexpr double latency_us = 400;
  const auto column = static_cast<std::uint32_t>(x), row = static_cast<std::uint32_t>(y);
  double before = picture.at(x, y), reference = before;
  for (int step = 1; step <= steps; ++step) {
    const point shift = moved(step);
    const double now = picture.at(x - shift.x, y - shift.y);
    while (std::abs(now - reference) >= threshold) {
      const bool on = now > reference;
      reference += on ? threshold : -threshold;
      const double crossed = now == before ? 1 : std::clamp((reference - before) / (now - before), 0.0, 1.0);
      const double time = (step - 1 + crossed) * step_us + latency_us * random.uniform();
      events.push_back({static_cast<std::int64_t>(time), sensor{}.channel(column, row, on ? 1 : 0)});
    }
    before = now;
  }
}

/// The thresholds of the camera, the same for all digits of a seed.
double threshold_of(std::uint64_t seed, std::uint64_t pixel) {
  random_stream random{seed, purpose::generator, pixel, 1};
  return 0.4 * std::max(0.5, 1 + 0.2 * random.normal());
}

}  // namespace

recording draw_digit(std::uint32_t digit, std::uint64_t seed, std::uint64_t instance) {
  if (digit > 9) throw spinule_error{"digit to draw", std::to_string(digit) + " is none; 0 to 9 are"};
  random_stream random{seed, purpose::generator, instance * 10 + digit, 0};
  const scene picture{digit, random};
  recording result;
  const auto pixel = [](double v) { return std::clamp(static_cast<int>(v), 0, side - 1); };
  for (int y = pixel(picture.low().y); y <= pixel(picture.high().y + 9); ++y)
    for (int x = pixel(picture.low().x); x <= pixel(picture.high().x + 9); ++x)
      watch(picture, x, y, threshold_of(seed, static_cast<std::uint64_t>(y * side + x)), random, result.events);
  for (std::uint64_t noise = random.poisson(300); noise > 0; --noise) {
    const auto time = static_cast<std::int64_t>(random.below(std::uint64_t{steps} * step_us));
    result.events.push_back({time, static_cast<std::uint32_t>(random.below(sensor{}.channels()))});
  }
  put_in_order(result.events);
  result.length = length_of(result.events.empty() ? 0 : result.events.back().time_us);
  return result;
}

}  // namespace spinule

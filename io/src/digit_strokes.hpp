// A small font: how the ten digits are written.
#pragma once

#include <cstdint>
#include <vector>

namespace spinule {

struct point {
  double x = 0, y = 0;  ///< x to the right, y down
  bool operator==(const point&) const = default;
};

/// A quadratic Bezier curve; a straight line when `bend` is half-way.
struct stroke {
  point from, bend, to;
  point at(double u) const {
    const double a = (1 - u) * (1 - u), b = 2 * u * (1 - u), c = u * u;
    return {a * from.x + b * bend.x + c * to.x, a * from.y + b * bend.y + c * to.y};
  }
};

/// The strokes of a digit 0 to 9 in the unit square.
std::vector<stroke> strokes_of(std::uint32_t digit);

}  // namespace spinule

// What a `value` draws from, without its unit.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <utility>

#include <spinule/random.hpp>

namespace spinule {

/// A law over numbers in the coherent unit; the typed `value<Unit>` is what users write.
struct law {
  enum class shape { constant, normal, lognormal, uniform } kind = shape::constant;
  double a = 0, b = 0;  ///< constant: a; normal: mean, sd; lognormal: median, sigma; uniform: low, high
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();  ///< bounds
  double draw(random_stream& random) const;
  /// The same numbers as `draw` one by one, faster.
  void draw(random_stream& random, std::span<double> out) const;
  /// The least and the greatest number that can be drawn; finite for every law.
  std::pair<double, double> range() const;
  /// No draw is larger in magnitude.
  double greatest_magnitude() const;
  /// All draws are equal.
  bool is_constant() const { return kind == shape::constant || low == high; }
  /// The number that all draws are, where they are equal.
  double constant() const { return low == high ? low : a; }
  /// Throws `spinule_error{where, ...}` when a parameter is not finite, a spread is negative, or the bounds are
  /// reversed or hold less than 0.001 of what the law gives.
  void check(const std::string& where) const;
  /// The same for spans of time in ms; also throws when all that the law can give is negative.
  void check_span(const std::string& where) const;
};

}  // namespace spinule

#include <spinule/distribution.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

double draw_unbounded(const law& l, random_stream& random) {
  switch (l.kind) {
    case law::shape::constant:
      return l.a;
    case law::shape::normal:
      return l.a + l.b * random.normal();
    case law::shape::lognormal:
      return l.a * portable_exp(l.b * random.normal());
    case law::shape::uniform:
      return l.a + (l.b - l.a) * random.uniform();
  }
  return l.a;
}

bool has_spread(const law& l) {
  if (l.kind == law::shape::uniform) return l.a < l.b;
  return l.kind != law::shape::constant && l.b > 0 && (l.kind == law::shape::normal || l.a != 0);
}

/// Whether anything the law gives can lie within its bounds.
bool meets_bounds(const law& l) {
  if (!has_spread(l)) return l.a >= l.low && l.a <= l.high;
  if (l.kind == law::shape::uniform) return l.b >= l.low && l.a <= l.high;
  if (l.kind == law::shape::lognormal) return l.a > 0 ? l.high > 0 : l.low < 0;
  return true;
}

/// Of a standard normal law.
double upper_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }
double between(double low, double high) {
  if (low > 0) return upper_tail(low) - upper_tail(high);
  return high < 0 ? between(-high, -low) : 1 - upper_tail(-low) - upper_tail(high);
}

/// How much of what a law with a spread gives lies within its bounds.
double share_within_bounds(const law& l) {
  if (l.kind == law::shape::uniform) return (std::fmin(l.high, l.b) - std::fmax(l.low, l.a)) / (l.b - l.a);
  if (l.kind == law::shape::normal) return between((l.low - l.a) / l.b, (l.high - l.a) / l.b);
  const auto deviations = [&](double x) { return std::log(std::fmax(x / l.a, 0)) / l.b; };
  return l.a > 0 ? between(deviations(l.low), deviations(l.high)) : between(deviations(l.high), deviations(l.low));
}

/// A draw is repeated until it meets the bounds: so much at least must lie within them.
constexpr double least_share = 1e-3;

/// Whether nothing the law gives is 0 or more.
bool is_negative(const law& l) {
  const bool endless = l.kind == law::shape::normal && l.b > 0;
  const double most = endless ? l.high : std::fmin(l.kind == law::shape::uniform ? l.b : l.a, l.high);
  return most < 0;
}

}  // namespace

double law::draw(random_stream& random) const {
  if (low == high) return low;
  double x = draw_unbounded(*this, random);
  constexpr int patience = 100'000;  // never spent, as `check` refuses bounds that keep less than one draw in 1000
  for (int i = 0; i < patience && (x < low || x > high); ++i) x = draw_unbounded(*this, random);
  return std::fmin(std::fmax(x, low), high);
}

std::pair<double, double> law::range() const {
  constexpr double most_deviations = 8.3;  // of a quantile of a 52-bit uniform number
  double least = a, greatest = a;
  if (kind == shape::normal) {
    least = a - most_deviations * b;
    greatest = a + most_deviations * b;
  } else if (kind == shape::lognormal) {
    least = a * portable_exp(std::copysign(most_deviations * b, -a));
    greatest = a * portable_exp(std::copysign(most_deviations * b, a));
  } else if (kind == shape::uniform) {
    greatest = b;
  }
  const auto bounded = [&](double x) { return std::fmin(std::fmax(x, low), high); };
  return {bounded(least), bounded(greatest)};
}

double law::greatest_magnitude() const {
  const auto [least, greatest] = range();
  return std::fmax(std::fabs(least), std::fabs(greatest));
}

void law::draw(random_stream& random, std::span<double> out) const {
  const bool bounded = low > a - 1.2 * b || high < a + 1.2 * b;  // so that one draw in ten at least is kept
  if (kind != shape::normal || bounded) {
    for (double& x : out) x = draw(random);
    return;
  }
  double z[64];
  for (std::size_t i = 0; i < out.size();) {
    const std::size_t n = std::min<std::size_t>(64, out.size() - i);
    random.normals({z, n});
    bool inside = true;
    for (std::size_t k = 0; k < n; ++k) {
      out[i + k] = a + b * z[k];
      inside &= out[i + k] >= low;
      inside &= out[i + k] <= high;
    }
    if (inside) {
      i += n;
      continue;
    }
    for (std::size_t k = 0; k < n; ++k) {
      const double x = a + b * z[k];
      out[i] = x;
      i += x >= low && x <= high;
    }
  }
}

void law::check(const std::string& where) const {
  if (!std::isfinite(a) || !std::isfinite(b) || std::isnan(low) || std::isnan(high))
    throw spinule_error{where, "a parameter is not a finite number"};
  if ((kind == shape::normal || kind == shape::lognormal) && b < 0)
    throw spinule_error{where, fmt::format("spread {} is negative; give 0 or more", b)};
  if (kind == shape::uniform && b < a) throw spinule_error{where, fmt::format("range {} to {} is reversed", a, b)};
  if (low > high)
    throw spinule_error{where, fmt::format("bounds {} to {} are reversed; give the lower one first", low, high)};
  if (low == high && !std::isfinite(low))
    throw spinule_error{where, fmt::format("bounds {} to {} leave no finite number", low, high)};
  if (!meets_bounds(*this))
    throw spinule_error{where, fmt::format("bounds {} to {} exclude all that the law can give", low, high)};
  if (has_spread(*this) && low < high)
    if (const double share = share_within_bounds(*this); !(share >= least_share))
      throw spinule_error{where,
                          fmt::format("bounds {} to {} hold {:.2g} of what the law gives, too little to draw from; at "
                                      "least {} must lie within them",
                                      low, high, share, least_share)};
}

void law::check_span(const std::string& where) const {
  check(where);
  if (!is_negative(*this)) return;
  if (is_constant())
    throw spinule_error{
        where, fmt::format("{} ms is negative, which no span of time can be; give 0 or more", low == high ? low : a)};
  throw spinule_error{
      where, "the law gives negative numbers only, which no span of time can be; give one that reaches 0 or more"};
}

}  // namespace spinule

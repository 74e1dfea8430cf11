#include <spinule/distribution.hpp>

#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

double draw_unbounded(const law& l, random_stream& random) {
  switch (l.kind) {
    case law::shape::constant: return l.a;
    case law::shape::normal: return l.a + l.b * random.normal();
    case law::shape::lognormal: return l.a * portable_exp(l.b * random.normal());
    case law::shape::uniform: return l.a + (l.b - l.a) * random.uniform();
  }
  return l.a;
}

}  // namespace

double law::draw(random_stream& random) const {
  double x = draw_unbounded(*this, random);
  if (!(low < high)) return x;
  constexpr int patience = 1000;  // beyond it the bounds lie in the far tail, where the nearest bound is as good
  for (int i = 0; i < patience && (x < low || x > high); ++i) x = draw_unbounded(*this, random);
  return std::fmin(std::fmax(x, low), high);
}

void law::check(const std::string& where) const {
  if (!std::isfinite(a) || !std::isfinite(b) || !std::isfinite(low) || !std::isfinite(high))
    throw error{where, "a parameter is not a finite number"};
  if ((kind == shape::normal || kind == shape::lognormal) && b < 0)
    throw error{where, fmt::format("spread {} is negative; give 0 or more", b)};
  if (kind == shape::uniform && b < a) throw error{where, fmt::format("range {} to {} is reversed", a, b)};
  if (low > high) throw error{where, fmt::format("bounds {} to {} are reversed", low, high)};
}

}  // namespace spinule

#include <spinule/models/segment_statistics.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

/// Of `marked` among `n`, `drawn` without putting back have exactly b: as a product of factors near 1 each, so that
/// neither rounding nor the size of binomial coefficients matters.
double chance_of(std::int64_t b, std::int64_t n, std::int64_t marked, std::int64_t drawn) {
  if (b > marked || drawn - b > n - marked) return 0;
  double p = 1;
  for (std::int64_t i = 0; i < b; ++i)
    p *= static_cast<double>(marked - i) / static_cast<double>(n - i) * static_cast<double>(drawn - i) /
         static_cast<double>(i + 1);
  for (std::int64_t i = 0; i < drawn - b; ++i)
    p *= static_cast<double>(n - marked - i) / static_cast<double>(n - b - i);
  return p;
}

/// At least `least`.
double tail(std::int64_t least, std::int64_t n, std::int64_t marked, std::int64_t drawn) {
  double sum = 0;
  for (std::int64_t b = std::min(drawn, marked); b >= std::max<std::int64_t>(least, 0); --b)
    sum += chance_of(b, n, marked, drawn);
  return std::fmin(sum, 1);
}

void check(bool good, const char* where, const std::string& what) {
  if (!good) throw spinule_error{where, what};
}

void check_chance(double p, const char* where) {
  check(p >= 0 && p <= 1, where, fmt::format("a chance of {} is not between 0 and 1", p));
}

}  // namespace

double false_positive(std::int64_t n, std::int64_t a, std::int64_t s, std::int64_t theta) {
  check(a >= 0 && a <= n && s >= 1 && s <= n, "false_positive",
        fmt::format("{} active inputs and {} synapses among {} inputs", a, s, n));
  check(theta >= 1 && theta <= s, "false_positive", fmt::format("a threshold of {} for {} synapses", theta, s));
  return tail(theta, n, a, s);
}

double false_negative(std::int64_t a, std::int64_t s, std::int64_t theta, std::int64_t v) {
  check(v >= 0 && v <= a && s >= 1 && s <= a, "false_negative",
        fmt::format("{} inputs replaced and {} synapses among {} active inputs", v, s, a));
  check(theta >= 1 && theta <= s, "false_negative", fmt::format("a threshold of {} for {} synapses", theta, s));
  return tail(s - theta + 1, a, v, s);
}

double any_of(std::int64_t m, double p) {
  check(m >= 0, "any_of", fmt::format("{} is less than none", m));
  check_chance(p, "any_of");
  return m == 0 ? 0 : -std::expm1(static_cast<double>(m) * std::log1p(-p));
}

double union_size(std::int64_t n, std::int64_t s, std::int64_t m) {
  check(s >= 0 && s <= n && n > 0, "union_size", fmt::format("{} synapses of a pattern among {} inputs", s, n));
  return static_cast<double>(n) * any_of(m, static_cast<double>(s) / static_cast<double>(n));
}

double union_false_positive(std::int64_t n, std::int64_t a, std::int64_t s, std::int64_t theta, std::int64_t m) {
  return false_positive(n, a, std::llround(union_size(n, s, m)), theta);
}

double exact_match(double q, std::int64_t m, std::int64_t bits) {
  check_chance(q, "exact_match");
  check(bits >= 0, "exact_match", fmt::format("{} is less than none", bits));
  return std::pow(any_of(m, q), static_cast<double>(bits));
}

}  // namespace spinule

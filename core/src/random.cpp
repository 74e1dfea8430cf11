#include <spinule/random.hpp>

#include <bit>
#include <cmath>

#include <Random123/philox.h>

namespace spinule {

random_stream::random_stream(std::uint64_t seed, purpose what, std::uint64_t entity, std::uint32_t part)
    : key_{static_cast<std::uint32_t>(seed) ^ (0x9E3779B9u * static_cast<std::uint32_t>(what)),
           static_cast<std::uint32_t>(seed >> 32) + static_cast<std::uint32_t>(what)},
      counter_{0, part, static_cast<std::uint32_t>(entity), static_cast<std::uint32_t>(entity >> 32)} {}

std::uint32_t random_stream::bits() {
  if (used_ == 4) {
    const r123::Philox4x32::ctr_type counter{{counter_[0], counter_[1], counter_[2], counter_[3]}};
    const auto drawn = r123::Philox4x32{}(counter, {{key_[0], key_[1]}});
    for (unsigned i = 0; i < 4; ++i) block_[i] = drawn[i];
    ++counter_[0];
    used_ = 0;
  }
  return block_[used_++];
}

std::uint64_t random_stream::bits64() {
  const std::uint64_t low = bits();
  return low | (static_cast<std::uint64_t>(bits()) << 32);
}

double random_stream::uniform() { return static_cast<double>(bits64() >> 11) * 0x1p-53; }

double random_stream::open_uniform() { return (static_cast<double>(bits64() >> 12) + 0.5) * 0x1p-52; }

std::uint64_t random_stream::below(std::uint64_t bound) {
  const std::uint64_t unbiased = (0 - bound) % bound;  // reject the short last cycle
  for (;;) {
    const std::uint64_t x = bits64();
    if (x >= unbiased) return x % bound;
  }
}

double random_stream::normal() { return normal_quantile(open_uniform()); }

double random_stream::exponential() { return -portable_log(open_uniform()); }

std::uint64_t random_stream::poisson(double mean) {
  constexpr double chunk = 16;  // inversion stays exact in double up to here; a sum of Poisson laws is one
  std::uint64_t events = 0;
  for (; mean > 0; mean -= chunk) {
    const double part = mean < chunk ? mean : chunk;
    const double u = uniform();
    double p = portable_exp(-part), below = p;
    for (std::uint64_t k = 1; u >= below && k < 200; ++k) {
      p *= part / static_cast<double>(k);
      below += p;
      ++events;
    }
  }
  return events;
}

std::uint64_t random_stream::binomial(std::uint64_t n, double p) {
  if (p <= 0) return 0;
  if (p > 0.5) return n - binomial(n, 1 - p);
  std::uint64_t successes = 0;
  for (std::uint64_t next = geometric(p); next < n; next += 1 + geometric(p)) ++successes;
  return successes;
}

std::uint64_t random_stream::geometric(double p) {
  if (p >= 1) return 0;
  const double gap = std::floor(portable_log(open_uniform()) / portable_log(1 - p));
  return gap < 0x1p62 ? static_cast<std::uint64_t>(gap) : std::uint64_t{1} << 62;
}

double portable_log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // exact
  if (m < 0.70710678118654752440) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1), s2 = s * s;
  double series = 0;
  for (int k = 21; k >= 3; k -= 2) series = (series + 1.0 / k) * s2;
  constexpr double ln2_high = 0x1.62e42fefa3800p-1, ln2_low = 0x1.ef35793c76730p-45;
  return exponent * ln2_high + (2 * s + (2 * s * series + exponent * ln2_low));
}

double portable_exp(double x) {
  constexpr double ln2_high = 0x1.62e42fefa3800p-1, ln2_low = 0x1.ef35793c76730p-45;
  const double n = std::nearbyint(x * 1.44269504088896340736);
  const double r = (x - n * ln2_high) - n * ln2_low;
  double series = 0;
  for (int k = 14; k >= 1; --k) series = (series + 1) * r / k;
  return std::ldexp(1 + series, static_cast<int>(n));
}

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q *
           (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r +
                45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r +
             133.14166789178437745) * r + 3.387132872796366608) /
           (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r +
                21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r +
             42.313330701600911252) * r + 1.0);
  }
  double r = std::sqrt(-portable_log(q < 0 ? p : 1 - p));
  double x = 0;
  if (r <= 5) {
    r -= 1.6;
    x = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r +
             1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r +
          4.6303378461565452959) * r + 1.42343711074968357734) /
        (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r +
             0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r +
          2.05319162663775882187) * r + 1.0);
  } else {
    r -= 5;
    x = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r +
             0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r +
          5.4637849111641143699) * r + 6.6579046435011037772) /
        (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r +
             7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r +
          0.59983220655588793769) * r + 1.0);
  }
  return q < 0 ? -x : x;
}

}  // namespace spinule

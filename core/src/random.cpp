#include <spinule/random.hpp>

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
  const double gap = std::floor(portable_log(open_uniform()) / log_miss(p));
  return gap < 0x1p62 ? static_cast<std::uint64_t>(gap) : std::uint64_t{1} << 62;
}

}  // namespace spinule

// Random numbers that depend on what they are for and on nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include <spinule/math.hpp>

namespace spinule {

/// What a random number is drawn for; streams of different purposes never overlap.
/// Values are part of the stored format of results: never renumber.
enum class purpose : std::uint32_t {
  wiring = 1,
  weight = 2,
  delay = 3,
  initial_state = 4,
  source = 5,
  device = 6,
  read_noise = 7,
  encoding = 8,
  split = 9,
  generator = 10,
  drive = 11,
  user = 1000,
};

/// A counter-based stream (Philox4x32-10, Salmon et al. 2011): the n-th draw is a pure function of
/// (seed, purpose, entity, part, n). Equal keys give equal bits on every compiler and thread count, because the
/// transforms below use nothing but correctly rounded arithmetic. A stream holds 2^34 draws of 32 bits.
class random_stream {
 public:
  random_stream(std::uint64_t seed, purpose what, std::uint64_t entity, std::uint32_t part = 0);

  std::uint32_t bits();
  std::uint64_t bits64();
  /// In [0, 1), 53 bits.
  double uniform();
  /// In (0, 1): never 0, for logarithms and quantiles.
  double open_uniform();
  /// A whole number in [0, bound), without bias; `bound` > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Whole numbers in [0, bound) without bias, from 32 bits each; not those of `below(bound)`.
  void below(std::uint32_t bound, std::span<std::uint32_t> out);
  /// Mean 0, standard deviation 1; quantile transform, one 53-bit uniform each.
  double normal();
  /// Mean 1.
  double exponential();
  /// Number of events of a Poisson law; `mean` >= 0.
  std::uint64_t poisson(double mean);
  /// Number of successes in n trials of probability p in [0, 1].
  std::uint64_t binomial(std::uint64_t n, double p);
  /// Number of failures before the first success, p in (0, 1]: the gap to the next chosen item.
  std::uint64_t geometric(double p);

  /// Many at once, several times faster: the same numbers in the same order as one by one.
  void bits(std::span<std::uint32_t> out);
  void open_uniforms(std::span<double> out);
  void normals(std::span<double> out);
  /// As doubles; a gap beyond 2^62 is that.
  void geometrics(double p, std::span<double> out);

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
};

}  // namespace spinule

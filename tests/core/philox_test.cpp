// Every path by which Philox4x32-10 is computed, against Random123, whose authors published it.
#include "philox.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include <Random123/philox.h>

#include <spinule/engine/poisson_counts.hpp>
#include <spinule/random.hpp>

namespace spinule::philox_test {

using block = std::array<std::uint32_t, 4>;

block random123(const block& counter, std::array<std::uint32_t, 2> key) {
  const auto x = r123::Philox4x32{}({{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
  return {x[0], x[1], x[2], x[3]};
}

struct path {
  const char* name;
  void (*draw)(const philox_key&, std::uint32_t, philox_words&);
  void (*order)(const philox_words&, std::uint32_t*);
};

std::vector<path> paths() {
  std::vector<path> all{{"plain", philox_plain, in_order_plain}, {"chosen", philox, in_order}};
#ifdef SPINULE_MULTIVERSION
  if (vector_level() >= 3) all.push_back({"v3", philox_v3, in_order_v3});
#endif
  return all;
}

/// Keys and counters: none, all ones, and any.
std::vector<philox_key> keys() {
  constexpr std::uint32_t ones = ~0u;
  std::vector<philox_key> all{{{0, 0}, {0, 0, 0}}, {{ones, ones}, {ones, ones, ones}}, {{ones, 0}, {0, ones, 0}}};
  random_stream random{5, purpose::user, 1};
  for (int i = 0; i < 300; ++i)
    all.push_back({{random.bits(), random.bits()}, {random.bits(), random.bits(), random.bits()}});
  return all;
}

TEST(philox, is_random123_on_every_path) {
  for (const auto& path : paths())
    for (const philox_key& k : keys())
      for (const std::uint32_t first : {0u, 1u, 0x7ffffffcu, 0xfffffffcu, 0xffffffffu}) {  // runs over 2^31 and 2^32
        philox_words words;
        path.draw(k, first, words);
        for (std::uint32_t i = 0; i < philox_lanes; ++i) {
          const block right = random123({first + i, k.counter[0], k.counter[1], k.counter[2]}, {k.key[0], k.key[1]});
          ASSERT_EQ((block{words[0][i], words[1][i], words[2][i], words[3][i]}), right) << path.name << ", lane " << i;
        }
      }
}

TEST(philox, in_order_is_block_after_block_on_every_path) {
  philox_words words;
  for (std::uint32_t i = 0; i < philox_lanes; ++i)
    for (std::uint32_t w = 0; w < 4; ++w) words[w][i] = 4 * i + w + 0x80000000;
  for (const auto& path : paths()) {
    std::uint32_t out[4 * philox_lanes];
    path.order(words, out);
    for (std::uint32_t n = 0; n < 4 * philox_lanes; ++n) ASSERT_EQ(out[n], n + 0x80000000) << path.name;
  }
}

/// The counter and key of a stream, as random.hpp and docs/design.md tell them.
struct named_stream {
  std::uint64_t seed;
  purpose what;
  std::uint64_t entity;
  std::uint32_t part;

  random_stream stream() const { return {seed, what, entity, part}; }
  /// Its n-th number of 32 bits.
  std::uint32_t bits(std::uint32_t n) const {
    const auto number = static_cast<std::uint32_t>(what);
    return random123({n / 4, part, static_cast<std::uint32_t>(entity), static_cast<std::uint32_t>(entity >> 32)},
                     {static_cast<std::uint32_t>(seed) ^ (0x9E3779B9u * number),
                      static_cast<std::uint32_t>(seed >> 32) + number})[n % 4];
  }
  double open_uniform(std::uint32_t n) const {
    const std::uint64_t x = bits(n) | std::uint64_t{bits(n + 1)} << 32;
    return (static_cast<double>(x >> 12) + 0.5) * 0x1p-52;
  }
};

const std::vector<named_stream> streams{{0, purpose::wiring, 0, 0},
                                        {~0ULL, purpose::user, ~0ULL, ~0u},
                                        {0x123456789abcdef0, purpose::drive, 0xfedcba9876543210, 7}};

TEST(philox, gives_streams_their_numbers_one_by_one) {
  for (const auto& s : streams) {
    auto random = s.stream();
    for (std::uint32_t n = 0; n < 200; ++n) ASSERT_EQ(random.bits(), s.bits(n));
  }
}

TEST(philox, gives_streams_their_numbers_in_arrays_from_any_place) {
  for (const auto& s : streams)
    for (std::uint32_t begin = 0; begin < 9; ++begin)
      for (const std::uint32_t size : {0u, 1u, 3u, 4u, 5u, 31u, 32u, 33u, 63u, 200u}) {
        auto random = s.stream();
        for (std::uint32_t n = 0; n < begin; ++n) random.bits();
        std::vector<std::uint32_t> x(size);
        random.bits(x);
        for (std::uint32_t n = 0; n < size; ++n) ASSERT_EQ(x[n], s.bits(begin + n)) << begin << " and " << size;
        ASSERT_EQ(random.bits(), s.bits(begin + size));
      }
}

TEST(philox, gives_streams_their_uniforms_in_arrays_from_any_place) {
  for (const auto& s : streams)
    for (std::uint32_t begin = 0; begin < 5; ++begin)
      for (const std::uint32_t size : {1u, 15u, 16u, 17u, 100u}) {
        auto random = s.stream();
        for (std::uint32_t n = 0; n < begin; ++n) random.bits();
        std::vector<double> x(size);
        random.open_uniforms(x);
        for (std::uint32_t n = 0; n < size; ++n) ASSERT_EQ(x[n], s.open_uniform(begin + 2 * n));
      }
}

/// One Poisson number by inversion in extended precision, of the 32 bits that poisson_counts.hpp names. `doubt` where
/// the last bits of a probability decide.
std::int32_t inverted(double mean, std::uint32_t u, bool& doubt) {
  long double p = std::exp(-static_cast<long double>(mean)), below = p;
  std::int32_t k = 0;
  for (; u >= below * 0x1p32L && k < 1000; below += p) {
    doubt |= u < below * 0x1p32L + 4;
    p *= mean / static_cast<long double>(++k);
  }
  doubt |= u + 4.0L >= below * 0x1p32L;
  return k;
}

struct drawn {
  std::uint64_t seed, episode;
  moment now;
  std::uint32_t stream;

  /// The 32 bits of a neuron.
  std::uint32_t bits(index_t neuron) const {
    const auto tick = static_cast<std::uint64_t>(now);
    const auto number = static_cast<std::uint32_t>(purpose::drive);
    const block counter{neuron / 64 * 8 + neuron / 2 % 8, static_cast<std::uint32_t>(episode),
                        static_cast<std::uint32_t>(tick),
                        (static_cast<std::uint32_t>(tick >> 32) & 0xffff) | stream << 16};
    const std::uint32_t key =
        (static_cast<std::uint32_t>(seed) ^ (0x9E3779B9u * number)) ^ static_cast<std::uint32_t>(episode >> 32);
    const std::uint32_t second = static_cast<std::uint32_t>(seed >> 32) + number;
    const auto half = [&](std::uint32_t mark) {
      return random123(counter, {key, second ^ mark})[neuron / 16 % 4] >> (neuron % 2 * 16) & 0xffff;
    };
    return half(0) << 16 | half(0x80000000);
  }
};

TEST(philox, gives_poisson_counts_their_numbers) {
  constexpr index_t size = 3000;
  for (const double mean : {0.02, 0.7, 6.0, 23.0, 64.0})
    for (const drawn& d : {drawn{1, 0, 0, 0}, drawn{0xfedcba9876543210, 0x500000003, 0x123456789, 11}})
      for (const index_t first : {0u, 5u, 64u}) {
        const poisson_counts law{mean, d.seed, d.stream};
        std::vector<std::int32_t> sums(size, 100);
        law.add(d.episode, d.now, first, size, -3, sums.data());
        int compared = 0;
        for (index_t i = 0; i < size; ++i) {
          bool doubt = false;
          const std::int32_t right = inverted(mean, d.bits(first + i), doubt);
          if (doubt) continue;
          ASSERT_EQ(sums[i], 100 - 3 * right) << "mean " << mean << ", neuron " << first + i;
          ++compared;
        }
        EXPECT_GT(compared, 2990);
      }
}

}  // namespace spinule::philox_test

// Damaged files are refused or read, and nothing else.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <random>

#include <spinule/io/generator.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/io/shd.hpp>

#include "io/hdf5_maker.hpp"
#include "io/message.hpp"
#include "io/scratch.hpp"

namespace spinule {
namespace {

/// A copy with 1 to 8 bytes changed, or 1 to 4 telling integers written over it.
std::string mutated(std::string bytes, std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  if (below(2) == 0) {
    for (std::size_t n = 1 + below(8); n > 0; --n) bytes[below(bytes.size())] = static_cast<char>(random());
    return bytes;
  }
  constexpr std::uint64_t telling[] = {
      0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, ~std::uint64_t{0}, 1u << 20};
  for (std::size_t n = 1 + below(4); n > 0; --n) {
    const std::uint64_t value = telling[below(std::size(telling))];
    const std::size_t width = std::size_t{1} << below(4), at = below(bytes.size() - width);
    for (std::size_t i = 0; i < width; ++i) bytes[at + i] = static_cast<char>(value >> 8 * i & 0xff);
  }
  return bytes;
}

std::span<const std::byte> as_bytes(const std::string& text) { return std::as_bytes(std::span{text}); }

TEST(fuzz, ten_thousand_mutations_of_a_recording_are_read_or_refused) {
  const auto good = encode_nmnist(draw_digit(5, 1, 0).events);
  const std::string seed{reinterpret_cast<const char*>(good.data()), good.size()};
  std::mt19937_64 random{1};
  int read = 0, refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::string bytes = mutated(seed, random);
    if (i % 4 == 0) bytes.resize(random() % bytes.size());
    try {
      const recording decoded = decode_nmnist(as_bytes(bytes), "mutant");
      for (std::size_t n = 1; n < decoded.events.size(); ++n)
        ASSERT_LE(decoded.events[n - 1].time_us, decoded.events[n].time_us);
      for (const event& e : decoded.events) ASSERT_LT(e.channel, sensor{}.channels());
      ++read;
    } catch (const file_error&) {
      ++refused;
    }
  }
  EXPECT_EQ(read + refused, 10'000);
  EXPECT_GT(refused, 5000);
}

/// A thousand each, so that they can run side by side: a fork for every case takes its time.
class fuzz_hdf5 : public ::testing::TestWithParam<unsigned> {};

TEST_P(fuzz_hdf5, a_thousand_mutations_of_a_file_are_read_or_refused) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr int cases = 50;  // a fork takes many times as long
#else
  constexpr int cases = 1000;
#endif
  const scratch folder;
  const auto path = folder / "mutant.h5";
  std::mt19937_64 random{GetParam()};
  shd_content content;
  for (int i = 0; i < 4; ++i) {
    auto& times = content.times.emplace_back();
    auto& channels = content.units.emplace_back();
    for (int n = 0; n < 150; ++n) {
      times.push_back(static_cast<float>(random() % 1000) * 1e-3f);
      channels.push_back(static_cast<int>(random() % 700));
    }
    content.labels.push_back(i);
  }
  make_shd(path, content);
  const std::string seed = folder.text("mutant.h5");
  int read = 0, refused = 0, died = 0, hung = 0;
  std::chrono::duration<double> longest{};
  for (int i = 0; i < cases; ++i) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << mutated(seed, random);
    const auto start = std::chrono::steady_clock::now();
    try {
      const shd data{path, {.bytes = 64 << 20, .patience = std::chrono::milliseconds{500}}};
      for (std::size_t n = 0; n < data.size(); ++n)
        for (const event& e : data.read(n).events.events) ASSERT_LT(e.channel, 700u);
      ++read;
    } catch (const file_error& problem) {
      const std::string what = problem.what();
      died += what.find("died by signal") != std::string::npos;
      hung += what.find("no progress") != std::string::npos;
      ++refused;
    }
    longest = std::max<std::chrono::duration<double>>(longest, std::chrono::steady_clock::now() - start);
  }
  EXPECT_EQ(read + refused, cases);
  EXPECT_LT(longest.count(), 5);
  RecordProperty("read", read);
  RecordProperty("refused", refused);
  RecordProperty("reader_died", died);
  RecordProperty("reader_hung", hung);
}

INSTANTIATE_TEST_SUITE_P(seed, fuzz_hdf5, ::testing::Range(0u, 10u));

}  // namespace
}  // namespace spinule

// Files that are larger than the memory there is.
#include <sys/resource.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include <gtest/gtest.h>

#include <spinule/error.hpp>
#include <spinule/io/info.hpp>

#include "io/scratch.hpp"

namespace spinule::memory_test {

/// Says on standard error what `inspect` says when `more` bytes of address space are left, and ends.
[[noreturn]] void inspect_within(std::uint64_t more, const std::filesystem::path& path) {
  std::uint64_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages;
  rlimit limit{};
  ::getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = pages * 4096 + more;
  ::setrlimit(RLIMIT_AS, &limit);
  try {
    inspect(path);
  } catch (const file_error& problem) {
    std::cerr << problem.what();
    std::_Exit(3);
  }
  std::_Exit(0);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

TEST(memory, that_is_missing_is_no_damage) {
  if (sanitized) GTEST_SKIP() << "sanitizers reserve terabytes of address space, so it cannot be limited";
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const scratch folder;
  std::ofstream{folder / "clip.bs2"} << "x";
  std::filesystem::resize_file(folder / "clip.bs2", 500'000'000);
  const auto packed = folder / "images.gz";
  const gzFile out = gzopen(packed.c_str(), "wb1");
  const std::string header{"\0\0\x08\x03\0\x07\xa1\x20\0\0\0\x1c\0\0\0\x1c", 16}, block(1'000'000, '\0');
  gzwrite(out, header.data(), 16);
  for (int i = 0; i < 392; ++i) gzwrite(out, block.data(), static_cast<unsigned>(block.size()));
  gzclose(out);
  for (const char* file : {"clip.bs2", "images.gz"})
    for (const std::uint64_t more : {std::uint64_t{0}, std::uint64_t{100'000'000}})
      EXPECT_EXIT(inspect_within(more, folder / file), testing::ExitedWithCode(3), "needs more memory than there is");
}

}  // namespace spinule::memory_test

#include <fmt/format.h>
#include <stdlib.h>

#include <system_error>

#include <spinule/error.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/io/nmnist.hpp>

#include "bytes.hpp"

namespace spinule {
namespace {

namespace fs = std::filesystem;

/// A folder under another name beside its future place; gone again unless it got there.
class staged_folder {
 public:
  explicit staged_folder(const fs::path& target)
      : target_{fs::absolute(target / ".").lexically_normal().parent_path()} {
    std::error_code problem;
    if (fs::exists(target_, problem) && !(fs::is_directory(target_, problem) && fs::is_empty(target_, problem)))
      throw file_error{target.string(), "is there already and not empty; name a new folder"};
    fs::create_directories(target_.parent_path(), problem);
    std::string pattern = (target_.parent_path() / fmt::format(".{}.XXXXXX", target_.filename().string())).string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw file_error{target.string(), "cannot be made: " + std::generic_category().message(errno)};
    path_ = pattern;
    fs::permissions(path_, fs::perms{0755}, problem);
  }
  ~staged_folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  staged_folder(const staged_folder&) = delete;
  staged_folder& operator=(const staged_folder&) = delete;

  const fs::path& path() const { return path_; }
  void commit() {
    fs::rename(path_, target_);
    path_.clear();
  }

 private:
  fs::path target_, path_;
};

void write_part(const fs::path& folder, std::uint32_t per_digit, std::uint64_t seed, std::uint64_t first) {
  for (std::uint32_t digit = 0; digit < 10; ++digit) fs::create_directories(folder / std::to_string(digit));
  for (std::uint32_t i = 0; i < per_digit * 10; ++i) {
    const std::uint32_t digit = i % 10;
    const std::vector<std::byte> bytes = encode_nmnist(draw_digit(digit, seed, first + i / 10).events);
    write_file(folder / std::to_string(digit) / fmt::format("{:05}.bin", i + 1), bytes);
  }
}

}  // namespace

void write_nmnist(const fs::path& folder, const digit_set& set) {
  staged_folder staged{folder};
  try {
    constexpr std::uint64_t test_numbers = std::uint64_t{1} << 32;  // never those of training samples
    if (set.train_per_digit > 0) write_part(staged.path() / "Train", set.train_per_digit, set.seed, 0);
    if (set.test_per_digit > 0) write_part(staged.path() / "Test", set.test_per_digit, set.seed, test_numbers);
    staged.commit();
  } catch (const std::system_error& problem) {
    throw file_error{folder.string(), "cannot be written: " + problem.code().message()};
  }
}

}  // namespace spinule

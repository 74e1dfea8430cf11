#include <spinule/io/nmnist.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <tuple>

#include <spinule/error.hpp>

#include "bytes.hpp"

namespace spinule {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_recording = 64 << 20;  // 13 million events; the largest genuine file has 50 KB

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

/// `folder`/`name`, in the published or in lower case; empty when there is none.
fs::path part_folder(const fs::path& folder, std::string name) {
  if (is_folder(folder / name)) return folder / name;
  name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return is_folder(folder / name) ? folder / name : fs::path{};
}

std::uint32_t number_of(const fs::path& file) {
  const std::string stem = file.stem().string();
  std::uint32_t number = 0;
  const auto [end, problem] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
  return problem == std::errc{} && end == stem.data() + stem.size() ? number : 0;
}

/// The .bin files of a folder, hidden ones apart.
std::vector<fs::path> recordings_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code problem;
  for (fs::directory_iterator at{folder, problem}, end; !problem && at != end; at.increment(problem))
    if (at->path().extension() == ".bin" && at->path().filename().string().front() != '.') files.push_back(at->path());
  if (problem) throw file_error{folder.string(), "cannot be listed: " + problem.message()};
  return files;
}

}  // namespace

nmnist::nmnist(const fs::path& folder, nmnist_options options) {
  if (!is_folder(folder))
    throw file_error{folder.string(), "is no folder; N-MNIST is a folder with Train/<digit>/<number>.bin"};
  const fs::path train = part_folder(folder, "Train"), test = part_folder(folder, "Test");
  if (train.empty() && test.empty()) {
    const std::string own = fs::absolute(folder / ".").lexically_normal().parent_path().filename().string();
    list_part(folder, own == "Test" || own == "test" ? data_part::test : data_part::train, options);
  }
  if (!train.empty()) list_part(train, data_part::train, options);
  if (!test.empty()) list_part(test, data_part::test, options);
  if (entries_.empty())
    throw file_error{folder.string(),
                     "holds no N-MNIST recording of the part and numbers asked for; wanted are files "
                     "Train/<digit>/<number>.bin or Test/<digit>/<number>.bin"};
  std::sort(entries_.begin(), entries_.end(), [](const entry& a, const entry& b) {
    return std::tie(a.part, a.number, a.digit, a.path) < std::tie(b.part, b.number, b.digit, b.path);
  });
}

void nmnist::list_part(const fs::path& folder, data_part part, const nmnist_options& options) {
  if (options.part != data_part::all && options.part != part) return;
  for (std::uint8_t digit = 0; digit < 10; ++digit) {
    const fs::path of_digit = folder / std::to_string(digit);
    if (!is_folder(of_digit)) continue;
    for (fs::path& file : recordings_in(of_digit)) {
      const std::uint32_t number = number_of(file);
      if (number >= options.first && number <= options.last) entries_.push_back({part, digit, number, std::move(file)});
    }
  }
}

const nmnist::entry& nmnist::at(std::size_t i) const {
  check_index(i);
  return entries_[i];
}

labelled_recording nmnist::read(std::size_t i) const {
  const entry& chosen = at(i);
  std::vector<std::byte> bytes;
  read_file(chosen.path, bytes, largest_recording);
  if (bytes.empty()) throw file_error{chosen.path.string(), "is empty; copy or unpack it again"};
  return {decode_nmnist(bytes, chosen.path.string()), chosen.digit};
}

}  // namespace spinule

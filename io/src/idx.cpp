#include "idx.hpp"

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "gzip.hpp"

namespace spinule {
namespace {

constexpr std::uint64_t largest = 1 << 30;
constexpr std::size_t labels_header = 8, images_header = 16;

std::uint32_t number_at(const std::vector<std::byte>& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

}  // namespace

std::span<const std::byte> idx_file::item(std::size_t i) const {
  const std::size_t header = magic == images_magic ? images_header : labels_header;
  return std::span{content}.subspan(header + i * item_bytes(), item_bytes());
}

idx_file read_idx(const std::filesystem::path& path) {
  idx_file file;
  file.content = expanded(path, largest);
  const auto wrong = [&](const std::string& what) { throw file_error{path.string(), what}; };
  if (file.content.size() < labels_header) wrong("is too short for an idx file");
  file.magic = number_at(file.content, 0);
  file.count = number_at(file.content, 4);
  if (file.magic != idx_file::labels_magic && file.magic != idx_file::images_magic)
    wrong(fmt::format("starts with 0x{:08x}; an idx file of labels with 0x00000801, of images with 0x00000803",
                      file.magic));
  std::size_t header = labels_header;
  if (file.magic == idx_file::images_magic) {
    header = images_header;
    if (file.content.size() < header) wrong("is too short for an idx file of images");
    file.rows = number_at(file.content, 8);
    file.columns = number_at(file.content, 12);
    if (file.rows == 0 || file.columns == 0 || file.rows > 4096 || file.columns > 4096)
      wrong(fmt::format("has images of {} x {} pixels; from 1 x 1 to 4096 x 4096 are read", file.rows, file.columns));
  }
  const std::uint64_t expected = header + std::uint64_t{file.count} * file.item_bytes();
  if (file.content.size() != expected)
    wrong(fmt::format("says that it holds {} items, {} bytes, but has {}; copy it again", file.count, expected,
                      file.content.size()));
  return file;
}

}  // namespace spinule

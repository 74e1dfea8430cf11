// The idx format of MNIST: big-endian u32 magic (0x801 labels, 0x803 images), u32 count, for images u32 rows and
// columns, then bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace spinule {

struct idx_file {
  static constexpr std::uint32_t labels_magic = 0x801, images_magic = 0x803;
  std::uint32_t magic = 0, count = 0, rows = 1, columns = 1;  ///< labels have 1 row of 1
  std::vector<std::byte> content;                             ///< the whole file, expanded

  std::size_t item_bytes() const { return std::size_t{rows} * columns; }
  /// Image i row by row, or label i.
  std::span<const std::byte> item(std::size_t i) const;
};

/// Reads an idx file, gzip or plain. Throws `file_error` when it is neither kind or its length is not what its header
/// says.
idx_file read_idx(const std::filesystem::path& path);

}  // namespace spinule

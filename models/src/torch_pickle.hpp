// The pickle inside a PyTorch state dict. It is a program for a stack machine that may call any function of Python;
// here it is only read: of its instructions those are known that a dictionary of tensors takes, and what they would
// call becomes a description. Anything else is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spinule {

enum class torch_type { float32, int64, boolean };

/// Bytes of one number.
std::size_t bytes_of(torch_type type);
/// "float32", "int64", "bool".
std::string name_of(torch_type type);

/// The first 60 characters of a text from a foreign file, each that is no printable ASCII as a question mark.
std::string printable(std::string_view text);

/// What the pickle says of one tensor; its numbers are in the archive's member data/STORAGE, little-endian, row by row.
struct torch_tensor {
  std::string name;
  torch_type type = torch_type::float32;
  std::string storage;               ///< letters, digits and underscores
  std::uint64_t storage_size = 0;    ///< numbers in that member
  std::uint64_t offset = 0;          ///< number of the first of this tensor
  std::vector<std::uint64_t> shape;  ///< their product and `offset` are within `storage_size`

  std::uint64_t size() const;
};

/// The tensors of a state dict in their order. `where` is for errors, which add the byte. Memory is in proportion to
/// the pickle. Throws `file_error` for everything that is not such a dictionary.
std::vector<torch_tensor> read_state_dict(std::span<const std::byte> pickle, const std::string& where);

}  // namespace spinule

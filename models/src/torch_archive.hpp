// A PyTorch archive: a zip file of raw tensors and a pickle that names them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "torch_pickle.hpp"

namespace spinule {

/// A tensor with its numbers.
struct loaded_tensor {
  torch_type type = torch_type::float32;
  std::vector<std::uint64_t> shape;
  std::vector<std::byte> bytes;  ///< [product of shape] numbers, little-endian, row by row
};

/// All tensors of a state dict by their names. Members are read only as the pickle's tensors ask for them, never
/// written anywhere, and their sizes are checked before memory is taken. Throws `file_error`: no regular file, no zip,
/// a zip that is not such an archive, compressed or encrypted members, a check sum that is wrong, more than 256 MiB.
std::map<std::string, loaded_tensor> load_torch_archive(const std::filesystem::path& path);

}  // namespace spinule

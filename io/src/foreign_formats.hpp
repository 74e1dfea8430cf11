// Event files of other programs, which are known by how they begin and are not read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <spinule/io/info.hpp>

namespace spinule {

/// What a file is that begins with `start`, and in `remark` what can be read instead; none: it is not known.
std::optional<dataset_info> foreign_file(const std::string& start);
/// The same of an HDF5 file; none: it has labels, as SHD has. Throws `file_error` for one that cannot be opened.
std::optional<dataset_info> foreign_hdf5(const std::filesystem::path& path);

}  // namespace spinule

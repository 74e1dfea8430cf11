// What is checked about an object of an HDF5 file before anything is allocated for it.
#pragma once

#include <cstdint>
#include <string>

#include "hdf5_handle.hpp"
#include "hdf5_protocol.hpp"

namespace spinule {

/// Only hard links lead to data in this file. All throw `hdf5_refusal`.
void check_link(hid_t file, const std::string& path);

/// Rank and extents of a data set, of at most 8 dimensions.
struct hdf5_extent {
  hdf5_protocol::array_header header;
  std::uint64_t elements = 1;
};
hdf5_extent extent_of(hid_t data, const std::string& path);

/// Where the bytes of the data set are, and whether there can be as many as it says.
void check_storage(hid_t data, hid_t type, std::uint64_t elements, const std::string& path);

}  // namespace spinule

#include "hdf5_validate.hpp"

#include <array>

namespace spinule {
namespace {

using namespace hdf5_protocol;

/// The number of filters, each one that we let the library run.
int checked_filters(hid_t plan, const std::string& path) {
  const int filters = H5Pget_nfilters(plan);
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, settings = 0;
    std::size_t values = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(plan, static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, &settings);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
      throw hdf5_refusal{path, "uses filter " + std::to_string(filter) + "; deflate, shuffle and fletcher32 are read"};
  }
  return filters;
}

}  // namespace

void check_link(hid_t file, const std::string& path) {
  H5L_info_t link;
  if (H5Lget_info(file, path.c_str(), &link, H5P_DEFAULT) < 0) throw refused_by_library(path, "is a damaged link");
  if (link.type == H5L_TYPE_EXTERNAL)
    throw hdf5_refusal{path, "is a link into another file; only data in this file is read"};
  if (link.type != H5L_TYPE_HARD)
    throw hdf5_refusal{path, "is a soft or user-defined link; only hard links are followed"};
}

hdf5_extent extent_of(hid_t data, const std::string& path) {
  const hdf5_handle space{H5Dget_space(data), H5Sclose, path, "has a damaged extent"};
  if (H5Sget_simple_extent_type(space) == H5S_NULL) throw hdf5_refusal{path, "holds nothing (a null data space)"};
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0 || rank > static_cast<int>(most_dimensions)) throw hdf5_refusal{path, "has more than 8 dimensions"};
  std::array<hsize_t, H5S_MAX_RANK> extents{};
  if (H5Sget_simple_extent_dims(space, extents.data(), nullptr) != rank)
    throw refused_by_library(path, "has a damaged extent");
  hdf5_extent found;
  found.header.rank = static_cast<std::uint32_t>(rank);
  for (std::uint32_t d = 0; d < found.header.rank; ++d) {
    found.header.extent[d] = extents[d];
    if (__builtin_mul_overflow(found.elements, found.header.extent[d], &found.elements))
      throw hdf5_refusal{path, "has a damaged extent"};
  }
  return found;
}

void check_storage(hid_t data, hid_t type, std::uint64_t elements, const std::string& path) {
  const hdf5_handle plan{H5Dget_create_plist(data), H5Pclose, path, "has a damaged storage description"};
  const H5D_layout_t layout = H5Pget_layout(plan);
  if (layout == H5D_VIRTUAL) throw hdf5_refusal{path, "is a virtual data set; only data in this file is read"};
  if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
    throw hdf5_refusal{path, "has an unknown storage layout"};
  if (H5Pget_external_count(plan) != 0)
    throw hdf5_refusal{path, "is stored in another file; only data in this file is read"};
  const std::uint64_t most = checked_filters(plan, path) > 0 ? 1100 : 1;  // deflate shrinks to 1/1032 at best
  const std::uint64_t stored = H5Dget_storage_size(data), size = H5Tget_size(type);
  std::uint64_t declared = 0;
  if (size == 0 || __builtin_mul_overflow(elements, size, &declared) || declared / most > stored)
    throw hdf5_refusal{path, "says that it holds " + std::to_string(elements) + " elements, but stores only " +
                                 std::to_string(stored) + " bytes"};
}

}  // namespace spinule

#include "hdf5_handle.hpp"

namespace spinule {
namespace {

struct library_error {
  std::string text;
  bool memory = false;
};

/// Called from where the failure began outwards.
herr_t collect(unsigned, const H5E_error2_t* one, void* to) {
  auto& found = *static_cast<library_error*>(to);
  if (found.text.empty() && one->desc != nullptr) found.text = one->desc;
  found.memory =
      found.memory || (one->maj_num == H5E_RESOURCE && (one->min_num == H5E_NOSPACE || one->min_num == H5E_CANTALLOC));
  return 0;
}

}  // namespace

hdf5_refusal refused_by_library(const std::string& path, const std::string& what) {
  library_error found;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, collect, &found);
  if (found.memory) return {path, "cannot be read: it wants more memory than is allowed"};
  return {path, found.text.empty() ? what : what + " (HDF5: " + found.text + ")"};
}

hdf5_handle half_type() {
  hdf5_handle type{H5Tcopy(H5T_IEEE_F32LE), H5Tclose, "/", "no floating point type"};
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

}  // namespace spinule

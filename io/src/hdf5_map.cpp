#include "hdf5_map.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace spinule {

hdf5_handle map_hdf5(int file) {
  struct stat status {};
  ::fstat(file, &status);
  const auto bytes = static_cast<std::size_t>(status.st_size);
  void* image = ::mmap(nullptr, std::max<std::size_t>(bytes, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
  if (image == MAP_FAILED)
    throw hdf5_refusal{"/", "cannot be mapped into memory: " + std::generic_category().message(errno)};
  H5FD_file_image_callbacks_t calls{};
  calls.image_malloc = [](std::size_t, H5FD_file_image_op_t, void* memory) { return memory; };
  calls.image_memcpy = [](void* to, const void*, std::size_t, H5FD_file_image_op_t, void*) { return to; };
  calls.image_free = [](void*, H5FD_file_image_op_t, void*) { return herr_t{0}; };
  calls.udata_copy = [](void* memory) { return memory; };
  calls.udata_free = [](void*) { return herr_t{0}; };
  calls.udata = image;
  const hdf5_handle access{H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "/", "cannot be opened"};
  H5Pset_fapl_core(access, 1 << 16, false);
  H5Pset_file_image_callbacks(access, &calls);
  H5Pset_file_image(access, image, bytes);
  return {H5Fopen("image", H5F_ACC_RDONLY, access), H5Fclose, "/", "is not an HDF5 file, or its header is damaged"};
}

}  // namespace spinule

// HDF5 files made by hand, good and bad.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace spinule {

/// IEEE binary16, little endian.
inline hid_t half_type_of_file() {
  const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

class hdf5_maker {
 public:
  explicit hdf5_maker(const std::filesystem::path& path)
      : id{H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)} {}
  ~hdf5_maker() { H5Fclose(id); }
  hdf5_maker(const hdf5_maker&) = delete;
  hdf5_maker& operator=(const hdf5_maker&) = delete;

  void group(const char* path) { H5Gclose(H5Gcreate2(id, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)); }

  /// `count` values of `memory` type, stored as `type`.
  void flat(const char* path, hid_t type, hid_t memory, hsize_t count, const void* values, hid_t plan = H5P_DEFAULT) {
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    write(path, type, memory, space, values, plan);
  }
  void scalar(const char* path, hid_t type, hid_t memory, const void* value) {
    write(path, type, memory, H5Screate(H5S_SCALAR), value, H5P_DEFAULT);
  }
  template <class T>
  void ragged(const char* path, hid_t type, hid_t memory, std::vector<std::vector<T>> rows) {
    std::vector<hvl_t> cells;
    for (auto& row : rows) cells.push_back({row.size(), row.data()});
    flat(path, H5Tvlen_create(type), H5Tvlen_create(memory), cells.size(), cells.data());
  }
  void labels(std::vector<int> values) { flat("/labels", H5T_STD_U16LE, H5T_NATIVE_INT, values.size(), values.data()); }

  hid_t id;

 private:
  void write(const char* path, hid_t type, hid_t memory, hid_t space, const void* values, hid_t plan) {
    const hid_t data = H5Dcreate2(id, path, type, space, H5P_DEFAULT, plan, H5P_DEFAULT);
    H5Dwrite(data, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(data);
    H5Sclose(space);
  }
};

/// A file in the layout of SHD.
struct shd_content {
  std::vector<std::vector<float>> times;
  std::vector<std::vector<int>> units;
  std::vector<int> labels;
};
inline void make_shd(const std::filesystem::path& path, const shd_content& content) {
  hdf5_maker file{path};
  file.group("/spikes");
  file.ragged("/spikes/times", half_type_of_file(), H5T_NATIVE_FLOAT, content.times);
  file.ragged("/spikes/units", H5T_STD_U16LE, H5T_NATIVE_INT, content.units);
  file.labels(content.labels);
}

}  // namespace spinule

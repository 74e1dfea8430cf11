#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <spinule/error.hpp>
#include <spinule/io/engine/atomic_file.hpp>
#include <spinule/io/generator.hpp>

#include "half.hpp"
#include "hdf5_handle.hpp"
#include "isolated.hpp"

namespace spinule {
namespace {

/// The content of a file in the layout of SHD.
struct spoken {
  std::vector<std::vector<std::uint16_t>> times, units;  ///< times as binary16 seconds
  std::vector<std::uint16_t> labels;
};

spoken speak(std::uint32_t samples, std::uint64_t seed) {
  spoken all;
  for (std::uint32_t i = 0; i < samples; ++i) {
    const recording word = draw_word(i % 20, seed, i / 20);
    auto &times = all.times.emplace_back(), &units = all.units.emplace_back();
    for (const event& e : word.events) {
      times.push_back(to_half(static_cast<float>(static_cast<double>(e.time_us) * 1e-6)));
      units.push_back(static_cast<std::uint16_t>(e.channel));
    }
    all.labels.push_back(static_cast<std::uint16_t>(i % 20));
  }
  return all;
}

void write_data(hid_t group, const char* name, hid_t type, std::size_t count, const void* values) {
  const hsize_t extent = count;
  const hdf5_handle space{H5Screate_simple(1, &extent, nullptr), H5Sclose, name, "no extent"};
  const hdf5_handle plan{H5Pcreate(H5P_DATASET_CREATE), H5Pclose, name, "no plan"};
  H5Pset_obj_track_times(plan, false);  // equal content, equal bytes
  const hdf5_handle data{H5Dcreate2(group, name, type, space, H5P_DEFAULT, plan, H5P_DEFAULT), H5Dclose, name,
                         "no data set"};
  if (H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) throw hdf5_refusal{name, "not written"};
}

void write_rows(hid_t group, const char* name, hid_t element, std::vector<std::vector<std::uint16_t>>& rows) {
  std::vector<hvl_t> cells;
  for (auto& row : rows) cells.push_back({row.size(), row.data()});
  const hdf5_handle type{H5Tvlen_create(element), H5Tclose, name, "no type"};
  write_data(group, name, type, cells.size(), cells.data());
}

/// The bytes of the HDF5 file.
std::vector<std::byte> image_of(spoken& all) {
  const hdf5_handle access{H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "/", "no access plan"};
  H5Pset_fapl_core(access, 1 << 20, false);
  const hdf5_handle file{H5Fcreate("image", H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose, "/", "no file"};
  const hdf5_handle spikes{H5Gcreate2(file, "spikes", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, "/",
                           "no group"};
  const hdf5_handle extra{H5Gcreate2(file, "extra", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, "/", "no group"};
  write_rows(spikes, "times", half_type(), all.times);
  write_rows(spikes, "units", H5T_STD_U16LE, all.units);
  write_data(file, "labels", H5T_STD_U16LE, all.labels.size(), all.labels.data());
  constexpr std::size_t width = 8;
  std::array<char, 20 * width> names{};
  for (std::size_t i = 0; i < 20; ++i) {
    const std::string name = "word " + std::to_string(i);
    std::copy(name.begin(), name.end(), &names[i * width]);
  }
  const hdf5_handle text{H5Tcopy(H5T_C_S1), H5Tclose, "/", "no type"};
  H5Tset_size(text, width);
  write_data(extra, "keys", text, 20, names.data());
  H5Fflush(file, H5F_SCOPE_LOCAL);
  const ssize_t bytes = H5Fget_file_image(file, nullptr, 0);
  std::vector<std::byte> image(static_cast<std::size_t>(std::max<ssize_t>(bytes, 0)));
  if (image.empty() || H5Fget_file_image(file, image.data(), image.size()) != bytes)
    throw hdf5_refusal{"/", "no image"};
  return image;
}

/// In the child: the library must not run in the caller's process, where a reader may fork while it works.
void send_image(int pipe, spoken& all) {
  std::vector<std::byte> image;
  try {
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    image = image_of(all);
  } catch (const std::exception&) {
    image.clear();  // length 0 says so
  }
  const std::uint64_t bytes = image.size();
  send_all(pipe, std::as_bytes(std::span{&bytes, 1}));
  send_all(pipe, image);
  ::_exit(0);
}

}  // namespace

void write_shd(const std::filesystem::path& path, std::uint32_t samples, std::uint64_t seed) {
  if (samples == 0) throw spinule_error{path.string(), "0 samples were asked for; at least 1 is needed"};
  atomic_file file{path};
  spoken all = speak(samples, seed);
  isolated_process child{{.where = path.string()}, [&](int pipe) { send_image(pipe, all); }};
  std::uint64_t left = 0;
  child.read(std::as_writable_bytes(std::span{&left, 1}));
  if (left == 0) throw file_error{path.string(), "cannot be written: the HDF5 library failed"};
  for (std::vector<std::byte> piece; left > 0; left -= piece.size()) {
    piece.resize(std::min<std::uint64_t>(left, 1 << 20));
    child.read(piece);
    file.write(piece);
  }
  file.commit();
}

}  // namespace spinule

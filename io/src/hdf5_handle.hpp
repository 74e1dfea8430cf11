// Handles of the HDF5 library. Included only by what runs in a child process.
#pragma once

#include <hdf5.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace spinule {

/// Something about an object of the file that we do not accept, or that the library could not do.
struct hdf5_refusal : std::runtime_error {
  hdf5_refusal(std::string object, const std::string& what) : std::runtime_error(what), path{std::move(object)} {}
  std::string path;
};

/// A refusal after a call of the library has failed: `what`, and beside it what the library says about that call; or
/// that memory did not suffice, where that is what it says.
hdf5_refusal refused_by_library(const std::string& path, const std::string& what);

/// Closes itself. Throws `hdf5_refusal` when given an invalid handle.
class hdf5_handle {
 public:
  hdf5_handle(hid_t id, herr_t (*close)(hid_t), const std::string& path, const std::string& failure)
      : id_{id}, close_{close} {
    if (id_ < 0) throw refused_by_library(path, failure);
  }
  hdf5_handle(hdf5_handle&& other) noexcept : id_{std::exchange(other.id_, -1)}, close_{other.close_} {}
  ~hdf5_handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }  // NOLINT: as the library's own functions take it

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// IEEE 754 binary16, little endian: the type of spike times in SHD files.
hdf5_handle half_type();

}  // namespace spinule

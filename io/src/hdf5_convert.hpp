// A checked data set, converted to what the parent knows and sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hdf5_handle.hpp"
#include "hdf5_send.hpp"

namespace spinule {

class hdf5_converter {
 public:
  explicit hdf5_converter(hdf5_sender& to);
  /// The data set at `path`. Throws `hdf5_refusal` for a type that is not read and for data that is damaged.
  void send(hid_t data, const std::string& path);

 private:
  /// How elements of one data set lie in the file and travel.
  struct element_kind {
    hdf5_protocol::element type;
    hid_t memory;       ///< what the library converts to
    std::size_t bytes;  ///< of that
    bool half = false;  ///< binary16, which we convert ourselves: the library is slow at it
  };
  element_kind kind_of(hid_t type, const std::string& path) const;
  void send_flat(hid_t data, const element_kind& kind, std::uint64_t count, const std::string& path);
  void send_ragged(hid_t data, const element_kind& kind, std::uint64_t rows, const std::string& path);
  void send_text(hid_t data, hid_t type, std::uint64_t count, const std::string& path);
  void send_elements(const element_kind& kind, const void* elements, std::size_t count);

  hdf5_sender* to_;
  hdf5_handle half_;
  std::vector<float> floats_;
};

}  // namespace spinule

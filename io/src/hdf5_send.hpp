// What the child that reads HDF5 tells its parent, frame by frame and within a budget.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "hdf5_protocol.hpp"

namespace spinule {

class hdf5_sender {
 public:
  /// `budget`: bytes that all arrays together may take.
  hdf5_sender(int pipe, std::uint64_t budget) : pipe_{pipe}, budget_{budget}, left_{budget} {}

  std::uint64_t left() const { return left_; }
  /// Takes bytes off the budget before they are allocated. Throws `hdf5_refusal` when there are not as many.
  void spend(std::uint64_t bytes, const std::string& path);
  /// The same for `count` times `bytes`.
  void spend(std::uint64_t count, std::uint64_t bytes, const std::string& path);
  [[noreturn]] void refuse(const std::string& path) const;

  void array(const hdf5_protocol::array_header& header, const std::string& path);
  void lengths(std::span<const std::uint64_t> of_rows);
  void values(std::span<const std::byte> elements);
  /// Throws `hdf5_refusal` for one that fits no frame.
  void text(std::string_view text, const std::string& path);
  void end() { frame(hdf5_protocol::frame_kind::end, {}); }

 private:
  void frame(hdf5_protocol::frame_kind kind, std::span<const std::byte> payload);

  int pipe_;
  std::uint64_t budget_, left_;
};

/// The last frame of a child that cannot go on.
void send_failure(int pipe, const std::string& path, const std::string& what);

}  // namespace spinule

// What the child that reads HDF5 tells its parent. Both are one program, so values go as they lie in memory; but the
// child may have been damaged by the file, so the parent believes no length.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace spinule::hdf5_protocol {

enum class frame_kind : std::uint32_t {
  array = 1,  ///< array_header, then the path: a new data set
  lengths,    ///< uint64 each: of the next rows of a ragged data set
  values,     ///< elements
  text,       ///< one string
  failure,    ///< path, a zero byte, what is wrong: the last frame
  end,        ///< the last frame
};

/// The order of `hdf5_array::storage`.
enum class element : std::uint32_t { u16, i64, f32, f64, text };
constexpr std::array<std::size_t, 5> element_bytes{2, 8, 4, 8, 1};

struct frame_header {
  frame_kind kind;
  std::uint32_t unused = 0;
  std::uint64_t bytes = 0;  ///< that follow
};

constexpr std::uint32_t most_dimensions = 8;
constexpr std::size_t longest_path = 1024;
constexpr std::size_t longest_frame = 1 << 20;

struct array_header {
  element type = element::u16;
  std::uint32_t ragged = 0;
  std::uint32_t rank = 0;
  std::uint32_t unused = 0;
  std::array<std::uint64_t, most_dimensions> extent{};
};

}  // namespace spinule::hdf5_protocol

// The entries of a model file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spinule {

/// What a section holds. Values are part of the format: never renumber.
enum class section_type : std::uint32_t {
  text = 1,  ///< UTF-8
  uint8 = 2,
  int8 = 3,
  uint16 = 4,
  int16 = 5,
  uint32 = 6,
  int32 = 7,
  uint64 = 8,
  int64 = 9,
  float32 = 10,
  float64 = 11,
};

template <class Element>
constexpr auto section_type_of = section_type{0};
template <>
inline constexpr auto section_type_of<std::uint8_t> = section_type::uint8;
template <>
inline constexpr auto section_type_of<std::int8_t> = section_type::int8;
template <>
inline constexpr auto section_type_of<std::uint16_t> = section_type::uint16;
template <>
inline constexpr auto section_type_of<std::int16_t> = section_type::int16;
template <>
inline constexpr auto section_type_of<std::uint32_t> = section_type::uint32;
template <>
inline constexpr auto section_type_of<std::int32_t> = section_type::int32;
template <>
inline constexpr auto section_type_of<std::uint64_t> = section_type::uint64;
template <>
inline constexpr auto section_type_of<std::int64_t> = section_type::int64;
template <>
inline constexpr auto section_type_of<float> = section_type::float32;
template <>
inline constexpr auto section_type_of<double> = section_type::float64;

/// A type whose arrays a model file can hold.
template <class Element>
concept section_element = section_type_of<Element>
!= section_type{0};

/// "float32", "text", ...; "unknown" for a value that is none of them.
std::string_view name_of(section_type type);

/// One named entry.
struct model_section {
  std::string name;  ///< 1 to 63 bytes, e.g. "projection/0/weights"
  section_type type = section_type::text;
  std::uint64_t offset = 0;  ///< from the start of the file; a multiple of 64
  std::uint64_t bytes = 0;
  std::string sha256;  ///< of the content, in hexadecimal
  bool operator==(const model_section&) const = default;
};

}  // namespace spinule

// The bytes of a model file; docs/formats.md is the definition.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <spinule/io/model_file.hpp>

namespace spinule::model_layout {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory: little-endian");

/// The first byte is no ASCII and the line ends differ, so that a transfer in text mode shows.
inline constexpr std::string_view magic{"\x89SPN\r\n\x1a\n", 8};
inline constexpr std::string_view end_mark{"SPN-END\n", 8};
inline constexpr std::uint32_t version = 1;
inline constexpr std::uint32_t byte_order = 0x01020304;

inline constexpr std::uint64_t alignment = 64;
inline constexpr std::uint64_t header_bytes = 64;
inline constexpr std::uint64_t name_bytes = 64;
inline constexpr std::uint64_t digest_bytes = 64;
inline constexpr std::uint64_t record_bytes = 192;
inline constexpr std::uint64_t footer_bytes = 96;

template <class Number>
void append(std::string& to, Number value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class Number>
Number number_at(std::span<const std::byte> bytes, std::uint64_t offset) {
  Number value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

inline std::string_view text_at(std::span<const std::byte> bytes, std::uint64_t offset, std::uint64_t count) {
  return {reinterpret_cast<const char*>(bytes.data()) + offset, count};
}

/// Bytes of one element; 0: not a type of this version.
std::uint64_t element_bytes(section_type type);

/// Why `name` cannot name a section; empty: it can.
std::string fault_in_name(std::string_view name);

std::string header();
std::string record(const model_section& section);
/// Without the digest that ends the file.
std::string footer(std::uint64_t table_offset, std::uint64_t sections, std::uint64_t file_bytes);

/// Checks a whole file and returns its table. Throws `file_error{path, ...}`.
std::vector<model_section> parse(const std::string& path, std::span<const std::byte> file);

}  // namespace spinule::model_layout

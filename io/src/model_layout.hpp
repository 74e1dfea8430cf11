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
inline constexpr std::uint64_t most_sections = 1 << 20;

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

/// Checks are made in this order, so that a file is refused before it is read: the first `header_bytes` of `file_bytes`
/// (all there are, if they are fewer); the last `footer_bytes`; the table. Each throws `file_error{path, ...}`.
void check_header(const std::string& path, std::span<const std::byte> start, std::uint64_t file_bytes);

struct table_place {
  std::uint64_t offset, sections;
  std::uint64_t bytes() const { return sections * record_bytes; }
};
table_place read_footer(const std::string& path, std::span<const std::byte> end, std::uint64_t file_bytes);

/// Sections that follow each other without gaps beyond the alignment.
std::vector<model_section> read_table(const std::string& path, std::span<const std::byte> table, table_place place);

/// Of a whole file in memory: its digests.
void check_digests(const std::string& path, std::span<const std::byte> file, std::span<const model_section> sections);

}  // namespace spinule::model_layout

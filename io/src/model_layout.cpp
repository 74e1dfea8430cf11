#include "model_layout.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

struct type_row {
  section_type type;
  std::string_view name;
  std::uint64_t bytes;
};

constexpr std::array type_rows{
    type_row{section_type::text, "text", 1},       type_row{section_type::uint8, "uint8", 1},
    type_row{section_type::int8, "int8", 1},       type_row{section_type::uint16, "uint16", 2},
    type_row{section_type::int16, "int16", 2},     type_row{section_type::uint32, "uint32", 4},
    type_row{section_type::int32, "int32", 4},     type_row{section_type::uint64, "uint64", 8},
    type_row{section_type::int64, "int64", 8},     type_row{section_type::float32, "float32", 4},
    type_row{section_type::float64, "float64", 8},
};

const type_row* row_of(section_type type) {
  const auto row = std::find_if(type_rows.begin(), type_rows.end(), [&](const auto& r) { return r.type == type; });
  return row == type_rows.end() ? nullptr : &*row;
}

}  // namespace

std::string_view name_of(section_type type) {
  const auto* row = row_of(type);
  return row ? row->name : "unknown";
}

namespace model_layout {
namespace {

using bytes_view = std::span<const std::byte>;

std::string hex_digest(bytes_view bytes) { return sha256{}.update(bytes).hex(); }

std::uint64_t aligned(std::uint64_t offset) { return (offset + alignment - 1) / alignment * alignment; }

/// `at`: where the record stands in the file.
model_section read_record(const std::string& path, bytes_view bytes, std::uint64_t at) {
  const auto padded = text_at(bytes, 0, name_bytes);
  model_section section{.name = std::string{padded.substr(0, padded.find('\0'))},
                        .type = section_type{number_at<std::uint32_t>(bytes, 64)},
                        .offset = number_at<std::uint64_t>(bytes, 72),
                        .bytes = number_at<std::uint64_t>(bytes, 80),
                        .sha256 = std::string{text_at(bytes, 128, digest_bytes)}};
  if (const auto fault = fault_in_name(section.name); !fault.empty())
    throw file_error{path, fmt::format("is damaged: the section name at byte {} {}", at, fault)};
  return section;
}

void check_section(const std::string& path, const model_section& s, std::uint64_t place, std::uint64_t end) {
  const auto width = element_bytes(s.type);
  if (width == 0)
    throw file_error{path,
                     fmt::format("section \"{}\" has the unknown type {}", s.name, static_cast<unsigned>(s.type))};
  if (s.offset != place || s.offset > end || s.bytes > end - s.offset)
    throw file_error{path, fmt::format("section \"{}\" claims {} bytes at byte {}, and its place is from {} to {}",
                                       s.name, s.bytes, s.offset, place, end)};
  if (s.bytes % width != 0)
    throw file_error{path, fmt::format("section \"{}\" has {} bytes, which is no whole number of {} values", s.name,
                                       s.bytes, name_of(s.type))};
}

}  // namespace

std::uint64_t element_bytes(section_type type) {
  const auto* row = row_of(type);
  return row ? row->bytes : 0;
}

std::string fault_in_name(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() >= name_bytes) return fmt::format("has {} bytes; at most {} fit", name.size(), name_bytes - 1);
  if (!std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; }))
    return "has other characters than printable ASCII without spaces";
  return {};
}

std::string header() {
  std::string bytes{magic};
  append(bytes, version);
  append(bytes, byte_order);
  bytes.resize(header_bytes);
  return bytes;
}

std::string record(const model_section& section) {
  std::string bytes = section.name;
  bytes.resize(name_bytes);
  append(bytes, static_cast<std::uint32_t>(section.type));
  append(bytes, std::uint32_t{0});
  append(bytes, section.offset);
  append(bytes, section.bytes);
  bytes.resize(record_bytes - digest_bytes);
  return bytes + section.sha256;
}

std::string footer(std::uint64_t table_offset, std::uint64_t sections, std::uint64_t file_bytes) {
  std::string bytes;
  append(bytes, table_offset);
  append(bytes, sections);
  append(bytes, file_bytes);
  return bytes += end_mark;
}

void check_header(const std::string& path, bytes_view start, std::uint64_t file_bytes) {
  const auto mark = text_at(start, 0, std::min<std::uint64_t>(start.size(), magic.size()));
  if (mark.empty() || mark != magic.substr(0, mark.size()))
    throw file_error{path, "is not a Spinule model; a model file begins with the mark of the .spn format"};
  if (file_bytes < header_bytes + footer_bytes)
    throw file_error{path, fmt::format("is cut short: {} bytes, and the smallest model has {}; copy it again",
                                       file_bytes, header_bytes + footer_bytes)};
  if (const auto found = number_at<std::uint32_t>(start, 8); found != version)
    throw file_error{path,
                     fmt::format("has format version {}; this Spinule reads version {}; use the Spinule that wrote "
                                 "the model or a newer one (or the file is damaged)",
                                 found, version)};
  if (number_at<std::uint32_t>(start, 12) != byte_order)
    throw file_error{path, "has another byte order than the format allows: it is damaged or not written by Spinule"};
}

table_place read_footer(const std::string& path, bytes_view end, std::uint64_t file_bytes) {
  const std::uint64_t at = file_bytes - footer_bytes;
  if (text_at(end, 24, end_mark.size()) != end_mark)
    throw file_error{path, "is cut short or damaged: the mark that closes a model is missing; copy it again"};
  if (const auto claimed = number_at<std::uint64_t>(end, 16); claimed != file_bytes)
    throw file_error{path, fmt::format("has {} bytes but was written with {}; copy it again", file_bytes, claimed)};
  const table_place place{number_at<std::uint64_t>(end, 0), number_at<std::uint64_t>(end, 8)};
  // Division keeps a huge count from wrapping around.
  if (place.offset < header_bytes || place.offset > at || place.offset % alignment != 0 ||
      place.sections != (at - place.offset) / record_bytes || (at - place.offset) % record_bytes != 0)
    throw file_error{path, fmt::format("is damaged: a table of {} sections at byte {} does not fit its {} bytes",
                                       place.sections, place.offset, file_bytes)};
  if (place.sections > most_sections)
    throw file_error{path, fmt::format("claims {} sections; a model has at most {}", place.sections, most_sections)};
  return place;
}

std::vector<model_section> read_table(const std::string& path, bytes_view table, table_place place) {
  std::vector<model_section> sections;
  std::set<std::string> names;
  std::uint64_t next = header_bytes;
  for (std::uint64_t i = 0; i < place.sections; ++i) {
    auto section = read_record(path, table.subspan(i * record_bytes, record_bytes), place.offset + i * record_bytes);
    check_section(path, section, next, place.offset);
    if (!names.insert(section.name).second)
      throw file_error{path, fmt::format("has two sections named \"{}\"", section.name)};
    next = aligned(section.offset + section.bytes);
    sections.push_back(std::move(section));
  }
  if (next != place.offset)
    throw file_error{path, fmt::format("has {} bytes before its table that belong to no section", place.offset - next)};
  return sections;
}

void check_digests(const std::string& path, bytes_view file, std::span<const model_section> sections) {
  const auto digested = file.size() - digest_bytes;
  if (hex_digest(file.first(digested)) == text_at(file, digested, digest_bytes)) return;
  for (const auto& s : sections)
    if (hex_digest(file.subspan(s.offset, s.bytes)) != s.sha256)
      throw file_error{path,
                       fmt::format("section \"{}\" was changed since it was written (its SHA-256 differs); copy the "
                                   "file again",
                                   s.name)};
  throw file_error{path, "was changed since it was written (the SHA-256 of the whole differs); copy it again"};
}

}  // namespace model_layout
}  // namespace spinule

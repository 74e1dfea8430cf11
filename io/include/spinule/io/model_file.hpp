// Trained models on disk: named texts and arrays, every bit under a checksum. docs/formats.md defines the bytes.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <spinule/io/engine/atomic_file.hpp>
#include <spinule/io/engine/sha256.hpp>

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

/// One named entry of a model file.
struct model_section {
  std::string name;  ///< 1 to 63 bytes, e.g. "projection/0/weights"
  section_type type = section_type::text;
  std::uint64_t offset = 0;  ///< from the start of the file; a multiple of 64
  std::uint64_t bytes = 0;
  std::string sha256;  ///< of the content, in hexadecimal
  bool operator==(const model_section&) const = default;
};

/// Writes a model file section by section; only the table is kept in memory. The file appears on `commit()`, whole.
/// All members throw `file_error`: for what `atomic_file` says, and for a name that is empty, longer than 63 bytes, not
/// printable ASCII, or used twice.
class model_writer {
 public:
  explicit model_writer(const std::filesystem::path& path);

  void add_text(std::string_view name, std::string_view text);
  template <section_element Element>
  void add_array(std::string_view name, std::span<const Element> values) {
    add(name, section_type_of<Element>, std::as_bytes(values));
  }
  void commit();

 private:
  void add(std::string_view name, section_type type, std::span<const std::byte> content);
  void put(std::span<const std::byte> bytes);
  void put(std::string_view text) { put(std::as_bytes(std::span{text})); }
  void pad();

  std::filesystem::path path_;
  atomic_file file_;
  sha256 digest_;
  std::vector<model_section> sections_;
};

/// A model file in memory. Arrays are handed out as views that live as long as this; they start on 64 bytes.
class model_file {
 public:
  /// Reads and checks everything. Throws `file_error` and says which: no model file, a newer version, cut short,
  /// changed since it was written (naming the section), or a table that contradicts itself.
  static model_file load(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::span<const model_section> sections() const { return sections_; }
  bool contains(std::string_view name) const;

  /// Throw `file_error` when there is no section `name` or when it holds another type.
  std::string_view text(std::string_view name) const;
  template <section_element Element>
  std::span<const Element> array(std::string_view name) const {
    const auto content = find(name, section_type_of<Element>);
    return {reinterpret_cast<const Element*>(content.data()), content.size() / sizeof(Element)};
  }

 private:
  struct release {
    void operator()(std::byte* memory) const { ::operator delete[](memory, std::align_val_t{64}); }
  };

  std::span<const std::byte> find(std::string_view name, section_type type) const;

  std::filesystem::path path_;
  std::unique_ptr<std::byte[], release> memory_;
  std::vector<model_section> sections_;
};

}  // namespace spinule

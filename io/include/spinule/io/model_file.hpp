// Trained models on disk: named texts and arrays, every bit under a checksum. docs/formats.md defines the bytes.
#pragma once

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
#include <spinule/io/engine/model_section.hpp>
#include <spinule/io/engine/sha256.hpp>

namespace spinule {

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

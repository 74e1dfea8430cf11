// Reading TOML with errors that name file, line and column.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Damaged files break assertions of toml++ behind which its parser reports an error all the same: they must neither
// abort nor, with NDEBUG, be assumed to hold.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace spinule {

/// `known`, those most like `given` first, as a list of words.
std::string nearest_first(std::vector<std::string> known, std::string_view given);

/// Throws `file_error{place, what}` on one line: control characters, which may come from the file, become '?'.
[[noreturn]] void refuse(const std::string& place, std::string what);

/// A value of a file, and what it is called in errors. The parsed file and its name must outlive it.
class toml_field {
 public:
  toml_field(const toml::node& node, std::string name, const std::string& file)
      : node_{&node}, name_{std::move(name)}, file_{&file} {}

  const std::string& name() const { return name_; }
  bool is_table() const { return node_->is_table(); }
  bool is_array() const { return node_->is_array(); }
  bool is_text() const { return node_->is_string(); }
  /// "path:line:column".
  std::string place() const;
  /// Throws `file_error{place, what}`.
  [[noreturn]] void fail(const std::string& what) const;

  /// All others throw `file_error` for a value of another type.

  /// The keys of a table in their order; of one key, nothing where it is not there, or it must be.
  std::vector<std::string> keys() const;
  std::optional<toml_field> find(std::string_view key) const;
  toml_field operator[](std::string_view key) const;
  /// The same; `add`: what to add where it is not there, "p = 0.1".
  toml_field required(std::string_view key, std::string_view add) const;
  /// Throws for a key that is none of `known`.
  void has_only(std::span<const std::string_view> known) const;

  std::vector<toml_field> items() const;
  std::string text() const;
  bool flag() const;
  double number() const;  ///< finite
  std::int64_t whole(std::int64_t least, std::int64_t most) const;
  /// The place in `words` of a text that is one of them.
  std::size_t choice(std::span<const std::string_view> words) const;

 private:
  void want(bool met, std::string_view what) const;
  const toml::table& table() const;

  const toml::node* node_;
  std::string name_;
  const std::string* file_;
};

}  // namespace spinule

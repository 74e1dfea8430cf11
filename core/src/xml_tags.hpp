// The tags of an XML text one by one, strictly: what is not certain to be read alike by every parser is refused.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spinule {

struct xml_tag {
  enum class kind { open, close, empty } what = kind::open;
  std::string_view name;
  std::vector<std::pair<std::string_view, std::string_view>> attributes;  ///< values as they are written
  /// Null where there is none of that name.
  const std::string_view* attribute(std::string_view wanted) const;
};

class xml_tags {
 public:
  /// Throws `file_error{where:line, ...}`, as `next` does, for control characters and what is no UTF-8.
  xml_tags(std::string_view text, std::string where);
  /// Null at the end. Throws also for document types, entities that XML does not define, encodings other than UTF-8,
  /// and an attribute that stands twice in a tag.
  std::optional<xml_tag> next();
  /// Throws with the line that was read last.
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  void check_characters();
  void check_references(std::string_view text) const;
  /// The text up to `end`, and moves past it.
  std::string_view until(std::string_view end, const char* what);
  bool skip(std::string_view start);
  void skip_spaces();
  std::string_view take_name();
  std::pair<std::string_view, std::string_view> take_attribute();
  xml_tag take_tag();

  std::string_view text_;
  std::string where_;
  std::size_t at_ = 0;
};

}  // namespace spinule

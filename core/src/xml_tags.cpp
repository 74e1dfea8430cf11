#include "xml_tags.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

/// How many bytes the character of UTF-8 at the start of `text` has; 0 where there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return 1;
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  const bool overlong = (byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xf0 && byte(1) < 0x90);
  const bool surrogate = byte(0) == 0xed && byte(1) > 0x9f, beyond = byte(0) == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

/// `&amp;` and its like, or a number of a printable character of ASCII.
bool is_known(std::string_view reference) {
  constexpr std::array names{"amp", "lt", "gt", "quot", "apos"};
  if (std::ranges::find(names, reference) != names.end()) return true;
  return reference.size() >= 3 && reference.size() <= 4 && reference[0] == '#' &&
         std::ranges::all_of(reference.substr(1), [](char c) { return c >= '0' && c <= '9'; }) &&
         reference.substr(1) >= "32" && (reference.size() == 3 || reference.substr(1) <= "126");
}

}  // namespace

const std::string_view* xml_tag::attribute(std::string_view wanted) const {
  for (const auto& [known, value] : attributes)
    if (known == wanted) return &value;
  return nullptr;
}

xml_tags::xml_tags(std::string_view text, std::string where) : text_{text}, where_{std::move(where)} {
  if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);  // the mark of UTF-8
  check_characters();
}

void xml_tags::refuse(const std::string& what) const {
  const auto read = text_.substr(0, std::min(at_, text_.size()));
  throw file_error{fmt::format("{}:{}", where_, 1 + std::ranges::count(read, '\n')), what};
}

void xml_tags::check_characters() {
  while (at_ < text_.size()) {
    const std::size_t length = utf8_length(text_.substr(at_));
    if (length == 0) refuse("is no UTF-8; save it as UTF-8");
    if (static_cast<unsigned char>(text_[at_]) < 0x20 && !is_space(text_[at_]))
      refuse(fmt::format("holds the control character {:#04x}, which XML has not", static_cast<unsigned>(text_[at_])));
    at_ += length;
  }
  at_ = 0;
}

void xml_tags::check_references(std::string_view text) const {
  for (auto start = text.find('&'); start != text.npos; start = text.find('&', start + 1)) {
    const auto end = text.find(';', start);
    if (end == text.npos || end - start > 8 || !is_known(text.substr(start + 1, end - start - 1)))
      refuse(
          fmt::format("the entity \"{}\" is not read; only &amp;, &lt;, &gt;, &quot;, &apos; and numbers of printable "
                      "ASCII are",
                      text.substr(start, 12)));
  }
}

std::string_view xml_tags::until(std::string_view end, const char* what) {
  const auto found = text_.find(end, at_);
  if (found == text_.npos) refuse(fmt::format("{} does not end", what));
  const auto inside = text_.substr(at_, found - at_);
  at_ = found + end.size();
  return inside;
}

bool xml_tags::skip(std::string_view start) {
  if (!text_.substr(at_).starts_with(start)) return false;
  at_ += start.size();
  return true;
}

void xml_tags::skip_spaces() {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

std::string_view xml_tags::take_name() {
  const auto start = at_;
  while (at_ < text_.size() && is_name(text_[at_])) ++at_;
  if (start == at_) refuse("a tag is not well formed: a name is missing");
  return text_.substr(start, at_ - start);
}

std::pair<std::string_view, std::string_view> xml_tags::take_attribute() {
  const auto name = take_name();
  skip_spaces();
  if (!skip("=")) refuse(fmt::format("the attribute \"{}\" has no value", name));
  skip_spaces();
  const char quote = at_ < text_.size() ? text_[at_] : ' ';
  if (quote != '"' && quote != '\'') refuse(fmt::format("the value of \"{}\" is not in quotes", name));
  ++at_;
  const auto value = until({&quote, 1}, "a value in quotes");
  if (value.find('<') != value.npos) refuse(fmt::format("the value of \"{}\" holds a <; write &lt;", name));
  check_references(value);
  return {name, value};
}

xml_tag xml_tags::take_tag() {
  xml_tag tag{skip("/") ? xml_tag::kind::close : xml_tag::kind::open, take_name(), {}};
  for (;;) {
    const auto before = at_;
    skip_spaces();
    if (skip(">")) return tag;
    if (tag.what == xml_tag::kind::open && skip("/>")) {
      tag.what = xml_tag::kind::empty;
      return tag;
    }
    if (tag.what == xml_tag::kind::close || before == at_)
      refuse(fmt::format("the tag \"{}\" is not well formed", tag.name));
    const auto attribute = take_attribute();
    if (tag.attribute(attribute.first)) refuse(fmt::format("\"{}\" stands twice in a tag", attribute.first));
    tag.attributes.push_back(attribute);
  }
}

std::optional<xml_tag> xml_tags::next() {
  for (;;) {
    const auto start = std::min(text_.find('<', at_), text_.size());
    check_references(text_.substr(at_, start - at_));
    at_ = start;
    if (at_ == text_.size()) return std::nullopt;
    if (skip("<!--")) {
      until("-->", "a comment");
    } else if (skip("<![CDATA[")) {
      until("]]>", "a CDATA section");
    } else if (skip("<?")) {
      const auto inside = until("?>", "a processing instruction");
      if (inside.starts_with("xml ") && inside.find("encoding") != inside.npos && inside.find("utf-8") == inside.npos &&
          inside.find("UTF-8") == inside.npos)
        refuse("declares another encoding than UTF-8; save it as UTF-8");
    } else if (skip("<!")) {
      refuse("declares a document type or an entity, which are not read; remove it");
    } else {
      skip("<");
      return take_tag();
    }
  }
}

}  // namespace spinule

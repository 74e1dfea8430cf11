#include "toml_fields.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

/// Levenshtein distance: letters to insert, delete or change.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, changed});
    }
  }
  return row.back();
}

/// How little two words are like: one that holds the other is like it.
std::size_t difference(const std::string& known, std::string_view given) {
  const bool held = given.size() > 2 && known.find(given) != known.npos;
  return held ? 1 : distance(known, given);
}

std::string kind_of(const toml::node& node) {
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  if (node.is_string()) return "a text";
  if (node.is_integer() || node.is_floating_point()) return "a number";
  if (node.is_boolean()) return "true or false";
  return "a date or a time";
}

}  // namespace

std::string nearest_first(std::vector<std::string> known, std::string_view given) {
  given = given.substr(0, 64);  // longer ones are like none
  std::stable_sort(known.begin(), known.end(),
                   [&](const auto& a, const auto& b) { return difference(a, given) < difference(b, given); });
  return fmt::format("{}", fmt::join(known, ", "));
}

std::string toml_field::place() const {
  const auto at = node_->source().begin;
  return fmt::format("{}:{}:{}", *file_, at.line, at.column);
}

void refuse(const std::string& place, std::string what) {
  for (char& c : what)
    if (static_cast<unsigned char>(c) < ' ' || c == 127) c = '?';
  throw file_error{place, what};
}

void toml_field::fail(const std::string& what) const { refuse(place(), what); }

void toml_field::want(bool met, std::string_view what) const {
  if (!met) fail(fmt::format("{} is {}; it must be {}", name_, kind_of(*node_), what));
}

const toml::table& toml_field::table() const {
  want(node_->is_table(), "a table");
  return *node_->as_table();
}

std::vector<std::string> toml_field::keys() const {
  std::vector<std::string> all;
  for (const auto& [key, value] : table()) all.emplace_back(key.str());
  return all;
}

std::optional<toml_field> toml_field::find(std::string_view key) const {
  const toml::node* found = table().get(key);
  if (!found) return {};
  return toml_field{*found, std::string{key}, *file_};
}

toml_field toml_field::operator[](std::string_view key) const { return required(key, fmt::format("{} = ...", key)); }

toml_field toml_field::required(std::string_view key, std::string_view add) const {
  if (auto found = find(key)) return *found;
  fail(fmt::format("{} has no key \"{}\"; add {}", name_, key, add));
}

void toml_field::has_only(std::span<const std::string_view> known) const {
  for (const auto& key : keys())
    if (std::find(known.begin(), known.end(), key) == known.end())
      find(key)->fail(
          fmt::format("{} has no key \"{}\"; known: {}", name_, key, nearest_first({known.begin(), known.end()}, key)));
}

std::vector<toml_field> toml_field::items() const {
  want(node_->is_array(), "an array");
  std::vector<toml_field> all;
  for (const auto& item : *node_->as_array()) all.emplace_back(item, name_, *file_);
  return all;
}

std::string toml_field::text() const {
  want(node_->is_string(), "a text in quotes");
  return node_->as_string()->get();
}

bool toml_field::flag() const {
  want(node_->is_boolean(), "true or false");
  return node_->as_boolean()->get();
}

double toml_field::number() const {
  want(node_->is_number(), "a number");
  const double x =
      node_->is_integer() ? static_cast<double>(node_->as_integer()->get()) : node_->as_floating_point()->get();
  if (!std::isfinite(x)) fail(fmt::format("{} is {}; it must be finite", name_, x));
  return x;
}

std::int64_t toml_field::whole(std::int64_t least, std::int64_t most) const {
  const std::string range = fmt::format("a whole number from {} to {}", least, most);
  want(node_->is_number(), range);
  if (!node_->is_integer()) {
    const double x = number();
    const bool only_written_so =
        x == std::floor(x) && x >= static_cast<double>(least) && x <= static_cast<double>(most);
    fail(only_written_so ? fmt::format("{0} is {1:.1f}, with a point; write {0} = {1:.0f}", name_, x)
                         : fmt::format("{} is {}; it must be {}", name_, x, range));
  }
  const std::int64_t x = node_->as_integer()->get();
  if (x < least || x > most) fail(fmt::format("{} is {}; it must be {}", name_, x, range));
  return x;
}

std::size_t toml_field::choice(std::span<const std::string_view> words) const {
  const std::string given = text();
  const auto found = std::find(words.begin(), words.end(), given);
  if (found == words.end())
    fail(fmt::format("{} is \"{}\"; it must be one of {}", name_, given,
                     nearest_first({words.begin(), words.end()}, given)));
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace spinule

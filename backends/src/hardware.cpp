// Reading hardware presets.
#include <spinule/backends/hardware.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/error.hpp>

#include "embedded_presets.hpp"
#include "hardware_schema.hpp"
#include "measure.hpp"

// Damaged files break assertions of toml++ behind which its parser reports an error all the same: they must neither
// abort nor, with NDEBUG, be assumed to hold.
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

namespace spinule {
namespace {

constexpr int most_bases = 8;
constexpr std::uintmax_t largest_file = 1 << 20;

std::string stem(std::string_view name) { return std::string{name.substr(0, name.rfind(".toml"))}; }

std::string place(const std::string& file, const toml::node& node) {
  return fmt::format("{}:{}", file, node.source().begin.line);
}

std::string read_text(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) throw file_error{path, "no such file"};
  if (!std::filesystem::is_regular_file(path, failure))
    throw file_error{
        path, std::filesystem::is_directory(path, failure) ? "is a folder; name a TOML file" : "is no regular file"};
  if (std::filesystem::file_size(path, failure) > largest_file)
    throw file_error{path, "larger than 1 MiB; not a hardware file"};
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw file_error{path, "cannot be read"};
  return text.str();
}

// One file on its way into a preset. `seen` grows by every key that a file of the chain sets.
class reader {
 public:
  reader(hardware& hw, std::string file, std::set<std::string, std::less<>>& seen)
      : hw_{hw}, file_{std::move(file)}, seen_{seen} {}

  void read(const toml::table& root) {
    node_ = text_or(root, "node", "");
    for (const auto& [key, value] : root) {
      const std::string name{key.str()};
      if (name == "name" || name == "about" || name == "node" || name == "kind" || name == "base") continue;
      const auto* section = value.as_table();
      if (section == nullptr) fail(value, fmt::format("unknown key \"{}\"; {}", name, known_sections()));
      for (const auto& [sub, entry] : *section) read_key(name + "." + std::string{sub.str()}, entry);
    }
  }

  std::string text_or(const toml::table& table, std::string_view key, std::string otherwise) const {
    const auto* node = table.get(key);
    if (node == nullptr) return otherwise;
    const auto text = node->value_exact<std::string>();
    if (!text) fail(*node, fmt::format("\"{}\" must be a string", key));
    return *text;
  }

  [[noreturn]] void fail(const toml::node& node, const std::string& what) const {
    throw file_error{place(file_, node), what};
  }

 private:
  void read_key(const std::string& key, const toml::node& entry) {
    seen_.insert(key);
    if (const auto* rule = find_choice(key); rule && applies(rule->kinds, hw_.kind)) return read_choice(*rule, entry);
    const auto* rule = find_constant(key);
    if (rule == nullptr || !applies(rule->kinds, hw_.kind)) {
      fail(entry, fmt::format("unknown key \"{}\"; {}", key, known_keys(key)));
    }
    read_constant(*rule, entry);
  }

  void read_choice(const choice_rule& rule, const toml::node& entry) {
    const auto text = entry.value_exact<std::string>();
    const auto found = std::find(rule.allowed.begin(), rule.allowed.end(), text.value_or(""));
    if (found == rule.allowed.end()) {
      fail(entry, fmt::format("{} must be one of: {}", rule.key, fmt::join(rule.allowed, ", ")));
    }
    rule.set(hw_, static_cast<std::size_t>(found - rule.allowed.begin()));
  }

  void read_constant(const constant_rule& rule, const toml::node& entry) {
    const auto* fields = entry.as_table();
    if (fields == nullptr) {
      fail(entry, fmt::format("{0} must say its unit: {0} = {{ value = ..., unit = \"{1}\" }}", rule.key, rule.unit));
    }
    check_fields(rule, *fields);
    const auto unit = fields->get("unit");
    if (unit == nullptr) fail(entry, fmt::format("{} has no unit; add unit = \"{}\"", rule.key, rule.unit));
    const std::string unit_text = text_or(*fields, "unit", "");
    const auto factor = conversion(unit_text, rule.unit);
    if (!factor)
      fail(*unit, fmt::format("{} has unit \"{}\"; it must be one of: {}", rule.key, unit_text, units_like(rule.unit)));

    constant c;
    c.where = place(file_, entry);
    c.unit = rule.unit;
    c.node = text_or(*fields, "node", node_);
    c.source = text_or(*fields, "source", file_);
    c.kind = text_or(*fields, "kind", "user");
    const auto value = number_in(rule, entry, *fields, "value", *factor);
    if (!value) fail(entry, fmt::format("{} has no value; add value = ...", rule.key));
    c.value = *value;
    c.low = number_in(rule, entry, *fields, "low", *factor);
    c.high = number_in(rule, entry, *fields, "high", *factor);
    if ((c.low && *c.low > c.value) || (c.high && *c.high < c.value)) {
      fail(entry, fmt::format("{}: the value lies outside its band low .. high", rule.key));
    }
    rule.of(hw_) = std::move(c);
  }

  void check_fields(const constant_rule& rule, const toml::table& fields) const {
    static const std::set<std::string_view> known{"value", "unit", "node", "source", "kind", "low", "high"};
    static const std::set<std::string_view> kinds{"measured", "post-layout", "SPICE", "fit",
                                                  "design",   "assumption",  "user"};
    for (const auto& [name, node] : fields) {
      if (!known.contains(name.str())) {
        fail(node,
             fmt::format("{}: unknown field \"{}\"; known are: {}", rule.key, name.str(), fmt::join(known, ", ")));
      }
    }
    if (const auto* kind = fields.get("kind"); kind && !kinds.contains(text_or(fields, "kind", ""))) {
      fail(*kind, fmt::format("{}: kind must be one of: {}", rule.key, fmt::join(kinds, ", ")));
    }
  }

  std::optional<double> number_in(const constant_rule& rule, const toml::node& entry, const toml::table& fields,
                                  std::string_view field, double factor) const {
    const auto* node = fields.get(field);
    if (node == nullptr) return {};
    if (!node->is_number()) fail(*node, fmt::format("{}: {} must be a number", rule.key, field));
    const double number = node->value<double>().value_or(0) * factor;
    if (const auto fault = fault_in(rule, number); !fault.empty()) {
      fail(entry, field == "value" ? fault : fmt::format("{} of {}", field, fault));
    }
    return number;
  }

  std::string known_sections() const {
    std::set<std::string> sections;
    for (const auto& rule : constant_rules()) {
      if (applies(rule.kinds, hw_.kind)) sections.emplace(rule.key.substr(0, rule.key.find('.')));
    }
    return fmt::format("sections are: {}", fmt::join(sections, ", "));
  }

  std::string known_keys(const std::string& key) const {
    const std::string section = key.substr(0, key.find('.') + 1);
    std::vector<std::string_view> keys;
    for (const auto& rule : constant_rules()) {
      if (applies(rule.kinds, hw_.kind) && rule.key.starts_with(section)) keys.push_back(rule.key);
    }
    for (const auto& rule : choice_rules()) {
      if (applies(rule.kinds, hw_.kind) && rule.key.starts_with(section)) keys.push_back(rule.key);
    }
    return keys.empty() ? known_sections() : fmt::format("known are: {}", fmt::join(keys, ", "));
  }

  hardware& hw_;
  std::string file_, node_;
  std::set<std::string, std::less<>>& seen_;
};

struct source_text {
  std::string file, text, folder;
  bool built_in = false;
};

std::string unknown_hardware() {
  return fmt::format("unknown hardware; built in are: {} (or the path of a TOML file)",
                     fmt::join(hardware_names(), ", "));
}

// What a name stands for: a built-in preset, or a file (relative to the folder of the file that names it). `asked_by`:
// the place in that file; empty where a user names it.
source_text open(const std::string& name, const std::string& folder, const std::string& asked_by) {
  for (const auto& preset : embedded_presets()) {
    if (stem(preset.name) == name) return {std::string{preset.name}, std::string{preset.text}, "", true};
  }
  if (name.find('/') == std::string::npos && !name.ends_with(".toml")) {
    if (!asked_by.empty()) throw file_error{asked_by, fmt::format("base is \"{}\", {}", name, unknown_hardware())};
    std::error_code none;
    if (std::filesystem::is_directory(name, none))
      throw spinule_error{name, "is a folder; name a preset or the path of a TOML file"};
    if (std::filesystem::exists(name, none))
      throw spinule_error{name, "names no preset; a file is named with its path, as ./" + name};
    throw spinule_error{name, unknown_hardware()};
  }
  std::filesystem::path path{name};
  if (path.is_relative()) path = std::filesystem::path{folder} / path;
  return {path.string(), read_text(path.string()), path.parent_path().string(), false};
}

toml::table parse(const source_text& source) {
  try {
    return toml::parse(source.text, source.file);
  } catch (const toml::parse_error& e) {
    throw file_error{fmt::format("{}:{}", source.file, e.source().begin.line), std::string{e.description()}};
  }
}

hardware_kind kind_in(const reader& file, const toml::table& root) {
  const auto text = file.text_or(root, "kind", "");
  if (text == "crossbar") return hardware_kind::crossbar;
  if (text == "digital") return hardware_kind::digital;
  file.fail(root,
            fmt::format("kind is \"{}\"; a file without a base must say kind = \"crossbar\" or \"digital\"", text));
}

void check_complete(const hardware& hw, const std::string& file, const std::set<std::string, std::less<>>& seen) {
  for (const auto& rule : constant_rules()) {
    if (applies(rule.kinds, hw.kind) && !rule.otherwise.given && !seen.contains(rule.key) &&
        !is_pulse_constant(rule.key)) {
      throw file_error{file, fmt::format("{} is missing; give it, or name a base that has it", rule.key)};
    }
  }
  for (const auto& rule : choice_rules()) {
    if (applies(rule.kinds, hw.kind) && !rule.may_lack && !seen.contains(rule.key)) {
      throw file_error{file, fmt::format("{} is missing; it is one of: {}", rule.key, fmt::join(rule.allowed, ", "))};
    }
  }
}

void read_chain(hardware& hw, const source_text& source, int depth, std::set<std::string, std::less<>>& seen) {
  const auto root = parse(source);
  if (!source.built_in) hw.files.push_back(source.file);
  reader file{hw, source.file, seen};
  const auto base = file.text_or(root, "base", "");
  if (base.empty()) {
    hw.kind = kind_in(file, root);
  } else {
    if (depth == most_bases) file.fail(root, "more than 8 files name one another as base; a chain must end");
    read_chain(hw, open(base, source.folder, place(source.file, *root.get("base"))), depth + 1, seen);
    if (root.contains("kind") && kind_in(file, root) != hw.kind)
      file.fail(*root.get("kind"), "kind differs from that of the base");
  }
  hw.name = file.text_or(root, "name", stem(std::filesystem::path{source.file}.filename().string()));
  hw.about = file.text_or(root, "about", hw.about);
  file.read(root);
}

}  // namespace

std::vector<std::string> hardware_names() {
  std::vector<std::string> names;
  for (const auto& preset : embedded_presets()) names.push_back(stem(preset.name));
  std::sort(names.begin(), names.end());
  return names;
}

hardware load_hardware(const std::string& name_or_path) {
  hardware hw;
  std::set<std::string, std::less<>> seen;
  const auto source = open(name_or_path, "", "");
  read_chain(hw, source, 0, seen);
  check_complete(hw, source.file, seen);
  complete(hw);
  check_relations(hw);
  return hw;
}

}  // namespace spinule

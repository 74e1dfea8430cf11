// Measured pulses from CSV.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/backends/pulse_fit.hpp>
#include <spinule/error.hpp>

namespace spinule {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\"");
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\"") - first + 1);
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const auto comma = line.find(',');
    fields.push_back(trimmed(line.substr(0, comma)));
    if (comma == line.npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

// Columns of conductance: uS = scale value, or scale / value for resistances.
struct read_unit {
  std::string_view name;
  double scale;
  bool inverse;
};
constexpr std::array units{read_unit{"conductance_nS", 1e-3, false}, read_unit{"conductance_uS", 1, false},
                           read_unit{"conductance_mS", 1e3, false},  read_unit{"resistance_ohm", 1e6, true},
                           read_unit{"resistance_kohm", 1e3, true},  read_unit{"resistance_Mohm", 1, true}};

constexpr std::size_t longest_line = 4096;
constexpr double largest = 1e9;  // uS; a number beyond it is no conductance of a cell

class pulse_reader {
 public:
  explicit pulse_reader(const std::filesystem::path& csv) : file_{csv.string()}, in_{csv} {
    if (std::filesystem::is_directory(csv)) throw file_error{file_, "is a folder; it must be a CSV file"};
    if (!in_) throw file_error{file_, "cannot be read"};
  }

  std::vector<measured_pulse> read() {
    read_header();
    for (std::string line; next(line);) read_line(fields_of(line));
    if (pulses_.empty()) throw file_error{file_, "holds no pulse: a cell needs two reads with a pulse between them"};
    return std::move(pulses_);
  }

 private:
  bool next(std::string& line) {
    while (std::getline(in_, line)) {
      ++number_;
      if (number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
      if (line.size() > longest_line) fail(fmt::format("is {} bytes long; this is no CSV of pulses", line.size()));
      if (line.find('\0') != line.npos) fail("has a byte of value 0; this is no text file");
      if (const auto text = trimmed(line); !text.empty() && text.front() != '#') return true;
    }
    return false;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw file_error{fmt::format("{}:{}", file_, number_), what};
  }

  void read_header() {
    std::string line;
    if (!next(line)) throw file_error{file_, "is empty; it must begin with a header"};
    columns_.clear();
    std::vector<std::string> known{"cell", "direction", "voltage_V"};
    for (const auto& u : units) known.emplace_back(u.name);
    const auto names = fields_of(line);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string name{names[i]};
      if (std::find(known.begin(), known.end(), name) != known.end() && !columns_.emplace(name, i).second)
        fail(fmt::format("column {} is there twice", name));
    }
    if (!columns_.contains("direction") && !columns_.contains("voltage_V"))
      fail("no column says the direction of pulses; it is called direction or voltage_V");
    for (const auto& u : units)
      if (columns_.contains(std::string{u.name})) {
        if (unit_) fail(fmt::format("{} and {} are both there; one must go", unit_->name, u.name));
        unit_ = u;
      }
    if (!unit_)
      fail(fmt::format("no column of conductances; it is called one of: {}",
                       fmt::join(std::vector<std::string>(known.begin() + 3, known.end()), ", ")));
    width_ = names.size();
  }

  std::string_view field(const std::vector<std::string_view>& fields, const char* name) const {
    return fields[columns_.at(name)];
  }

  double number(std::string_view text, std::string_view name) const {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
      fail(fmt::format("{} is \"{}\"; it must be a number", name, text));
    return value;
  }

  // Up, down, or neither for a first read.
  std::optional<bool> direction(const std::vector<std::string_view>& fields) const {
    if (columns_.contains("direction")) {
      std::string text{field(fields, "direction")};
      std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
      const bool up = text == "up" || text == "set" || text == "+" || text == "1";
      const bool down = text == "down" || text == "reset" || text == "-" || text == "-1";
      if (text == "start" || text == "0") return {};
      if (!up && !down) fail(fmt::format("direction is \"{}\"; it must be up, down, set, reset, +, - or start", text));
      check_voltage(fields, up);
      return up;
    }
    const double voltage = number(field(fields, "voltage_V"), "voltage_V");
    if (voltage == 0) return {};
    return voltage > 0;
  }

  // Beside a direction: a voltage, where one is given, must be of the same sign.
  void check_voltage(const std::vector<std::string_view>& fields, bool up) const {
    if (!columns_.contains("voltage_V") || field(fields, "voltage_V").empty()) return;
    const double voltage = number(field(fields, "voltage_V"), "voltage_V");
    if (up ? voltage < 0 : voltage > 0)
      fail(fmt::format("direction is {}, but voltage_V is {:g}; leave one of the two columns out, or call it otherwise",
                       up ? "up" : "down", voltage));
  }

  double conductance(const std::vector<std::string_view>& fields) const {
    const double value = number(fields[columns_.at(std::string{unit_->name})], unit_->name);
    if (value < 0 || (unit_->inverse && value == 0))
      fail(fmt::format("{} is {:g}; it must be {}", unit_->name, value, unit_->inverse ? "more than 0" : "0 or more"));
    const double conductance = unit_->inverse ? unit_->scale / value : unit_->scale * value;
    if (conductance > largest)
      fail(fmt::format("{} is {:g}, a conductance of {:g} uS; it must be at most {:g} uS", unit_->name, value,
                       conductance, largest));
    return conductance;
  }

  void read_line(const std::vector<std::string_view>& fields) {
    if (fields.size() != width_) fail(fmt::format("{} fields; the header has {}", fields.size(), width_));
    const std::string name{columns_.contains("cell") ? field(fields, "cell") : ""};
    const auto cell = static_cast<std::uint32_t>(cells_.size());
    const auto [entry, first] = cells_.try_emplace(name, cell, 0.0);
    const auto up = direction(fields);
    const double now = conductance(fields);
    if (up && !first) pulses_.push_back({entry->second.first, *up, entry->second.second, now});
    entry->second.second = now;
  }

  std::string file_;
  std::ifstream in_;
  std::size_t number_ = 0, width_ = 0;
  std::map<std::string, std::size_t> columns_;
  std::optional<read_unit> unit_;
  std::map<std::string, std::pair<std::uint32_t, double>> cells_;  // number and last read
  std::vector<measured_pulse> pulses_;
};

}  // namespace

std::vector<measured_pulse> read_pulses(const std::filesystem::path& csv) { return pulse_reader{csv}.read(); }

}  // namespace spinule

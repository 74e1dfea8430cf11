#include "grid.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/error.hpp>

#include "usage_error.hpp"

namespace spinule {
namespace {

constexpr std::size_t usual_steps = 6;

[[noreturn]] void refuse(const std::string& what) { throw usage_error{"--vary", what}; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string_view> parted(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(by, at), text.size());
    parts.push_back(trimmed(text.substr(at, end - at)));
    at = end + 1;
  }
  return parts;
}

/// What follows the number: " uS", "%", or nothing.
std::string_view unit_in(std::string_view text) {
  double ignored = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), ignored);
  return problem == std::errc{} ? text.substr(static_cast<std::size_t>(end - text.data())) : std::string_view{};
}

/// "A..B/N" taken apart.
struct value_range {
  std::string from, to;
  std::optional<std::size_t> steps;
};

/// Takes "/N" from the end; a unit may have a stroke too, but no number behind it.
std::optional<std::size_t> steps_in(std::string_view& text) {
  const auto stroke = text.rfind('/');
  if (stroke == text.npos) return {};
  std::size_t n = 0;
  const auto [end, problem] = std::from_chars(text.data() + stroke + 1, text.data() + text.size(), n);
  if (problem != std::errc{} || end != text.data() + text.size()) return {};
  text = trimmed(text.substr(0, stroke));
  return n;
}

std::optional<value_range> range_in(std::string_view text, const std::string& key) {
  const auto dots = text.find("..");
  if (dots == text.npos) return {};
  value_range r{.from = std::string{trimmed(text.substr(0, dots))}, .to = {}, .steps = {}};
  auto rest = trimmed(text.substr(dots + 2));
  r.steps = steps_in(rest);
  r.to = rest;
  if (r.from.empty() || r.to.empty())
    refuse(fmt::format("{}={}: a range says where it begins and where it ends, as {}=2..10", key, text, key));
  if (r.steps && (*r.steps < 2 || *r.steps > most_runs))
    refuse(fmt::format("{}={}: a range has from 2 to {} values", key, text, most_runs));
  if (unit_in(r.from).empty()) r.from += unit_in(r.to);
  return r;
}

/// Without the last digits of a division: 0.03 and not 0.030000000000000002.
double rounded(double x) { return std::stod(fmt::format("{:.12g}", x)); }

/// The values of one constant, as they come.
class constant_values {
 public:
  constant_values(const hardware& hw, const named_constant& c) : hw_{hw}, constant_{c} {}

  void add(std::string_view text) {
    if (const auto range = range_in(text, constant_.key))
      add(*range, std::string{text});
    else
      values_.push_back(amount(std::string{text}));
  }
  const std::vector<double>& values() const { return values_; }

 private:
  double amount(const std::string& text) const {
    return of_option("--vary", [&] { return amount_of(hw_, constant_.key, text, constant_.key + "=" + text); }) +
           0.0;  // -0 becomes 0
  }

  void add(const value_range& r, const std::string& text) {
    const double from = amount(r.from), to = amount(r.to);
    if (!(from < to))
      refuse(
          fmt::format("{}={}: the range is empty, for it does not end above its beginning; write the smaller value "
                      "first",
                      constant_.key, text));
    const double whole_steps = whole_ && !r.steps ? to - from + 1 : 0;
    if (whole_steps > most_runs)
      refuse(fmt::format("{}={}: has {:.0f} values, and {} are the most; say how many, as {}..{}/5", constant_.key,
                         text, whole_steps, most_runs, r.from, r.to));
    const std::size_t steps = r.steps.value_or(whole_ ? static_cast<std::size_t>(whole_steps) : usual_steps);
    for (std::size_t i = 0; i < steps; ++i) values_.push_back(step(from, to, i, steps, text));
  }

  double step(double from, double to, std::size_t i, std::size_t steps, const std::string& text) const {
    if (i == 0) return from;
    if (i + 1 == steps) return to;
    const double value = rounded(from + (to - from) * static_cast<double>(i) / static_cast<double>(steps - 1));
    if (whole_ && value != std::floor(value))
      refuse(
          fmt::format("{}={}: {:g} is among the values, and {} takes whole numbers; list those to try, as {}={:g},{:g}",
                      constant_.key, text, value, constant_.key, constant_.key, from, to));
    return value;
  }

  const hardware& hw_;
  const named_constant& constant_;
  bool whole_ = takes_whole_numbers(constant_.key);
  std::vector<double> values_;
};

grid_axis constant_axis(const hardware& hw, const named_constant& c, std::string_view texts) {
  constant_values values{hw, c};
  for (const auto text : parted(texts, ',')) {
    if (text.empty()) refuse(fmt::format("{}={}: a value is empty; give a number", c.key, texts));
    values.add(text);
  }
  grid_axis axis{.key = c.key, .unit = c.value.unit, .values = {}, .numbers = values.values()};
  for (const double x : axis.numbers) axis.values.push_back(fmt::format("{}", x));
  return axis;
}

grid_axis choice_axis(const named_choice& c, std::string_view texts) {
  grid_axis axis{.key = c.key, .unit = {}, .values = {}, .numbers = {}};
  for (const auto text : parted(texts, ',')) {
    if (std::ranges::find(c.allowed, text) == c.allowed.end())
      refuse(fmt::format("{}={}: \"{}\" is none of {}; list those to try", c.key, texts, text,
                         fmt::join(c.allowed, ", ")));
    axis.values.emplace_back(text);
  }
  return axis;
}

std::string_view key_of(std::string_view assignment) { return trimmed(assignment.substr(0, assignment.find('='))); }

grid_axis parse_axis(const hardware& hw, const std::string& vary) {
  const auto equals = vary.find('=');
  if (equals == vary.npos || trimmed(std::string_view{vary}.substr(equals + 1)).empty())
    refuse(
        fmt::format("{}: give a key of the hardware and its values, as adc.bits=2..10", vary.empty() ? "\"\"" : vary));
  const std::string key{key_of(vary)};
  const auto texts = trimmed(std::string_view{vary}.substr(equals + 1));
  const auto choices = choices_of(hw);
  if (const auto c = std::ranges::find(choices, key, &named_choice::key); c != choices.end())
    return choice_axis(*c, texts);
  const auto constants = constants_of(hw);
  if (const auto c = std::ranges::find(constants, key, &named_constant::key); c != constants.end())
    return constant_axis(hw, *c, texts);
  of_option("--vary", [&] { return amount_of(hw, key, std::string{texts}, vary); });
  refuse(fmt::format("{}: cannot be varied", key));
}

void check_once(const grid_axis& axis) {
  auto sorted = axis.values;
  std::ranges::sort(sorted);
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
    refuse(fmt::format("{}: the value {} is there twice; give each once", axis.key, *twice));
}

}  // namespace

sweep_grid::sweep_grid(const hardware& hw, const std::vector<std::string>& vary,
                       const std::vector<std::string>& fixed) {
  if (vary.empty()) refuse("is missing; give a key of the hardware and its values, as --vary adc.bits=2..10");
  double points = 1;
  for (const auto& text : vary) {
    const grid_axis& axis = axes_.emplace_back(parse_axis(hw, text));
    check_once(axis);
    if (std::ranges::count(axes_, axis.key, &grid_axis::key) > 1)
      refuse(fmt::format("{} is varied twice; give all its values at once, joined by commas", axis.key));
    if (std::ranges::find(fixed, axis.key, key_of) != fixed.end())
      refuse(fmt::format("{} is fixed by --set too; leave one of the two out", axis.key));
    points *= static_cast<double>(axis.values.size());
    if (points > most_runs)
      refuse(fmt::format("the grid has {:.0f} points up to {}, and {} are the most; give fewer values", points,
                         axis.key, most_runs));
  }
  for (std::size_t p = 0; p < this->points(); ++p) {
    const auto here = overrides(p);
    hardware changed = hw;
    try {
      override_hardware(changed, here);
    } catch (const spinule_error& wrong) {
      refuse(fmt::format("at {}; leave such values out", wrong.what()));
    }
  }
}

std::size_t sweep_grid::points() const {
  std::size_t n = 1;
  for (const auto& axis : axes_) n *= axis.values.size();
  return n;
}

std::vector<std::size_t> sweep_grid::at(std::size_t point) const {
  std::vector<std::size_t> places(axes_.size());
  for (std::size_t a = axes_.size(); a-- > 0; point /= axes_[a].values.size())
    places[a] = point % axes_[a].values.size();
  return places;
}

std::vector<std::string> sweep_grid::overrides(std::size_t point) const {
  std::vector<std::string> all;
  const auto places = at(point);
  for (std::size_t a = 0; a < axes_.size(); ++a)
    all.push_back(fmt::format("{}={}", axes_[a].key, axes_[a].values[places[a]]));
  return all;
}

}  // namespace spinule

#include "quantity_text.hpp"

#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

namespace spinule {
namespace {

/// `value` is in units[given]; each is 1000 of the one before.
std::string in_fitting_unit(double value, std::span<const char* const> units, std::size_t given) {
  std::size_t unit = given;
  const auto shown = [&] { return std::abs(std::stod(fmt::format("{:.4g}", value))); };  // 999.96 is 1000
  while (unit + 1 < units.size() && shown() >= 1000) value /= 1000, ++unit;
  while (unit > 0 && shown() < 1 && value != 0) value *= 1000, --unit;
  return fmt::format("{:.4g} {}", value, units[unit]);
}

}  // namespace

std::string energy_text(double pj) {
  static constexpr std::array units{"aJ", "fJ", "pJ", "nJ", "uJ", "mJ", "J"};
  return in_fitting_unit(pj, units, 2);
}

std::string time_text(double us) {
  static constexpr std::array units{"ns", "us", "ms", "s"};
  return in_fitting_unit(us, units, 1);
}

}  // namespace spinule

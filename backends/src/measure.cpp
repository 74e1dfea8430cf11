#include "measure.hpp"

#include <array>

#include <fmt/format.h>

namespace spinule {
namespace {

struct scaled_unit {
  std::string_view name, dimension;
  double scale;
};

constexpr std::array scaled_units{
    scaled_unit{"fJ", "energy", 1e-3},
    scaled_unit{"pJ", "energy", 1},
    scaled_unit{"nJ", "energy", 1e3},
    scaled_unit{"uJ", "energy", 1e6},
    scaled_unit{"ps", "time", 1e-3},
    scaled_unit{"ns", "time", 1},
    scaled_unit{"us", "time", 1e3},
    scaled_unit{"ms", "time", 1e6},
    scaled_unit{"s", "time", 1e9},
    scaled_unit{"min", "time", 60e9},
    scaled_unit{"h", "time", 3600e9},
    scaled_unit{"d", "time", 86400e9},
    scaled_unit{"y", "time", 365.25 * 86400e9},
    scaled_unit{"pW", "power", 1e-6},
    scaled_unit{"nW", "power", 1e-3},
    scaled_unit{"uW", "power", 1},
    scaled_unit{"mW", "power", 1e3},
    scaled_unit{"W", "power", 1e6},
    scaled_unit{"nS", "conductance", 1e-3},
    scaled_unit{"uS", "conductance", 1},
    scaled_unit{"mS", "conductance", 1e3},
    scaled_unit{"mohm", "resistance", 1e-3},
    scaled_unit{"ohm", "resistance", 1},
    scaled_unit{"kohm", "resistance", 1e3},
    scaled_unit{"mV", "voltage", 1e-3},
    scaled_unit{"V", "voltage", 1},
    scaled_unit{"um^2", "area", 1},
    scaled_unit{"mm^2", "area", 1e6},
    scaled_unit{"nm", "length", 1},
    scaled_unit{"um", "length", 1e3},
    scaled_unit{"kHz", "frequency", 1e-3},
    scaled_unit{"MHz", "frequency", 1},
    scaled_unit{"GHz", "frequency", 1e3},
    scaled_unit{"1", "ratio", 1},
    scaled_unit{"%", "ratio", 1e-2},
};

const scaled_unit* find(std::string_view name) {
  for (const auto& u : scaled_units) {
    if (u.name == name) return &u;
  }
  return nullptr;
}

}  // namespace

std::optional<double> conversion(std::string_view from, std::string_view to) {
  if (from == to) return 1;
  const auto *a = find(from), *b = find(to);
  if (a == nullptr || b == nullptr || a->dimension != b->dimension) return {};
  return a->scale / b->scale;
}

std::string amount_text(double value, std::string_view unit) {
  return unit == "1" ? fmt::format("{:g}", value) : fmt::format("{:g} {}", value, unit);
}

std::string units_like(std::string_view unit) {
  const auto* known = find(unit);
  if (known == nullptr) return std::string{unit};
  std::string list;
  for (const auto& u : scaled_units) {
    if (u.dimension == known->dimension) list += (list.empty() ? "" : ", ") + std::string{u.name};
  }
  return list;
}

}  // namespace spinule

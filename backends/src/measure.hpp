// Units as strings, as hardware files write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spinule {

/// The factor that turns a number of `from` into a number of `to`; nothing if one of them is unknown or they measure
/// different things. Counts ("bits", "rows", ...) convert to themselves only.
std::optional<double> conversion(std::string_view from, std::string_view to);

/// "0.1 uS"; of a ratio, whose unit is "1" in files, the number alone.
std::string amount_text(double value, std::string_view unit);

/// Every unit that measures what `unit` measures: "fJ, pJ, nJ, uJ".
std::string units_like(std::string_view unit);

}  // namespace spinule

#include <spinule/engine/described.hpp>

#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {

std::string demand(const range& r, dimension unit) {
  const bool below = r.high < any_finite.high;
  if (r.low < any_finite.low) return "it must be a number";
  if (r.low == any_finite.low && !below) return "it must be finite";
  if (r.low == 0 && !below) return r.above ? "it must be positive and finite" : "it must be finite and not negative";
  return fmt::format("it must {}lie between {}{} and {}", r.whole ? "be a whole number and " : "", to_text(r.low, unit),
                     r.above ? " (not itself)" : "", to_text(r.high, unit));
}

void check_range(const described_number& x, double value, const std::string& where) {
  if (!x.allowed.holds(value))
    throw spinule_error{where, fmt::format("{} = {}; {}", x.name, to_text(value, x.unit), demand(x.allowed, x.unit))};
}

}  // namespace spinule

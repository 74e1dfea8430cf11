#include <spinule/engine/dimension.hpp>

#include <array>
#include <utility>

#include <fmt/format.h>

namespace spinule {

std::string symbol(dimension d) {
  constexpr std::array named{std::pair{dimension{kilohertz{}}, "kHz"}, std::pair{dimension{nanosiemens{}}, "nS"},
                             std::pair{dimension{gigaohms{}}, "GOhm"}, std::pair{dimension{picofarads{}}, "pF"}};
  for (const auto& [known, name] : named)
    if (d == known) return name;
  std::string text;
  const auto add = [&](const char* unit, int exponent) {
    if (exponent == 0) return;
    text += fmt::format("{}{}", text.empty() ? "" : " ", unit);
    if (exponent != 1) text += fmt::format("^{}", exponent);
  };
  add("mV", d.voltage);
  add("pA", d.current);
  add("ms", d.time);
  add("um", d.length);
  return text;
}

std::string in_words(dimension d) { return d == dimension{} ? "a plain number" : "in " + symbol(d); }

std::string to_text(double value, dimension d) {
  if (d == dimension{kilohertz{}}) return fmt::format("{} Hz", value * 1e3);
  return d == dimension{} ? fmt::format("{}", value) : fmt::format("{} {}", value, symbol(d));
}

}  // namespace spinule

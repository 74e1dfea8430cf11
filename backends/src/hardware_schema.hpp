// What a hardware file may say: every key with its unit, its range and the kinds of hardware that have it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <spinule/backends/hardware.hpp>
#include <spinule/error.hpp>

namespace spinule {

enum class used_by { crossbar, digital, both };

// Numbers are at most `most_of(unit)`, without sign, so that what is added up of them stays finite.
enum class range_rule {
  any,
  at_least_zero,
  above_zero,
  below_zero,
  flag,           // 0 or 1
  fraction,       // 0 .. 1
  some_fraction,  // more than 0 .. 1
  count,          // whole, 1 .. 2^31
  levels,         // 0 (any value) or a whole number from 2
  bits,           // whole, 2 .. 32
  some_bits,      // 0 (any value), or whole, 2 .. 24
  whole,          // whole, from 0
};

/// Of a constant that a file may leave out.
struct fallback {
  bool given = false;
  double value = 0;
  std::string_view source = {};
};

struct constant_rule {
  std::string_view key, unit;
  range_rule range;
  used_by kinds;
  constant& (*of)(hardware&);
  fallback otherwise = {};
};

struct choice_rule {
  std::string_view key;
  std::vector<std::string_view> allowed;
  used_by kinds;
  bool may_lack;  // a file may leave it out: the first one allowed
  void (*set)(hardware&, std::size_t);
  std::size_t (*at)(const hardware&);
};

std::span<const constant_rule> constant_rules();
std::span<const choice_rule> choice_rules();
const constant_rule* find_constant(std::string_view key);
const choice_rule* find_choice(std::string_view key);

bool applies(used_by kinds, hardware_kind kind);
/// Whether no number between two whole ones lies in the range.
constexpr bool whole_only(range_rule r) {
  return r == range_rule::count || r == range_rule::levels || r == range_rule::bits || r == range_rule::some_bits ||
         r == range_rule::whole || r == range_rule::flag;
}
/// 1e6 of a ratio, whose powers occur, and 1e12 of every other unit.
constexpr double most_of(std::string_view unit) { return unit == "1" ? 1e6 : 1e12; }
/// Empty, or what is wrong with `value` (in the rule's unit) and what would be right.
std::string fault_in(const constant_rule& rule, double value);
/// A number that pulses alone have; that of the pulse response in `device.pulses` may be left out.
bool is_pulse_constant(std::string_view key);
/// Gives the numbers of `device.pulses` to all pulse constants that nobody has set.
void complete_pulses(hardware& hw);
/// Gives all constants that nobody has set what they are otherwise.
void complete(hardware& hw);
/// A relation between constants that does not hold, at the constant at fault.
class relation_error : public file_error {
 public:
  relation_error(const std::string& where, const std::string& what) : file_error{where, what}, fault{what} {}
  std::string fault;  ///< without the place
};

/// Relations between constants; throws `relation_error`.
void check_relations(const hardware& hw);

}  // namespace spinule

// A wrong unit is refused by the compiler in words.
#pragma once

#include <concepts>
#include <type_traits>

#include <spinule/units.hpp>

namespace spinule {

// A message of static_assert is a literal, so there is one for each pair of units. `words` are how it calls what is
// expected.
#define SPINULE_EXPECT_PAIR(expected, words, given)                                                                 \
  static_assert(std::same_as<Expected, Given> || !(std::same_as<Expected, expected> && std::same_as<Given, given>), \
                "wrong unit: this takes " words ", and " #given " were given");
#define SPINULE_EXPECT_ONE(expected, words)                                                                          \
  static_assert(std::same_as<Expected, Given> || !(std::same_as<Expected, expected> && std::same_as<Given, number>), \
                "wrong unit: this takes " words ", and a plain number was given");                                   \
  SPINULE_EXPECT_PAIR(expected, words, millivolts)                                                                   \
  SPINULE_EXPECT_PAIR(expected, words, picoamperes)                                                                  \
  SPINULE_EXPECT_PAIR(expected, words, milliseconds)                                                                 \
  SPINULE_EXPECT_PAIR(expected, words, micrometres)                                                                  \
  SPINULE_EXPECT_PAIR(expected, words, kilohertz)                                                                    \
  SPINULE_EXPECT_PAIR(expected, words, nanosiemens)                                                                  \
  SPINULE_EXPECT_PAIR(expected, words, gigaohms)                                                                     \
  SPINULE_EXPECT_PAIR(expected, words, picofarads)

template <class Unit, class... Named>
constexpr bool one_of = (std::same_as<Unit, Named> || ...);
/// The units that messages name.
template <class Unit>
constexpr bool has_name = one_of<Unit, number, millivolts, picoamperes, milliseconds, micrometres, kilohertz,
                                 nanosiemens, gigaohms, picofarads>;

/// Does not compile, with a message that names both, where a quantity in another unit than the expected one was given.
/// Instantiate it where the unit is known: `expect_unit<Expected, Given>{}`.
template <class Expected, class Given>
struct expect_unit {
  SPINULE_EXPECT_ONE(number, "a plain number, without a unit")
  SPINULE_EXPECT_ONE(millivolts, "millivolts")
  SPINULE_EXPECT_ONE(picoamperes, "picoamperes")
  SPINULE_EXPECT_ONE(milliseconds, "milliseconds")
  SPINULE_EXPECT_ONE(micrometres, "micrometres")
  SPINULE_EXPECT_ONE(kilohertz, "kilohertz")
  SPINULE_EXPECT_ONE(nanosiemens, "nanosiemens")
  SPINULE_EXPECT_ONE(gigaohms, "gigaohms")
  SPINULE_EXPECT_ONE(picofarads, "picofarads")
  static_assert(std::same_as<Expected, Given> || (has_name<Expected> && has_name<Given>),
                "wrong unit: this takes another unit than the one given");
};

#undef SPINULE_EXPECT_ONE
#undef SPINULE_EXPECT_PAIR

/// A quantity in this unit. Anything else that it is given, plain numbers too, is refused in words.
template <class Unit>
struct in_unit : Unit {
  constexpr in_unit(Unit given = {}) : Unit{given} {}  // NOLINT: implicit by design
  template <class Other>
  requires(!std::derived_from<Other, Unit>) constexpr in_unit(const Other& given) {  // NOLINT
    if constexpr (std::is_arithmetic_v<Other> && std::same_as<Unit, number>)
      Unit::operator=(Unit{static_cast<double>(given)});
    else
      static_cast<void>(expect_unit<Unit, std::conditional_t<std::is_arithmetic_v<Other>, number, Other>>{});
  }
};

}  // namespace spinule

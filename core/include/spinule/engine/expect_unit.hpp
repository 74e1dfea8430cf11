// A wrong unit is refused by the compiler in words.
#pragma once

#include <concepts>

#include <spinule/units.hpp>

namespace spinule {

// A message of static_assert is a literal, so there is one for each pair of units.
#define SPINULE_EXPECT_PAIR(expected, given)                                                                        \
  static_assert(std::same_as<Expected, Given> || !(std::same_as<Expected, expected> && std::same_as<Given, given>), \
                "wrong unit: this takes " #expected ", and " #given " were given");
#define SPINULE_EXPECT_ONE(expected)          \
  SPINULE_EXPECT_PAIR(expected, number)       \
  SPINULE_EXPECT_PAIR(expected, millivolts)   \
  SPINULE_EXPECT_PAIR(expected, picoamperes)  \
  SPINULE_EXPECT_PAIR(expected, milliseconds) \
  SPINULE_EXPECT_PAIR(expected, micrometres)  \
  SPINULE_EXPECT_PAIR(expected, kilohertz)    \
  SPINULE_EXPECT_PAIR(expected, nanosiemens)  \
  SPINULE_EXPECT_PAIR(expected, gigaohms)     \
  SPINULE_EXPECT_PAIR(expected, picofarads)

/// Does not compile, with a message that names both, where a quantity in another unit than the expected one was given.
/// Instantiate it where the unit is known: `expect_unit<Expected, Given>{}`.
template <class Expected, class Given>
struct expect_unit {
  SPINULE_EXPECT_ONE(number)
  SPINULE_EXPECT_ONE(millivolts)
  SPINULE_EXPECT_ONE(picoamperes)
  SPINULE_EXPECT_ONE(milliseconds)
  SPINULE_EXPECT_ONE(micrometres)
  SPINULE_EXPECT_ONE(kilohertz)
  SPINULE_EXPECT_ONE(nanosiemens)
  SPINULE_EXPECT_ONE(gigaohms)
  SPINULE_EXPECT_ONE(picofarads)
  static_assert(std::same_as<Expected, Given>, "wrong unit: this takes another unit than the one given");
};

#undef SPINULE_EXPECT_ONE
#undef SPINULE_EXPECT_PAIR

}  // namespace spinule

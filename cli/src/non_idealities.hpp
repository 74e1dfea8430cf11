// What makes a crossbar differ from exact arithmetic, one by one.
#pragma once

#include <string>
#include <vector>

#include <spinule/backends/hardware.hpp>

namespace spinule {

struct non_ideality {
  std::string name;
  std::string what;              ///< in words
  std::vector<std::string> off;  ///< overrides that switch it off
  std::string needs = {};        ///< the choice that hardware with it has made, "key=value"; empty: any may have it
};

/// All that are known: the one list behind `spinule explain`. Another is a line there.
const std::vector<non_ideality>& non_idealities();

/// Those that switching off changes something of.
std::vector<non_ideality> non_idealities_of(const hardware& hw);

/// Overrides under which a conversion costs what it does now whatever its bits are, so that runs with other converters
/// differ by what they compute.
std::vector<std::string> at_the_price_of(const hardware& hw);

}  // namespace spinule

// Numbers as a reader of the screen wants them: four digits, and the unit that fits.
#pragma once

#include <string>

namespace spinule {

/// "3.224 uJ": from pJ, in the unit of aJ to J in which the number is from 1 to below 1000.
std::string energy_text(double pj);
/// "154.7 us": from us, in ns to s.
std::string time_text(double us);

}  // namespace spinule

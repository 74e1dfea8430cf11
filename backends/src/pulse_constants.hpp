// The pulses of a piece of hardware.
#pragma once

#include <spinule/backends/hardware.hpp>
#include <spinule/backends/pulsed_cells.hpp>

namespace spinule {

pulse_response response_of(const hardware& hw);
write_limits write_limits_of(const hardware& hw);

}  // namespace spinule

// The pulses of a piece of hardware.
#pragma once

#include <span>
#include <string_view>

#include <spinule/backends/hardware.hpp>
#include <spinule/backends/pulsed_cells.hpp>

namespace spinule {

pulse_response response_of(const hardware& hw);
/// Those of `pulse_responses()`, in their order: what `device.pulses` may be.
std::span<const std::string_view> response_names();
write_limits write_limits_of(const hardware& hw);

}  // namespace spinule

// What training takes into account of emulated arrays.
#pragma once

#include <string>

#include <spinule/backends/hardware.hpp>
#include <spinule/learning/array_effects.hpp>

namespace spinule {

struct described_network;
struct network_options;

/// What is given by itself (`--weight-noise` and so on), else what the hardware does. Throws `usage_error` for options
/// that cannot be taken and hardware that keeps no sizes, `file_error` for a file of hardware that is wrong.
learning::array_effects array_effects_of(const network_options& o);

/// What a crossbar does to weights and sums: its errors of writing, drift at its age and read noise as noise, levels,
/// cells stuck at rest, converters. Throws `usage_error` where cells are not written by write-verify.
learning::array_effects effects_of(const hardware& hw);

/// One line for the screen on what the hardware does and training leaves out; empty if there is nothing. Sums among
/// them, where the hardware gives their bits and synapses of a projection have delays of their own: `o.sum_bits`
/// becomes 0.
std::string leave_out_of_training(network_options& o, const described_network& d);

/// One line for the screen.
std::string effects_text(const learning::array_effects& effects);

}  // namespace spinule

// What both files of networks allow, and the words they have for readouts.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <spinule/io/network_file.hpp>

namespace spinule {

/// In the order of the enumerations.
inline constexpr std::array<std::string_view, 2> readout_sources{"membrane", "spikes"};
inline constexpr std::array<std::string_view, 5> readout_laws{"last", "mean", "maximum", "sum_of_softmax",
                                                              "exponential"};

/// Of one sample, and of one delay.
inline constexpr std::int64_t most_ticks = 1'000'000, most_delay_ticks = 1 << 22;

inline bool holds_tick(milliseconds tick) { return tick.value() >= 1e-3 && tick.value() <= 1e3; }
inline bool holds_length(milliseconds length, milliseconds tick) {
  return length.value() > 0 && length.value() <= static_cast<double>(most_ticks) * tick.value();
}
inline bool holds_delay(milliseconds delay, milliseconds tick) {
  return delay.value() >= 0 && delay.value() <= static_cast<double>(most_delay_ticks) * tick.value();
}

/// Why a model cannot be stepped with a tick, as a span of time that is no whole number of ticks, and which of the
/// changed parameters says so; none of a usual value.
struct tick_fault {
  std::string what;
  std::optional<std::size_t> parameter;
};
/// Of `usual` with these changes; nothing where all is right.
std::optional<tick_fault> fault_with_tick(const any_model& usual, std::span<const parameter_values> changes,
                                          index_t size, milliseconds tick);

/// Throws `spinule_error` where the parts of a trained network do not fit each other.
void check_use(const trained_network& t);

/// Throws `spinule_error` for a population that cannot answer in this way.
void check_output(const population_description& output, const readout_rule& rule);

}  // namespace spinule

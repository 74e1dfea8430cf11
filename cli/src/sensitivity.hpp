// What would change a result on a crossbar: short runs of the same samples.
#pragma once

#include <cstddef>
#include <optional>

#include <spinule/io/result.hpp>

#include "replay_session.hpp"

namespace spinule {

/// Replays `samples` of the samples of `result`, which is that of `on`, spread evenly over them, with other bits of the
/// converter, other read noise and other ticks. What a network cannot be run with, as a tick that a delay is no
/// multiple of, is left out. Nothing where the result was interrupted or no samples are asked for. Says on the screen
/// what is run.
std::optional<sensitivity> sensitivity_of(const replay_result& result, const backend_choice& on,
                                          const replay_session& session, std::size_t samples);

}  // namespace spinule

// What makes a result worth little, said on standard error.
#pragma once

#include <spinule/io/result.hpp>

#include "replaying.hpp"

namespace spinule {

/// Of layers in which no neuron fired in any sample, and of those in which neurons fire in half of all ticks and more.
void warn_of_activity(const replay_result& seen, const classifier& through);
/// Of projections some of whose weights the back end keeps as 0, in one line: how many, and what can be done.
void warn_of_weights(const replay_result& seen);

}  // namespace spinule

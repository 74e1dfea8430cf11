// Results as lines on the screen.
#pragma once

#include <string>
#include <vector>

#include <spinule/io/result.hpp>

namespace spinule {

/// What a replay was like: spikes, events and energy per sample.
void print_activity(const replay_result& r);
/// How often each result is right and what it cost; chips of one hardware together as well.
void print_results(const std::vector<replay_result>& results);
/// "93.10 +- 0.42 % (mean and standard deviation)".
std::string spread_of(const std::vector<double>& accuracies);

}  // namespace spinule

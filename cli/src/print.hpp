// Results as lines on the screen.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <spinule/io/result.hpp>

namespace spinule {

/// What a replay was like: spikes, events and energy per sample.
void print_activity(const replay_result& r);
/// What to tell the reader of answers to samples that the model has met before; empty when there are none.
std::string remark_on_samples(const replay_result& r);
/// How often a result is right and what it cost. `name`: as the reader knows it.
void print_result(const replay_result& r, const std::string& name);
/// All of them, chips of one hardware together as well, which can be told apart, and how many of the
/// samples the model has met before.
void print_results(std::span<const replay_result> results);
/// "93.10 +- 0.42 % (mean and standard deviation)".
std::string spread_text(const std::vector<double>& accuracies);

}  // namespace spinule

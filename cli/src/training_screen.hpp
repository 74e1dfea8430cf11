// What a training says on the screen.
#pragma once

#include <chrono>
#include <set>
#include <string>

#include <spinule/learning/fit.hpp>

#include "network_training.hpp"

namespace spinule {

/// Populations, projections and what of them is learned, in steps of `batch` samples.
void print_network(const network_options& o, const described_network& d, const learning::trainer& t, std::size_t batch);

/// A line for each epoch, and warnings of layers that cannot learn.
class epoch_table {
 public:
  /// `first`: the epoch that comes next, of `epochs`. Prints the head.
  epoch_table(std::uint64_t first, std::uint64_t epochs, bool validation);
  void add(const learning::epoch_report& e, double gradient_norm);

 private:
  void warn(const learning::layer_report& layer);

  std::uint64_t first_, epochs_;
  bool validation_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::set<std::string> warned_;
};

}  // namespace spinule

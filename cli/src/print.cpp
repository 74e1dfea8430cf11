#include "print.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace spinule {
namespace {

/// Of the projection that is kept worst, where any is.
void print_weights(const std::vector<kept_weights>& projections) {
  const auto relative = [](const kept_weights& k) { return k.mean_weight > 0 ? k.mean_error / k.mean_weight : 0; };
  const auto worst = std::ranges::max_element(projections, {}, relative);
  if (worst == projections.end() || worst->faithful()) return;
  fmt::print("{:<28} keeps {:.0f} % of the weights of {} within a tenth; the mean error is {:.0f} %\n", "",
             100 * worst->share_close(), worst->projection, 100 * relative(*worst));
}

void print(const replay_result& r) {
  fmt::print("{:<28} {:6.2f} % correct ({} of {})   {:.0f} samples/s\n",
             r.backend + (r.hardware.empty() ? "" : " " + r.hardware), 100 * r.accuracy(), r.correct, r.samples,
             r.samples_per_s());
  if (r.energy)
    fmt::print("{:<28} {:.4g} nJ dynamic + {:.4g} nJ static per sample, latency {:.4g} us\n", "",
               r.energy->dynamic_pj() * 1e-3, r.energy->static_pj() * 1e-3, summarise(r.sample_latencies_us).mean);
  print_weights(r.weights);
}

}  // namespace

void print_activity(const replay_result& r) {
  const auto samples = static_cast<double>(r.samples);
  fmt::print("{}: {} samples, {:.0f} spikes and {:.0f} synaptic events each, {:.0f} samples/s\n", r.dataset, r.samples,
             static_cast<double>(r.spikes) / samples, static_cast<double>(r.synaptic_events) / samples,
             r.samples_per_s());
  if (r.energy)
    fmt::print("energy per sample {:.4g} nJ dynamic, {:.4g} nJ static; latency {:.4g} us\n",
               r.energy->dynamic_pj() * 1e-3, r.energy->static_pj() * 1e-3, summarise(r.sample_latencies_us).mean);
}

std::string spread_of(const std::vector<double>& accuracies) {
  const auto n = static_cast<double>(accuracies.size());
  double mean = 0, squares = 0;
  for (const double x : accuracies) mean += x / n;
  for (const double x : accuracies) squares += (x - mean) * (x - mean);
  const double sd = n > 1 ? std::sqrt(squares / (n - 1)) : 0;
  return fmt::format("{:.2f} +- {:.2f} % (mean and standard deviation)", 100 * mean, 100 * sd);
}

void print_results(const std::vector<replay_result>& results) {
  for (const auto& r : results) print(r);
  std::map<std::string, std::vector<double>> by_hardware;
  for (const auto& r : results)
    if (r.backend == "crossbar") by_hardware[r.hardware].push_back(r.accuracy());
  for (const auto& [name, accuracies] : by_hardware)
    if (accuracies.size() > 1) fmt::print("{} chips of {}: {}\n", accuracies.size(), name, spread_of(accuracies));
}

}  // namespace spinule

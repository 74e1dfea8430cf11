// The activity of the cortical microcircuit beside what is published of it.
#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "microcircuit_reference.hpp"

namespace spinule::bench {

struct population_comparison {
  std::string name;
  spike_statistics here;
  double published_rate_hz = 0, published_cv = 0;
  std::optional<spike_statistics> reference;  ///< the other simulator's, over as long as one of `pieces`
  std::vector<spike_statistics> pieces;       ///< of the run here
};

inline spread rate_spread(const std::vector<spike_statistics>& pieces) {
  std::vector<double> x;
  for (const auto& p : pieces) x.push_back(p.rate_hz);
  return spread_of(x);
}

/// Pieces without a counted neuron are left out.
inline spread cv_spread(const std::vector<spike_statistics>& pieces) {
  std::vector<double> x;
  for (const auto& p : pieces)
    if (p.counted > 0) x.push_back(p.cv);
  return spread_of(x);
}

inline void print_published(const std::vector<population_comparison>& all) {
  fmt::print(
      "rates: mean over all neurons; CV of inter-spike intervals: mean over neurons with at least 3 spikes.\n"
      "The published CV are of 60 s; a shorter run has too small ones where neurons fire seldom.\n");
  fmt::print("           rate in Hz  published  difference         CV  published  difference  neurons\n");
  for (const auto& p : all)
    fmt::print("  {:8} {:10.3f} {:10.3f} {:+9.1f} % {:10.3f} {:10.3f} {:+11.3f} {:8}\n", p.name, p.here.rate_hz,
               p.published_rate_hz, 100 * (p.here.rate_hz / p.published_rate_hz - 1), p.here.cv, p.published_cv,
               p.here.cv - p.published_cv, p.here.counted);
}

inline void print_reference(const std::vector<population_comparison>& all) {
  if (all.empty() || !all.front().reference || all.front().pieces.size() < 2) return;
  fmt::print("{} pieces of 1 s of this run, mean and sd, beside the 1 s of the reference run\n",
             all.front().pieces.size());
  fmt::print("             rate in Hz       reference  difference             CV       reference  difference\n");
  for (const auto& p : all) {
    const spread rate = rate_spread(p.pieces), cv = cv_spread(p.pieces);
    fmt::print("  {:8} {:7.3f} +- {:5.3f} {:11.3f} {:+8.1f} sd {:6.3f} +- {:5.3f} {:11.3f} {:+8.1f} sd\n", p.name,
               rate.mean, rate.sd, p.reference->rate_hz, (p.reference->rate_hz - rate.mean) / rate.sd, cv.mean, cv.sd,
               p.reference->cv, (p.reference->cv - cv.mean) / cv.sd);
  }
}

inline nlohmann::json as_json(const std::vector<population_comparison>& all) {
  nlohmann::json populations = nlohmann::json::object();
  for (const auto& p : all) {
    nlohmann::json& j = populations[p.name];
    j = {{"rate_hz", p.here.rate_hz},
         {"published_rate_hz", p.published_rate_hz},
         {"cv", p.here.cv},
         {"published_cv", p.published_cv},
         {"neurons_with_cv", p.here.counted}};
    if (!p.reference || p.pieces.size() < 2) continue;
    const spread rate = rate_spread(p.pieces), cv = cv_spread(p.pieces);
    j["one_second"] = {
        {"rate_mean_hz", rate.mean}, {"rate_sd_hz", rate.sd}, {"reference_rate_hz", p.reference->rate_hz},
        {"cv_mean", cv.mean},        {"cv_sd", cv.sd},        {"reference_cv", p.reference->cv}};
  }
  return {{"least_spikes", 3}, {"populations", populations}};
}

}  // namespace spinule::bench

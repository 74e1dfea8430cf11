// A data set replayed through a liquid on one back end.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <spinule/io/dataset.hpp>
#include <spinule/io/result.hpp>
#include <spinule/simulation.hpp>

#include "liquid.hpp"

namespace spinule {

/// Where a replay runs.
struct backend_choice {
  std::string backend = "cpu";         ///< "cpu", "crossbar" or "digital"
  std::string hardware;                ///< preset or file; empty: none, or the usual one of the back end
  std::vector<std::string> overrides;  ///< "adc.bits=6"
  std::uint32_t chip = 0;
  int threads = 0;  ///< 0: one per core
};

/// Fills in the preset and checks everything that can be wrong with a choice. Throws `error`.
backend_choice checked(backend_choice choice);
/// Throws `usage_error` when other chips than the first are asked for and no back end has any.
void check_chips(std::span<const backend_choice> on, std::uint32_t chips);
simulation simulate(const liquid& l, milliseconds tick, const backend_choice& on);
/// The preset with its sources, for the report; none for cpu.
std::optional<hardware_description> describe(const backend_choice& on);

/// What replaying a data set gave. Per-sample lists hold the samples done, in order: all, unless interrupted.
struct replayed {
  std::vector<float> features;  ///< [samples x features]
  std::vector<std::uint32_t> labels;
  std::uint64_t spikes = 0, synaptic_events = 0;
  std::string spike_digest;
  std::vector<layer_activity> layers;
  cost_report costs;  ///< of all samples
  std::vector<double> energies_pj, latencies_us;
  bool costed = false;
  double wall_s = 0;
  std::optional<example_replay> example;  ///< of sample `example_sample`, if asked for
  std::size_t samples() const { return labels.size(); }
};

struct replay_request {
  bool digest = false;
  std::optional<std::size_t> example;  ///< a sample to keep in full
  std::string title = "Replaying";
};

replayed replay_all(const dataset& data, const liquid_recipe& recipe, const backend_choice& on,
                    const replay_request& want);

}  // namespace spinule

// What a trainer takes of memory, and that it is there before it is taken.
#include <algorithm>
#include <cmath>
#include <new>

#include "trainer_parts.hpp"

namespace spinule::learning {
namespace {

/// Of a projection: weights, gradient, moments, and what each synapse is besides. `of_delays`: numbers a synapse.
double matrix_bytes(double sources, double targets, bool both_ways, int of_delays) {
  const double stride = std::ceil(targets / 16) * 16;
  return sources * stride * sizeof(float) * (4 + (both_ways ? 1 : 0) + of_delays) + sources * targets;
}

}  // namespace

void check_matrices(const network& net) {
  memory_estimate estimate;
  for (const auto& p : net.projections()) {
    const auto &source = net.populations()[p.source], &target = net.populations()[p.target];
    estimate.items.push_back({"projection \"" + p.name + "\"",
                              matrix_bytes(static_cast<double>(source.size), static_cast<double>(target.size), true, 0),
                              "smaller populations: a trainer holds projections as dense matrices"});
  }
  check_memory(estimate, available_memory(), "trainer");
}

memory_estimate trainer::parts::memory(std::size_t samples) const {
  memory_estimate estimate;
  for (std::size_t k = 0; k < plan.populations.size(); ++k) {
    const trained_population& p = plan.populations[k];
    if (p.cells == nullptr) continue;
    const auto used = static_cast<double>(std::ranges::count_if(p.used, [](char x) { return x != 0; }));
    double rows = (static_cast<double>(p.cells->fields()) + used + (p.fires() ? 1 : 0) + (k == plan.output ? 2 : 0)) *
                      plan.length +
                  used * (p.latest + 1);
    double subspaces = 0;
    for (const std::size_t i : plan.onto[k]) {
      if (plan.projections[i].how.delays) rows += plan.length;
    }
    for (const std::size_t i : plan.from[k]) {
      if (plan.projections[i].errors_pass && plan.runs_ahead(plan.projections[i])) rows += plan.length;
      if (const auto& s = plan.projections[i].subspace; s != nullptr && plan.projections[i].how.subspace->levels > 0)
        subspaces += 2.0 * static_cast<double>(s->frozen()) * plan.length;
    }
    estimate.items.push_back({"population \"" + p.name + "\"",
                              static_cast<double>(samples) * (rows * p.size + subspaces) * sizeof(float),
                              "a smaller batch, fewer ticks, or fewer units"});
  }
  for (const auto& p : plan.projections) {
    const int of_delays = !p.how.delays ? 0 : p.how.sharing == delay_sharing::synapse ? 5 : 3;
    estimate.items.push_back(
        {"projection \"" + net.projections()[p.id].name + "\"",
         matrix_bytes(static_cast<double>(p.sources), static_cast<double>(p.targets), p.errors_pass, of_delays),
         "smaller populations"});
  }
  return estimate;
}

/// What batches before took is kept, and serves again.
void trainer::parts::take_memory(std::size_t samples, std::size_t blocks, bool backwards) {
  if (samples > most_samples)
    check_memory(memory(samples), available_memory() + memory(most_samples).bytes(), "trainer");
  try {
    record.prepare(plan, samples, blocks, backwards);
  } catch (const std::bad_alloc&) {
    throw_out_of_memory(memory(samples), "trainer");
  }
  most_samples = std::max(most_samples, samples);
}

memory_estimate trainer::memory(std::size_t samples) const { return parts_->memory(samples); }

}  // namespace spinule::learning

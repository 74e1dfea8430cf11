#include "digital_times.hpp"

#include <algorithm>

#include <spinule/engine/instruction_sets.hpp>

namespace spinule {
namespace {

double per_core(std::uint64_t n, std::uint64_t cores) {
  return static_cast<double>(cores == 1 ? n : (n + cores - 1) / cores);
}

SPINULE_CLONES void begin(double* __restrict generating, double active, const double* at_active, double inactive,
                          const double* at_inactive, double spikes, const double* at_spike, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k)
    generating[k] = active * at_active[k] + inactive * at_inactive[k] + spikes * at_spike[k];
}

SPINULE_CLONES void add(double* __restrict to, double count, const double* at, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) to[k] += count * at[k];
}

SPINULE_CLONES void add(double* __restrict to, double first, const double* at_first, double second,
                        const double* at_second, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) to[k] += first * at_first[k] + second * at_second[k];
}

SPINULE_CLONES void raise(double* __restrict to, const double* at_least, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) to[k] = to[k] < at_least[k] ? at_least[k] : to[k];
}

}  // namespace

digital_times::digital_times(const cost_plan& plan, std::span<const price_list* const> prices)
    : prices_{prices.size()} {
  for (const price_list* p : prices) {
    active_.push_back(p->hw.neuron.active_time.value);
    inactive_.push_back(p->hw.neuron.inactive_time.value);
    spike_.push_back(p->hw.neuron.spike_time.value);
    out_.push_back(p->hw.message.out_time.value);
    in_.push_back(p->hw.message.in_time.value);
    synapse_.push_back(p->synapse_time);
    sync_.push_back(p->sync_time);
    minimum_.push_back(p->hw.tick.minimum.value);
  }
  for (std::size_t i = 0; i < plan.populations.size(); ++i) {
    cores_.push_back(plan.populations[i].cores);
    neurons_.push_back(cores_[i] > 0 ? per_core(plan.layout.populations[i].neurons, cores_[i]) : 0);
  }
  for (std::size_t j = 0; j < plan.projections.size(); ++j) {
    source_.push_back(plan.layout.projections[j].source);
    target_.push_back(plan.layout.projections[j].target);
    const projection_plan& way = plan.projections[j];
    for (const price_list* p : prices)
      ways_.push_back(p->hw.mesh.packet_time.value + way.far_x * p->hw.mesh.hop_x_time.value +
                      way.far_y * p->hw.mesh.hop_y_time.value);
  }
}

std::span<const double> digital_times::of(const tick_activity& a, std::vector<double>& room) const {
  const std::size_t rows = 2 * cores_.size();  // of each population, to generate messages and to process them
  room.assign((rows + 2) * prices_, 0);
  const auto generating = [&](std::size_t population) { return room.data() + 2 * population * prices_; };
  const auto processing = [&](std::size_t population) { return generating(population) + prices_; };
  double* const time = room.data() + rows * prices_;
  double* const routing = time + prices_;
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    if (cores_[i] == 0) continue;
    const double active = std::min(per_core(a.populations[i].active, cores_[i]), neurons_[i]);
    begin(generating(i), active, active_.data(), neurons_[i] - active, inactive_.data(),
          per_core(a.populations[i].spikes, cores_[i]), spike_.data(), prices_);
  }
  for (std::size_t j = 0; j < source_.size(); ++j) {
    const auto& did = a.projections[j];
    const std::uint64_t from = cores_[source_[j]], to = cores_[target_[j]];
    if (from > 0 && did.messages > 0) add(generating(source_[j]), per_core(did.messages, from), out_.data(), prices_);
    if (to > 0)
      add(processing(target_[j]), per_core(did.messages, to), in_.data(), per_core(did.synaptic_events, to),
          synapse_.data(), prices_);
    if (did.messages > 0) raise(routing, ways_.data() + j * prices_, prices_);
  }
  for (std::size_t row = 0; row < rows; ++row) raise(time, room.data() + row * prices_, prices_);
  for (std::size_t k = 0; k < prices_; ++k) time[k] = std::max(time[k] + routing[k] + sync_[k], minimum_[k]);
  return {time, prices_};
}

}  // namespace spinule

#include "core_messages.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace spinule {
namespace {

/// Bits set of [from, to).
std::uint64_t bits_between(std::span<const std::uint64_t> words, std::size_t from, std::size_t to) {
  std::uint64_t count = 0;
  for (std::size_t w = from / 64; w * 64 < to; ++w) {
    std::uint64_t word = words[w];
    if (w * 64 < from) word &= ~std::uint64_t{0} << (from - w * 64);
    if (to - w * 64 < 64) word &= ~(~std::uint64_t{0} << (to - w * 64));
    count += static_cast<std::uint64_t>(std::popcount(word));
  }
  return count;
}

}  // namespace

core_work::core_work(const lowered_network& net, const cost_meter& meter, std::vector<core_reach> reaches,
                     index_t core_neurons)
    : reaches_{std::move(reaches)}, core_neurons_{core_neurons}, cores_(meter.units()) {
  for (std::size_t i = 0; i < net.populations.size(); ++i)
    populations_.push_back({net.populations[i].model->is_source(), meter.first_core(i), net.populations[i].size, {}});
  for (std::size_t j = 0; j < net.descriptions.size(); ++j) {
    populations_[net.descriptions[j].source].out.push_back(j);
    target_core_.push_back(populations_[net.descriptions[j].target].first_core);
  }
}

void core_work::send(const population& p, index_t neuron, const core_message& as) {
  for (const std::size_t j : p.out)
    for (const auto& stop : reaches_[j].of(neuron)) {
      core_message m = as;
      m.to = target_core_[j] + stop.core;
      m.synapses = stop.synapses;
      messages_.push_back(m);
    }
}

// `fired` ascends.
void core_work::update(const population& p, std::span<const index_t> fired, std::span<const std::uint64_t> reached) {
  auto next = fired.begin();
  for (index_t first = 0, core = p.first_core; first < p.neurons; first += core_neurons_, ++core) {
    const index_t end = p.neurons - first > core_neurons_ ? first + core_neurons_ : p.neurons;
    core_message done{core, 0, 0};
    index_t at = first;
    const auto update_up_to = [&](index_t neuron) {
      const std::uint64_t active = bits_between(reached, at, neuron);
      done.active += active;
      done.inactive += neuron - at - active;
      at = neuron;
    };
    for (; next != fired.end() && *next < end; ++next) {
      update_up_to(*next + 1);
      ++done.spikes;
      send(p, *next, done);
    }
    update_up_to(end);
    cores_[core] = {done.active, done.inactive, done.spikes};
    if (p.neurons - first <= core_neurons_) return;
  }
}

void core_work::count(const tick_view& tick) {
  messages_.clear();
  for (std::size_t i = 0; i < populations_.size(); ++i) {
    const population& p = populations_[i];
    std::vector<index_t> fired(tick.sent[i].neurons.begin(), tick.sent[i].neurons.end());
    std::sort(fired.begin(), fired.end());
    if (!p.input)
      update(p, fired, tick.reached_neurons[i]);
    else
      for (const index_t n : fired) send(p, n, {core_message::outside, 0, 0});
  }
}

}  // namespace spinule

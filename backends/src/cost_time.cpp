// How long the hardware needs for a tick.
#include <algorithm>

#include "cost_plan.hpp"

namespace spinule {

double array_time(const price_list& prices, const tile_activity& array) {
  const auto& hw = prices.hw;
  if (array.tiles_read == 0) return 0;
  const double pulse = hw.driver.time.value + std::max(hw.array.read_time.value, hw.array.settle_time.value);
  const double phase = pulse + (array.row_conversions > 0 ? hw.dac.time.value : 0);
  const double converted = std::min<double>(hw.adc.columns_per_adc.value, array.widest);
  const double handled =
      prices.conversion.time(converted, array.longest_code) + array.bands * hw.accumulator.time.value;
  return array.phases * phase + std::max(array.rounds, 1u) * handled;
}

double circuit_time(const price_list& prices, const population_layout& layout, const population_activity& did) {
  const auto& neuron = prices.hw.neuron;
  const double shared = std::min<double>(layout.neurons, neuron.per_circuit.value);
  const double active = std::min(static_cast<double>(did.active), shared);  // of the busiest circuit
  return active * neuron.active_time.value + (shared - active) * neuron.inactive_time.value +
         (did.spikes > 0 ? neuron.spike_time.value : 0);
}

double crossbar_time(const cost_plan& plan, const price_list& prices, const tick_activity& a) {
  const auto& mesh = prices.hw.mesh;
  double read = 0, routing = 0, neurons = 0;
  for (const auto& p : a.projections) {
    const auto& array = p.array;
    if (array.tiles_read == 0) continue;
    read = std::max(read, array_time(prices, array));
    const double way = array.far_x * mesh.hop_x_time.value + array.far_y * mesh.hop_y_time.value;
    routing = std::max(routing, static_cast<double>(array.lines) * mesh.packet_time.value + way);
  }
  for (std::size_t i = 0; i < a.populations.size(); ++i)
    if (!plan.layout.populations[i].input)
      neurons = std::max(neurons, circuit_time(prices, plan.layout.populations[i], a.populations[i]));
  return read + neurons + routing;
}

}  // namespace spinule

// The same synapses as an artificial network of whole numbers.
#include "cost_plan.hpp"

namespace spinule {

quantised_network quantised_beside(const cost_plan& plan, const activity_totals& totals, const cost_report& r) {
  const auto& q = plan.hw.quantised;
  const double share = q.bits.value / 8;  // a multiplier grows with the square of its bits, what is read as they do
  const double operation_pj = q.multiply.value * share * share + q.add.value + q.fetch.value * share;
  quantised_network same{.bits = static_cast<int>(q.bits.value)};
  for (std::size_t j = 0; j < totals.projections.size(); ++j) {
    same.operations += plan.layout.projections[j].synapses;
    same.events += totals.projections[j].synaptic_events;
  }
  same.chances = same.operations * totals.ticks;
  same.energy_pj = static_cast<double>(same.operations) * operation_pj;
  for (const cost& c : r.dynamic) (c.component == "neuron update" ? same.fixed_pj : same.event_pj) += c.energy_pj;
  same.fixed_pj += r.static_pj();
  return same;
}

}  // namespace spinule

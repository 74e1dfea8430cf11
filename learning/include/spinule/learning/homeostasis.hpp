// Slow changes that hold neurons at a rate: of all weights onto a neuron, and of its threshold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <spinule/simulation.hpp>

namespace spinule::learning {

/// Rates of neurons, each a mean over the last `tau` of the intervals that it is told of: r <- r + (n / span - r) (1 -
/// exp(-span / tau)), where n are a neuron's spikes in an interval. It begins at the target.
class slow_rates {
 public:
  /// Throws `spinule_error` for a size of 0, a rate or a tau that is not positive and finite.
  slow_rates(index_t neurons, kilohertz target, milliseconds tau);
  /// [neurons] spikes in an interval. Throws `spinule_error` for another number of neurons and a span that is not
  /// positive.
  void pass(std::span<const std::uint32_t> spikes, milliseconds span);
  /// [neurons] kHz
  std::span<const double> rates() const { return rates_; }
  kilohertz target() const { return target_; }

 private:
  kilohertz target_;
  milliseconds tau_;
  std::vector<double> rates_;
};

/// How `scale_weights` changes weights: by the factor exp(-strength ((r / target)^power - 1)), within these bounds,
/// which are those of the projection or closer, in the unit of its weights.
struct weight_scaling {
  double strength = 0.1, power = 1;
  double lowest = 0, highest = 0;  ///< must be given
};

/// Multiplies the weights onto each neuron by that factor, where r is its slow rate: weights onto neurons that fire too
/// much shrink, the others grow. Call it between runs, at intervals over which slow rates change little. This is
/// synaptic scaling, tau dw/dt = w (1 - (r / target)^power), with strength = interval / tau (van Rossum, Bi &
/// Turrigiano, J. Neurosci. 20 (2000) for power 1; Zenke, Hennequin & Gerstner, PLoS Comput. Biol. 9 (2013) for 3).
/// Throws `spinule_error` for rates of fewer neurons than the projection reaches, what `simulation::assign` throws for,
/// a strength or a power that is not finite, and bounds without anything between them.
void scale_weights(simulation& sim, const projection& p, const slow_rates& rates, const weight_scaling& how);

/// Adds `step` (r - target) to a parameter of each neuron, such as "threshold", in its own unit; `step` is in that unit
/// per kHz. Intrinsic plasticity: neurons that fire too much become harder to excite. Throws `spinule_error` where the
/// population has another size or no such parameter, and for a value that the parameter cannot take.
void adapt_parameter(simulation& sim, const population& cells, const std::string& parameter, const slow_rates& rates,
                     double step);

}  // namespace spinule::learning

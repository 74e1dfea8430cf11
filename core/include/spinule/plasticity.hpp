// What a plasticity rule is: a plain struct that says how the spikes on both sides of a synapse change its weight.
#pragma once

#include <concepts>
#include <string>

#include <spinule/engine/spike_trace.hpp>

namespace spinule {

/// A plasticity rule is an aggregate of parameters with
/// - `using weight`: the unit of the weights it changes;
/// - `spike_trace pre() const`, `post() const`: what synapses remember of the spikes that arrive and of those of the
/// target;
/// - `weight lowest() const`, `highest() const`: bounds, which a weight meets after every change;
/// - `template <class Real> class kernel`: derived constants, built from the parameters, with
///   `Real on_pre(Real w, Real post) const`: the weight after a spike arrived, given the trace of the target's spikes,
///   and `Real on_post(Real w, Real pre) const`: the weight after the target fired, given the trace of the arrivals;
/// - `void check(where) const`: throws `spinule_error` for parameters out of range.
///
/// Order at a synapse: by tick; within a tick arrivals come first, then the target's own spike. A pair in one tick does
/// not count: both sides read the other's trace as it was before the tick. The delay lies before the synapse (axonal).
/// A spike that arrives is delivered with the weight that `on_pre` leaves. Hooks may be called with values that are
/// thrown away, also not finite ones; they must not depend on anything but their arguments.
template <class Rule>
concept plasticity_rule = requires(const Rule& r, const typename Rule::template kernel<float>& k,
                                   const std::string& where) {
  typename Rule::weight;
  { r.pre() } -> std::same_as<spike_trace>;
  { r.post() } -> std::same_as<spike_trace>;
  { r.lowest() } -> std::same_as<typename Rule::weight>;
  { r.highest() } -> std::same_as<typename Rule::weight>;
  {typename Rule::template kernel<float>{r}};
  { k.on_pre(1.0f, 1.0f) } -> std::same_as<float>;
  { k.on_post(1.0f, 1.0f) } -> std::same_as<float>;
  r.check(where);
};

}  // namespace spinule

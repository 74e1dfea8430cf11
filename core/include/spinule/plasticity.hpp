// What a plasticity rule is: a plain struct that says how the spikes on both sides of a synapse change its weight.
#pragma once

#include <concepts>
#include <string>

#include <spinule/engine/rule_hooks.hpp>

namespace spinule {

/// A plasticity rule is an aggregate of parameters with
/// - `using weight`: the unit of the weights it changes;
/// - `spike_trace pre() const`, `post() const`, or a `std::array` of them: what is remembered of the spikes that arrive
///   and of those of the target; the first trace is the *level* that the other side reads;
/// - `weight lowest() const`, `highest() const`: bounds, which a weight meets after every change;
/// - `template <class Real> class kernel`: derived constants, built from the parameters, with
///   `Real on_pre(Real w, Real post) const`: the weight after a spike arrived, given the level of the target's spikes,
///   and `Real on_post(Real w, Real pre) const`: the weight after the target fired, given the level of the arrivals;
/// - in the kernel, where the spikes of a side differ in what they do, `Real pre_amount(const std::array<Real, N>& own)
///   const`, and likewise `post_amount`: the *amount* of a spike, worked out once for all its synapses from the N
///   traces of its own side just before it. The hook of that side then is `on_pre(w, post, amount)`, `on_post(w, pre,
///   amount)`;
/// - with a third factor (`network::modulate`): `class modulation`, copyable, built from rule and tick, with `void
///   pass(double value)`: a tick passes, then the factor brings `value`. Amounts may read it: `post_amount(own, m)`;
/// - with an eligibility of every synapse: `milliseconds eligibility() const`, its time constant. Hooks return how much
///   it changes, and `double pass(double value)` of the `modulation` the integral over the tick of exp(-s / tau) dw/ds,
///   the speed of a weight whose eligibility was 1 when the tick began. Bounds are met at spikes;
/// - that follows a field of its targets: `std::string watches() const`, its name, and `template <class Real> class
///   watcher`, copyable, built from rule, tick and number of targets, with `void step(const watched&, std::span<Real>
///   level, std::span<Real> amount)`, called after every tick: the level that arrivals read from then on, and the
///   amount with which `on_post` is called, where it is not 0, instead of at spikes. Without `amount` arrivals alone
///   change weights. In its kernel, where `on_post` gives w + amount x, with amounts of one sign: `static constexpr
///   bool adds = true`, and ticks on end are taken together;
/// - in the kernel of a rule that follows a field in this way, `Real drift(Real w, Real ms) const`: the weight after a
///   time without arrivals, where it moves by itself; drift(drift(w, a), b) is drift(w, a + b);
/// - in the kernel, `Real sent(Real w) const`, where a synapse delivers another weight than the one that is kept;
/// - `static constexpr pairing pairs`: which pairs count, where traces alone do not say it;
/// - `void check(where) const`: throws `spinule_error` for parameters out of range.
///
/// Order at a synapse: by tick; within a tick the third factor, then arrivals, then the target's own spike; a pair
/// within one does not count. A spike that arrives is delivered with the weight that `on_pre` leaves. Hooks may be
/// called with values that are thrown away, also not finite ones; they must depend on nothing but their arguments.
template <class Rule>
concept plasticity_rule = requires(const Rule& r, const typename Rule::template kernel<float>& k,
                                   const std::string& where) {
  typename Rule::weight;
  as_traces(r.pre());
  as_traces(r.post());
  { r.lowest() } -> std::same_as<typename Rule::weight>;
  { r.highest() } -> std::same_as<typename Rule::weight>;
  {typename Rule::template kernel<float>{r}};
  { after_pre(k, 1.0f, 1.0f, 1.0f) } -> std::same_as<float>;
  { after_post(k, 1.0f, 1.0f, 1.0f) } -> std::same_as<float>;
  r.check(where);
};

}  // namespace spinule

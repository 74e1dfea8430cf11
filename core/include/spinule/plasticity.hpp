// What a plasticity rule is: a plain struct that says how the spikes on both sides of a synapse change its weight.
#pragma once

#include <cmath>
#include <concepts>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <spinule/engine/plain_synapses.hpp>
#include <spinule/engine/precision.hpp>
#include <spinule/engine/typed_plastic_rows.hpp>
#include <spinule/error.hpp>

namespace spinule {

/// A plasticity rule is an aggregate of parameters with
/// - `using weight`: the unit of the weights it changes;
/// - `spike_trace pre() const`, `post() const`: what synapses remember of the spikes that arrive and of those of the
/// target;
/// - `weight lowest() const`, `highest() const`: bounds, which a weight meets after every change;
/// - `template <class Real> class kernel`: derived constants, built from the parameters, with
///   `Real on_pre(Real w, Real post) const`: the weight after a spike arrived, given the trace of the target's spikes,
///   and `Real on_post(Real w, Real pre) const`: the weight after the target fired, given the trace of the arrivals;
/// - `void check(where) const`: throws `error` for parameters out of range.
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

/// A rule with its type erased, as the network stores it.
class any_rule {
 public:
  virtual ~any_rule() = default;
  virtual void check(const std::string& where) const = 0;
  /// Lowest and highest weight, in the unit of the target port.
  virtual std::pair<double, double> bounds() const = 0;
  virtual std::unique_ptr<plastic_rows> rows(precision, std::shared_ptr<const plastic_wiring>,
                                             milliseconds tick) const = 0;
  /// Every synapse by itself, in double: what the reference back end runs.
  virtual std::unique_ptr<plain_synapses> plain(const connectivity&, milliseconds tick) const = 0;
};

template <plasticity_rule Rule>
class rule_holder final : public any_rule {
 public:
  explicit rule_holder(Rule rule) : rule_{std::move(rule)} {}
  void check(const std::string& where) const override {
    rule_.check(where);
    for (const spike_trace& t : {rule_.pre(), rule_.post()})
      if (!(t.tau.value() > 0) || !std::isfinite(t.tau.value()))
        throw error{
            where, fmt::format("the rule has a trace with tau = {} ms; it must be positive and finite", t.tau.value())};
  }
  std::pair<double, double> bounds() const override { return {rule_.lowest().value(), rule_.highest().value()}; }
  std::unique_ptr<plastic_rows> rows(precision p, std::shared_ptr<const plastic_wiring> wiring,
                                     milliseconds tick) const override {
    if (p == precision::full) return std::make_unique<typed_plastic_rows<Rule, double>>(rule_, std::move(wiring), tick);
    return std::make_unique<typed_plastic_rows<Rule, float>>(rule_, std::move(wiring), tick);
  }
  std::unique_ptr<plain_synapses> plain(const connectivity& c, milliseconds tick) const override {
    return std::make_unique<typed_plain_synapses<Rule>>(rule_, c, tick);
  }

 private:
  Rule rule_;
};

}  // namespace spinule

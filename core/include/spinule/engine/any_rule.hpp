// A plasticity rule with its type erased, as the network stores it.
#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <spinule/engine/dimension.hpp>
#include <spinule/engine/plain_synapses.hpp>
#include <spinule/engine/precision.hpp>
#include <spinule/engine/typed_plastic_rows.hpp>
#include <spinule/engine/unit_in.hpp>
#include <spinule/engine/weight_range.hpp>
#include <spinule/error.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

class any_rule {
 public:
  virtual ~any_rule() = default;
  virtual void check(const std::string& where) const = 0;
  /// Whether spikes change the weights; otherwise they can only be assigned.
  virtual bool learns() const { return true; }
  /// Whether a third factor changes what spikes do.
  virtual bool has_third_factor() const { return false; }
  /// The state field of the targets that it follows; empty: none.
  virtual std::string watches() const { return {}; }
  /// The unit of its weights, where it has one.
  virtual std::optional<dimension> unit() const { return {}; }
  /// Lowest and highest weight, in the unit of the target port.
  virtual weight_range bounds() const = 0;
  /// The same rule with weights that stay within these bounds and no others.
  virtual std::shared_ptr<const any_rule> within(const weight_range&) const = 0;
  virtual rule_storage storage() const { return {}; }
  virtual std::unique_ptr<plastic_rows> rows(precision, std::shared_ptr<const plastic_wiring>,
                                             milliseconds tick) const = 0;
  /// Every synapse by itself, in double: what the reference back end runs.
  virtual std::unique_ptr<plain_synapses> plain(const connectivity&, milliseconds tick) const = 0;
  /// Whether synapses deliver another weight than the one that the rule keeps.
  virtual bool sends_another_weight() const { return false; }
};

template <plasticity_rule Rule>
class rule_holder final : public any_rule {
 public:
  explicit rule_holder(Rule rule) : rule_holder{rule, {rule.lowest().value(), rule.highest().value()}} {}
  rule_holder(Rule rule, const weight_range& allowed) : rule_{std::move(rule)}, allowed_{allowed} {}
  void check(const std::string& where) const override {
    rule_.check(where);
    const auto check_all = [&](const auto& traces) {
      for (const spike_trace& t : traces)
        if (!(t.tau.value() >= 1e-30 && t.tau.value() <= 1e30))
          throw spinule_error{where, fmt::format("the rule has a trace with tau = {} ms; it must be positive and "
                                                 "finite, from 1e-30 to 1e30",
                                                 t.tau.value())};
    };
    check_all(as_traces(rule_.pre()));
    check_all(as_traces(rule_.post()));
    if constexpr (has_eligibility<Rule>) {
      static_assert(has_modulation<Rule>, "a rule with an eligibility needs a `modulation`, which moves the weights");
      check_all(as_traces(spike_trace{rule_.eligibility()}));
    }
    check_steps(where);
  }
  bool has_third_factor() const override { return has_modulation<Rule>; }
  std::string watches() const override {
    if constexpr (watches_field<Rule>)
      return rule_.watches();
    else
      return {};
  }
  std::optional<dimension> unit() const override { return unit_in<typename Rule::weight>{}; }
  weight_range bounds() const override { return allowed_; }
  std::shared_ptr<const any_rule> within(const weight_range& allowed) const override {
    return std::make_shared<rule_holder>(rule_, allowed);
  }
  rule_storage storage() const override { return typed_plastic_rows<Rule, float>::storage(); }
  std::unique_ptr<plastic_rows> rows(precision p, std::shared_ptr<const plastic_wiring> wiring,
                                     milliseconds tick) const override {
    if (p == precision::full)
      return std::make_unique<typed_plastic_rows<Rule, double>>(rule_, allowed_, std::move(wiring), tick);
    return std::make_unique<typed_plastic_rows<Rule, float>>(rule_, allowed_, std::move(wiring), tick);
  }
  std::unique_ptr<plain_synapses> plain(const connectivity& c, milliseconds tick) const override {
    return std::make_unique<typed_plain_synapses<Rule>>(rule_, allowed_, c, tick);
  }
  bool sends_another_weight() const override { return has_sent<typename Rule::template kernel<double>, double>; }

 private:
  /// Throws where spikes would make no number of a weight.
  void check_steps(const std::string& where) const {
    const typename Rule::template kernel<float> k{rule_};
    const modulation_of<Rule> factor{rule_, milliseconds{1}};
    const double middle = 0.5 * rule_.lowest().value() + 0.5 * rule_.highest().value();
    const auto w = static_cast<float>(std::isnan(middle) ? 0 : middle);  // of a rule without bounds
    const float many = 1000;
    std::array<float, pre_traces<Rule>> arrived;
    std::array<float, post_traces<Rule>> fired;
    arrived.fill(many);
    fired.fill(many);
    for (const float x : {after_pre(k, w, many, amount_of_pre(k, arrived, factor)),
                          after_post(k, w, many, amount_of_post(k, fired, factor))})
      if (!std::isfinite(x))
        throw spinule_error{where, fmt::format("a spike can make {} of a weight of {}: the rule changes weights by "
                                               "more than single precision holds",
                                               x, middle)};
  }

  Rule rule_;
  weight_range allowed_;
};

}  // namespace spinule

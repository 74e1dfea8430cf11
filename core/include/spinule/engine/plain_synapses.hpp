// Plastic synapses one by one in double: what the reference back end changes.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <spinule/engine/connectivity.hpp>
#include <spinule/engine/rule_hooks.hpp>
#include <spinule/engine/weight_range.hpp>
#include <spinule/math.hpp>
#include <spinule/time.hpp>

namespace spinule {

class plain_synapses {
 public:
  virtual ~plain_synapses() = default;
  virtual std::unique_ptr<plain_synapses> clone() const = 0;
  /// Forgets spikes, keeps weights.
  virtual void rest() = 0;
  /// Start weights again.
  virtual void reset() = 0;
  /// A tick begins, in which the modulator brings `factor`, where the rule has one.
  virtual void begin(double /*factor*/) {}
  /// A spike arrives on a line (see `connectivity`).
  virtual void arrive(std::size_t line, moment now) = 0;
  /// A spike of a target comes to its synapses with the k-th delay; call after the arrivals of the tick.
  virtual void fire(index_t target, std::size_t k, moment now) = 0;
  /// What a rule that follows a state field sees of all targets, after they were stepped and fired.
  virtual void watch(const watched& /*targets*/, moment /*now*/) {}
  /// [synapses] in the unit of the target port, in the order of the connectivity.
  virtual std::span<const double> weights() const = 0;
  /// Replaces those of synapses `first` and following, between two ticks; within the bounds.
  virtual void assign(std::uint64_t first, std::span<const double> weights) = 0;
  /// The weight with which a synapse delivers.
  virtual double sent(std::uint64_t synapse) const { return weights()[synapse]; }
};

template <class Rule>
class typed_plain_synapses final : public plain_synapses {
  using kernel = typename Rule::template kernel<double>;

 public:
  /// Weights stay within `allowed`. `c` must outlive this.
  typed_plain_synapses(const Rule& rule, const weight_range& allowed, const connectivity& c, milliseconds tick)
      : rule_{rule},
        kernel_{rule},
        pre_{as_traces(rule.pre())},
        post_{as_traces(rule.post())},
        allowed_{allowed},
        tick_{tick},
        unmodulated_{rule, tick},
        modulation_{unmodulated_},
        wiring_{&c},
        onto_(c.delays.size() * c.targets) {
    if constexpr (eligible) fade_ = portable_exp(-tick.in(rule.eligibility()));
    for (std::size_t l = 0; l < c.lines(); ++l)
      for (auto s = c.offsets[l]; s < c.offsets[l + 1]; ++s) onto_[at_line(l, c.target[s])].push_back({s, l});
    reset();
  }
  std::unique_ptr<plain_synapses> clone() const override { return std::make_unique<typed_plain_synapses>(*this); }

  void rest() override {
    arrived_.assign(wiring_->lines(), {});
    fired_.assign(onto_.size(), {});
    if constexpr (eligible) eligibility_.assign(wiring_->synapses(), 0);
    if constexpr (unpaired) unpaired_.assign(wiring_->synapses(), {});
    if constexpr (watches) watcher_.emplace(rule_, tick_, wiring_->targets);
    level_.assign(watches ? wiring_->targets : 0, 0);
    modulation_ = unmodulated_;
  }
  void reset() override {
    rest();
    weights_.resize(wiring_->synapses());
    const auto& start = wiring_->start;
    for (std::uint64_t s = 0; s < weights_.size(); ++s) weights_[s] = bounded(start.size() == 1 ? start[0] : start[s]);
    if constexpr (eligible) moving_ = weights_;
  }

  void begin(double factor) override {
    const double moves = pass_tick(modulation_, factor);
    if constexpr (eligible)
      for (std::size_t s = 0; s < moving_.size(); ++s) {
        moving_[s] += eligibility_[s] * moves;
        eligibility_[s] *= fade_;
        weights_[s] = bounded(moving_[s]);
      }
    if constexpr (has_drift<kernel, double>)
      for (double& w : weights_) w = bounded(kernel_.drift(w, tick_.value()));
  }
  void arrive(std::size_t line, moment now) override {
    const double amount = amount_of_pre(kernel_, at(arrived_[line], pre_, now), modulation_);
    for (auto s = wiring_->offsets[line]; s < wiring_->offsets[line + 1]; ++s) {
      double level =
          watches ? level_[wiring_->target[s]] : at(fired_[at_line(line, wiring_->target[s])][0], post_[0], now);
      if constexpr (unpaired)
        if (!unpaired_[s].arrive(now, pre_[0].tau, tick_)) level = 0;
      change(s, [&](double w) { return after_pre(kernel_, w, level, amount); });
    }
    add(arrived_[line], pre_, now);
  }
  void fire(index_t target, std::size_t k, moment now) override {
    if constexpr (watches) return;
    auto& mine = fired_[k * wiring_->targets + target];
    come_back(target, k, now, amount_of_post(kernel_, at(mine, post_, now), modulation_));
    add(mine, post_, now);
  }
  void watch(const watched& targets, moment now) override {
    if constexpr (watches) {
      std::vector<double> amount(wiring_->targets);
      if constexpr (watching_fires<Rule, double>)
        watcher_->step(targets, level_, amount);
      else
        watcher_->step(targets, level_);
      for (index_t i = 0; i < wiring_->targets; ++i)
        for (std::size_t k = 0; amount[i] != 0 && k < wiring_->delays.size(); ++k) come_back(i, k, now, amount[i]);
    }
  }
  std::span<const double> weights() const override { return weights_; }
  double sent(std::uint64_t s) const override {
    if constexpr (has_sent<kernel, double>)
      return bounded(kernel_.sent(weights_[s]));
    else
      return weights_[s];
  }
  void assign(std::uint64_t first, std::span<const double> weights) override {
    for (const double w : weights) {
      weights_[first] = bounded(w);
      if constexpr (eligible) moving_[first] = weights_[first];
      ++first;
    }
  }

 private:
  static constexpr bool eligible = has_eligibility<Rule>, watches = watches_field<Rule>;
  static constexpr bool unpaired = beside<Rule> == beside_weight::unpaired;

  /// The trace of arrivals that no spike of the target has been paired with yet.
  struct unpaired_arrivals {
    static constexpr bool all = pairing_of<Rule>() == pairing::presynaptic_centred;
    double old = 0, fresh = 0;  ///< at tick `when`; `fresh`: of that very tick, not yet there for a spike of it
    moment when = 0;

    void pass(moment now, milliseconds tau, milliseconds tick) {
      if (now == when) return;
      const double left = portable_exp(-static_cast<double>(now - when) * tick.in(tau));
      old = (all || fresh == 0 ? old + fresh : fresh) * left;
      fresh = 0;
      when = now;
    }
    /// Whether the arrival is paired with the target's last spike.
    bool arrive(moment now, milliseconds tau, milliseconds tick) {
      pass(now, tau, tick);
      const bool paired = all || (old == 0 && fresh == 0);
      fresh = all ? fresh + 1 : 1;
      return paired;
    }
    double take(moment now, milliseconds tau, milliseconds tick) {
      pass(now, tau, tick);
      return std::exchange(old, 0);
    }
  };
  void come_back(index_t target, std::size_t k, moment now, double amount) {
    for (const auto& [s, line] : onto_[k * wiring_->targets + target]) {
      double level = 0;
      if constexpr (unpaired)
        level = unpaired_[s].take(now, pre_[0].tau, tick_);
      else
        level = before(arrived_[line][0], pre_[0], now);
      change(s, [&](double w) { return after_post(kernel_, w, level, amount); });
    }
  }
  std::size_t at_line(std::size_t line, index_t target) const {
    return line % wiring_->delays.size() * wiring_->targets + target;
  }
  /// A weight is held within its bounds when a spike comes to it.
  template <class Hook>
  void change(std::uint64_t s, Hook hook) {
    if constexpr (eligible) {
      moving_[s] = weights_[s];
      eligibility_[s] += hook(weights_[s]);
    } else {
      weights_[s] = bounded(hook(weights_[s]));
    }
  }
  struct remembered {
    double value = 0;
    moment when = 0;
    double before = 0;  ///< just before `when`
  };
  double at(const remembered& x, const spike_trace& t, moment now) const {
    return x.value * portable_exp(-static_cast<double>(now - x.when) * tick_.in(t.tau));
  }
  /// Without what came in this very tick.
  double before(const remembered& x, const spike_trace& t, moment now) const {
    return x.when == now ? x.before : at(x, t, now);
  }
  template <std::size_t N>
  using memory = std::array<remembered, N>;
  template <std::size_t N>
  std::array<double, N> at(const memory<N>& x, const std::array<spike_trace, N>& t, moment now) const {
    std::array<double, N> levels;
    for (std::size_t k = 0; k < N; ++k) levels[k] = at(x[k], t[k], now);
    return levels;
  }
  template <std::size_t N>
  void add(memory<N>& x, const std::array<spike_trace, N>& t, moment now) const {
    for (std::size_t k = 0; k < N; ++k)
      x[k] = {t[k].nearest ? 1.0 : at(x[k], t[k], now) + 1, now, before(x[k], t[k], now)};
  }
  double bounded(double w) const { return std::min(std::max(w, allowed_.lowest), allowed_.highest); }

  Rule rule_;
  kernel kernel_;
  std::array<spike_trace, pre_traces<Rule>> pre_;
  std::array<spike_trace, post_traces<Rule>> post_;
  weight_range allowed_;
  milliseconds tick_;
  modulation_of<Rule> unmodulated_, modulation_;
  const connectivity* wiring_;
  std::vector<std::vector<std::pair<std::uint64_t, std::size_t>>> onto_;  ///< [delays][targets] (synapse, line)
  std::vector<memory<pre_traces<Rule>>> arrived_;                         ///< [lines]
  std::vector<memory<post_traces<Rule>>> fired_;                          ///< [delays][targets]
  std::vector<double> weights_;                                           ///< [synapses]
  double fade_ = 1;                                                       ///< of an eligibility in a tick
  /// [synapses] where the rule has them: eligibilities, and weights that may have left their bounds since the last
  /// spike.
  std::vector<double> eligibility_, moving_;
  std::vector<unpaired_arrivals> unpaired_;  ///< [synapses] where the rule pairs neighbours
  std::optional<watcher_of<Rule, double>> watcher_;
  std::vector<double> level_;  ///< [targets] where the rule watches them
};

}  // namespace spinule

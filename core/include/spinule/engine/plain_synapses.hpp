// Plastic synapses one by one in double: what the reference back end changes.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <vector>

#include <spinule/engine/connectivity.hpp>
#include <spinule/engine/spike_trace.hpp>
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
  /// A spike arrives on a line (see `connectivity`).
  virtual void arrive(std::size_t line, moment now) = 0;
  /// A target fires; call after the arrivals of the tick.
  virtual void fire(index_t target, moment now) = 0;
  /// [synapses] in the unit of the target port, in the order of the connectivity.
  virtual std::span<const double> weights() const = 0;
  /// Replaces those of synapses `first` and following, between two ticks; within the bounds.
  virtual void assign(std::uint64_t first, std::span<const double> weights) = 0;
};

template <class Rule>
class typed_plain_synapses final : public plain_synapses {
 public:
  /// `c` must outlive this.
  typed_plain_synapses(const Rule& rule, const connectivity& c, milliseconds tick)
      : kernel_{rule},
        pre_{rule.pre()},
        post_{rule.post()},
        lowest_{rule.lowest().value()},
        highest_{rule.highest().value()},
        tick_{tick},
        wiring_{&c},
        onto_(c.targets) {
    for (std::size_t l = 0; l < c.lines(); ++l)
      for (auto s = c.offsets[l]; s < c.offsets[l + 1]; ++s) onto_[c.target[s]].push_back({s, l});
    reset();
  }
  std::unique_ptr<plain_synapses> clone() const override { return std::make_unique<typed_plain_synapses>(*this); }

  void rest() override {
    arrived_.assign(wiring_->lines(), {});
    fired_.assign(wiring_->targets, {});
  }
  void reset() override {
    rest();
    weights_.resize(wiring_->synapses());
    const auto& start = wiring_->start;
    for (std::uint64_t s = 0; s < weights_.size(); ++s) weights_[s] = bounded(start.size() == 1 ? start[0] : start[s]);
  }

  void arrive(std::size_t line, moment now) override {
    for (auto s = wiring_->offsets[line]; s < wiring_->offsets[line + 1]; ++s)
      weights_[s] = bounded(kernel_.on_pre(weights_[s], at(fired_[wiring_->target[s]], post_, now)));
    add(arrived_[line], pre_, now);
  }
  void fire(index_t target, moment now) override {
    for (const auto& [s, line] : onto_[target])
      weights_[s] = bounded(kernel_.on_post(weights_[s], before(arrived_[line], pre_, now)));
    add(fired_[target], post_, now);
  }
  std::span<const double> weights() const override { return weights_; }
  void assign(std::uint64_t first, std::span<const double> weights) override {
    for (const double w : weights) weights_[first++] = bounded(w);
  }

 private:
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
  void add(remembered& x, const spike_trace& t, moment now) const {
    x = {t.nearest ? 1.0 : at(x, t, now) + 1, now, before(x, t, now)};
  }
  double bounded(double w) const { return std::min(std::max(w, lowest_), highest_); }

  typename Rule::template kernel<double> kernel_;
  spike_trace pre_, post_;
  double lowest_, highest_;
  milliseconds tick_;
  const connectivity* wiring_;
  std::vector<std::vector<std::pair<std::uint64_t, std::size_t>>> onto_;  ///< [targets] (synapse, line)
  std::vector<remembered> arrived_, fired_;                               ///< [lines], [targets]
  std::vector<double> weights_;
};

}  // namespace spinule

// Plastic synapses of one rule: a row is brought up to date when a spike arrives on it.
#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include <spinule/engine/aligned.hpp>
#include <spinule/engine/plastic_rows.hpp>
#include <spinule/engine/row_pass.hpp>
#include <spinule/engine/rule_hooks.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule {

/// What the target's spikes do to a weight waits until the row is next passed over: memory is touched once per arrival,
/// row by row, never synapse by synapse in columns. (As Morrison et al., Neural Comput. 19 (2007), do it per synapse.)
template <class Rule, class Real>
class typed_plastic_rows final : public plastic_rows {
  using kernel = typename Rule::template kernel<Real>;
  static constexpr std::size_t arriving = pre_traces<Rule>, firing = post_traces<Rule>;
  static constexpr bool amounts = has_post_amount<kernel, Real, firing>;
  using history = post_history<Real, amounts>;

 public:
  typed_plastic_rows(const Rule& rule, std::shared_ptr<const plastic_wiring> wiring, milliseconds tick)
      : kernel_{rule},
        pre_{as_traces(rule.pre())},
        post_{as_traces(rule.post())},
        lowest_{static_cast<Real>(rule.lowest().value())},
        highest_{static_cast<Real>(rule.highest().value())},
        tick_{tick},
        wiring_{std::move(wiring)} {
    double shortest = pre_[0].tau.value();
    for (const auto& t : pre_) shortest = std::min(shortest, t.tau.value());
    for (const auto& t : post_) shortest = std::min(shortest, t.tau.value());
    if (const double longer = pre_[0].tau.in(tick); longer > longest_tau)
      throw spinule_error{
          wiring_->where,
          fmt::format("the trace of arrivals decays over {:g} ticks, too slowly to tell ticks apart in this precision; "
                      "use a longer tick or precision::full",
                      longer)};
    period_ = std::max<moment>(1, static_cast<moment>(60 * shortest / tick.value()));
    lines_.resize(wiring_->lines());
    slow_lines_.resize(arriving > 1 ? wiring_->lines() : 0);
    cells_.resize(wiring_->targets);
    slow_cells_.resize(firing > 1 ? wiring_->targets : 0);
    spikes_.resize(wiring_->targets);
    reset();
  }
  std::unique_ptr<plastic_rows> clone() const override { return std::make_unique<typed_plastic_rows>(*this); }
  const plastic_wiring& wiring() const override { return *wiring_; }
  std::uint64_t bytes() const override {
    return sizeof(Real) * weights_.size() + 2 * wiring_->target.size() + wiring_->start.bytes() +
           (8 + sizeof(line)) * lines_.size() + sizeof(history) * cells_.size() +
           sizeof(Real) * ((arriving - 1) * slow_lines_.size() + (firing - 1) * slow_cells_.size());
  }

  void rest(moment now) override {
    catch_up(now);
    forget();
  }
  void reset() override {
    forget();
    const plastic_wiring& w = *wiring_;
    weights_.resize(w.target.size());
    for (std::size_t s = 0; s < weights_.size(); ++s)
      weights_[s] = std::min(std::max(static_cast<Real>(w.start[s]), lowest_), highest_);
  }

  void begin(moment now) override {
    if (now >= base_ + period_) catch_up(now);
  }

  void arrive(std::span<const std::uint32_t> lines, moment now, std::int32_t* sums) override {
    set_scales(now);
    const Real scale = static_cast<Real>(1 / wiring_->quantum);
    for (std::size_t k = 0; k < lines.size(); ++k) {
      if (k + 1 < lines.size()) fetch(lines[k + 1]);
      line& l = lines_[lines[k]];
      const std::uint64_t begin = wiring_->offsets[lines[k]], n = wiring_->offsets[lines[k] + 1] - begin;
      auto pass = pass_over(l, true);
      pass.amount = amount_of_pre(kernel_, own_traces(l.gain, slow_lines_, lines[k], pre_now_));
      pass_row(pass, wiring_->target.data() + begin, weights_.data() + begin, n, scale, sums);
      if (l.limit != pre_now_.decay[0]) l.before = l.gain;  // else the line has had a spike in this tick
      count(l.gain, slow_lines_, lines[k], pre_now_, pre_);
      l.limit = pre_now_.decay[0];
    }
  }

  void fire(std::span<const index_t> targets, index_t first, moment now) override {
    set_scales(now);
    for (const index_t t : targets) {
      history& h = cells_[t - first];
      const Real amount = amount_of_post(kernel_, own_traces(h.trace, slow_cells_, t - first, post_now_));
      h.add(pre_now_.decay[0], amount);
      count(h.trace, slow_cells_, t - first, post_now_, post_);
      spikes_[t - first].emplace_back(pre_now_.decay[0], amount);
    }
  }

  void read(std::size_t l, std::vector<double>& weights) const override {
    const std::uint64_t begin = wiring_->offsets[l], n = wiring_->offsets[l + 1] - begin;
    std::vector<Real> row(weights_.begin() + static_cast<std::ptrdiff_t>(begin),
                          weights_.begin() + static_cast<std::ptrdiff_t>(begin + n + plastic_wiring::padding));
    pass_row(pass_over(lines_[l], false), wiring_->target.data() + begin, row.data(), n, Real{1}, nullptr);
    weights.insert(weights.end(), row.begin(), row.begin() + static_cast<std::ptrdiff_t>(n));
  }

  void assign(std::size_t l, std::span<const double> weights, moment now) override {
    if (base_ != now) catch_up(now);  // so that no earlier spike of a target is still due
    Real* to = weights_.data() + wiring_->offsets[l];
    for (const double w : weights) *to++ = std::min(std::max(static_cast<Real>(w), lowest_), highest_);
  }

 private:
  using line = line_trace<Real>;

  /// What traces of one side have lost since `base_`, and its inverse, by which a spike counts.
  template <std::size_t N>
  struct scales {
    std::array<Real, N> decay, growth;
    scales() {
      decay.fill(1);
      growth.fill(1);
    }
    scales(const std::array<spike_trace, N>& traces, double ticks_since, milliseconds tick) {
      for (std::size_t k = 0; k < N; ++k) {
        const double left = portable_exp(-ticks_since * tick.in(traces[k].tau));
        decay[k] = static_cast<Real>(left);
        growth[k] = static_cast<Real>(1 / left);
      }
    }
  };
  /// Those beyond the level, of each line or target, times their growth.
  template <std::size_t N>
  using slow_traces = std::vector<std::array<Real, N - 1>>;

  template <std::size_t N>
  static std::array<Real, N> own_traces(Real level, const slow_traces<N>& slow, std::size_t i, const scales<N>& now) {
    std::array<Real, N> own{level * now.decay[0]};
    for (std::size_t k = 1; k < N; ++k) own[k] = slow[i][k - 1] * now.decay[k];
    return own;
  }
  template <std::size_t N>
  static void count(Real& level, slow_traces<N>& slow, std::size_t i, const scales<N>& now,
                    const std::array<spike_trace, N>& traces) {
    level = traces[0].nearest ? now.growth[0] : level + now.growth[0];
    for (std::size_t k = 1; k < N; ++k)
      slow[i][k - 1] = traces[k].nearest ? now.growth[k] : slow[i][k - 1] + now.growth[k];
  }
  template <std::size_t N>
  static void fade(slow_traces<N>& slow, const scales<N>& now) {
    for (auto& traces : slow)
      for (std::size_t k = 1; k < N; ++k) traces[k - 1] *= now.decay[k];
  }

  row_pass<kernel, Real, amounts> pass_over(const line& l, bool arrives) const {
    return {&kernel_, cells_.data(), spikes_.data(), lowest_, highest_, l, post_now_.decay[0], arrives};
  }

  void fetch(std::uint32_t l) const {
    const std::uint64_t begin = wiring_->offsets[l];
    for (std::size_t k = 0; k < 4; ++k) {
      __builtin_prefetch(wiring_->target.data() + begin + 32 * k);
      __builtin_prefetch(weights_.data() + begin + 64 / sizeof(Real) * k, 1);
    }
  }

  void set_scales(moment now) {
    if (now == scaled_for_) return;
    scaled_for_ = now;
    pre_now_ = {pre_, static_cast<double>(now - base_), tick_};
    post_now_ = {post_, static_cast<double>(now - base_), tick_};
  }

  /// Brings every row up to date and begins to count time anew, before the numbers that stand for times run out of
  /// range.
  void catch_up(moment now) {
    for (std::size_t l = 0; l < lines_.size(); ++l) {
      const std::uint64_t begin = wiring_->offsets[l], n = wiring_->offsets[l + 1] - begin;
      pass_row(pass_over(lines_[l], false), wiring_->target.data() + begin, weights_.data() + begin, n, Real{1},
               nullptr);
    }
    const double passed = static_cast<double>(now - base_);
    const scales<arriving> pre{pre_, passed, tick_};
    const scales<firing> post{post_, passed, tick_};
    for (line& l : lines_) l = {l.gain * pre.decay[0], l.gain * pre.decay[0], 1};
    for (auto& h : cells_) {
      const Real left = h.trace * post.decay[0];
      h = {};
      h.trace = left;
    }
    fade(slow_lines_, pre);
    fade(slow_cells_, post);
    for (auto& s : spikes_) s.clear();
    base_ = now;
    scaled_for_ = -1;
  }

  void forget() {
    std::fill(lines_.begin(), lines_.end(), line{});
    std::fill(cells_.begin(), cells_.end(), history{});
    std::fill(slow_lines_.begin(), slow_lines_.end(), std::array<Real, arriving - 1>{});
    std::fill(slow_cells_.begin(), slow_cells_.end(), std::array<Real, firing - 1>{});
    for (auto& s : spikes_) s.clear();
    base_ = 0;
    scaled_for_ = -1;
  }

  /// In ticks: times are told apart by what a trace loses in a tick.
  static constexpr double longest_tau = 0.25 / std::numeric_limits<Real>::epsilon();

  kernel kernel_;
  std::array<spike_trace, arriving> pre_;
  std::array<spike_trace, firing> post_;
  Real lowest_, highest_;
  milliseconds tick_;
  std::shared_ptr<const plastic_wiring> wiring_;
  moment period_ = 1;       ///< between two catchings up
  moment base_ = 0;         ///< the last one
  moment scaled_for_ = -1;  ///< tick of the scales below
  scales<arriving> pre_now_;
  scales<firing> post_now_;
  std::vector<line> lines_;
  slow_traces<arriving> slow_lines_;                              ///< [lines], where there are any
  aligned_vector<history> cells_;                                 ///< [targets]
  slow_traces<firing> slow_cells_;                                ///< [targets], where there are any
  std::vector<std::vector<target_spike<Real, amounts>>> spikes_;  ///< [targets] since base_
  std::vector<Real> weights_;                                     ///< [synapses + padding]
};

}  // namespace spinule

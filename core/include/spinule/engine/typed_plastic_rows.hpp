// Plastic synapses of one rule: a row is brought up to date when a spike arrives on it.
#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include <spinule/engine/aligned.hpp>
#include <spinule/engine/plastic_rows.hpp>
#include <spinule/engine/row_pass.hpp>
#include <spinule/engine/rule_hooks.hpp>
#include <spinule/engine/weight_range.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule {

/// What the target's spikes do to a weight waits until the row is next passed over: memory is touched once per arrival,
/// row by row, never synapse by synapse in columns. (As Morrison et al., Neural Comput. 19 (2007), do it per synapse.)
template <class Rule, class Real>
class typed_plastic_rows final : public plastic_rows {
  using kernel = typename Rule::template kernel<Real>;
  static constexpr std::size_t arriving = pre_traces<Rule>, firing = post_traces<Rule>;
  static constexpr bool eligible = has_eligibility<Rule>, watches = watches_field<Rule>;
  static constexpr bool keeps_two = beside<Rule> != beside_weight::nothing;
  static constexpr bool amounts =
      watches ? watching_fires<Rule, Real> : has_post_amount<kernel, std::array<Real, firing>, modulation_of<Rule>>;
  static constexpr bool runs = watches && amounts && adds_amounts<kernel>;
  static constexpr int marks = runs ? 2 : amounts ? 1 : 0;
  using pass_type = row_pass<kernel, Real, marks, beside<Rule>, pairing_of<Rule>()>;
  using history = typename pass_type::history;
  using line = typename pass_type::line_type;
  static constexpr bool drifts = pass_type::drifts;
  static_assert(!drifts || (watches && !amounts),
                "weights drift from arrival to arrival: nothing else may change them");

 public:
  /// Weights stay within `allowed`.
  typed_plastic_rows(const Rule& rule, const weight_range& allowed, std::shared_ptr<const plastic_wiring> wiring,
                     milliseconds tick)
      : rule_{rule},
        kernel_{rule},
        pre_{as_traces(rule.pre())},
        post_{as_traces(rule.post())},
        allowed_{allowed},
        lowest_{static_cast<Real>(allowed.lowest)},
        highest_{static_cast<Real>(allowed.highest)},
        tick_{tick},
        unmodulated_{rule, tick},
        modulation_{unmodulated_},
        wiring_{std::move(wiring)} {
    if constexpr (eligible) tau_e_ = rule.eligibility();
    double shortest = pre_[0].tau.value();
    for (const auto& t : pre_) shortest = std::min(shortest, t.tau.value());
    for (const auto& t : post_) shortest = std::min(shortest, t.tau.value());
    if (eligible) shortest = std::min(shortest, tau_e_.value() / 20);  // K still tells late ticks apart
    if (const double longer = pre_[0].tau.in(tick); !eligible && longer > longest_tau)
      throw spinule_error{
          wiring_->where,
          fmt::format("the trace of arrivals decays over {:g} ticks, too slowly to tell ticks apart in this precision; "
                      "use a longer tick or precision::full",
                      longer)};
    period_ = std::max<moment>(1, static_cast<moment>(std::min(60 * shortest / tick.value(), longest_period)));
    lines_.resize(wiring_->lines());
    slow_lines_.resize(arriving > 1 ? wiring_->lines() : 0);
    touched_.resize(drifts ? wiring_->lines() : 0);
    const std::size_t cells = wiring_->after.size() * wiring_->targets;
    cells_.resize(cells);
    slow_cells_.resize(firing > 1 ? cells : 0);
    spikes_.resize(cells);
    reset();
  }
  std::unique_ptr<plastic_rows> clone() const override { return std::make_unique<typed_plastic_rows>(*this); }
  const plastic_wiring& wiring() const override { return *wiring_; }
  static constexpr rule_storage storage() {
    return {keeps_two ? 1 : 0, (sizeof(line) + (drifts ? sizeof(moment) : 0)) / sizeof(Real) + arriving - 1,
            sizeof(history) / sizeof(Real) + firing - 1};
  }
  std::uint64_t bytes() const override {
    return sizeof(Real) * (weights_.size() + beside_.size()) + 2 * wiring_->target.size() + wiring_->start.bytes() +
           (8 + sizeof(line)) * lines_.size() + sizeof(moment) * touched_.size() + sizeof(history) * cells_.size() +
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
    for (std::size_t s = 0; s < weights_.size(); ++s) weights_[s] = bounded(static_cast<Real>(w.start[s]));
    if constexpr (keeps_two) beside_.assign(weights_.size(), 0);
  }

  void begin(moment now, double factor) override {
    begun_ = now;
    const double moves = pass_tick(modulation_, factor);
    if constexpr (eligible) moved_ += moves * portable_exp(-static_cast<double>(now - 1 - base_) * tick_.in(tau_e_));
    if (now >= base_ + period_) catch_up(now);
  }

  void arrive(const arriving_lines& spikes, moment now, std::int32_t* sums) override {
    set_scales(now);
    delivery<Real> to{sums, static_cast<Real>(1 / wiring_->quantum)};
    const auto lines = spikes.lines;
    for (std::size_t k = 0; k < lines.size(); ++k) {
      if (k + 1 < lines.size()) fetch(lines[k + 1]);
      line& l = lines_[lines[k]];
      auto pass = pass_over(lines[k], true);
      pass.again = l.limit == time_;
      pass.amount = amount_of_pre(kernel_, own_traces(l.gain, slow_lines_, lines[k], pre_now_), modulation_);
      if (!spikes.amplitudes.empty()) to.amplitude = &spikes.amplitudes[k];
      go_over(lines[k], pass, to);
      if (!pass.again) l.before = l.gain;
      count(l.gain, slow_lines_, lines[k], pre_now_, pre_);
      l.limit = time_;
      if constexpr (drifts) touched_[lines[k]] = now;
      if constexpr (eligible) l.moved = pass.moved;
      if constexpr (pass_type::unpaired)
        l.fresh = pre_now_.growth[0] + (pass.again && pairing_of<Rule>() == pairing::presynaptic_centred ? l.fresh : 0);
    }
  }

  void fire(std::span<const index_t> targets, index_t first, moment now, std::size_t group) override {
    if constexpr (watches) return;
    set_scales(now);
    note_moment(now);
    for (const index_t t : targets) {
      const std::size_t i = group * wiring_->targets + (t - first);
      history& h = cells_[i];
      fire_with(i, amount_of_post(kernel_, own_traces(h.trace, slow_cells_, i, post_now_), modulation_));
      count(h.trace, slow_cells_, i, post_now_, post_);
    }
  }

  void watch(const watched& targets, moment now) override {
    if constexpr (watches) {
      level_.resize(cells_.size());
      if constexpr (amounts) {
        set_scales(now);
        amount_.resize(cells_.size());
        watcher_->step(targets, level_, amount_);
        for (std::size_t i = 0; i < cells_.size(); ++i)
          if (amount_[i] != 0) fire_with(i, amount_[i]);
        watched_ = time_;
      } else {
        watcher_->step(targets, level_);
      }
      for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i].trace = level_[i];
    }
  }

  void read(std::size_t l, std::vector<double>& weights) const override {
    const std::uint64_t begin = wiring_->offsets[l], n = wiring_->offsets[l + 1] - begin;
    const auto row_of = [&](const std::vector<Real>& all) {
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
      return std::vector<Real>(first, first + static_cast<std::ptrdiff_t>(n + plastic_wiring::padding));
    };
    auto row = row_of(weights_);
    auto pass = pass_over(l, false);
    if constexpr (keeps_two) {
      auto other = row_of(beside_);
      pass_row(pass, wiring_->target.data() + begin, {row.data(), other.data()}, n, delivery<Real>{});
    } else {
      pass_row(pass, wiring_->target.data() + begin, {row.data()}, n, delivery<Real>{});
    }
    // In double, so that what is read may be assigned: a bound may have been rounded to a number beyond it.
    for (std::size_t i = 0; i < n; ++i)
      weights.push_back(std::clamp<double>(bounded(row[i]), allowed_.lowest, allowed_.highest));
  }

  void assign(std::size_t l, std::span<const double> weights, moment now) override {
    if (base_ != now) catch_up(now);  // so that no earlier spike of a target is still due
    Real* to = weights_.data() + wiring_->offsets[l];
    for (const double w : weights) *to++ = bounded(static_cast<Real>(w));
  }

 private:
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

  Real bounded(Real w) const { return std::min(std::max(w, lowest_), highest_); }

  static spike_marks<Real, amounts ? 1 : 0> marks_of([[maybe_unused]] Real amount) {
    if constexpr (amounts)
      return {{amount}};
    else
      return {};
  }
  /// A target does something in this tick; in a run, if it did in the one before.
  void fire_with(std::size_t i, Real amount) {
    history& h = cells_[i];
    if constexpr (!runs)
      h.add(time_, marks_of(amount));
    else if (!spikes_[i].empty() && spikes_[i].back().at == watched_)
      h.extend(time_, amount);
    else
      h.add(time_, {{amount * time_, time_}});
    spikes_[i].push_back({time_, marks_of(amount)});
  }
  void note_moment(moment now) {
    if constexpr (eligible) {
      const auto t = static_cast<std::size_t>(now - base_);
      if (t >= moments_.size()) moments_.resize(t + 1);
      moments_[t] = {pre_now_.decay[0], static_cast<Real>(moved_), growth_e_};
    }
  }

  pass_type pass_over(std::size_t l, bool arrives) const {
    const std::size_t cells = wiring_->group_of(l) * wiring_->targets;
    const Real decay = watches ? Real{1} : post_now_.decay[0];
    pass_type pass{
        &kernel_, cells_.data() + cells, spikes_.data() + cells, moments_.data(), lowest_, highest_, lines_[l], decay,
        arrives};
    if constexpr (eligible) pass.moved = static_cast<Real>(moved_), pass.growth_e = growth_e_;
    if constexpr (drifts) pass.idle = static_cast<Real>(static_cast<double>(begun_ - touched_[l]) * tick_.value());
    return pass;
  }
  void go_over(std::size_t l, const pass_type& pass, const delivery<Real>& to) {
    const std::uint64_t begin = wiring_->offsets[l], n = wiring_->offsets[l + 1] - begin;
    if constexpr (keeps_two)
      pass_row(pass, wiring_->target.data() + begin, {weights_.data() + begin, beside_.data() + begin}, n, to);
    else
      pass_row(pass, wiring_->target.data() + begin, {weights_.data() + begin}, n, to);
  }

  void fetch(std::uint32_t l) const {
    const std::uint64_t begin = wiring_->offsets[l];
    for (std::size_t k = 0; k < 4; ++k) {
      __builtin_prefetch(wiring_->target.data() + begin + 32 * k);
      __builtin_prefetch(weights_.data() + begin + 64 / sizeof(Real) * k, 1);
      if constexpr (keeps_two) __builtin_prefetch(beside_.data() + begin + 64 / sizeof(Real) * k, 1);
    }
  }

  void set_scales(moment now) {
    if (now == scaled_for_) return;
    scaled_for_ = now;
    pre_now_ = {pre_, static_cast<double>(now - base_), tick_};
    post_now_ = {post_, static_cast<double>(now - base_), tick_};
    time_ = eligible ? static_cast<Real>(base_ - now) : pre_now_.decay[0];
    if constexpr (eligible)
      growth_e_ = static_cast<Real>(1 / portable_exp(-static_cast<double>(now - base_) * tick_.in(tau_e_)));
  }

  /// Brings every row up to date and begins to count time anew, before the numbers that stand for times run out of
  /// range.
  void catch_up(moment now) {
    for (std::size_t l = 0; l < lines_.size(); ++l) go_over(l, pass_over(l, false), {});
    std::fill(touched_.begin(), touched_.end(), begun_);
    const double passed = static_cast<double>(now - base_);
    const scales<arriving> pre{pre_, passed, tick_};
    const scales<firing> post{post_, passed, tick_};
    for (line& l : lines_) {
      const Real left = l.gain * pre.decay[0];
      l = {};
      l.gain = l.before = left;
    }
    if constexpr (keeps_two) {
      const auto left = static_cast<Real>(eligible ? portable_exp(-passed * tick_.in(tau_e_)) : pre.decay[0]);
      for (Real& x : beside_) x *= left;
      moved_ = 0;
    }
    for (auto& h : cells_) {
      const Real left = watches ? h.trace : h.trace * post.decay[0];
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
    std::fill(beside_.begin(), beside_.end(), Real{0});
    if constexpr (watches) watcher_.emplace(rule_, tick_, wiring_->targets);
    modulation_ = unmodulated_;
    moved_ = 0;
    begun_ = -1;
    std::fill(touched_.begin(), touched_.end(), begun_);
    base_ = 0;
    scaled_for_ = -1;
  }

  /// In ticks: times are told apart by what a trace loses in a tick.
  static constexpr double longest_tau = 0.25 / std::numeric_limits<Real>::epsilon();
  /// In ticks: what `moments_` remembers fits a second-level cache.
  static constexpr double longest_period = eligible ? 16384 : 1e18;

  Rule rule_;
  kernel kernel_;
  std::array<spike_trace, arriving> pre_;
  std::array<spike_trace, firing> post_;
  weight_range allowed_;
  Real lowest_, highest_;  ///< these in the precision of the weights
  milliseconds tick_;
  milliseconds tau_e_{1};
  modulation_of<Rule> unmodulated_, modulation_;
  double moved_ = 0;   ///< K since `base_`, see `line_trace`
  Real growth_e_ = 1;  ///< exp((t - base) / tau_e)
  std::shared_ptr<const plastic_wiring> wiring_;
  moment period_ = 1;       ///< between two catchings up
  moment base_ = 0;         ///< the last one
  moment begun_ = -1;       ///< the last tick that began
  moment scaled_for_ = -1;  ///< tick of the scales below
  scales<arriving> pre_now_;
  scales<firing> post_now_;
  Real time_ = 1;                                   ///< of that tick, as the histories of targets tell it
  Real watched_ = 1;                                ///< of the last tick in which the rule followed its field
  std::vector<moment_of_factor<Real>> moments_{1};  ///< [ticks since base_], of those in which targets fired
  std::vector<line> lines_;
  slow_traces<arriving> slow_lines_;                            ///< [lines], where there are any
  std::vector<moment> touched_;                                 ///< [lines] the last pass, where weights drift
  aligned_vector<history> cells_;                               ///< [groups][targets]
  slow_traces<firing> slow_cells_;                              ///< [groups][targets], where there are any
  std::vector<std::vector<typename pass_type::spike>> spikes_;  ///< [groups][targets] since base_
  std::vector<Real> weights_;                                   ///< [synapses + padding]
  std::vector<Real> beside_;                                    ///< [synapses + padding], where the rule has it
  std::optional<watcher_of<Rule, Real>> watcher_;
  std::vector<Real> level_, amount_;  ///< [targets] of this tick, where the rule watches them
};

}  // namespace spinule

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
#include <spinule/engine/spike_trace.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule {

/// What the target's spikes do to a weight waits until the row is next passed over: memory is touched once per arrival,
/// row by row, never synapse by synapse in columns. (As Morrison et al., Neural Comput. 19 (2007), do it per synapse.)
template <class Rule, class Real>
class typed_plastic_rows final : public plastic_rows {
  using kernel = typename Rule::template kernel<Real>;

 public:
  typed_plastic_rows(const Rule& rule, std::shared_ptr<const plastic_wiring> wiring, milliseconds tick)
      : kernel_{rule},
        pre_{rule.pre()},
        post_{rule.post()},
        lowest_{static_cast<Real>(rule.lowest().value())},
        highest_{static_cast<Real>(rule.highest().value())},
        tick_{tick},
        wiring_{std::move(wiring)} {
    const double shorter = std::min(pre_.tau.value(), post_.tau.value());
    if (const double longer = pre_.tau.in(tick); longer > longest_tau)
      throw spinule_error{
          wiring_->where,
          fmt::format("the trace of arrivals decays over {:g} ticks, too slowly to tell ticks apart in this precision; "
                      "use a longer tick or precision::full",
                      longer)};
    period_ = std::max<moment>(1, static_cast<moment>(60 * shorter / tick.value()));
    lines_.resize(wiring_->lines());
    cells_.resize(wiring_->targets);
    spikes_.resize(wiring_->targets);
    reset();
  }
  std::unique_ptr<plastic_rows> clone() const override { return std::make_unique<typed_plastic_rows>(*this); }
  const plastic_wiring& wiring() const override { return *wiring_; }
  std::uint64_t bytes() const override {
    return sizeof(Real) * weights_.size() + 2 * wiring_->target.size() + wiring_->start.bytes() +
           (8 + sizeof(line)) * lines_.size() + sizeof(post_history<Real>) * cells_.size();
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
      pass_row(pass_over(l, true), wiring_->target.data() + begin, weights_.data() + begin, n, scale, sums);
      if (l.limit != pre_decay_) l.before = l.gain;  // else the line has had a spike in this tick
      l.gain = pre_.nearest ? pre_growth_ : l.gain + pre_growth_;
      l.limit = pre_decay_;
    }
  }

  void fire(std::span<const index_t> targets, index_t first, moment now) override {
    set_scales(now);
    for (const index_t t : targets) {
      post_history<Real>& h = cells_[t - first];
      for (int s = post_history<Real>::slots - 1; s > 0; --s) h.at[s] = h.at[s - 1];
      h.at[0] = pre_decay_;
      h.trace = post_.nearest ? post_growth_ : h.trace + post_growth_;
      spikes_[t - first].push_back(pre_decay_);
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

  row_pass<kernel, Real> pass_over(const line& l, bool arrives) const {
    return {&kernel_, cells_.data(), spikes_.data(), lowest_, highest_, l, post_decay_, arrives};
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
    const double ticks_since = static_cast<double>(now - base_);
    const double pre = portable_exp(-ticks_since * tick_.in(pre_.tau)),
                 post = portable_exp(-ticks_since * tick_.in(post_.tau));
    pre_decay_ = static_cast<Real>(pre);
    pre_growth_ = static_cast<Real>(1 / pre);
    post_decay_ = static_cast<Real>(post);
    post_growth_ = static_cast<Real>(1 / post);
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
    const Real pre = static_cast<Real>(portable_exp(-passed * tick_.in(pre_.tau)));
    const Real post = static_cast<Real>(portable_exp(-passed * tick_.in(post_.tau)));
    for (line& l : lines_) l = {l.gain * pre, l.gain * pre, 1};
    for (auto& h : cells_) {
      const Real left = h.trace * post;
      h = {};
      h.trace = left;
    }
    for (auto& s : spikes_) s.clear();
    base_ = now;
    scaled_for_ = -1;
  }

  void forget() {
    std::fill(lines_.begin(), lines_.end(), line{});
    std::fill(cells_.begin(), cells_.end(), post_history<Real>{});
    for (auto& s : spikes_) s.clear();
    base_ = 0;
    scaled_for_ = -1;
  }

  /// In ticks: times are told apart by what a trace loses in a tick.
  static constexpr double longest_tau = 0.25 / std::numeric_limits<Real>::epsilon();

  kernel kernel_;
  spike_trace pre_, post_;
  Real lowest_, highest_;
  milliseconds tick_;
  std::shared_ptr<const plastic_wiring> wiring_;
  moment period_ = 1;       ///< between two catchings up
  moment base_ = 0;         ///< the last one
  moment scaled_for_ = -1;  ///< tick of the four numbers below
  Real pre_decay_ = 1, pre_growth_ = 1, post_decay_ = 1, post_growth_ = 1;
  std::vector<line> lines_;
  aligned_vector<post_history<Real>> cells_;  ///< [targets]
  std::vector<std::vector<Real>> spikes_;     ///< [targets] since base_
  std::vector<Real> weights_;                 ///< [synapses + padding]
};

}  // namespace spinule

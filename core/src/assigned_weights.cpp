#include <spinule/engine/assigned_weights.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace spinule {
namespace {

struct weight_bounds : weight_range {
  /// In quanta; what is assigned is rounded once, from double, so that every back end delivers the same.
  std::int32_t code(double weight, double quantum) const {
    return static_cast<std::int32_t>(std::llround(std::clamp(weight, lowest, highest) / quantum));
  }
};

class assigned_rows final : public plastic_rows {
 public:
  assigned_rows(const weight_bounds& bounds, std::shared_ptr<const plastic_wiring> wiring)
      : bounds_{bounds}, wiring_{std::move(wiring)} {
    reset();
  }
  std::unique_ptr<plastic_rows> clone() const override { return std::make_unique<assigned_rows>(*this); }
  const plastic_wiring& wiring() const override { return *wiring_; }
  std::uint64_t bytes() const override {
    return 2 * wiring_->target.size() + wiring_->start.bytes() + 4 * code_.size() + 8 * wiring_->offsets.size();
  }
  void rest(moment) override {}
  void begin(moment, double) override {}
  void fire(std::span<const index_t>, index_t, moment, std::size_t) override {}
  void reset() override {
    const plastic_wiring& w = *wiring_;
    code_.resize(w.offsets.back());
    for (std::size_t s = 0; s < code_.size(); ++s) code_[s] = bounds_.code(w.start[s], w.quantum);
  }
  void arrive(const arriving_lines& arriving, moment, std::int32_t* sums) override {
    for (const auto l : arriving.lines)
      for (auto s = wiring_->offsets[l]; s < wiring_->offsets[l + 1]; ++s) sums[wiring_->target[s]] += code_[s];
  }
  void read(std::size_t line, std::vector<double>& weights) const override {
    for (auto s = wiring_->offsets[line]; s < wiring_->offsets[line + 1]; ++s)
      weights.push_back(code_[s] * wiring_->quantum);
  }
  void assign(std::size_t line, std::span<const double> weights, moment) override {
    std::int32_t* to = code_.data() + wiring_->offsets[line];
    for (const double w : weights) *to++ = bounds_.code(w, wiring_->quantum);
  }

 private:
  weight_bounds bounds_;
  std::shared_ptr<const plastic_wiring> wiring_;
  std::vector<std::int32_t> code_;  ///< [synapses]
};

class assigned_synapses final : public plain_synapses {
 public:
  assigned_synapses(const weight_bounds& bounds, const connectivity& c) : bounds_{bounds}, wiring_{&c} { reset(); }
  std::unique_ptr<plain_synapses> clone() const override { return std::make_unique<assigned_synapses>(*this); }
  void rest() override {}
  void arrive(std::size_t, moment) override {}
  void fire(index_t, std::size_t, moment) override {}
  void reset() override {
    weights_.resize(wiring_->synapses());
    const auto& start = wiring_->start;
    for (std::uint64_t s = 0; s < weights_.size(); ++s) weights_[s] = used(start.size() == 1 ? start[0] : start[s]);
  }
  std::span<const double> weights() const override { return weights_; }
  void assign(std::uint64_t first, std::span<const double> weights) override {
    for (const double w : weights) weights_[first++] = used(w);
  }

 private:
  double used(double weight) const { return bounds_.code(weight, wiring_->quantum) * wiring_->quantum; }

  weight_bounds bounds_;
  const connectivity* wiring_;
  std::vector<double> weights_;  ///< [synapses] whole quanta
};

class assignable final : public any_rule {
 public:
  explicit assignable(const weight_bounds& bounds) : bounds_{bounds} {}
  bool learns() const override { return false; }
  void check(const std::string&) const override {}
  weight_range bounds() const override { return bounds_; }
  std::shared_ptr<const any_rule> within(const weight_range& allowed) const override {
    return assigned_weights(allowed.lowest, allowed.highest);
  }
  std::unique_ptr<plastic_rows> rows(precision, std::shared_ptr<const plastic_wiring> wiring,
                                     milliseconds) const override {
    return std::make_unique<assigned_rows>(bounds_, std::move(wiring));
  }
  std::unique_ptr<plain_synapses> plain(const connectivity& c, milliseconds) const override {
    return std::make_unique<assigned_synapses>(bounds_, c);
  }

 private:
  weight_bounds bounds_;
};

}  // namespace

std::shared_ptr<const any_rule> assigned_weights(double lowest, double highest) {
  return std::make_shared<assignable>(weight_bounds{{lowest, highest}});
}

}  // namespace spinule

#include "graded_rows.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <spinule/engine/amplitude.hpp>

#include "wire_plastic.hpp"

namespace spinule {
namespace {

using codes = std::vector<std::int32_t>;

class graded_rows final : public stateful_rows {
 public:
  /// `whole`: a line reaches every target once, in order, or none.
  graded_rows(const section& where, std::shared_ptr<plastic_wiring> wiring, const projection_summary& s, bool whole)
      : stateful_rows{where}, whole_{whole}, quantum_{s.quantum} {
    auto start = std::make_shared<codes>(wiring->offsets.back());
    for (std::size_t i = 0; i < start->size(); ++i) (*start)[i] = s.code(wiring->start[i]);
    wiring->start = start_weights{};  // the codes say as much
    wiring_ = std::move(wiring);
    start_ = codes_ = std::move(start);
    starts_equal_ = equal_ = std::adjacent_find(codes_->begin(), codes_->end(), std::not_equal_to<>{}) == codes_->end();
  }
  std::unique_ptr<stateful_rows> clone() const override { return std::make_unique<graded_rows>(*this); }
  void reset() override {
    codes_ = start_;
    equal_ = starts_equal_;
  }
  void begin_episode(moment) override {}

  void deliver(line_list arriving, moment, inbox to) override {
    for (std::size_t k = 0; k < arriving.size(); ++k) {
      const auto begin = wiring_->offsets[arriving.lines[k]], end = wiring_->offsets[arriving.lines[k] + 1];
      if (whole_)
        add_whole(begin, end, arriving.amplitudes[k], to);
      else
        add(begin, end, arriving.amplitudes[k], to);
      if (to.marks)
        to.marks->set_all(end - begin, [&](std::size_t i) { return where().at + wiring_->target[begin + i]; });
    }
  }

  void read(std::size_t line, std::vector<double>& weights) const override {
    for (auto s = wiring_->offsets[line]; s < wiring_->offsets[line + 1]; ++s)
      weights.push_back((*codes_)[s] * quantum_);
  }
  std::size_t size(std::size_t line) const override { return wiring_->offsets[line + 1] - wiring_->offsets[line]; }
  void assign(std::size_t line, std::span<const double> weights, moment) override {
    equal_ = false;
    if (codes_ == start_ || codes_.use_count() > 1) codes_ = std::make_shared<codes>(*codes_);
    std::int32_t* to = codes_->data() + wiring_->offsets[line];
    for (const double w : weights) *to++ = static_cast<std::int32_t>(std::llround(w / quantum_));
  }
  std::uint64_t bytes() const override {
    const std::uint64_t versions = codes_ == start_ ? 1 : 2;
    return 2 * wiring_->target.size() + 4 * versions * codes_->size() + 8 * wiring_->offsets.size();
  }

 private:
  void add(std::uint64_t begin, std::uint64_t end, float amplitude, inbox to) const {
    std::int32_t* sums = to.sums + where().at;
    const std::int32_t* code = codes_->data();
    const std::uint16_t* target = wiring_->target.data();
    if (equal_ && begin < end) {
      const std::int32_t each = times_amplitude(code[begin], amplitude);
      for (auto s = begin; s < end; ++s) sums[target[s]] += each;
      return;
    }
    for (auto s = begin; s < end; ++s) sums[target[s]] += times_amplitude(code[s], amplitude);
  }
  void add_whole(std::uint64_t begin, std::uint64_t end, float amplitude, inbox to) const {
    std::int32_t* __restrict sums = to.sums + where().at;
    const std::int32_t* code = codes_->data() + begin;
    for (std::uint64_t i = 0; i < end - begin; ++i) sums[i] += times_amplitude(code[i], amplitude);
  }

  std::shared_ptr<const plastic_wiring> wiring_;
  bool whole_;
  bool equal_ = false, starts_equal_ = false;  ///< all weights
  double quantum_;
  std::shared_ptr<codes> start_, codes_;  ///< [synapses] the same object until weights are assigned
};

}  // namespace

std::vector<std::unique_ptr<stateful_rows>> wire_graded(const lowered_network& net, const bundle_plan& m,
                                                        std::span<const stateful_rows::section> sections, int threads) {
  const projection_summary& summary = net.summaries[m.projections.front()];
  auto wirings = draw_wiring(net, m, sections, threads, precision::full);
  std::vector<std::unique_ptr<stateful_rows>> all;
  for (std::size_t k = 0; k < sections.size(); ++k)
    all.push_back(std::make_unique<graded_rows>(sections[k], std::move(wirings[k]), summary, summary.dense));
  return all;
}

}  // namespace spinule

// The synapses of a bundle, one source after the other.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include <spinule/engine/lowering.hpp>

#include "bundles.hpp"

namespace spinule {

/// The synapses of one source: delays of the bundle and codes, one per target or one for all; for those that may
/// change weights as they were given instead of codes.
struct coded_row {
  std::span<const index_t> targets;
  std::span<const std::uint32_t> delays;
  std::span<const std::int32_t> codes;
  std::span<const double> weights = {};

  std::uint32_t delay(std::size_t i) const { return delays[delays.size() > 1 ? i : 0]; }
  double weight(std::size_t i) const { return weights[weights.size() > 1 ? i : 0]; }
};

/// The synapses of one source after the other, whichever way their projection draws them.
class source_rows {
 public:
  source_rows(const lowered_network& net, const bundle_plan& m)
      : delays_{&m.b.delays}, change_{m.held == bundle_plan::form::plastic || m.held == bundle_plan::form::graded} {
    const ticks longest = m.b.delays.back();
    if (longest < 65536) numbers_.resize(static_cast<std::size_t>(longest) + 1);
    if (!numbers_.empty())
      for (std::uint32_t k = 0; k < m.b.delays.size(); ++k) numbers_[static_cast<std::size_t>(m.b.delays[k])] = k;
    for (const index_t j : m.projections) {
      all_.push_back({&net.summaries[j], row_drawer{net, j}, nullptr});
      if (!all_.back().drawer.by_source()) all_.back().drawn = std::make_shared<const connectivity>(net.draw(j));
    }
  }

  /// Of the k-th projection of the bundle; valid until the next call.
  coded_row row(std::size_t k, index_t source) {
    row_delays_.clear();
    row_codes_.clear();
    row_weights_ = {};
    const std::span<const index_t> targets =
        all_[k].drawn ? take(*all_[k].drawn, source) : take(all_[k].drawer.row(source), *all_[k].summary);
    return {targets, row_delays_, row_codes_, row_weights_};
  }

 private:
  struct from {
    const projection_summary* summary;
    row_drawer drawer;
    std::shared_ptr<const connectivity> drawn;
  };
  std::uint32_t number_of(ticks delay) const {
    if (!numbers_.empty()) return numbers_[static_cast<std::size_t>(delay)];
    return static_cast<std::uint32_t>(std::lower_bound(delays_->begin(), delays_->end(), delay) - delays_->begin());
  }

  std::span<const index_t> take(const connectivity& c, index_t source) {
    const std::uint64_t first = c.offsets[c.line(source, 0)], end = c.offsets[c.line(source + 1, 0)];
    for (std::size_t k = 0; k < c.delays.size(); ++k) {
      const std::size_t line = c.line(source, k);
      row_delays_.insert(row_delays_.end(), c.offsets[line + 1] - c.offsets[line], number_of(c.delays[k]));
    }
    if (change_)
      row_weights_ = std::span{c.start}.subspan(c.start.size() > 1 ? first : 0, c.start.size() > 1 ? end - first : 1);
    else
      for (std::uint64_t s = first; s < end; ++s) row_codes_.push_back(c.weight(s));
    return {c.target.data() + first, end - first};
  }

  std::span<const index_t> take(const drawn_row& row, const projection_summary& summary) {
    if (row.partners.empty()) return {};
    row_delays_.resize(row.delays.size());
    for (std::size_t i = 0; i < row_delays_.size(); ++i) row_delays_[i] = number_of(row.delays[i]);
    row_weights_ = row.weights;
    if (!change_) row_codes_.resize(row.weights.size());
    for (std::size_t i = 0; i < row_codes_.size(); ++i) row_codes_[i] = summary.code(row.weights[i]);
    return row.partners;
  }

  const std::vector<ticks>* delays_;
  bool change_;
  std::vector<std::uint32_t> numbers_;  ///< [ticks] of the delays, unless they are very long
  std::vector<from> all_;
  std::vector<std::uint32_t> row_delays_;
  std::vector<std::int32_t> row_codes_;
  std::span<const double> row_weights_;
};

}  // namespace spinule

// The synapses of a bundle, one source after the other.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include <spinule/lowering.hpp>

#include "bundles.hpp"

namespace spinule {

/// The synapses of one source after the other, whichever way their projection draws them.
class source_rows {
 public:
  source_rows(const lowered_network& net, const membership& m) : delays_{&m.b.delays} {
    const ticks longest = m.b.delays.back();
    if (longest < 65536) numbers_.resize(static_cast<std::size_t>(longest) + 1);
    if (!numbers_.empty())
      for (std::uint32_t k = 0; k < m.b.delays.size(); ++k) numbers_[static_cast<std::size_t>(m.b.delays[k])] = k;
    for (const index j : m.projections) {
      all_.push_back({&net.summaries[j], row_drawer{net, j}, nullptr});
      if (!all_.back().drawer.by_source()) all_.back().drawn = std::make_shared<const connectivity>(net.draw(j));
    }
  }

  /// f(target, delay of the bundle, code) for all synapses of one source in the k-th projection of the bundle.
  template <class F>
  void each(std::size_t k, index source, F&& f) {
    if (all_[k].drawn)
      each_drawn(all_[k], source, f);
    else
      each_row(all_[k], all_[k].drawer.row(source), f);
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
  template <class F>
  void each_drawn(const from& p, index source, F&& f) const {
    const connectivity& c = *p.drawn;
    for (std::size_t k = 0; k < c.delays.size(); ++k) {
      const std::uint32_t delay = number_of(c.delays[k]);
      for (auto s = c.offsets[c.line(source, k)]; s < c.offsets[c.line(source, k) + 1]; ++s)
        f(c.target[s], delay, c.weight(s));
    }
  }
  template <class F>
  void each_row(const from& p, const drawn_row& row, F&& f) const {
    if (row.partners.empty()) return;
    std::uint32_t delay = number_of(row.delays[0]);
    std::int32_t code = p.summary->code(row.weights[0]);
    for (std::size_t i = 0; i < row.partners.size(); ++i) {
      if (row.delays.size() > 1) delay = number_of(row.delays[i]);
      if (row.weights.size() > 1) code = p.summary->code(row.weights[i]);
      f(row.partners[i], delay, code);
    }
  }

  const std::vector<ticks>* delays_;
  std::vector<std::uint32_t> numbers_;  ///< [ticks] of the delays, unless they are very long
  std::vector<from> all_;
};

}  // namespace spinule

#include "procedural_rows.hpp"

#include <algorithm>
#include <bit>

#include <spinule/engine/aligned.hpp>

namespace spinule {
namespace {

class procedural_rows final : public stateful_rows {
 public:
  procedural_rows(const lowered_network& net, const bundle_plan& m, const section& where)
      : stateful_rows{where},
        summary_{&net.summaries[m.projections.front()]},
        drawer_{net, m.projections.front()},
        first_delay_{m.b.delays.front()} {
    if (m.b.delays.size() > 1)
      ring_ticks_ = std::bit_ceil(static_cast<std::size_t>(m.b.delays.back() - first_delay_) + 1);
    ring_.assign(ring_ticks_ * where.count, 0);
  }
  std::unique_ptr<stateful_rows> clone() const override { return std::make_unique<procedural_rows>(*this); }
  void reset() override { std::fill(ring_.begin(), ring_.end(), 0); }
  void begin_episode(moment) override { reset(); }
  std::uint64_t bytes() const override { return sizeof(std::int32_t) * ring_.size(); }

  void deliver(line_list sources, moment now, inbox to) override {
    for (const index_t source : sources) send(drawer_.row(source), now, to);
    if (ring_ticks_ > 0) collect(due_in(now), to);
  }

 private:
  std::int32_t* due_in(moment when) {
    return ring_.data() + (static_cast<std::size_t>(when) & (ring_ticks_ - 1)) * where().count;
  }

  void send(const drawn_row& row, moment now, inbox to) {
    for (std::size_t i = 0; i < row.partners.size(); ++i) {
      const index_t target = row.partners[i] - where().first;
      if (target >= where().count) continue;
      const std::int32_t code = summary_->code(row.weight(i));
      if (ring_ticks_ > 0) {
        due_in(now + row.delay(i) - first_delay_)[target] += code;
      } else {
        to.sums[where().at + target] += code;
        if (to.marks) to.marks->set(where().at + target);
      }
    }
  }

  void collect(std::int32_t* due, inbox to) {
    for (index_t i = 0; i < where().count; ++i) to.sums[where().at + i] += due[i];
    for (index_t i = 0; to.marks && i < where().count; ++i)
      if (due[i] != 0) to.marks->set(where().at + i);
    std::fill_n(due, where().count, 0);
  }

  const projection_summary* summary_;
  row_drawer drawer_;
  ticks first_delay_;
  std::size_t ring_ticks_ = 0;         ///< a power of two; 0 where all delays are equal
  aligned_vector<std::int32_t> ring_;  ///< [ticks][targets of the slice]
};

}  // namespace

std::unique_ptr<stateful_rows> make_procedural(const lowered_network& net, const bundle_plan& m,
                                               const stateful_rows::section& where) {
  return std::make_unique<procedural_rows>(net, m, where);
}

}  // namespace spinule

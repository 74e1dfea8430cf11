#include <spinule/engine/drawing.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>

#include "delay_table.hpp"

namespace spinule {
namespace {

std::uint64_t row_key(index_t projection, index_t row) { return (std::uint64_t{projection} << 32) | row; }

}  // namespace

endpoints ends_of(const lowered_network& net, const projection_description& p) {
  const auto& from = net.populations[p.source];
  const auto& to = net.populations[p.target];
  return {from.size, to.size, p.source == p.target, from.positions, to.positions};
}

row_drawer::row_drawer(const lowered_network& net, index_t projection)
    : p_{net.descriptions[projection]},
      list_{net.lists[projection]},
      sizes_{net.row_sizes[projection]},
      ends_{ends_of(net, p_)},
      seed_{net.seed},
      id_{projection},
      tick_{net.tick},
      gain_{net.populations[p_.source].model->gain()},
      by_source_{list_ || p_.rule->by_source()},
      where_{"projection \"" + p_.name + "\""},
      table_{list_ ? nullptr : delay_table::of(p_.delay, tick_)} {}

drawn_row row_drawer::row(index_t i) {
  if (list_) {
    const std::uint64_t begin = list_->offsets[i], n = list_->offsets[i + std::size_t{1}] - begin;
    if (without_weights_) {
      draw_weights(i);
      return {{list_->target.data() + begin, n}, weights_, {list_->delay.data() + begin, n}};
    }
    weights_.assign(list_->weight.begin() + static_cast<std::ptrdiff_t>(begin),
                    list_->weight.begin() + static_cast<std::ptrdiff_t>(begin + n));
    for (double& w : weights_) w *= gain_;
    return {{list_->target.data() + begin, n}, weights_, {list_->delay.data() + begin, n}};
  }
  partners_.clear();
  random_stream wires{seed_, purpose::wiring, row_key(id_, i)};
  p_.rule->row(i, ends_, sizes_.empty() ? 0 : sizes_[i], wires, partners_);
  const index_t others = by_source_ ? ends_.targets : ends_.sources;
  bool inside = true;
  for (const index_t other : partners_) inside &= other < others;
  if (!inside)
    throw error{where_, fmt::format("the wiring rule gives {} {} a partner that does not exist; there are {}",
                                    by_source_ ? "source" : "target", i, others)};
  draw_delays(i);
  draw_weights(i);
  return {partners_, weights_, delays_};
}

std::span<const ticks> row_drawer::possible_delays() const {
  const bool known = table_ && table_->refused_span() == 0;
  return known ? table_->delays() : std::span<const ticks>{};
}

void row_drawer::draw_delays(index_t i) {
  if (without_delays_) {
    delays_.assign(1, table_->delays().front());
    return;
  }
  random_stream random{seed_, purpose::delay, row_key(id_, i)};
  if (table_) {
    delays_.resize(partners_.size());
    table_->draw(random, delays_);
    if (std::find(delays_.begin(), delays_.end(), delay_table::refused) != delays_.end())
      whole_ticks(milliseconds{table_->refused_span()}, tick_, where_);
    return;
  }
  milliseconds_.resize(p_.delay.is_constant() ? 1 : partners_.size());
  delays_.resize(milliseconds_.size());
  p_.delay.draw(random, milliseconds_);
  const double tick = tick_.value();
  bool good = true;
  for (std::size_t k = 0; k < delays_.size(); ++k) {
    const double span = milliseconds_[k] > 0 ? milliseconds_[k] : 0;
    const double exact = span / tick;
    good &= ((exact == 0) | (exact >= 0.5)) & (exact < 0x7fffffff);
    delays_[k] = static_cast<ticks>((exact < 0x7ffffffe ? exact : 0) + 0.5);
  }
  if (good) return;
  for (const double d : milliseconds_) whole_ticks(milliseconds{std::fmax(d, 0)}, tick_, where_);
}

double row_drawer::greatest_weight() const {
  double largest = list_ ? 0 : p_.weight.greatest_magnitude();
  if (list_)
    for (const double w : list_->weight) largest = std::max(largest, std::fabs(w));
  if (p_.plasticity) {
    const auto [lowest, highest] = p_.plasticity->bounds();
    largest = std::max({largest, std::fabs(lowest), std::fabs(highest)});
  }
  return std::fabs(gain_) * largest;
}

void row_drawer::draw_weights(index_t i) {
  if (without_weights_) {
    weights_.assign(1, greatest_weight());
    return;
  }
  random_stream random{seed_, purpose::weight, row_key(id_, i)};
  weights_.resize(p_.weight.is_constant() ? 1 : partners_.size());
  p_.weight.draw(random, weights_);
  for (double& w : weights_) w *= gain_;
}

}  // namespace spinule

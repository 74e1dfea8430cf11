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
  return endpoints_of(from, to, p.port, p.source == p.target);
}

row_drawer::row_drawer(const lowered_network& net, index_t projection)
    : p_{net.descriptions[projection]},
      list_{p_.list},
      list_delays_{net.list_delays[projection]},
      sizes_{net.row_sizes[projection]},
      ends_{ends_of(net, p_)},
      seed_{net.seed},
      id_{p_.part.drawn_as.value_or(projection)},
      tick_{net.tick},
      gain_{net.populations[p_.source].model->gain()},
      by_source_{list_ || p_.rule->by_source()},
      where_{"projection \"" + p_.name + "\""},
      table_{list_ ? nullptr : delay_table::of(p_.delay, tick_)} {
  if (!list_) check_delays();
}

/// Refuses a law for what it can give, so that no seed decides whether a network runs.
void row_drawer::check_delays() {
  const law& l = p_.delay;
  if (l.is_constant()) {
    delays_.assign(1, whole_ticks(milliseconds{l.low == l.high ? l.low : l.a}, tick_, where_));
    return;
  }
  const auto [least, greatest] = table_ ? table_->range() : l.range();
  if (greatest > 0 && least < tick_.value() * (0.5 - 1e-6))
    throw spinule_error{where_,
                        fmt::format("delays between 0 and half a tick of {0} ms can be drawn (from {1:.4g} ms); bound "
                                    "the law, as in clipped{{law, {0}_ms, longest}}",
                                    tick_.value(), std::fmax(least, 0))};
}

drawn_row row_drawer::listed_row(index_t i) {
  const std::uint64_t begin = list_->offsets[i], n = list_->offsets[i + std::size_t{1}] - begin;
  if (n == 0) return {};
  const auto row = [&]<class T>(std::span<const T> all) { return all.size() == 1 ? all : all.subspan(begin, n); };
  std::span<const double> weights = row(std::span{list_->weight});
  if (without_weights_) {
    draw_weights(i);
    weights = weights_;
  } else if (gain_ != 1) {
    weights_.assign(weights.begin(), weights.end());
    for (double& w : weights_) w *= gain_;
    weights = weights_;
  }
  return {{list_->target.data() + begin, n}, weights, row(list_delays_)};
}

drawn_row row_drawer::row(index_t i) {
  if (list_) return listed_row(i);
  partners_.clear();
  random_stream wires{seed_, purpose::wiring, row_key(id_, i)};
  p_.rule->row(i, ends_, sizes_.empty() ? 0 : sizes_[i], wires, partners_);
  const index_t others = by_source_ ? ends_.targets : ends_.sources;
  bool inside = true;
  for (const index_t other : partners_) inside &= other < others;
  if (!inside)
    throw spinule_error{where_, fmt::format("the wiring rule gives {} {} a partner that does not exist; there are {}",
                                            by_source_ ? "source" : "target", i, others)};
  draw_delays(i);
  draw_weights(i);
  return p_.part.sign == 0 ? drawn_row{partners_, weights_, delays_} : of_sign({partners_, weights_, delays_});
}

drawn_row row_drawer::of_sign(const drawn_row& row) {
  const bool each_weight = row.weights.size() > 1, each_delay = row.delays.size() > 1;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < row.partners.size(); ++i) {
    if (!p_.part.takes(row.weight(i))) continue;
    partners_[kept] = row.partners[i];
    if (each_weight) weights_[kept] = row.weight(i);
    if (each_delay) delays_[kept] = row.delay(i);
    ++kept;
  }
  partners_.resize(kept);
  if (each_weight) weights_.resize(kept);
  if (each_delay) delays_.resize(kept);
  for (double& w : weights_) w = p_.part.used(w);
  return {partners_, weights_, delays_};
}

std::span<const ticks> row_drawer::possible_delays() const {
  return table_ ? table_->delays() : std::span<const ticks>{};
}

void row_drawer::draw_delays(index_t i) {
  if (p_.delay.is_constant()) return;
  if (without_delays_) {
    delays_.assign(1, table_->delays().front());
    return;
  }
  random_stream random{seed_, purpose::delay, row_key(id_, i)};
  delays_.resize(partners_.size());
  if (table_) return table_->draw(random, delays_);
  milliseconds_.resize(partners_.size());
  p_.delay.draw(random, milliseconds_);
  const double tick = tick_.value();
  for (std::size_t k = 0; k < delays_.size(); ++k) delays_[k] = drawn_ticks(milliseconds_[k], tick);
}

double row_drawer::greatest_weight() const {
  double largest = list_ ? list_->largest : p_.weight.greatest_magnitude();
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

#include "weight_checks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>

#include <spinule/engine/assigned_weights.hpp>
#include <spinule/error.hpp>

namespace spinule {

void check_weights(const described_number& port, double lowest, double highest, const std::string& where) {
  for (const double x : {lowest, highest})
    if (!port.allowed.holds(x))
      throw spinule_error{where + " weight",
                          fmt::format("can be {} where port \"{}\" takes it: {}; `clipped` keeps a law within bounds",
                                      to_text(x, port.unit), port.name, demand(port.allowed, port.unit))};
}

namespace {

std::string in_words(const weight_range& r) {
  if (std::isinf(r.lowest)) return fmt::format("up to {}", r.highest);
  return std::isinf(r.highest) ? fmt::format("of {} or more", r.lowest)
                               : fmt::format("between {} and {}", r.lowest, r.highest);
}

}  // namespace

weight_range signs_allowed(weight_sign of_source, const described_number& port, const sign_filter& part) {
  if (of_source == weight_sign::excitatory) return {.lowest = 0};
  const bool port_has_signs = port.allowed.holds(-1) || part.sign > 0;
  if (of_source == weight_sign::inhibitory && port_has_signs) return {.highest = 0};
  return {};
}

std::shared_ptr<const any_rule> rule_of(const connection& c, const weight_range& signs, const std::string& where) {
  constexpr double all = std::numeric_limits<double>::infinity();
  const weight_range given{c.lowest.value_or(-all), c.highest.value_or(all)};
  if (!c.rule && !c.lowest && !c.highest) return nullptr;
  if (!c.rule && (!c.lowest || !c.highest)) throw spinule_error{where, "give both `lowest` and `highest`, or neither"};
  if (std::isnan(given.lowest) || std::isnan(given.highest)) throw spinule_error{where, "a bound is not a number"};
  if (c.rule) c.rule->check(where);
  const auto rule = c.rule ? c.rule : assigned_weights(given.lowest, given.highest);
  const weight_range own = rule->bounds(), left = own & given & signs;
  if (own.lowest < own.highest && !(left.lowest < left.highest))
    throw spinule_error{where, fmt::format("the {} between {} and {}, which leaves no weights {}",
                                           c.rule ? "rule keeps weights" : "bounds are to lie", own.lowest, own.highest,
                                           in_words(given & signs))};
  return left == own ? rule : rule->within(left);
}

namespace {

/// The least and the greatest weight that a projection can begin with.
weight_range weights_at_start(const projection_description& p) {
  if (!p.rule) {
    const auto& all = p.list->weight;
    if (all.empty()) return {0, 0};
    const auto [least, greatest] = std::minmax_element(all.begin(), all.end());
    return {*least, *greatest};
  }
  auto [least, greatest] = p.weight.range();
  if (p.part.sign > 0) least = std::fmax(least, 0), greatest = std::fmax(greatest, 0);
  if (p.part.sign < 0) least = std::fmin(least, 0), greatest = std::fmin(greatest, 0);
  return p.part.magnitudes ? weight_range{-greatest, -least} : weight_range{least, greatest};
}

/// Throws for bounds that cannot be kept, and for weights that begin outside.
void check_bounds(const projection_description& p, const described_number& port, const std::string& where) {
  const auto [lowest, highest] = p.plasticity->bounds();
  if (!std::isfinite(lowest) || !std::isfinite(highest) || !(lowest < highest))
    throw spinule_error{
        where, fmt::format("weights stay between {} and {}; both must be finite, the first lower", lowest, highest)};
  check_weights(port, lowest, highest, where);
  const auto [least, greatest] = weights_at_start(p);
  if (least >= lowest && greatest <= highest) return;
  const double outside = least < lowest ? least : greatest;
  if (!p.rule)
    throw spinule_error{
        where, fmt::format("weight {} lies outside the bounds {} to {} given for it", outside, lowest, highest)};
  throw spinule_error{where + " weight",
                      fmt::format("can be {} where the bounds are {} to {}; `clipped` keeps a law within bounds",
                                  outside, lowest, highest)};
}

[[noreturn]] void refuse_learning(const std::string& end, const std::string& where) {
  throw spinule_error{where,
                      fmt::format("the rule learns from spikes, and \"{}\" sends values; give bounds instead of a "
                                  "rule where weights shall be assigned",
                                  end)};
}

/// Throws where a rule cannot follow its targets.
void check_watched(const projection_description& p, const population_description& target, const std::string& where) {
  const std::string field = p.plasticity->watches();
  if (field.empty()) return;
  static_cast<void>(field_index(target, field));
  if (target.width(p.port) != 1) throw spinule_error{where, "the rule follows neurons, and the port has several lanes"};
  if (p.dendritic != 0)
    throw spinule_error{where,
                        fmt::format("the rule follows \"{}\" of its targets, which has no dendritic delay; leave "
                                    "`dendritic` at 0",
                                    field)};
}

/// Throws for a rule of other units than those of the port.
void check_unit(const any_rule& rule, const described_number& port, const std::string& where) {
  if (rule.unit() && *rule.unit() != port.unit)
    throw spinule_error{where, fmt::format("port \"{}\" takes weights {}, and the rule changes weights {}", port.name,
                                           in_words(port.unit), in_words(*rule.unit()))};
}

}  // namespace

void check_signs(const projection_description& p, const population_description& source, const described_number& port,
                 const sign_filter& part, const std::string& where) {
  if (source.sign == weight_sign::any) return;
  const weight_range start = weights_at_start(p), allowed = signs_allowed(source.sign, port, part);
  const double gain = source.model->gain() * (part.magnitudes ? -1 : 1);
  const auto [least, greatest] = std::minmax({gain * start.lowest, gain * start.highest});
  if (least >= allowed.lowest && greatest <= allowed.highest) return;
  throw spinule_error{where + " weight",
                      fmt::format("can be {}, and \"{}\" was said to have weights {} (`sign`); `clipped` keeps a law "
                                  "within bounds",
                                  least < allowed.lowest ? least : greatest, source.name, in_words(allowed))};
}

void check_rule(const projection_description& p, const population_description& source,
                const population_description& target, const std::string& where) {
  if (p.weight_bits != 32)
    throw spinule_error{
        where, fmt::format("weights that change are not kept in {} bits; leave weight_bits at 32", p.weight_bits)};
  const described_number& port = target.model->receptors()[static_cast<std::size_t>(p.port)];
  check_unit(*p.plasticity, port, where);
  check_bounds(p, port, where);
  if (source.model->gain() != 1) throw spinule_error{where, "weights of a source with a gain cannot change"};
  if (p.procedural) throw spinule_error{where, "weights that change must be kept; leave `procedural` out"};
  if (!p.plasticity->learns()) return;
  if (source.model->is_graded() && !source.model->sends_amplitudes()) refuse_learning(source.name, where);
  if (target.model->is_graded()) refuse_learning(target.name, where);
  check_watched(p, target, where);
}

}  // namespace spinule

#include "weight_checks.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>

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

std::shared_ptr<const any_rule> rule_of(const connection& c, const std::string& where) {
  if (!c.lowest && !c.highest) return c.rule;
  if (c.rule) throw spinule_error{where, "the rule bounds its weights; leave `lowest` and `highest` out"};
  if (!c.lowest || !c.highest) throw spinule_error{where, "give both `lowest` and `highest`, or neither"};
  return assigned_weights(*c.lowest, *c.highest);
}

namespace {

/// Weights that a law can draw must lie within the bounds given for them.
void check_law_within(const projection_description& p, double lowest, double highest, const std::string& where) {
  auto [least, greatest] = p.weight.range();
  if (p.part.sign > 0) least = std::fmax(least, 0), greatest = std::fmax(greatest, 0);
  if (p.part.sign < 0) least = std::fmin(least, 0), greatest = std::fmin(greatest, 0);
  if (p.part.magnitudes) std::tie(least, greatest) = std::pair{-greatest, -least};
  if (least >= lowest && greatest <= highest) return;
  throw spinule_error{where + " weight",
                      fmt::format("can be {} where the bounds are {} to {}; `clipped` keeps a law within bounds",
                                  least < lowest ? least : greatest, lowest, highest)};
}

/// Throws for bounds that cannot be kept, and for weights that begin outside.
void check_bounds(const projection_description& p, const described_number& port, const std::string& where) {
  const auto [lowest, highest] = p.plasticity->bounds();
  if (!std::isfinite(lowest) || !std::isfinite(highest) || !(lowest < highest))
    throw spinule_error{
        where, fmt::format("weights stay between {} and {}; both must be finite, the first lower", lowest, highest)};
  check_weights(port, lowest, highest, where);
  if (p.rule) return check_law_within(p, lowest, highest, where);
  for (const double w : p.list->weight)
    if (w < lowest || w > highest)
      throw spinule_error{where,
                          fmt::format("weight {} lies outside the bounds {} to {} given for it", w, lowest, highest)};
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

}  // namespace

void check_rule(const projection_description& p, const population_description& source,
                const population_description& target, const std::string& where) {
  p.plasticity->check(where);
  if (p.weight_bits != 32)
    throw spinule_error{
        where, fmt::format("weights that change are not kept in {} bits; leave weight_bits at 32", p.weight_bits)};
  check_bounds(p, target.model->receptors()[static_cast<std::size_t>(p.port)], where);
  if (source.model->gain() != 1) throw spinule_error{where, "weights of a source with a gain cannot change"};
  if (p.procedural) throw spinule_error{where, "weights that change must be kept; leave `procedural` out"};
  if (!p.plasticity->learns()) return;
  if (source.model->is_graded() && !source.model->sends_amplitudes()) refuse_learning(source.name, where);
  if (target.model->is_graded()) refuse_learning(target.name, where);
  check_watched(p, target, where);
}

}  // namespace spinule

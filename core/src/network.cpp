#include <spinule/network.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

std::string quoted(const char* kind, const std::string& name) { return fmt::format("{} \"{}\"", kind, name); }

/// An object of its own address, for as long as anybody remembers it.
std::shared_ptr<const void> new_identity() { return std::make_shared<char>(); }

template <class Description, class Handle>
const Description& find_described(std::span<const Description> all, const Handle& handle, const char* where,
                                  const char* kind) {
  if (handle.id < all.size() && handle.identity && handle.identity == all[handle.id].identity) return all[handle.id];
  throw error{where, fmt::format("the {} belongs to another network; use the handle that this one gave", kind)};
}

/// Throws `error` when weights onto a port, from `lowest` to `highest`, can be what the port does not take.
void check_weights(const described_number& port, double lowest, double highest, const std::string& where) {
  for (const double x : {lowest, highest})
    if (!port.allowed.holds(x))
      throw error{where + " weight",
                  fmt::format("can be {} where port \"{}\" takes it: {}; `clipped` keeps a law within bounds",
                              to_text(x, port.unit), port.name, demand(port.allowed, port.unit))};
}

std::size_t index_of(const population_description& cells, std::span<const described_number> known, const char* kind,
                     std::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& d) { return d.name == name; });
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  std::vector<std::string_view> names;
  for (const auto& d : known) names.push_back(d.name);
  throw error{quoted("population", cells.name),
              fmt::format("has no {} \"{}\"; it has {}", kind, name,
                          names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")))};
}

}  // namespace

const population_description& described(std::span<const population_description> all, const population& handle,
                                        const char* where) {
  return find_described(all, handle, where, "population");
}

const projection_description& described(std::span<const projection_description> all, const projection& handle,
                                        const char* where) {
  return find_described(all, handle, where, "projection");
}

population network::insert(std::string name, std::shared_ptr<const any_model> model, std::int64_t count,
                           population_options options) {
  const std::string where = quoted("population", name);
  if (name.empty()) throw error{where, "the name is empty"};
  for (const auto& other : populations_)
    if (other.name == name) throw error{where, "the name is taken; every population needs its own"};
  if (count == 0) throw error{where, "a population needs at least one neuron"};
  if (count < 0) throw error{where, fmt::format("a size of {} is negative; give 1 neuron or more", count)};
  if (count > std::numeric_limits<index_t>::max())
    throw error{where, fmt::format("{} neurons are more than {}", count, std::numeric_limits<index_t>::max())};
  const auto size = static_cast<index_t>(count);
  if (!options.positions.empty() && options.positions.size() != size)
    throw error{where, fmt::format("{} positions for {} neurons; give one each", options.positions.size(), size)};
  model->check(where);
  populations_.push_back({std::move(name), size, std::move(model), std::move(options.positions), {}, new_identity()});
  return population_at(static_cast<index_t>(populations_.size() - 1));
}

projection_description& network::describe(population from, population to, int port) {
  const auto& source = described(populations_, from, "network::connect");
  const auto& target = described(populations_, to, "network::connect");
  projection_description p;
  p.identity = new_identity();
  p.name = source.name + "->" + target.name;
  const std::string where = quoted("projection", p.name);
  if (target.model->is_source()) throw error{where, "a source takes no input"};
  if (port < 0 || port >= target.model->ports())
    throw error{where, fmt::format("port {} does not exist; the target has {}", port, target.model->ports())};
  p.source = from.id;
  p.target = to.id;
  p.port = port;
  return projections_.emplace_back(std::move(p));
}

void network::make_plastic(projection_description& p, any_plasticity plasticity) {
  if (!plasticity) return;
  const std::string where = quoted("projection", p.name);
  plasticity->check(where);
  const auto [lowest, highest] = plasticity->bounds();
  if (!std::isfinite(lowest) || !std::isfinite(highest) || !(lowest < highest))
    throw error{where, fmt::format("the rule keeps weights between {} and {}; both must be finite, the first lower",
                                   lowest, highest)};
  if (p.weight_bits != 32)
    throw error{where,
                fmt::format("weights that change are not kept in {} bits; leave weight_bits at 32", p.weight_bits)};
  check_weights(populations_[p.target].model->receptors()[static_cast<std::size_t>(p.port)], lowest, highest, where);
  if (populations_[p.source].model->gain() != 1) throw error{where, "weights of a source with a gain cannot change"};
  p.plasticity = std::move(plasticity);
}

projection network::insert(population from, population to, int port, wiring rule, const laws& synapses,
                           any_plasticity plasticity) {
  auto& p = describe(from, to, port);
  try {
    const std::string where = quoted("projection", p.name);
    const auto& source = populations_[from.id];
    const auto& target = populations_[to.id];
    rule.check({source.size, target.size, from.id == to.id, source.positions, target.positions}, where);
    synapses.weight.check(where + " weight");
    synapses.delay.check_span(where + " delay");
    const double gain = source.model->gain();
    const auto [least, greatest] = synapses.weight.range();
    check_weights(target.model->receptors()[static_cast<std::size_t>(port)], gain * least, gain * greatest, where);
    p.rule = std::make_shared<const wiring>(std::move(rule));
    p.weight = synapses.weight;
    p.delay = synapses.delay;
    p.weight_bits = synapses.weight_bits;
    if (p.weight_bits != 8 && p.weight_bits != 16 && p.weight_bits != 32)
      throw error{where, fmt::format("weights of {} bits are not offered; choose 8, 16 or 32", p.weight_bits)};
    p.procedural = synapses.procedural;
    if (p.procedural && !p.rule->by_source())
      throw error{where, "a procedural projection needs a rule that draws by source, as fixed_outdegree does"};
    if (p.procedural && plasticity) throw error{where, "weights that change must be kept; leave `procedural` out"};
    make_plastic(p, std::move(plasticity));
  } catch (...) {
    projections_.pop_back();
    throw;
  }
  return projection_at(static_cast<index_t>(projections_.size() - 1));
}

projection network::insert(population from, population to, int port, std::vector<listed_synapse> list,
                           any_plasticity plasticity) {
  auto& p = describe(from, to, port);
  try {
    const described_number& taking = populations_[to.id].model->receptors()[static_cast<std::size_t>(port)];
    const double gain = populations_[from.id].model->gain();
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto& s = list[i];
      const bool inside = s.source < populations_[from.id].size && s.target < populations_[to.id].size;
      if (inside && std::isfinite(s.weight)) {
        if (const double w = gain * s.weight; !taking.allowed.holds(w))
          check_weights(taking, w, w, fmt::format("{} synapse {}", quoted("projection", p.name), i));
        continue;
      }
      throw error{quoted("projection", p.name),
                  fmt::format("synapse {} ({} to {}, weight {}) {}", i, s.source, s.target, s.weight,
                              inside ? "has a weight that is not finite" : "names a neuron that does not exist")};
    }
    make_plastic(p, std::move(plasticity));
  } catch (...) {
    projections_.pop_back();
    throw;
  }
  p.list = std::move(list);
  return projection_at(static_cast<index_t>(projections_.size() - 1));
}

void network::add_drive(population to, int port, kilohertz rate, double weight) {
  const auto& cells = described(populations_, to, "network::drive");
  const std::string where = quoted("population", cells.name) + " drive";
  if (cells.model->is_source()) throw error{where, "a source takes no input"};
  if (port < 0 || port >= cells.model->ports())
    throw error{where, fmt::format("port {} does not exist; the population has {}", port, cells.model->ports())};
  if (!(rate.value() >= 0) || !std::isfinite(rate.value()))
    throw error{where, fmt::format("rate = {} Hz; it must not be negative", rate.value() * 1e3)};
  if (!(std::fabs(weight) < 1e30))
    throw error{where, fmt::format("a weight of {} is beyond any use; at most 1e30", weight)};
  check_weights(cells.model->receptors()[static_cast<std::size_t>(port)], weight, weight, where);
  drives_.push_back({to.id, port, rate, weight});
}

void network::start(population cells, const std::string& field, law values, dimension unit) {
  const auto& p = described(populations_, cells, "network::initialise");
  const std::string where = quoted("population", p.name) + " field " + field;
  values.check(where);
  const std::size_t f = field_index(p, field);
  const described_number& known = p.model->fields()[f];
  if (known.unit != unit)
    throw error{where, fmt::format("is {}; the values given are {}", in_words(known.unit), in_words(unit))};
  const auto [least, greatest] = values.range();
  for (const double x : {least, greatest}) check_range(known, x, where);
  populations_[cells.id].initial.push_back({f, values, {}});
}

void network::initialise(population cells, const std::string& field, std::vector<double> values) {
  const auto& p = described(populations_, cells, "network::initialise");
  if (values.size() != p.size)
    throw error{quoted("population", p.name),
                fmt::format("{} start values for {} neurons; give one each", values.size(), p.size)};
  const std::size_t f = field_index(p, field);
  for (std::size_t i = 0; i < values.size(); ++i)
    check_range(p.model->fields()[f], values[i], fmt::format("{} start value {}", quoted("population", p.name), i));
  populations_[cells.id].initial.push_back({f, {}, std::move(values)});
}

population network::find(const std::string& name) const {
  std::vector<std::string> known;
  for (index_t i = 0; i < populations_.size(); ++i) {
    if (populations_[i].name == name) return population_at(i);
    known.push_back(populations_[i].name);
  }
  throw error{quoted("population", name), fmt::format("there is none of that name; known: {}", fmt::join(known, ", "))};
}

std::size_t field_index(const population_description& cells, std::string_view field) {
  return index_of(cells, cells.model->fields(), "state field", field);
}

std::size_t parameter_index(const population_description& cells, std::string_view parameter) {
  return index_of(cells, cells.model->parameters(), "parameter", parameter);
}

}  // namespace spinule

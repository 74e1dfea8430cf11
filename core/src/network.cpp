#include <spinule/network.hpp>

#include <algorithm>
#include <cmath>

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

}  // namespace

const population_description& described(std::span<const population_description> all, const population& handle,
                                        const char* where) {
  return find_described(all, handle, where, "population");
}

const projection_description& described(std::span<const projection_description> all, const projection& handle,
                                        const char* where) {
  return find_described(all, handle, where, "projection");
}

population network::insert(std::string name, std::shared_ptr<const any_model> model, index_t size,
                           population_options options) {
  const std::string where = quoted("population", name);
  if (name.empty()) throw error{where, "the name is empty"};
  for (const auto& other : populations_)
    if (other.name == name) throw error{where, "the name is taken; every population needs its own"};
  if (size == 0) throw error{where, "a population needs at least one neuron"};
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
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto& s = list[i];
      const bool inside = s.source < populations_[from.id].size && s.target < populations_[to.id].size;
      if (inside && std::isfinite(s.weight)) continue;
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
  drives_.push_back({to.id, port, rate, weight});
}

initial_value& network::initial(population cells, const std::string& field) {
  auto& p = populations_[cells.id];
  return p.initial.emplace_back(initial_value{field_index(p, field), {}, {}});
}

void network::start(population cells, const std::string& field, law values) {
  values.check(quoted("population", described(populations_, cells, "network::initialise").name) + " field " + field);
  initial(cells, field).values = values;
}

void network::initialise(population cells, const std::string& field, std::vector<double> values) {
  const auto& p = described(populations_, cells, "network::initialise");
  if (values.size() != p.size)
    throw error{quoted("population", p.name),
                fmt::format("{} start values for {} neurons; give one each", values.size(), p.size)};
  const auto wrong = std::find_if(values.begin(), values.end(), [](double x) { return !std::isfinite(x); });
  if (wrong != values.end())
    throw error{quoted("population", p.name), fmt::format("start value {} is not finite", wrong - values.begin())};
  initial(cells, field).list = std::move(values);
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
  const auto names = cells.model->fields();
  const auto found = std::find(names.begin(), names.end(), field);
  if (found == names.end())
    throw error{quoted("population", cells.name),
                fmt::format("has no state field \"{}\"; its fields: {}", field, fmt::join(names, ", "))};
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace spinule

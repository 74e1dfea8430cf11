#include <spinule/network.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/error.hpp>

#include "weight_checks.hpp"

namespace spinule {
namespace {

std::string quoted(const char* kind, const std::string& name) { return fmt::format("{} \"{}\"", kind, name); }

/// An object of its own address, for as long as anybody remembers it.
std::shared_ptr<const void> new_identity() { return std::make_shared<char>(); }

template <class Description, class Handle>
const Description& find_described(std::span<const Description> all, const Handle& handle, const char* where,
                                  const char* kind) {
  if (handle.id < all.size() && handle.identity && handle.identity == all[handle.id].identity) return all[handle.id];
  throw spinule_error{
      where, fmt::format("the {} belongs to another network, or was added after the simulation was made", kind)};
}

std::size_t index_of(const population_description& cells, std::span<const described_number> known, const char* kind,
                     std::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const auto& d) { return d.name == name; });
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  std::vector<std::string_view> names;
  for (const auto& d : known) names.push_back(d.name);
  throw spinule_error{quoted("population", cells.name),
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

population network::add(std::string name, std::shared_ptr<const any_model> model, std::int64_t count,
                        population_options options) {
  const std::string where = quoted("population", name);
  if (!model) throw spinule_error{where, "there is no model; give one"};
  if (name.empty()) throw spinule_error{where, "the name is empty"};
  for (const auto& other : populations_)
    if (other.name == name) throw spinule_error{where, "the name is taken; every population needs its own"};
  if (count == 0) throw spinule_error{where, "a population needs at least one neuron"};
  if (count < 0) throw spinule_error{where, fmt::format("a size of {} is negative; give 1 neuron or more", count)};
  if (count > std::numeric_limits<index_t>::max())
    throw spinule_error{where, fmt::format("{} neurons are more than {}", count, std::numeric_limits<index_t>::max())};
  const auto size = static_cast<index_t>(count);
  if (!options.positions.empty() && options.positions.size() != size)
    throw spinule_error{where,
                        fmt::format("{} positions for {} neurons; give one each", options.positions.size(), size)};
  for (const position& at : options.positions)
    if (!std::isfinite(at.x) || !std::isfinite(at.y) || !std::isfinite(at.z))
      throw spinule_error{where, "a position is not finite"};
  model->check(where);
  model->check_size(count, where);
  for (std::size_t k = 0; k < model->receptors().size(); ++k)
    if (const std::uint64_t lanes = std::uint64_t{model->width(k)} * size;
        lanes == 0 || lanes > std::numeric_limits<index_t>::max())
      throw spinule_error{
          where, fmt::format("port \"{}\" has {} lanes for {} neurons; there must be 1 to {} in all",
                             model->receptors()[k].name, model->width(k), size, std::numeric_limits<index_t>::max())};
  populations_.push_back(
      {std::move(name), size, std::move(model), std::move(options.positions), {}, options.sign, new_identity()});
  return population_at(static_cast<index_t>(populations_.size() - 1));
}

list_without_delays synapses_of(index_t rows, index_t columns, std::span<const double> weights) {
  if (weights.size() != std::uint64_t{rows} * columns)
    throw spinule_error{"dense_matrix", fmt::format("{} weights for {} rows of {} columns; give {}", weights.size(),
                                                    rows, columns, std::uint64_t{rows} * columns)};
  std::vector<listed_synapse> all;
  all.reserve(weights.size() - static_cast<std::size_t>(std::count(weights.begin(), weights.end(), 0.0)));
  for (index_t source = 0; source < rows; ++source)
    for (index_t target = 0; target < columns; ++target)
      if (const double w = weights[std::size_t{source} * columns + target]; w != 0)
        all.push_back({source, target, w, {}});
  return {given_list{std::move(all)}, rows, columns};
}

endpoints endpoints_of(const population_description& from, const population_description& to, int port, bool same) {
  endpoints ends{from.size, to.targets(port), same, from.positions, to.positions, to.width(port)};
  if (ends.width > 1) ends.same = false, ends.target_positions = {};
  return ends;
}

namespace {

void check_list(const given_list& list, const sign_filter& part, const endpoints& ends, double gain,
                const described_number& port, const std::string& where) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const listed_synapse s = list[i];
    const bool inside = s.source < ends.sources && s.target < ends.targets;
    if (inside && std::isfinite(s.weight)) {
      if (const double w = gain * part.used(s.weight); part.takes(s.weight) && !port.allowed.holds(w))
        check_weights(port, w, w, fmt::format("{} synapse {}", where, i));
      continue;
    }
    const std::string wrong = inside ? "has a weight that is not finite"
                              : ends.width == 1 || s.source >= ends.sources
                                  ? "names a neuron that does not exist"
                                  : fmt::format("names a lane that does not exist: port \"{}\" has {} neurons of {}",
                                                port.name, ends.targets / ends.width, ends.width);
    throw spinule_error{where,
                        fmt::format("synapse {} ({} to {}, weight {}) {}", i, s.source, s.target, s.weight, wrong)};
  }
}

/// The delay that the connection gives to the synapses of a matrix.
milliseconds delay_of(const list_without_delays& m, const law& delay, const endpoints& ends, const std::string& where) {
  if (m.rows != ends.sources || m.columns != ends.targets)
    throw spinule_error{where, fmt::format("a matrix of {} rows and {} columns for {} sources and {} targets{}", m.rows,
                                           m.columns, ends.sources, ends.targets,
                                           ends.width > 1 ? fmt::format(", {} lanes a neuron", ends.width) : "")};
  delay.check_span(where + " delay");
  if (!delay.is_constant())
    throw spinule_error{where, "the synapses of a matrix have one delay; give each its own in a list"};
  return milliseconds{delay.constant()};
}

/// What a list says itself must not be said again.
void refuse_laws(const connection& c, bool delays_too, const std::string& where) {
  if (!std::isnan(c.weight.a))
    throw spinule_error{where, "a list or matrix has weights of its own; leave `weight` out"};
  if (delays_too && !(c.delay.is_constant() && c.delay.a == 0))
    throw spinule_error{where, "a list has delays of its own; leave `delay` out"};
  if (c.procedural) throw spinule_error{where, "a list is kept as it is; leave `procedural` out"};
}

/// Throws where spikes come to a level, or values to a port of spikes.
void check_accepted(const described_port& port, const population_description& source, const std::string& where) {
  const bool graded = source.model->is_graded();
  if (port.input == takes::spikes && graded)
    throw spinule_error{where,
                        fmt::format("port \"{}\" takes spikes, and \"{}\" sends values", port.name, source.name)};
  if (port.input == takes::values && !graded)
    throw spinule_error{where, fmt::format("port \"{}\" is a level and takes values, and \"{}\" sends spikes; put a "
                                           "graded model between them",
                                           port.name, source.name)};
}

/// What needs spikes, of a projection through which values arrive.
void check_graded(const projection_description& p, const std::string& source, const std::string& where) {
  if (p.procedural)
    throw spinule_error{where,
                        fmt::format("\"{}\" sends values in every tick, for which rows are not drawn again; leave "
                                    "`procedural` out",
                                    source)};
  if (p.weight_bits != 32)
    throw spinule_error{
        where,
        fmt::format("weights that multiply values are not kept in {} bits; leave weight_bits at 32", p.weight_bits)};
}

/// A wiring rule with its laws.
void check_laws(const projection_description& p, const endpoints& ends, double gain, const described_number& port,
                const std::string& where) {
  p.rule->check(ends, where);
  if (std::isnan(p.weight.a))
    throw spinule_error{where, "no weight is given, or one that is not a number; write {.weight = ...}"};
  p.weight.check(where + " weight");
  p.delay.check_span(where + " delay");
  auto [lowest, highest] = p.weight.range();
  if (p.part.sign > 0 || p.part.magnitudes) lowest = std::fmax(lowest, 0);
  check_weights(port, gain * lowest, gain * std::fmax(lowest, highest), where);
  if (p.procedural && !p.rule->by_source())
    throw spinule_error{where, "a procedural projection needs a rule that draws by source, as fixed_outdegree does"};
}

}  // namespace

projection network::insert(connection c, const sign_filter& part) {
  const auto& source = described(populations_, c.from, "network::connect");
  const auto& target = described(populations_, c.to, "network::connect");
  projection_description p;
  p.name = source.name + "->" + target.name;
  const std::string where = quoted("projection", p.name);
  if (target.model->is_source()) throw spinule_error{where, "a source takes no input"};
  if (c.port < 0 || c.port >= target.model->ports())
    throw spinule_error{where, fmt::format("port {} does not exist; the target has {}", c.port, target.model->ports())};
  if (c.weight_bits != 8 && c.weight_bits != 16 && c.weight_bits != 32)
    throw spinule_error{where, fmt::format("weights of {} bits are not offered; choose 8, 16 or 32", c.weight_bits)};
  const described_number& port = target.model->receptors()[static_cast<std::size_t>(c.port)];
  const double gain = source.model->gain();
  p.source = c.from.id;
  p.target = c.to.id;
  p.port = c.port;
  p.weight_bits = c.weight_bits;
  p.procedural = c.procedural;
  p.plasticity = rule_of(c, signs_allowed(source.sign, port, part), where);
  p.dendritic = c.dendritic;
  if (!(p.dendritic >= 0 && p.dendritic <= 1))
    throw spinule_error{where, fmt::format("dendritic = {}; it is the share of the delay that lies behind the synapse, "
                                           "0 to 1",
                                           p.dendritic)};
  const endpoints ends = endpoints_of(source, target, c.port, c.from.id == c.to.id);
  if (auto* rule = std::get_if<wiring>(&c.pairs)) {
    p.rule = std::make_shared<const wiring>(std::move(*rule));
    p.weight = c.weight;
    p.delay = c.delay;
    p.part = part;
    check_laws(p, ends, gain, port, where);
  } else {
    const auto* matrix = std::get_if<list_without_delays>(&c.pairs);
    const given_list& list = matrix ? matrix->list : std::get<given_list>(c.pairs);
    refuse_laws(c, !matrix, where);
    std::vector<milliseconds> delays;
    if (matrix) delays.push_back(delay_of(*matrix, c.delay, ends, where));
    check_list(list, part, ends, gain, port, where);
    listed_rows rows = sorted_rows(list, part, source.size, where);
    if (matrix) rows.delay = std::move(delays);
    p.list = std::make_shared<const listed_rows>(std::move(rows));
  }
  check_signs(p, source, port, part, where);
  if (p.plasticity) check_rule(p, source, target, where);
  check_accepted(target.model->receptors()[static_cast<std::size_t>(c.port)], source, where);
  if (source.model->is_graded()) check_graded(p, source.name, where);
  p.identity = new_identity();
  projections_.push_back(std::move(p));
  return projection_at(static_cast<index_t>(projections_.size() - 1));
}

projection network::add(connection c) { return insert(std::move(c), {}); }

index_t network::lane_of(const population& cells, int port, index_t neuron, index_t lane) const {
  const auto& p = described(populations_, cells, "network::lane");
  const std::string where = quoted("population", p.name);
  if (p.model->is_source()) throw spinule_error{where, "a source has no ports"};
  if (port < 0 || port >= p.model->ports())
    throw spinule_error{where, fmt::format("port {} does not exist; the population has {}", port, p.model->ports())};
  if (neuron >= p.size) throw spinule_error{where, fmt::format("has no neuron {}; it has {}", neuron, p.size)};
  if (lane >= p.width(port))
    throw spinule_error{where,
                        fmt::format("port \"{}\" has no lane {}; it has {}",
                                    p.model->receptors()[static_cast<std::size_t>(port)].name, lane, p.width(port))};
  return neuron * p.width(port) + lane;
}

namespace {

/// The bounds of signed weights, cut between the positive ones and the negative ones, or their magnitudes.
void cut_bounds(connection& positive, connection& negative, bool magnitudes, const std::string& where) {
  constexpr double all = std::numeric_limits<double>::infinity();
  if ((positive.lowest && positive.highest) || (positive.rule && (positive.lowest || positive.highest))) {
    const double lowest = positive.lowest.value_or(-all), highest = positive.highest.value_or(all);
    if (!(lowest < 0 && highest > 0))
      throw spinule_error{
          where, fmt::format("the bounds of signed weights lie on both sides of 0, not at {} and {}", lowest, highest)};
    positive.lowest = 0;
    negative.lowest = magnitudes ? 0 : lowest;
    negative.highest = magnitudes ? -lowest : 0;
  }
  if (!positive.rule || magnitudes) return;
  const auto [lowest, highest] = positive.rule->bounds();
  if (lowest >= 0 || highest <= 0)
    throw spinule_error{where, fmt::format("the rule keeps weights between {} and {}, which serves one sign only; "
                                           "connect positive and negative weights by themselves",
                                           lowest, highest)};
}

}  // namespace

signed_projections network::add(connection excitatory, const population& inhibited, int inhibitory_port) {
  const auto& cells = described(populations_, excitatory.to, "network::connect");
  const std::string where = quoted("population", cells.name);
  if (inhibited != excitatory.to)
    throw spinule_error{where, "the two ports of signed weights belong to different populations"};
  connection inhibitory = excitatory;
  inhibitory.port = inhibitory_port;
  const auto ports = cells.model->receptors();
  const bool exists = inhibitory_port >= 0 && inhibitory_port < static_cast<int>(ports.size());
  const bool magnitudes = exists && !ports[static_cast<std::size_t>(inhibitory_port)].allowed.holds(-1);
  const auto drawn_as = static_cast<index_t>(projections_.size());
  cut_bounds(excitatory, inhibitory, magnitudes, where);
  const projection first = insert(std::move(excitatory), {1, false, {}});
  try {
    return {first, insert(std::move(inhibitory), {-1, magnitudes, drawn_as})};
  } catch (...) {
    projections_.pop_back();
    throw;
  }
}

void network::add_drive(population to, int port, kilohertz rate, double weight) {
  const auto& cells = described(populations_, to, "network::drive");
  const std::string where = quoted("population", cells.name) + " drive";
  if (cells.model->is_source()) throw spinule_error{where, "a source takes no input"};
  if (port < 0 || port >= cells.model->ports())
    throw spinule_error{where,
                        fmt::format("port {} does not exist; the population has {}", port, cells.model->ports())};
  if (const auto& to_port = cells.model->receptors()[static_cast<std::size_t>(port)]; to_port.input == takes::values)
    throw spinule_error{where, fmt::format("port \"{}\" takes values, and a drive sends spikes", to_port.name)};
  if (!(rate.value() >= 0) || !std::isfinite(rate.value()))
    throw spinule_error{where, fmt::format("rate = {} Hz; it must be finite and not negative", rate.value() * 1e3)};
  if (!(std::fabs(weight) <= 1e30) || (weight != 0 && std::fabs(weight) < 1e-30))
    throw spinule_error{where, fmt::format("a weight of {} is beyond any use; from 1e-30 to 1e30", weight)};
  check_weights(cells.model->receptors()[static_cast<std::size_t>(port)], weight, weight, where);
  drives_.push_back({to.id, port, rate, weight});
}

population network::population_at(index_t i) const {
  if (i >= populations_.size())
    throw spinule_error{"network", fmt::format("has no population {}; it has {}", i, populations_.size())};
  return {i, populations_[i].identity};
}

projection network::projection_at(index_t i) const {
  if (i >= projections_.size())
    throw spinule_error{"network", fmt::format("has no projection {}; it has {}", i, projections_.size())};
  return {i, projections_[i].identity};
}

population network::find(const std::string& name) const {
  std::vector<std::string> known;
  for (index_t i = 0; i < populations_.size(); ++i) {
    if (populations_[i].name == name) return population_at(i);
    known.push_back(populations_[i].name);
  }
  throw spinule_error{quoted("population", name),
                      fmt::format("there is none of that name; known: {}", fmt::join(known, ", "))};
}

std::size_t field_index(const population_description& cells, std::string_view field) {
  return index_of(cells, cells.model->fields(), "state field", field);
}

std::size_t parameter_index(const population_description& cells, std::string_view parameter) {
  return index_of(cells, cells.model->parameters(), "parameter", parameter);
}

}  // namespace spinule

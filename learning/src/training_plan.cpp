#include <algorithm>
#include <cmath>

#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>

#include "training_parts.hpp"

namespace spinule::learning {
namespace {

trained_population trained(const population_description& described, milliseconds tick, bool is_input) {
  trained_population p;
  const std::string where = "population \"" + described.name + "\"";
  p.name = described.name;
  p.size = described.size;
  p.model = described.model;
  if (is_input) {
    if (!described.model->is_source())
      throw spinule_error{where, "recordings are played into it, so it must be a source such as replay"};
    return p;
  }
  p.cells = described.model->trainable(described.size, tick);
  if (p.cells == nullptr)
    throw spinule_error{where, described.model->is_source()
                                   ? "a second source; a network that is trained has one, its input"
                                   : "its model has no derivative: its kernel needs flow, margin and settle "
                                     "(docs/training.md), as those of lif and adaptive_lif"};
  p.used.assign(p.cells->ports(), 0);
  return p;
}

void set_start(const lowered_network& net, index_t population, trained_population& p) {
  p.start.resize(p.cells->fields() * p.size);
  p.start_given.assign(p.start.size(), 0);
  p.start_as_modelled();
  struct {
    trained_population& to;
    void write(std::size_t field, index_t neuron, double value) {
      to.start[field * to.size + neuron] = static_cast<float>(value);
      to.start_given[field * to.size + neuron] = 1;
    }
  } cells{p};
  set_start_values(net, population, cells);
}

}  // namespace

void trained_population::start_as_modelled() {
  std::vector<float> modelled(start.size());
  std::vector<float*> rows;
  for (std::size_t f = 0; f < cells->fields(); ++f) rows.push_back(modelled.data() + f * size);
  cells->start(rows.data());
  for (std::size_t i = 0; i < start.size(); ++i)
    if (start_given[i] == 0) start[i] = modelled[i];
}

bool trained_population::moved_at_once() const {
  std::vector<float> states(start.size(), 0), one(size, 1), none(size, 0), by_port(used.size() * size, 0), spare(size);
  std::vector<float*> by_state, by_input, not_asked(used.size(), spare.data());
  std::vector<const float*> before, input(used.size(), none.data());
  for (std::size_t f = 0; f < cells->fields(); ++f) {
    before.push_back(start.data() + f * size);
    by_state.push_back(states.data() + f * size);
  }
  for (std::size_t k = 0; k < used.size(); ++k) by_input.push_back(by_port.data() + k * size);
  trainable_neurons::adjoint margin;
  margin.fired = none.data();
  margin.slope = margin.by_spike = one.data();
  margin.by_state = by_state.data();
  margin.by_input = not_asked.data();
  margin.by_input_now = by_input.data();
  margin.by_margin = spare.data();
  cells->back({1, before.data(), input.data()}, margin);
  for (std::size_t i = 0; i < by_port.size(); ++i)
    if (used[i / size] != 0 && by_port[i] != 0) return true;
  return false;
}

training_plan::training_plan(const network& net, index_t in, index_t out, milliseconds t, ticks ticks_in_all,
                             const trainer_options& options)
    : input{in}, output{out}, tick{t}, length{ticks_in_all}, how{options} {
  for (index_t i = 0; i < net.populations().size(); ++i)
    populations.push_back(trained(net.populations()[i], tick, i == input));
  std::vector<index_t> order;  // each population after those that reach it within a tick
  const auto lowered = lower(net, tick);
  if (!lowered->drives.empty())
    throw spinule_error{"trainer", "the network has Poisson drives, which are drawn anew in every run; leave them out"};
  for (index_t i = 0; i < populations.size(); ++i)
    if (i != input) set_start(*lowered, i, populations[i]);
  onto.resize(populations.size());
  from.resize(populations.size());
  for (index_t i = 0; i < net.projections().size(); ++i) {
    trained_projection p = read_projection(*lowered, i);
    if (!populations[p.source].fires())
      throw spinule_error{"projection \"" + net.projections()[i].name + "\"",
                          "starts at units that never fire, so nothing would pass it"};
    trained_population& target = populations[p.target];
    target.used[p.port] = 1;
    if (p.delays.empty() && p.delay < length) target.latest = std::max(target.latest, p.delay);
    populations[p.source].sends = true;
    onto[p.target].push_back(i);
    from[p.source].push_back(i);
    projections.push_back(std::move(p));
  }
  for (const auto& level : lowered->levels) order.insert(order.end(), level.begin(), level.end());
  find_components(order);
}

void training_plan::find_components(std::span<const index_t> order) {
  const std::size_t n = populations.size();
  std::vector<std::vector<char>> reaches(n, std::vector<char>(n, 0));
  for (const auto& p : projections) reaches[p.source][p.target] = 1;
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) reaches[i][j] |= static_cast<char>(reaches[i][k] & reaches[k][j]);
  component_of.assign(n, n);
  while (std::ranges::count(component_of, n) > 0)
    for (const index_t p : order) {
      if (component_of[p] != n) continue;
      const auto before = [&](index_t other) { return reaches[other][p] != 0 && reaches[p][other] == 0; };
      if (std::ranges::any_of(order, [&](index_t other) { return component_of[other] == n && before(other); }))
        continue;
      std::vector<index_t> members;
      for (const index_t other : order)
        if (other == p || (reaches[p][other] != 0 && reaches[other][p] != 0)) members.push_back(other);
      for (const index_t member : members) component_of[member] = components.size();
      components.push_back(std::move(members));
    }
  position.resize(n);
  std::size_t next = 0;
  for (const auto& component : components)
    for (const index_t p : component) position[p] = next++;
}

void training_plan::check_rule() const {
  const auto where = [](const trained_population& p) { return "population \"" + p.name + "\""; };
  const trained_population& last = populations[output];
  if (last.size < 2)
    throw spinule_error{where(last), "is the output and has 1 unit; give one for each class, 2 or more"};
  if (how.rule != training_rule::event_prop) return;
  if (how.smooth_spikes)
    throw spinule_error{"trainer", "event_prop goes by the times of spikes, which smooth spikes have none of"};
  if (last.fires())
    throw spinule_error{where(last),
                        "fires, and a loss of spikes has no derivative by their times; with event_prop "
                        "give an output of leaky_integrator"};
  for (const trained_population& p : populations)
    if (p.cells != nullptr && p.fires() && p.moved_at_once())
      throw spinule_error{where(p),
                          "moves by what arrives at once, so its spikes have the times of arrivals, and "
                          "event_prop no derivatives of these; give units with currents, as current_lif"};
}

void training_plan::route_errors() {
  const index_t classes = populations[output].size;
  if (how.rule == training_rule::ottt) {  // whose signals are of one tick: all populations go through it together
    std::vector<index_t> all(populations.size());
    for (index_t p = 0; p < populations.size(); ++p) all[position[p]] = p;
    components.assign(1, std::move(all));
    component_of.assign(populations.size(), 0);
  }
  for (auto& p : projections) {
    const bool to_readout = p.target == output;
    p.errors_pass = p.source != input;
    if (how.rule == training_rule::eprop)
      p.errors_pass = p.errors_pass && to_readout && how.feedback == feedback::symmetric;
    if (how.rule == training_rule::ottt) p.errors_pass = p.errors_pass && p.delay == 0 && p.delays.empty();
    if (how.rule == training_rule::decolle) p.errors_pass = false;
  }
  if (how.rule != training_rule::eprop && how.rule != training_rule::decolle) return;
  for (index_t i = 0; i < populations.size(); ++i) {
    trained_population& p = populations[i];
    if (i == input || i == output || !p.fires()) continue;
    const bool answered = std::ranges::any_of(from[i], [&](std::size_t k) { return projections[k].errors_pass; });
    if (answered) continue;
    random_stream random{how.seed, purpose::user, i, 77};
    const double spread = 1 / std::sqrt(static_cast<double>(p.size));
    p.direct.assign(classes * padded(p.size) + row_slack, 0);
    for (index_t c = 0; c < classes; ++c)
      for (index_t n = 0; n < p.size; ++n)
        p.direct[c * padded(p.size) + n] = static_cast<float>(spread * random.normal());
  }
}

}  // namespace spinule::learning

// Digests of a network of each neuron model and each source. A new one is a few lines in `add_models`.
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/astrocyte_modulated_lif.hpp>
#include <spinule/models/balance_astrocyte.hpp>
#include <spinule/models/chi_astrocyte.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/cuba_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/dendritic_lif.hpp>
#include <spinule/models/elm.hpp>
#include <spinule/models/elm_weights.hpp>
#include <spinule/models/gliotransmission_terminal.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/li_rinzel_astrocyte.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/quadratic_lif.hpp>
#include <spinule/models/rate_astrocyte.hpp>
#include <spinule/models/rate_unit.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/threshold_unit.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>
#include <spinule/models/value_list.hpp>

#include "laws/linear_block.hpp"
#include "running.hpp"

namespace spinule {
namespace {

/// 100 neurons under noise and among each other: `from_noise` and `from_cells` are the weights, `ports(cells)` where
/// they go.
template <class Model, class Unit, class Ports>
auto recurrent(const Model& model, Unit from_noise, Unit from_cells, Ports ports) {
  return [=] {
    network net{31};
    const auto noise = net.add("noise", poisson{.rate = 50_Hz}, 60);
    const auto cells = net.add("cells", model, 100);
    const auto [outer, inner] = ports(cells);
    net.connect(noise, outer, fixed_probability{0.2},
                {.weight = uniform{0.5 * from_noise, 1.5 * from_noise}, .delay = uniform{1_ms, 6_ms}});
    net.connect(cells, inner, fixed_indegree{.k = 10}, {.weight = from_cells, .delay = 2_ms});
    return net;
  };
}

/// Both to the first port, or to two that are named.
constexpr auto first = [](const auto& cells) { return std::pair{cells, cells}; };
template <class Port>
auto to(Port outer, Port inner) {
  return [=](const auto& cells) { return std::pair{cells[outer], cells[inner]}; };
}

network heterogeneous() {
  network net{32};
  std::vector<lif> units;
  for (int i = 0; i < 100; ++i)
    units.push_back({.tau = milliseconds{5.0 + i}, .refractory = milliseconds{0.5 * (i % 9)}});
  const auto cells = net.add("cells", units);
  net.drive(cells, {.rate = 4_kHz, .weight = 0.7_mV});
  net.connect(cells, cells, fixed_probability{0.1}, {.weight = normal{0_mV, 0.5_mV}, .delay = uniform{1_ms, 6_ms}});
  net.initialise(cells, "v", uniform{0_mV, 14_mV});
  return net;
}

network astrocyte_modulated() {
  network net{35};
  const auto noise = net.add("noise", poisson{.rate = 50_Hz}, 60);
  const auto cells = net.add("cells", astrocyte_modulated_lif{.gain_gating = 0.5, .slow_inward = 0.1_mV}, 100);
  net.connect(noise, cells, fixed_probability{0.2}, {.weight = uniform{0_mV, 4_mV}, .delay = 1_ms});
  net.connect(noise, cells[astrocyte_modulated_lif::presynaptic], fixed_indegree{.k = 12}, {.weight = 1.0 / 12});
  return net;
}

/// A graded model under noise, which neurons hear.
template <class Model>
auto heard(const Model& model, double weight) {
  return [=] {
    network net{36};
    const auto noise = net.add("noise", poisson{.rate = 50_Hz}, 60);
    const auto senders = net.add("senders", model, 60);
    const auto cells = net.add("cells", lif{.bias = 10_mV}, 40);
    net.connect(noise, senders, fixed_indegree{.k = 10}, {.weight = number{weight}, .delay = 1_ms});
    net.connect(senders, cells[lif::drive], fixed_indegree{.k = 5}, {.weight = 2_mV, .delay = 1_ms});
    return net;
  };
}

/// Terminals that hear astrocytes, which hear the terminals.
network gliotransmitting() {
  network net{37};
  const auto noise = net.add("noise", poisson{.rate = 30_Hz}, 60);
  const auto terminals = net.add("terminals", gliotransmission_terminal{.uptake = 0.01_kHz}, 60);
  const auto astrocytes = net.add("astrocytes", chi_astrocyte{.f = 0.001_kHz, .ip3_bias = 2, .c_theta = 0.05}, 20);
  net.connect(noise, terminals, one_to_one{}, {.weight = 1});
  net.connect(terminals, astrocytes, fixed_indegree{.k = 10}, {.weight = 250, .delay = 1_ms});
  net.modulate(astrocytes, terminals[gliotransmission_terminal::glial], fixed_indegree{.k = 1},
               {.weight = 1, .delay = 1_ms});
  return net;
}

/// lif or current_lif under one source.
template <class Source>
auto under(const Source& source) {
  return [=] {
    network net{33};
    const auto input = net.add("input", source, 40);
    const auto cells = net.add("cells", lif{}, 100);
    net.connect(input, cells, fixed_probability{0.3}, {.weight = normal{3_mV, 1_mV}, .delay = uniform{1_ms, 4_ms}});
    return net;
  };
}

network constant_current() {
  network net{34};
  const auto current = net.add("current", direct_current{.amplitude = 1.5, .start = 5_ms, .stop = 150_ms}, 1);
  const auto a = net.add("a", lif{}, 50);
  const auto b = net.add("b", current_lif{}, 50);
  net.connect(current, a[lif::drive], all_to_all{}, {.weight = uniform{5_mV, 20_mV}});
  net.connect(current, b[current_lif::current], all_to_all{}, {.weight = uniform{100_pA, 500_pA}});
  return net;
}

std::vector<spike_list::entry> some_spikes() {
  std::vector<spike_list::entry> list;
  random_stream random{1, purpose::user, 9};
  for (int i = 0; i < 600; ++i) {
    const double when = 200 * random.uniform();
    list.push_back({milliseconds{when}, static_cast<index_t>(random.below(std::uint64_t{40}))});
  }
  return list;
}

std::vector<value_list::entry> some_values() {
  std::vector<value_list::entry> list;
  random_stream random{1, purpose::user, 10};
  for (index_t i = 0; i < 40; ++i)
    for (int k = 0; k < 5; ++k)
      list.push_back(
          {milliseconds{40.0 * k + static_cast<double>(random.below(std::uint64_t{40}))}, i, random.uniform() - 0.4});
  return list;
}

void add_replay(goldens& all) {
  all["source/replay"] = [](digest& d) {
    const network net = under(replay{})();
    simulation sim{net, cpu{.tick = 0.5_ms, .threads = 1}};
    recording events{{}, 200_ms};
    for (const auto& s : some_spikes())
      events.events.push_back({static_cast<std::int64_t>(s.when.in(0.001_ms)), s.neuron});
    std::sort(events.events.begin(), events.events.end(), [](const event& a, const event& b) {
      return std::pair{a.time_us, a.channel} < std::pair{b.time_us, b.channel};
    });
    sim.play(sim.population_at(0), events);
    add_run(d, net, sim, 200_ms);
  };
}

/// One neuron with weights before training.
template <class Real>
void add_elm(digest& d, const elm_weights& weights) {
  dense_elm<Real> neuron{weights};
  std::vector<Real> x(weights.inputs);
  random_stream random{1, purpose::user, 10};
  for (int t = 0; t < 200; ++t) {
    for (Real& value : x) value = random.uniform() < 0.1 ? (random.uniform() < 0.5 ? Real{1} : Real{-1}) : Real{0};
    for (const Real y : neuron.step(x)) d.add(y);
  }
}

elm_shape shape_of_half_a_tick(elm_version version) {
  elm_shape shape{.inputs = 30, .outputs = 2, .memory = 6, .branches = 5, .synapses_per_branch = 9};
  shape.routing = elm_routing::random;
  shape.version = version;
  shape.bin = 0.5_ms;
  return shape;
}

/// Neurons that send values, with a set of weights each and a trace for each branch, before those that fire at random.
network layers_of_elms() {
  network net{35};
  const auto noise = net.add("noise", poisson{.rate = 50_Hz}, 30);
  std::vector<elm_weights> each;
  for (std::uint64_t k = 0; k < 12; ++k) {
    elm_shape shape = shape_of_half_a_tick(elm_version::v2);
    shape.seed = k;
    each.push_back(shape.build());
    for (double& tau : each.back().tau_input) tau *= 1 + 0.1 * static_cast<double>(&tau - each.back().tau_input.data());
  }
  const auto front = net.add("first", elm{.neurons = each, .transfer = elm_transfer::sigmoid}, 12);
  const elm_weights of_all = shape_of_half_a_tick(elm_version::v1).build();
  const auto last = net.add("last", spiking_elm{.neurons = of_all, .firing = elm_firing::bernoulli}, 70);
  net.connect(noise, front[elm::dendrite], lane_by_lane{}, {.weight = 1, .delay = 1_ms});
  net.connect(front, last[spiking_elm::dendrite], fixed_probability{0.1},
              {.weight = normal{0, 1}, .delay = uniform{1_ms, 5_ms}});
  return net;
}

void add_elms(goldens& all) {
  add_everywhere(all, "model/elm_layers", layers_of_elms);
  for (const auto& [name, version, activation] :
       {std::tuple{"v1", elm_version::v1, elm_activation::relu}, {"v2", elm_version::v2, elm_activation::silu}})
    all[std::string{"model/elm/"} + name] = [version_ = version, activation_ = activation](digest& d) {
      elm_shape shape{.inputs = 60, .outputs = 2, .memory = 12, .branches = 10, .synapses_per_branch = 12};
      shape.routing = version_ == elm_version::v1 ? elm_routing::neuronio : elm_routing::random;
      shape.version = version_;
      shape.activation = activation_;
      add_elm<double>(d, shape.build());
      add_elm<float>(d, shape.build());
    };
}

/// Segments under noise, gated by them, and a soma under noise and the others.
network of_segments() {
  network net{36};
  const auto noise = net.add("noise", poisson{.rate = 50_Hz}, 60);
  const auto cells = net.add(
      "cells", dendritic_lif{.segments = 5, .coincidence = 3, .plateau = 20_ms, .depolarisation = 5_mV, .gated = true},
      60);
  net.connect(noise, cells[dendritic_lif::segment], fixed_indegree{.k = 12},
              {.weight = uniform{0.5, 1.5}, .delay = uniform{1_ms, 4_ms}});
  net.connect(noise, cells[dendritic_lif::jump], fixed_probability{0.2}, {.weight = 2_mV, .delay = 1_ms});
  net.connect(cells, cells[dendritic_lif::jump], fixed_indegree{.k = 5}, {.weight = -1_mV, .delay = 2_ms});
  net.connect(noise, cells[dendritic_lif::drive], fixed_indegree{.k = 1}, {.weight = 20_mV, .delay = 1_ms});
  return net;
}

/// A wide port from a source and from the population itself, and one of a single lane.
network of_lanes() {
  network net{35};
  linear_block m{.a = {0.875, -0.25, 0.25, 0.875}, .b = {}, .threshold = 1.5};
  for (int lane = 0; lane < 7; ++lane) m.b.insert(m.b.end(), {lane / 8.0, 1 - lane / 4.0});
  const auto input = net.add("input", poisson{.rate = 40_Hz}, 40);
  const auto cells = net.add("cells", m, 60);
  net.connect(input, cells[linear_block::branches], fixed_indegree{.k = 3},
              {.weight = uniform{-0.5, 1.0}, .delay = uniform{1_ms, 4_ms}});
  net.connect(cells, cells[linear_block::branches], fixed_outdegree{.k = 5},
              {.weight = normal{0, 0.3}, .delay = uniform{1_ms, 6_ms}});
  net.connect(input, cells[linear_block::first], fixed_probability{0.1}, {.weight = 0.25, .delay = 2_ms});
  net.drive(cells[linear_block::branches], {.rate = 20_Hz, .weight = 0.125});
  return net;
}

}  // namespace

void add_models(goldens& all) {
  add_everywhere(all, "model/lif", recurrent(lif{}, 3_mV, -0.5_mV, to(lif::jump, lif::jump)));
  add_everywhere(all, "model/lif_biased", recurrent(lif{.bias = 14_mV}, 0.5_mV, -0.5_mV, to(lif::jump, lif::drive)));
  add_everywhere(all, "model/soft_reset_lif",
                 recurrent(soft_reset_lif{}, 3_mV, -0.5_mV, to(soft_reset_lif::jump, soft_reset_lif::jump)));
  add_everywhere(all, "model/astrocyte_modulated_lif", astrocyte_modulated);
  add_everywhere(all, "model/cuba_lif", recurrent(cuba_lif{}, 4_mV, -0.5_mV, to(cuba_lif::current, cuba_lif::jump)));
  add_everywhere(all, "model/current_lif",
                 recurrent(current_lif{}, 500_pA, -50_pA, to(current_lif::excitatory, current_lif::inhibitory)));
  add_everywhere(
      all, "model/conductance_lif",
      recurrent(conductance_lif{}, 6_nS, 2_nS, to(conductance_lif::excitatory, conductance_lif::inhibitory)));
  add_everywhere(all, "model/adaptive_lif", recurrent(adaptive_lif{}, number{0.1}, number{-0.02}, first));
  add_everywhere(all, "model/leaky_integrator", recurrent(leaky_integrator{}, number{1}, number{1}, first));
  add_everywhere(all, "model/quadratic_lif", recurrent(quadratic_lif{.bias = 0.4}, number{0.1}, number{-0.02}, first));
  add_everywhere(all, "model/threshold_unit",
                 recurrent(threshold_unit{.bias = -0.5}, number{0.8}, number{-0.2}, first));
  add_everywhere(all, "model/heterogeneous", heterogeneous);
  add_everywhere(all, "model/block_of_lanes", of_lanes);
  add_everywhere(all, "model/dendritic_lif", of_segments);
  add_everywhere(all, "source/poisson", under(poisson{.rate = 80_Hz, .start = 10_ms, .stop = 150_ms}));
  add_everywhere(all, "source/spike_list", under(spike_list{some_spikes()}));
  add_everywhere(all, "source/direct_current", constant_current);
  add_everywhere(all, "model/rate_unit", recurrent(rate_unit{.bias = 0.1}, number{3}, number{-0.2}, first));
  add_everywhere(all, "model/rate_astrocyte", heard(rate_astrocyte{.tau = 50_ms}, 20));
  add_everywhere(all, "model/balance_astrocyte", heard(balance_astrocyte{.tau = 50_ms, .base = 0.2}, 0.3));
  add_everywhere(all, "model/li_rinzel_astrocyte",
                 heard(li_rinzel_astrocyte{.tau_ip3 = 50_ms, .delta_ip3 = 0.05, .sic_th = 0.07}, 1));
  add_everywhere(all, "model/tsodyks_markram_terminal", heard(tsodyks_markram_terminal{}, 1));
  add_everywhere(all, "model/gliotransmission", gliotransmitting);
  add_everywhere(all, "source/value_list", under(value_list{some_values()}));
  add_replay(all);
  add_elms(all);
}

}  // namespace spinule

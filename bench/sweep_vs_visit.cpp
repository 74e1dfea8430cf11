// From how many receivers on is it cheaper to sweep a block than to visit its neurons, and how many spikes move in
// float?
#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <spinule/backends/cpu.hpp>
#include <spinule/simulation.hpp>

#include "../tests/backends/networks.hpp"
#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

constexpr index_t neurons = 8000, sources = 1000, fan_out = 32;
constexpr ticks run_length = 2000;

/// Nanoseconds of processor per neuron and tick when in each tick a share `receiving` of the neurons receive a synaptic
/// event each.
template <class Model, class Unit>
double cost(const Model& model, Unit weight, double receiving, stepping how, std::vector<event>& events) {
  network net;
  const auto in = net.add("in", replay{}, sources);
  const auto cells = net.add("cells", model, neurons);
  net.connect(in, cells, fixed_outdegree{.k = fan_out}, {.weight = weight});
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1, .stepping = how}};
  events.clear();
  random_stream random{1, purpose::user, 0};
  for (ticks t = 0; t < run_length; ++t)
    for (auto n = random.poisson(receiving * neurons / fan_out); n > 0; --n)
      events.push_back({t * 1000, static_cast<std::uint32_t>(random.below(sources))});
  seconds best;
  for (int repeat = 0; repeat < 5; ++repeat) {
    sim.reset();
    sim.play(in, events);
    keep_least(best, time_once([&] { sim.run_ticks(run_length); }));
  }
  return 1e9 * best.cpu / (static_cast<double>(run_length) * neurons);
}

/// Prints the table of one model and returns it; the weight is far too small to make a neuron fire.
template <class Model, class Unit>
nlohmann::json compare(const std::string& name, const Model& model, Unit weight) {
  fmt::print("\n{}: {} neurons, ns of processor per neuron and tick\n{:>10} {:>9} {:>9} {:>9}\n", name, neurons,
             "receiving", "sweep", "visit", "automatic");
  std::vector<event> events;
  double last_share = 0, last_gain = 0;
  nlohmann::json table{
      {"model", name}, {"neurons", neurons}, {"rows", nlohmann::json::array()}, {"equal_share", nullptr}};
  for (const double receiving : {0.0, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.0}) {
    const double sweep = cost(model, weight, receiving, stepping::sweep, events);
    const double visit = cost(model, weight, receiving, stepping::visit, events);
    const double automatic = cost(model, weight, receiving, stepping::automatic, events);
    fmt::print("{:>10} {:>9.3f} {:>9.3f} {:>9.3f}\n", receiving, sweep, visit, automatic);
    table["rows"].push_back(
        {{"receiving", receiving}, {"sweep_ns", sweep}, {"visit_ns", visit}, {"automatic_ns", automatic}});
    const double gain = sweep - visit;
    if (table["equal_share"].is_null() && gain < 0) {
      const double at = last_share + (receiving - last_share) * last_gain / (last_gain - gain);
      fmt::print("{:>10.4f} synaptic events per neuron and tick: the two cost the same (1 / {:.1f})\n", at, 1 / at);
      table["equal_share"] = at;
    }
    last_share = receiving;
    last_gain = gain;
  }
  return table;
}

/// The populations of `balanced`, each fed by recorded spikes instead of by each other: a rounding that moves one spike
/// cannot move others.
network open_loop(const network& net, const simulation& closed, milliseconds tick) {
  network open;
  std::vector<population_of<spike_list>> recorded;
  for (index_t p = 0; p < 3; ++p) {
    spike_list spikes;
    for (const spike& s : closed.spikes(closed.population_at(p)))
      spikes.spikes.push_back({static_cast<double>(s.when) * tick, s.neuron});
    recorded.push_back(open.add("recorded " + net.populations()[p].name, spikes, net.populations()[p].size));
  }
  std::vector<lif> units;
  random_stream random{1, purpose::user, 0};  // as in `balanced`
  for (index_t i = 0; i < net.populations()[1].size; ++i)
    units.push_back({.tau = milliseconds{5 + 30 * random.uniform()}, .threshold = 15_mV, .refractory = 2_ms});
  const auto e = open.add("excitatory", std::move(units));
  const auto i = open.add("inhibitory", current_lif{.tau_inhibitory = 4_ms}, net.populations()[2].size);
  for (index_t j = 0; j < net.projections().size(); ++j) {
    const auto list = [&]<class Unit>(target<Unit> to) {
      std::vector<listed<Unit>> synapses;
      for (const listed_synapse& s : closed.synapses(closed.projection_at(j)))
        synapses.push_back({s.source, s.target, Unit{s.weight}, s.delay});
      open.connect(recorded[net.projections()[j].source], to, synapses);
    };
    if (net.projections()[j].target == 1)
      list(e[lif::jump]);
    else if (net.projections()[j].port == 0)
      list(i[current_lif::excitatory]);
    else
      list(i[current_lif::inhibitory]);
  }
  std::vector<double> start;
  const simulation fresh{net, cpu{.tick = tick, .threads = 1, .precision = precision::full}};
  for (index_t n = 0; n < net.populations()[1].size; ++n) start.push_back(fresh.read(fresh.population_at(1), "v", n));
  open.initialise(e, "v", std::move(start));
  return open;
}

std::vector<spike> spikes_with(const network& net, index_t p, milliseconds tick, milliseconds length, stepping how) {
  simulation sim{net, cpu{.tick = tick, .threads = 1, .stepping = how}};
  sim.observe(sim.population_at(p));
  sim.run(length);
  std::vector<spike> spikes(sim.spikes(sim.population_at(p)).begin(), sim.spikes(sim.population_at(p)).end());
  std::sort(spikes.begin(), spikes.end(), [](spike a, spike b) {
    return std::pair{a.when, a.neuron} < std::pair{b.when, b.neuron};
  });
  return spikes;
}

/// The spikes of one list that the other has not, in order of time.
std::vector<spike> moved_spikes(const std::vector<spike>& a, const std::vector<spike>& b) {
  std::vector<spike> moved;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(moved), [](spike x, spike y) {
    return std::pair{x.when, x.neuron} < std::pair{y.when, y.neuron};
  });
  return moved;
}

nlohmann::json count_moved() {
  constexpr milliseconds tick = 0.5_ms, length = 2000_ms;
  const network net = balanced(4000);
  simulation closed{net, cpu{.tick = tick, .threads = 1, .stepping = stepping::sweep}};
  for (index_t p = 0; p < 3; ++p) closed.observe(closed.population_at(p));
  closed.run(length);
  const network open = open_loop(net, closed, tick);
  auto all = nlohmann::json::array();
  fmt::print("\nspikes that visiting moves, in float, of a recurrent network of 5000 neurons in 2 s\n");
  for (index_t p = 1; p < 3; ++p) {
    const auto original = closed.spikes(closed.population_at(p));
    const auto swept = spikes_with(open, p + 2, tick, length, stepping::sweep);
    const auto visited = spikes_with(open, p + 2, tick, length, stepping::visit);
    const auto moved = moved_spikes(swept, visited);
    fmt::print("{}: each neuron given the same input: {} of {} (1 in {:.0f}){}\n", net.populations()[p].name,
               moved.size(), swept.size(),
               static_cast<double>(swept.size()) / std::max<double>(1, static_cast<double>(moved.size())),
               std::equal(original.begin(), original.end(), swept.begin(), swept.end())
                   ? ""
                   : "; the copy differs from the original");
    const auto free = moved_spikes(swept, spikes_with(net, p, tick, length, stepping::visit));
    const std::string first =
        free.empty() ? "" : fmt::format(", the first at {} ms", static_cast<double>(free[0].when) * tick.value());
    fmt::print("{}: each neuron fed by the others: {} of {}{}\n", net.populations()[p].name, free.size(), swept.size(),
               first);
    all.push_back({{"population", net.populations()[p].name},
                   {"spikes", swept.size()},
                   {"moved_given_input", moved.size()},
                   {"moved_recurrent", free.size()}});
  }
  return all;
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule;
  CLI::App app{"How many receivers make sweeping cheaper than visiting, and how many spikes move in float",
               "./dev bench sweep_vs_visit"};
  std::string json;
  bench::add_json_option(app, json);
  CLI11_PARSE(app, count, words);
  try {
    auto models = nlohmann::json::array(
        {bench::compare("lif", lif{}, 1e-3_mV), bench::compare("current_lif", current_lif{}, 1e-3_pA)});
    bench::write_json(json,
                      {{"name", "sweep_vs_visit"}, {"models", std::move(models)}, {"moved", bench::count_moved()}});
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
  return 0;
}

// What does activity cost when nearly all neurons are silent, and what do the silent ones cost?
#include <limits>
#include <optional>
#include <string>

#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "measure.hpp"
#include "network_bench.hpp"

namespace spinule::bench {
namespace {

struct options {
  int threads = 1, repeats = 5;
  double scale = 1, rate_hz = 20, seconds = 0.2;
  std::vector<std::string> steppings{"sweep", "visit", "automatic"};
  std::string json;
};

constexpr milliseconds tick = 0.1_ms;
constexpr index_t all_neurons = 1'000'000, active = 100, fan_out = 100;

/// A million neurons with 100 synapses each, and 100 sources that reach ten thousand of them; weights so small that
/// only the sources ever fire.
network build(double scale) {
  network net;
  const auto from = net.add("active", replay{}, active);
  const auto cells = net.add("cells", lif{}, static_cast<index_t>(all_neurons * scale));
  for (const population& p : {population{from}, population{cells}})
    net.connect(p, cells, fixed_outdegree{.k = fan_out}, {.weight = 0.1_mV, .delay = 1_ms});
  return net;
}

std::vector<event> poisson_events(const options& o) {
  std::vector<event> events;
  random_stream random{1, purpose::user, 0};
  const auto end_us = static_cast<std::int64_t>(1e6 * o.seconds * (o.repeats + 1));
  for (double t = 0; t < static_cast<double>(end_us); t += 1e6 * random.exponential() / (active * o.rate_hz))
    events.push_back({static_cast<std::int64_t>(t), static_cast<std::uint32_t>(random.below(active))});
  return events;
}

struct measured {
  double build_s = 0, idle_s = 0, active_s = 0, events = 0;  ///< of one run
  std::uint64_t synapses = 0;
  std::string digest;
};

measured measure(const options& o, stepping how) {
  measured m;
  network net;
  std::optional<simulation> sim;
  m.build_s = time_once([&] {
                net = build(o.scale);
                sim.emplace(net, cpu{.tick = tick, .threads = o.threads, .stepping = how});
              }).wall;
  m.synapses = sim->synapse_count();
  for (index_t p = 0; p < 2; ++p) sim->observe(sim->population_at(p));
  const auto runs = [&] {
    sim->run(5_ms);
    std::vector<double> wall;
    for (int r = 0; r < o.repeats; ++r) wall.push_back(time_once([&] { sim->run(o.seconds * 1_s); }).wall);
    return median(wall);
  };
  m.idle_s = runs();
  sim->play(sim->population_at(0), poisson_events(o));
  m.active_s = runs();
  m.events = static_cast<double>(sim->synaptic_events()) / (o.repeats + 5e-3 / o.seconds);
  m.digest = digest_of(net, *sim);
  return m;
}

void run(const options& o) {
  nlohmann::json out{{"name", "silent_majority"}, {"runs", nlohmann::json::array()}};
  const double us_per_tick = 1e6 * tick.in(1_s) / o.seconds;
  double sweep = std::numeric_limits<double>::quiet_NaN();
  for (const std::string& name : o.steppings) {
    const stepping how = name == "sweep" ? stepping::sweep : name == "visit" ? stepping::visit : stepping::automatic;
    const measured m = measure(o, how);
    if (how == stepping::sweep) sweep = m.active_s;
    if (name == o.steppings.front())
      fmt::print("{} neurons, {} synapses, built in {:.2f} s; {} sources at {:g} Hz\n", all_neurons * o.scale,
                 m.synapses, m.build_s, active, o.rate_hz);
    fmt::print(
        "{:<10} nobody active {:9.2f} us per tick; active {:9.2f} us per tick, {:8.1f} ns per synaptic event ({:.1f} "
        "beyond the idle ticks){}\n",
        name, us_per_tick * m.idle_s, us_per_tick * m.active_s, 1e9 * m.active_s / m.events,
        1e9 * (m.active_s - m.idle_s) / m.events,
        sweep > 0 ? fmt::format(", {:6.1f} times as fast as sweep", sweep / m.active_s) : "");
    nlohmann::json one =
        to_json({"silent_majority", o.threads, o.seconds, m.build_s, m.active_s, m.synapses, m.events, 0, m.digest});
    one.update({{"stepping", name},
                {"idle_s", m.idle_s},
                {"times_as_fast_as_sweep", sweep > 0 ? nlohmann::json(sweep / m.active_s) : nullptr}});
    out["runs"].push_back(std::move(one));
  }
  fmt::print("peak memory {:.0f} MB\n", peak_mb());
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"A million neurons, 0.1 G synapses, 100 active sources, 0.1 ms", "./dev bench silent_majority"};
  options o;
  app.add_option("--threads", o.threads, "Threads")->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--scale", o.scale, "Of the number of neurons")
      ->check(CLI::Range(0.001, 100.0))
      ->capture_default_str();
  app.add_option("--rate", o.rate_hz, "Of each source, Hz")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--seconds", o.seconds, "Biological seconds of one run")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--repeats", o.repeats, "Runs; the median counts")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--stepping", o.steppings, "sweep, visit, automatic: in this order")
      ->check(CLI::IsMember({"sweep", "visit", "automatic"}));
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { run(o); });
}

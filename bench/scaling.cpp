// How do time and memory per synaptic event grow with the size of a network whose neurons have 1000 inputs each?
#include <optional>
#include <string>
#include <vector>

#include "brunel_network.hpp"
#include "network_bench.hpp"

namespace spinule::bench {
namespace {

struct options {
  std::vector<int> threads{1, 2};
  double max_gb = 4, seconds = 0.1;
  index_t first = 10000;
  int windows = 3;
  stepping how = stepping::automatic;
  std::string json;
};

/// 800 excitatory and 200 inhibitory inputs whatever the size.
network build(index_t neurons) {
  const fixed_indegree from_e{.k = 800};
  return brunel_network(neurons, from_e, fixed_indegree{.k = 200}, [&](network& net, auto e) {
    net.connect(e, e, from_e, {.weight = brunel_j, .delay = 1.5_ms});
  });
}

void run(const options& o) {
  nlohmann::json out{{"name", "scaling"}, {"runs", nlohmann::json::array()}};
  fmt::print("{:>10}{:>10}{:>10}{:>12}{:>10}{:>14}{:>12}{:>14}{:>18}\n", "neurons", "threads", "built, s", "M syn/s",
             "RTF", "ns per event", "rate, Hz", "peak, MB", "bytes per synapse");
  double bytes = 4;  // per synapse, of the size before
  for (index_t neurons = o.first;; neurons *= 2) {
    if (!(1e-9 * bytes * 1000 * neurons <= o.max_gb)) break;
    for (const int threads : o.threads) {
      const network_options one{
          .threads = threads, .windows = o.windows, .seconds = o.seconds, .warm_up = 0.05, .how = o.how, .json = {}};
      const network_result r = run_network(one, 0.1_ms, [=] { return build(neurons); });
      const double model_s = o.seconds * o.windows, events = static_cast<double>(r.events) / o.windows;
      const double rate = static_cast<double>(r.spikes) / neurons / model_s;
      const auto synapses = static_cast<double>(r.synapses);
      bytes = 1048576 * peak_mb() / synapses;
      fmt::print("{:>10}{:>10}{:>10.2f}{:>12.1f}{:>10.3f}{:>14.3f}{:>12.2f}{:>14.0f}{:>18.2f}\n", neurons, threads,
                 r.build_s, 1e-6 * synapses / r.build_s, r.sim_s / o.seconds, 1e9 * r.sim_s / events, rate, peak_mb(),
                 bytes);
      std::fflush(stdout);
      nlohmann::json row =
          to_json({"scaling", threads, o.seconds, r.build_s, r.sim_s, r.synapses, events, rate, r.digest});
      row.update({{"neurons", neurons}, {"bytes_per_synapse", bytes}});
      out["runs"].push_back(std::move(row));
    }
  }
  if (out["runs"].empty())
    throw spinule_error{"scaling", fmt::format("--max-gb {} is less than {} neurons need", o.max_gb, o.first)};
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Brunel's network with 1000 inputs per neuron, twice as large each time, 0.1 ms", "./dev bench scaling"};
  options o;
  app.add_option("--threads", o.threads, "Threads, one run each")->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--first", o.first, "Neurons of the smallest network")
      ->check(CLI::Range(1010, 100000000))
      ->capture_default_str();
  app.add_option("--max-gb", o.max_gb, "Largest network, GB expected")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seconds", o.seconds, "Biological seconds of one window")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--windows", o.windows, "Windows; the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  add_stepping_option(app, o.how);
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { run(o); });
}

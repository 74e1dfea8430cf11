// Brunel's network with static weights.
#include "brunel_network.hpp"
#include "network_bench.hpp"

int main(int count, char** words) {
  using namespace spinule;
  static double scale = 1;
  return bench::network_main(
      count, words, "brunel", "Brunel's sparse network: 12 500 neurons, 15.6 M synapses, 0.1 ms", 0.1_ms,
      [](CLI::App& app) {
        app.add_option("--scale", scale, "Of the number of neurons")->check(CLI::Range(0.01, 20.0));
        return [] {
          return bench::brunel_network(scale, [](network& net, auto e) {
            net.connect(e, e, fixed_probability{.p = 0.1}, {.weight = bench::brunel_j, .delay = 1.5_ms});
          });
        };
      });
}

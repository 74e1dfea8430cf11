// Digests of every wiring rule, and of delays as lowering draws them.
#include <spinule/engine/lowering.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/wiring.hpp>

#include "golden.hpp"

namespace spinule {
namespace {

/// Delays, lines, targets and weights of the only projection.
void add_synapses(digest& d, const network& net) {
  const connectivity c = lower(net, 0.1_ms)->draw(0);
  d.add(c.delays);
  d.add(c.offsets);
  d.add(c.target);
  d.add(c.code);
  d.add(c.constant);
  d.add(c.quantum);
}

/// Between two populations and within one; both have places.
auto wired(const wiring& rule, index_t sources = 120) {
  return [rule, sources](digest& d) {
    for (const bool same : {false, true}) {
      network net{21};
      const auto a = net.add("a", lif{}, sources, {.positions = shuffled(grid(6, 5, 4), 3)});
      const auto b = net.add("b", lif{}, 120, {.positions = grid(10, 12, 1)});
      net.connect(a, same ? a : b, rule, {.weight = uniform{-1_mV, 2_mV}, .delay = 1_ms});
      add_synapses(d, net);
    }
  };
}

auto delayed(value<milliseconds> law, index_t size = 100) {
  return [law, size](digest& d) {
    network net{22};
    const auto a = net.add("a", lif{}, size), b = net.add("b", lif{}, size);
    net.connect(a, b, all_to_all{}, {.weight = 1_mV, .delay = law});
    add_synapses(d, net);
  };
}

}  // namespace

void add_wiring(goldens& all) {
  all["wiring/all_to_all"] = wired(all_to_all{});
  all["wiring/all_to_all_autapses"] = wired(all_to_all{.autapses = true});
  all["wiring/one_to_one"] = wired(one_to_one{});
  all["wiring/fixed_probability"] = wired(fixed_probability{.p = 0.1});
  all["wiring/fixed_probability_dense"] = wired(fixed_probability{.p = 0.9, .autapses = true});
  all["wiring/fixed_indegree"] = wired(fixed_indegree{.k = 12});
  all["wiring/fixed_indegree_multapses"] = wired(fixed_indegree{.k = 90, .autapses = true, .multapses = true});
  all["wiring/fixed_outdegree"] = wired(fixed_outdegree{.k = 12});
  all["wiring/fixed_outdegree_multapses"] = wired(fixed_outdegree{.k = 90, .autapses = true, .multapses = true});
  all["wiring/fixed_total_number"] = wired(fixed_total_number{.n = 5000});
  all["wiring/distance_dependent"] = wired(distance_dependent{.c = 0.8, .lambda = 3});
  all["delay/uniform"] = delayed(uniform{1_ms, 20_ms});
  all["delay/normal"] = delayed(normal{5_ms, 0.75_ms});
  all["delay/normal_clipped"] = delayed(clipped{normal{1.5_ms, 0.75_ms}, 0.1_ms, 3_ms});
  all["delay/lognormal"] = delayed(lognormal{4_ms, 0.25});
  all["delay/of_a_million"] = delayed(normal{5_ms, 0.75_ms}, 1050);
}

}  // namespace spinule

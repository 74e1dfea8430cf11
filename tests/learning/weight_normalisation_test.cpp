// Weights that are scaled between two stretches of learning.
#include <cmath>
#include <vector>

#include <gmock/gmock.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/learning/weight_normalisation.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

namespace spinule::learning::weight_normalisation_test {

using testing::HasSubstr;
using testing::ThrowsMessage;

struct learning_layer {
  network net{3};
  population_of<poisson> inputs = net.add("inputs", poisson{.rate = 40_Hz}, 60);
  population_of<lif> cells = net.add("cells", lif{}, 30);
  projection wires =
      net.connect(inputs, cells, fixed_probability{0.4},
                  {.weight = uniform{0.5_mV, 2_mV}, .delay = uniform{1_ms, 3_ms}}, pair_stdp{.w_max = 4_mV});
};

std::vector<double> sums(const simulation& sim, const projection& p) {
  std::vector<double> total(30);
  for (const auto& s : sim.synapses(p)) total[s.target] += s.weight;
  return total;
}

template <class Backend>
void expect_sums(const Backend& on, double tolerance) {
  const learning_layer layer;
  simulation sim{layer.net, on};
  const weight_normalisation normalise{sim, layer.wires, 25, 4};
  for (int stretch = 0; stretch < 3; ++stretch) {
    sim.run(200_ms);
    const auto before = sim.weights(layer.wires);
    const auto total = sums(sim, layer.wires);
    normalise(sim);
    const auto after = sim.weights(layer.wires);
    const auto synapses = sim.synapses(layer.wires);
    for (std::size_t k = 0; k < before.size(); ++k)
      ASSERT_NEAR(after[k], std::min(4.0, before[k] * 25 / total[synapses[k].target]), tolerance) << k;
  }
}

TEST(weight_normalisation, scales_what_reaches_each_target) {
  expect_sums(reference{1_ms}, 1e-12);
  expect_sums(cpu{.tick = 1_ms, .precision = precision::full}, 1e-12);
  expect_sums(cpu{.tick = 1_ms}, 1e-5);
}

TEST(weight_normalisation, cuts_off_what_would_pass_the_highest_weight_and_leaves_zeros) {
  network net;
  const auto inputs = net.add("inputs", replay{}, 3);
  const auto cells = net.add("cells", lif{}, 3);
  const auto wires = net.connect(
      inputs, cells, std::vector<listed<millivolts>>{{0, 0, 1_mV}, {1, 0, 3_mV}, {0, 1, 1_mV}, {2, 2, 0_mV}}, {},
      pair_stdp{.w_max = 5_mV});
  simulation sim{net, cpu{.tick = 1_ms}};
  weight_normalisation{sim, wires, 6, 5}(sim);
  EXPECT_THAT(sim.weights(wires), testing::ElementsAre(1.5, 4.5, 5, 0));
}

TEST(weight_normalisation, refuses_what_it_cannot_scale) {
  const learning_layer layer;
  const simulation sim{layer.net, cpu{.tick = 1_ms}};
  EXPECT_THAT([&] { weight_normalisation(sim, layer.wires, 0, 1); },
              ThrowsMessage<spinule_error>(HasSubstr("must be positive")));
  EXPECT_THAT([&] { weight_normalisation(sim, layer.wires, 1, std::nan("")); },
              ThrowsMessage<spinule_error>(HasSubstr("must be positive")));
  network inhibited;
  const auto cells = inhibited.add("cells", lif{}, 2);
  const auto wires =
      inhibited.connect(cells, cells, all_to_all{}, {.weight = -1_mV, .delay = 1_ms}, pair_stdp{.w_max = -2_mV});
  const simulation other{inhibited, cpu{.tick = 1_ms}};
  EXPECT_THAT([&] { weight_normalisation(other, wires, 1, 1); }, ThrowsMessage<spinule_error>(HasSubstr("negative")));
}

}  // namespace spinule::learning::weight_normalisation_test

// Golden numbers of the small circuits that the examples show.
#include <cmath>

#include <gmock/gmock.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule {
namespace {

TEST(temporal_wise_spiking, decodes_four_steps_with_falling_weights) {
  network net;
  const auto input = net.add("input", replay{}, 4);
  const auto cells = net.add("cells", soft_reset_lif{.tau = 1e9_ms, .threshold = 1_mV}, 4);
  const auto decoder = net.add("decoder", leaky_integrator{.tau = -1 / std::log(0.8) * 1_ms}, 4);
  net.connect(input, cells, one_to_one{}, {.weight = 1_mV});
  net.connect(cells, decoder, one_to_one{}, {.weight = 1});
  simulation sim{net, reference{1_ms}};
  sim.play(input, std::vector<event>{{0, 0}, {1000, 1}, {2000, 2}, {3000, 3}});  // cell t at step t
  sim.run_ticks(4);
  const auto decoded = sim.state(decoder, "m");
  const double expected[] = {0.512, 0.64, 0.8, 1};
  for (std::size_t t = 0; t < 4; ++t) EXPECT_NEAR(decoded[t] / 0.2, expected[t], 1e-7) << t;
}

}  // namespace
}  // namespace spinule

// One's own training loop: ten neurons learn to read digits by the delta rule, their weights assigned after every
// sample.
// 06_delta_rule [SAMPLES [DATA]]: the first SAMPLES of 60 000; DATA: a folder with mnist/, by default $SPINULE_DATA
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/mnist.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;
int main(int count, char** arguments) try {
  const char* data = count > 2 ? arguments[2] : std::getenv("SPINULE_DATA");
  const std::filesystem::path folder = std::filesystem::path{data == nullptr ? "" : data} / "mnist";
  if (!std::filesystem::exists(folder)) return fmt::print("no {}; nothing to learn from\n", folder.string()), 77;
  const mnist digits{folder, {.length = 50_ms}};
  const std::size_t train = 60'000, tests = 1000;
  const auto samples = std::min<std::size_t>(count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1500, train);
  network net;
  const auto retina = net.add("retina", replay{}, 784);
  const auto answer = net.add("answer", lif{.tau = 50_ms, .threshold = 10_mV}, 10);
  const auto wires =
      net.connect(retina, answer, all_to_all{}, {.weight = 0_mV, .delay = 1_ms, .lowest = -2_mV, .highest = 2_mV});
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
  std::vector<double> weights = sim.weights(wires);
  const auto show = [&](std::size_t i) {
    sim.begin_episode(i);
    sim.play(retina, digits.read(i).events);
    sim.run(51_ms);
    return digits.label(i);
  };
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < samples; ++i) {
    const auto label = show(i);
    const auto pixels = sim.counts(retina), spikes = sim.counts(answer);
    for (std::size_t k = 0; k < weights.size(); ++k) {
      const double missing = (k % 10 == label ? 8.0 : 0.0) - spikes[k % 10];  // spikes that did not come
      weights[k] = std::clamp(weights[k] + 1e-3 * missing * pixels[k / 10], -2.0, 2.0);
    }
    sim.assign(wires, weights);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::size_t right = 0;
  for (std::size_t i = train; i < train + tests; ++i) {
    const auto label = show(i);
    const auto spikes = sim.counts(answer);
    right += static_cast<std::size_t>(std::ranges::max_element(spikes) - spikes.begin()) == label;
  }
  fmt::print("{} samples at {:.0f} a second; {} of {} test samples right\n", samples,
             static_cast<double>(samples) / took.count(), right, tests);
  return right > tests / 2 ? 0 : 1;
} catch (const spinule_error& e) {
  return fmt::print(stderr, "{}\n", e.what()), 1;
}

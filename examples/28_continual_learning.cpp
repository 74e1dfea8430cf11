// Four tasks one after the other through a network of spiking units: MNIST, and MNIST with its pixels in three other
// orders. With Hebbian orthogonal projection in front of the optimiser the first is kept, without it is forgotten.
//
//     28_continual_learning [DATA]     DATA: a folder with mnist/, by default $SPINULE_DATA
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <numeric>

#include <fmt/format.h>

#include <spinule/io/mnist.hpp>
#include <spinule/learning/trainer.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>

using namespace spinule;
using namespace spinule::learning;

constexpr index_t pixels = 784, cells = 200;
constexpr ticks length = 6;
constexpr std::size_t training = 4000, tests = 500, batch = 50;

/// A picture, its pixels in this order, shown in every tick.
training_sample shown(const mnist& digits, std::size_t i, const std::vector<index_t>& order) {
  const auto p = digits.probabilities(i);
  const double brightest = *std::max_element(p.begin(), p.end());
  training_sample s{.label = digits.label(i)};
  for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(length); ++t)
    for (index_t c = 0; c < pixels; ++c)
      if (p[order[c]] > 0) {
        s.events.push_back({t, c});
        s.values.push_back(static_cast<float>(2 * p[order[c]] / brightest));
      }
  return s;
}

/// Accuracies on the first task, when it was learned and at the end, and on the last.
struct outcome {
  double first_before, first, last;
};

outcome learn_all(const mnist& digits, bool project) {
  network net{1};
  const soft_reset_lif unit{.tau = 1.4427_ms, .threshold = 1_mV};  // halves in a tick
  const auto input = net.add("input", replay{}, pixels);
  const auto hidden = net.add("hidden", unit, cells);
  const auto output = net.add("output", leaky_integrator{.tau = 0.01_ms}, 10);
  const projection layers[] = {net.connect(input, hidden, all_to_all{}, {.weight = uniform{-0.036_mV, 0.036_mV}}),
                               net.connect(hidden, output, all_to_all{}, {.weight = uniform{-0.07, 0.07}})};
  trainer t{net, input, output, 1_ms, length, {}, {.surrogate = {.width = 0.25}, .optimiser = sgd{}, .rate = 0.5}};
  std::vector<index_t> order(pixels);
  std::iota(order.begin(), order.end(), index_t{0});
  const auto samples = [&](std::size_t first, std::size_t count) {
    std::vector<training_sample> some;
    for (std::size_t i = first; i < first + count; ++i) some.push_back(shown(digits, i, order));
    return some;
  };
  const auto accuracy = [&] { return 100.0 * static_cast<double>(t.test(samples(50000, tests)).correct) / tests; };
  const auto learn = [&](std::size_t subspace_neurons) {
    for (const projection& p : layers)
      if (project) t.begin_task(p, subspace_neurons);
    for (std::size_t i = 0; i < training; i += batch) t.learn(samples(i, batch));
  };
  if (project)
    for (const projection& p : layers) t.learn_by(p, {.subspace = activity_subspace::options{.learning_rate = 0.01}});
  outcome result{};
  learn(60);
  result.first_before = accuracy();
  random_stream random{7, purpose::user, 1};
  for (int task = 1; task < 4; ++task) {
    for (index_t c = pixels; c > 1; --c) std::swap(order[c - 1], order[random.below(c)]);
    learn(40);
  }
  result.last = accuracy();
  std::iota(order.begin(), order.end(), index_t{0});
  result.first = accuracy();
  return result;
}

int main(int count, char** arguments) try {
  const char* data = count > 1 ? arguments[1] : std::getenv("SPINULE_DATA");
  const auto folder = std::filesystem::path{data == nullptr ? "" : data} / "mnist";
  if (!std::filesystem::exists(folder)) return fmt::print("{} is not there; nothing to show\n", folder.string()), 77;
  const mnist digits{folder, {.part = data_part::train}};
  const outcome plain = learn_all(digits, false), kept = learn_all(digits, true);
  fmt::print("                first task, then after all tasks       last task\n");
  for (const auto& [name, of] : {std::pair{"plain", plain}, std::pair{"with projection", kept}})
    fmt::print("{:15} {:8.1f} % {:22.1f} % {:15.1f} %\n", name, of.first_before, of.first, of.last);
  return kept.first > plain.first + 5 && kept.last > plain.last - 10 ? 0 : 1;
} catch (const spinule_error& problem) {
  return fmt::print(stderr, "{}\n", problem.what()), 1;
}

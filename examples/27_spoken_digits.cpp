// A layer of spiking units learns weights and delays from spoken digits, and then runs as any other network.
//
//     27_spoken_digits [DATA [EPOCHS]]     DATA: a folder with shd/, by default $SPINULE_DATA
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/shd.hpp>
#include <spinule/learning/cross_validation.hpp>
#include <spinule/learning/fit.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;
using namespace spinule::learning;

int main(int count, char** arguments) try {
  const char* data = count > 1 ? arguments[1] : std::getenv("SPINULE_DATA");
  const auto file = std::filesystem::path{data == nullptr ? "" : data} / "shd/shd_test_10ms.h5.gz";
  if (!std::filesystem::exists(file)) return fmt::print("{} is not there; nothing to show\n", file.string()), 77;
  const shd digits{file};

  network net{1};
  const auto input = net.add("input", replay{}, 140);  // five channels each
  const auto hidden = net.add("hidden", soft_reset_lif{.tau = 10_ms, .threshold = 1_mV}, 128);
  const auto answer = net.add("answer", leaky_integrator{.tau = 100_ms}, 20);
  const auto heard =
      net.connect(input, hidden, all_to_all{}, {.weight = normal{0_mV, 0.25_mV}, .delay = uniform{10_ms, 250_ms}});
  net.connect(hidden, answer, all_to_all{}, {.weight = normal{0.0, 0.2}});

  trainer learner{net, input, answer, 10_ms, 100, {}, {.surrogate = {.width = 0.5}, .threads = 2}};
  learner.learn_by(heard, {.delays = true});

  const auto read = [&](std::size_t i, std::uint64_t) {
    auto [sound, label] = digits.read(i);
    for (event& e : sound.events) e.channel /= 5;
    const raster events{sound.events, 140, 10_ms, 1000_ms};
    return training_sample{.events = {events.events().begin(), events.events().end()}, .label = label};
  };
  std::vector<std::uint32_t> labels;
  std::vector<std::size_t> training, others;
  for (std::size_t i = 0; i < digits.size(); ++i) labels.push_back(digits.label(i));
  const auto folds = k_fold(labels, 5, 1);
  for (std::size_t i = 0; i < digits.size(); ++i) (folds[i] == 0 ? others : training).push_back(i);

  fit_progress progress;
  const fit_options options{.epochs = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 4,
                            .schedule = constant_rate{3e-3}};
  fit(learner, read, training, others, options, progress, [](const epoch_report& e) {
    fmt::print("epoch {:2}: loss {:.3f}, of samples not seen {:.1f} % are right, {:.0f} samples/s\n", e.epoch + 1,
               e.loss, 100 * e.validation_accuracy, e.samples_per_s);
    return true;
  });
  const auto answers = evaluate(learner, read, others);
  simulation sim{learner.trained(), cpu{.tick = 10_ms}};
  fmt::print("{:.1f} %; what was learned has {} synapses\n",
             100.0 * static_cast<double>(answers.correct) / static_cast<double>(others.size()), sim.synapse_count());
  return answers.correct > others.size() / 2 ? 0 : 1;
} catch (const spinule_error& problem) {
  return fmt::print(stderr, "{}\n", problem.what()), 1;
}

// Units that nobody teaches learn what digits look like: Diehl & Cook, Front. Comput. Neurosci. 9:99 (2015). A digit is
// shown as Poisson trains; the unit whose synapses fit best fires, keeps the others silent, and moves its synapses
// towards what it saw. Labels only serve to name the units afterwards.
// 31_unsupervised_digits [--units N] [--train N] [--label N] [--test N] [--normalise N] [--seed N] [--threads N]
//   [--data FOLDER] [--picture FILE.pgm] [--cells RESPONSE] [--digital PRESET]; without options a small version.
//   --units 400 --train 60000 is one pass over all of MNIST. With --cells synapses learn on an emulated array of such
//   cells, by pulses; what they hold in the end is tested. --digital says what the layer takes there once it has
//   learned.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/parallel.hpp>
#include <spinule/io/mnist.hpp>
#include <spinule/learning/weight_normalisation.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

#include "support/competing_units.hpp"
#include "support/rate_code.hpp"

using namespace spinule;
using counts = std::vector<std::uint32_t>;

constexpr index_t pixels = 784;
constexpr std::size_t classes = 10, training_part = 60'000;
constexpr auto grain = 0.5_ms;  // of time

struct settings {
  index_t units = 50;
  std::size_t train = 1500, label = 600, test = 400;
  std::size_t normalise = 10;  ///< every so many samples
  std::uint64_t seed = 1;
  int threads = 1;    ///< that show samples to layers which have stopped learning
  std::string cells;  ///< what a pulse does to the array's cells; empty: synapses are numbers
};

/// The layer, with synapses that learn or are given.
struct layer {
  network net;
  population_of<replay> retina;
  population_of<competing_lif> units;
  projection wires;

  template <class... Rule>
  layer(const settings& s, const competing_lif& unit, const edges<number>& pairs, const synapse<number>& each,
        const Rule&... rule)
      : net{s.seed}, retina{net.add("retina", replay{}, pixels)}, units{net.add("units", unit, s.units)} {
    wires = net.connect(retina, units[competing_lif::excitatory], pairs, each, rule...);
    net.connect(units, units[competing_lif::inhibitory], all_to_all{}, {.weight = 17, .delay = 1_ms});
  }
};

/// [units] spikes that sample i evokes in 350 ms; below five in all it is shown again, brighter.
counts show(simulation& sim, const layer& l, const mnist& digits, std::uint64_t seed, std::size_t i) {
  const rate_code code{.tick = grain, .length = 350_ms, .seed = seed};
  auto rates = digits.probabilities(i);
  const double brightest = *std::ranges::max_element(rates);
  for (double& r : rates) r *= (63.75_Hz).value() / brightest;
  for (std::uint32_t showing = 0;; ++showing) {
    sim.clear_counts();
    sim.play(l.retina, code(rates, 1 + 0.5 * showing, i, showing));
    sim.run(code.length);
    const auto fired = sim.counts(l.units);
    counts seen(fired.begin(), fired.end());
    sim.run(150_ms);
    if (std::reduce(seen.begin(), seen.end()) >= 5 || showing == 20) return seen;
  }
}

struct learned {
  std::vector<double> weights, thresholds;  ///< [pixels units], [units] mV
};

learned unlearned(const settings& s) {
  learned all{std::vector<double>(pixels * s.units), std::vector<double>(s.units, 20.0)};
  random_stream random{s.seed, purpose::user, 0};
  for (double& w : all.weights) w = 0.3 * random.open_uniform();
  return all;
}

/// A layer that learns, on numbers or on arrays with 2 % read noise and 8-bit converters, whose full scale is what
/// comes in a tick and not what would if all weights were at their bound. Inhibition is wired.
simulation learning_simulation(const settings& s, const layer& l) {
  if (s.cells.empty()) return simulation{l.net, cpu{.tick = grain, .threads = 1}};
  hardware arrays = load_hardware("random_rram_40nm"), wired = load_hardware("ideal");
  override_hardware(arrays, std::vector<std::string>{"device.programming=pulses", "device.pulses=" + s.cells,
                                                     "adc.range=cells", "adc.range_cells=2"});
  return simulation{l.net, crossbar{.tick = grain, .hardware = arrays, .exceptions = {{"units->units", wired}}}};
}

constexpr double weight_sum = 78.4;  ///< of what a unit receives

/// What cells hold, with nothing below 0, written anew so that each unit receives the same sum.
void write_normalised(simulation& sim, const projection& wires, index_t units) {
  std::vector<double> weights = sim.weights(wires), sums(units);
  for (double& w : weights) w = std::max(w, 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) sums[i % units] += weights[i];
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = std::min(weights[i] * weight_sum / sums[i % units], 1.0);
  sim.assign(wires, weights);
}

/// What the hardware took, in nJ a sample.
void print_energy(const simulation& sim, double samples) {
  const auto costs = sim.costs();
  if (!costs) return;
  double events = 0;
  for (const auto& c : costs->dynamic) events += c.energy_pj;
  fmt::print("  {:.0f} nJ a sample for its events", 1e-3 * events / samples);
  for (const auto& c : costs->programming)
    if (c.count > 0)
      fmt::print("; {:.0f} {} ({:.0f} nJ)", static_cast<double>(c.count) / samples, c.component,
                 1e-3 * c.energy_pj / samples);
  fmt::print("\n");
}

/// Shows samples first .. last - 1, once each, to a layer that begins with what was learned before.
learned train(const settings& s, const mnist& digits, const learned& before, std::size_t first, std::size_t last,
              double eta) {
  layer l{s, competing_lif{}, all_to_all{}, {.weight = 0, .delay = grain}, towards_input{.eta = eta}};
  l.net.initialise(l.units, "theta", before.thresholds);
  simulation sim = learning_simulation(s, l);
  sim.assign(l.wires, before.weights);
  std::optional<learning::weight_normalisation> numbers;
  const auto normalise = [&] {
    if (!s.cells.empty()) return write_normalised(sim, l.wires, s.units);
    if (!numbers) numbers.emplace(sim, l.wires, weight_sum, 1);
    (*numbers)(sim);
  };
  double spikes = 0;
  const std::clock_t began = std::clock();
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = first; i < last; ++i) {
    if ((i - first) % s.normalise == 0) normalise();
    const counts seen = show(sim, l, digits, s.seed, i);
    spikes += std::reduce(seen.begin(), seen.end());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const double processor_ms = 1e3 * static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  const auto n = static_cast<double>(last - first);
  fmt::print("samples {} to {}: {:.1f} samples/s; {:.2f} ms of processor and {:.1f} spikes per sample\n", first, last,
             n / took.count(), processor_ms / n, spikes / n);
  print_energy(sim, n);
  std::fflush(stdout);
  normalise();
  learned after{sim.weights(l.wires), sim.state(l.units, "theta")};
  for (double& w : after.weights) w = std::clamp(w, 0.0, 1.0);  // cells miss their weights a little
  const auto lost = sim.state(l.units, "lost");
  for (std::size_t j = 0; j < lost.size(); ++j) after.thresholds[j] -= lost[j];
  return after;
}

/// The rate falls in the second half, so that what a unit has learned is the mean of more samples.
learned train(const settings& s, const mnist& digits) {
  constexpr std::array rates{1e-2, 1e-2, 5e-3, 2.5e-3};
  learned all = unlearned(s);
  const std::size_t n = std::min(s.train, training_part), parts = rates.size();
  for (std::size_t k = 0; k < parts; ++k)
    if (n * k / parts < n * (k + 1) / parts) all = train(s, digits, all, n * k / parts, n * (k + 1) / parts, rates[k]);
  return all;
}

/// The layer once it has stopped learning.
layer stopped(const settings& s, const learned& all) {
  layer l{s,
          competing_lif{.tau_theta = milliseconds{1e30}, .rise = 0_mV},
          dense_matrix<number>{pixels, s.units, all.weights},
          {.delay = grain}};
  l.net.initialise(l.units, "theta", all.thresholds);
  return l;
}

/// [n][units] its answers to samples first .. first + n - 1.
std::vector<counts> answers(const settings& s, const mnist& digits, const learned& all, std::size_t first,
                            std::size_t n) {
  const layer l = stopped(s, all);
  std::vector<counts> seen(n);
  for_each_sample(simulation{l.net, cpu{.tick = grain, .threads = 1}}, n, s.threads,
                  [&](simulation& sim, std::size_t k) {
                    sim.reset();
                    seen[k] = show(sim, l, digits, s.seed + 1, first + k);
                  });
  return seen;
}

using shares = std::array<double, classes>;

/// What the layer takes on digital hardware, which does not learn, for test samples.
void print_digital(const settings& s, const mnist& digits, const learned& all, const std::string& preset) {
  const std::size_t n = std::min<std::size_t>(s.test, 100);
  const layer l = stopped(s, all);
  simulation sim{l.net, digital{.tick = grain, .hardware = load_hardware(preset)}};
  double spikes = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const counts seen = show(sim, l, digits, s.seed + 1, training_part + k);
    spikes += std::reduce(seen.begin(), seen.end());
  }
  fmt::print("on {}, {} test samples of {:.1f} spikes:\n", preset, n, spikes / static_cast<double>(n));
  print_energy(sim, static_cast<double>(n));
}

/// [units] how much of a unit's answers the digits of each class got, as often shown, among the last of the training
/// part.
std::vector<shares> answered(const settings& s, const mnist& digits, const learned& all) {
  const std::size_t n = std::min(s.label, training_part), first = training_part - n;
  std::vector<shares> mean(s.units);
  shares of_class{};
  for (std::size_t k = 0; k < n; ++k) ++of_class[digits.label(first + k)];
  const auto seen = answers(s, digits, all, first, n);
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t j = 0; j < s.units; ++j)
      mean[j][digits.label(first + k)] += seen[k][j] / of_class[digits.label(first + k)];
  for (auto& m : mean) {
    const double sum = std::reduce(m.begin(), m.end());
    for (double& share : m) share /= std::max(sum, 1e-300);
  }
  return mean;
}

/// The same where a unit votes for no class but the one that it answered most, as published.
std::vector<shares> named(std::vector<shares> votes) {
  for (auto& v : votes) {
    const auto name = std::ranges::max_element(v) - v.begin();
    v.fill(0);
    v[static_cast<std::size_t>(name)] = 1;
  }
  return votes;
}

/// The class that spikes vote for, each class by as much as all units could give it.
std::size_t vote(const counts& seen, const std::vector<shares>& votes) {
  shares sum{}, all{};
  for (std::size_t j = 0; j < seen.size(); ++j)
    for (std::size_t c = 0; c < classes; ++c) sum[c] += seen[j] * votes[j][c], all[c] += votes[j][c];
  for (std::size_t c = 0; c < classes; ++c) sum[c] /= std::max(1.0, all[c]);
  return static_cast<std::size_t>(std::ranges::max_element(sum) - sum.begin());
}

/// How many of the first test samples are answered rightly by units that vote for one class.
std::size_t test(const settings& s, const mnist& digits, const learned& all) {
  const auto shared = answered(s, digits, all), named_units = named(shared);
  const auto seen = answers(s, digits, all, training_part, s.test);
  std::size_t right = 0, right_shared = 0;
  for (std::size_t k = 0; k < s.test; ++k) {
    right += vote(seen[k], named_units) == digits.label(training_part + k);
    right_shared += vote(seen[k], shared) == digits.label(training_part + k);
  }
  fmt::print("{} of {} test samples right, {} where a unit shares its vote among classes\n", right, s.test,
             right_shared);
  return right;
}

/// The weights of each unit as a picture of 28 x 28 pixels, as many beside as below each other.
void draw(const std::string& file, const settings& s, const std::vector<double>& weights) {
  std::size_t side = 1;
  while (side * side < s.units) ++side;
  const std::size_t width = 28 * side;
  std::string grey(width * width, '\xff');
  const double most = *std::ranges::max_element(weights);
  for (std::size_t j = 0; j < s.units; ++j)
    for (std::size_t k = 0; k < pixels; ++k)
      grey[(j / side * 28 + k / 28) * width + j % side * 28 + k % 28] =
          static_cast<char>(255 - std::lround(255 * weights[k * s.units + j] / most));
  std::ofstream{file, std::ios::binary} << "P5 " << width << ' ' << width << " 255\n" << grey;
}

int main(int count, char** arguments) try {
  std::map<std::string, std::string> given;
  for (int k = 1; k + 1 < count; k += 2) given[arguments[k]] = arguments[k + 1];
  settings s;
  const auto set = [&](const char* name, auto& number) {
    if (given.contains(name)) number = static_cast<std::remove_reference_t<decltype(number)>>(std::stoul(given[name]));
  };
  set("--units", s.units), set("--train", s.train), set("--label", s.label), set("--test", s.test);
  s.cells = given["--cells"];
  set("--normalise", s.normalise), set("--seed", s.seed), set("--threads", s.threads);
  const char* data = std::getenv("SPINULE_DATA");
  if (given.contains("--data")) data = given["--data"].c_str();
  const auto folder = std::filesystem::path{data ? data : ""} / "mnist";
  if (!std::filesystem::exists(folder)) return fmt::print("there is no {}\n", folder.string()), 77;
  const mnist digits{folder};
  const learned all = train(s, digits);
  if (given.contains("--picture")) draw(given["--picture"], s, all.weights);
  const std::size_t right = test(s, digits, all);
  if (given.contains("--digital")) print_digital(s, digits, all, given["--digital"]);
  return 2 * right >= s.test ? 0 : 1;
} catch (const std::exception& e) {
  return fmt::print(stderr, "{}\n", e.what()), 1;
}

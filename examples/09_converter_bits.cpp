// How many bits do the converters of a crossbar need? A readout is trained on a liquid on the CPU; then the same digits
// go through arrays whose converters have fewer and fewer bits.
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/parallel.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/learning/readout.hpp>
#include <spinule/models/liquid.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

/// Counts of all neurons for digits `first` to `first + n - 1`, one row each, and the mean energy.
struct features {
  std::vector<float> counts;
  double energy_nj = 0;
};

features show(const liquid& l, const simulation& sim, std::uint32_t first, std::uint32_t n) {
  const std::size_t columns = sim.counts(l.layers[0]).size() + sim.counts(l.layers[1]).size();
  features all{std::vector<float>(n * columns)};
  std::vector<double> energies(n);
  for_each_sample(sim, n, 0, [&](simulation& own, std::size_t i) {
    own.reset(i);
    own.play(l.input, draw_digit((first + i) % 10, 1, first + i));
    own.run(315_ms);
    auto row = all.counts.begin() + static_cast<std::ptrdiff_t>(i * columns);
    for (const population& layer : l.layers)
      for (const auto c : own.counts(layer)) *row++ = static_cast<float>(c);
    if (const auto costs = own.costs()) energies[i] = costs->total_pj() * 1e-3;
  });
  for (const double e : energies) all.energy_nj += e / n;
  return all;
}

int main() {
  const liquid l = grid_liquid{.neurons = 250}.build({.channels = 2312, .width = 34, .height = 34});
  std::vector<std::uint32_t> labels;
  for (std::uint32_t i = 0; i < 200; ++i) labels.push_back(i % 10);
  const auto seen = show(l, {l.net, cpu{.tick = 1_ms, .threads = 1}}, 0, 200);
  const auto readout = learning::linear_readout::train({seen.counts, 250}, labels, 10, {.penalty = 0.02});
  fmt::print("bits  correct  energy per digit\n");
  std::vector<int> correct;
  for (const int bits : {8, 6, 5, 4, 3, 2}) {
    hardware chip = load_hardware("isaac_32nm");
    override_hardware(chip, fmt::format("adc.bits={}", bits));
    const auto got = show(l, {l.net, crossbar{.tick = 1_ms, .hardware = chip}}, 200, 100);
    int right = 0;
    for (std::uint32_t i = 0; i < 100; ++i)
      right += readout.classify(std::span{got.counts}.subspan(i * 250, 250)) == i % 10;
    fmt::print("{:4}  {:5} %  {:10.0f} nJ\n", bits, right, got.energy_nj);
    correct.push_back(right);
  }
  return correct.front() > 60 && correct.back() < 30 ? 0 : 1;
}

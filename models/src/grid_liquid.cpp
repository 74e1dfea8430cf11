#include <spinule/models/liquid.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

namespace spinule {
namespace {

/// nx * ny * nz = n with sides as equal as possible.
std::array<int, 3> sides_of(index_t n) {
  std::array<int, 3> best{1, 1, static_cast<int>(n)};
  for (int x = 1; std::uint64_t(x) * x * x <= n; ++x)
    for (int y = x; n % x == 0 && std::uint64_t(x) * y * y <= n; ++y)
      if (n % (std::uint64_t(x) * y) == 0) best = {x, y, static_cast<int>(n / (std::uint64_t(x) * y))};
  return best;
}

void check(const grid_liquid& g, const liquid_input& from) {
  const std::string where = "grid_liquid";
  if (g.neurons < 5)
    throw spinule_error{where, fmt::format("{} neurons; at least 5 neurons, of which a fifth inhibit", g.neurons)};
  if (from.channels == 0) throw spinule_error{where, "0 channels; give at least one"};
  if (!(g.density >= 0 && g.density <= 1))
    throw spinule_error{where, fmt::format("density = {}; it is a share, from 0 to 1", g.density)};
}

/// Input synapses onto the units first .. first + size - 1.
std::vector<listed<millivolts>> input_synapses(const grid_liquid& g, const liquid_input& from, index_t first,
                                               index_t size) {
  const index_t width = std::max<index_t>(from.width, 1), height = std::max<index_t>(from.height, 1);
  const fixed_outdegree rule{.k = static_cast<std::uint32_t>(std::lround(g.density * size))};
  const endpoints ends{
      .sources = from.channels, .targets = size, .same = false, .source_positions = {}, .target_positions = {}};
  std::vector<listed<millivolts>> synapses;
  std::vector<index_t> targets;
  for (index_t c = 0; c < from.channels; ++c) {
    random_stream wires{g.seed, purpose::wiring, (std::uint64_t{first} << 32) | c},
        signs{g.seed, purpose::weight, (std::uint64_t{first} << 32) | c};
    targets.clear();
    rule.row(c, ends, wires, targets);
    for (const index_t t : targets) {
      bool positive = signs.uniform() < 0.5;
      if (g.patch > 0) {
        const index_t patch = c / width % height / g.patch * ((width + g.patch - 1) / g.patch) + c % width / g.patch;
        positive =
            random_stream{g.seed, purpose::weight, (std::uint64_t{patch} << 32) | (first + t), 1}.uniform() < 0.5;
      }
      synapses.push_back({.source = c, .target = t, .weight = (positive ? 1 : -1) * g.input_weight});
    }
  }
  return synapses;
}

}  // namespace

liquid grid_liquid::build(const liquid_input& from) const {
  check(*this, from);
  const auto [nx, ny, nz] = sides_of(neurons);
  const auto places = shuffled(grid(nx, ny, nz), seed);
  const index_t excitatory = neurons - neurons / 5;
  const lif unit{.tau = tau, .threshold = threshold, .refractory = refractory};

  liquid l{network{seed}, {}, {}};
  l.input = l.net.add("input", replay{}, from.channels);
  const auto e =
      l.net.add("excitatory", unit, excitatory, {.positions = {places.begin(), places.begin() + excitatory}});
  const auto i = l.net.add("inhibitory", unit, neurons / 5, {.positions = {places.begin() + excitatory, places.end()}});
  l.layers = {e, i};

  l.net.connect(l.input, e, input_synapses(*this, from, 0, excitatory));
  l.net.connect(l.input, i, input_synapses(*this, from, excitatory, neurons / 5));
  const value<milliseconds> delay = uniform{delay_low, delay_high};
  const auto wire = [&](auto source, auto target, double c, double sign) {
    l.net.connect(source, target, distance_dependent{.c = c, .lambda = lambda},
                  {.weight = sign * weight, .delay = delay});
  };
  wire(e, e, ee, 1);
  wire(e, i, ei, 1);
  wire(i, e, ie, -1);
  wire(i, i, ii, -1);
  return l;
}

grid_liquid nalsm_liquid(index_t neurons, std::uint64_t seed) {
  const auto side = static_cast<index_t>(std::lround(std::cbrt(neurons)));
  if (neurons < 8 || std::uint64_t{side} * side * side != neurons)
    throw spinule_error{"nalsm_liquid",
                        fmt::format("{} neurons fill no cube; give 1000 or 8000, or another cube from 8 on", neurons)};
  const millivolts weight = 1.58198 * 1.05_mV;  // 1 / (1 - 1 / e)
  return {.neurons = neurons, .seed = seed, .weight = weight, .input_weight = weight, .patch = 0};
}

}  // namespace spinule

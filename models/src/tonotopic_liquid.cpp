#include <spinule/models/liquid.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

namespace spinule {
namespace {

void check(const tonotopic_liquid& t, const liquid_input& from) {
  const std::string where = "tonotopic_liquid";
  if (from.channels == 0) throw spinule_error{where, "0 channels; give at least one"};
  if (from.channels > 1u << 30) throw spinule_error{where, fmt::format("{} channels; at most 2^30", from.channels)};
  if (!(t.inhibitory >= 0 && t.inhibitory <= 1))
    throw spinule_error{where, fmt::format("inhibitory = {}; it is a share, from 0 to 1", t.inhibitory)};
  if (!(t.threshold > 0) || !std::isfinite(t.threshold))
    throw spinule_error{where, fmt::format("threshold = {}; it must be positive and finite", t.threshold)};
  if (!(t.spread >= 0) || !std::isfinite(t.spread))
    throw spinule_error{where, fmt::format("spread = {}; it must be 0 or more, and finite", t.spread)};
}

/// Units of one kind and where they are on the axis.
struct half {
  std::vector<lif> units;
  std::vector<position> places;
};

/// Excitatory and inhibitory units.
std::array<half, 2> drawn(const tonotopic_liquid& t, double length) {
  const double expected = t.input_c * t.input_lambda * std::sqrt(3.14159265358979);
  random_stream random{t.seed, purpose::user, 0};
  std::array<half, 2> halves;
  for (index_t n = 0; n < t.neurons; ++n) {
    half& kind = halves[random.uniform() < t.inhibitory ? 1 : 0];
    const double threshold = t.threshold * expected * portable_exp(t.spread * random.normal());
    kind.units.push_back({.tau = t.tau, .threshold = millivolts{std::fmax(threshold, 1e-3)}, .refractory = 0_ms});
    kind.places.push_back({length * n / std::max<index_t>(t.neurons - 1, 1), 0, 0});
  }
  return halves;
}

}  // namespace

liquid tonotopic_liquid::build(const liquid_input& from) const {
  check(*this, from);
  const auto [excitatory, inhibiting] = drawn(*this, from.channels);
  if (excitatory.units.empty() || inhibiting.units.empty())
    throw spinule_error{"tonotopic_liquid",
                        fmt::format("of {} neurons drawn {} are excitatory and {} inhibitory; give more", neurons,
                                    excitatory.units.size(), inhibiting.units.size())};

  liquid l{network{seed}, {}, {}};
  l.input = l.net.add("input", replay{.nearest = true}, from.channels,
                      {.positions = grid(static_cast<int>(from.channels), 1, 1)});
  const auto e = l.net.add("excitatory", excitatory.units, {.positions = excitatory.places});
  const auto i = l.net.add("inhibitory", inhibiting.units, {.positions = inhibiting.places});
  l.layers = {e, i};
  const distance_dependent field{.c = input_c, .lambda = input_lambda}, near{.c = c, .lambda = lambda};
  const value<milliseconds> delay = uniform{delay_low - 0.5 * tick, delay_high + 0.49 * tick};
  for (const auto& cells : {e, i}) {
    l.net.connect(l.input, cells, field, {.weight = 1_mV});
    l.net.connect(e, cells, near, {.weight = weight, .delay = delay});
    l.net.connect(i, cells, near, {.weight = -inhibition, .delay = delay});
  }
  return l;
}

}  // namespace spinule

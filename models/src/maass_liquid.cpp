#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/liquid.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>

namespace spinule {
namespace {

constexpr picoamperes nanoampere{1000};

/// Means of the synapses between two kinds of units.
struct dynamics {
  double u;
  milliseconds recovery, facilitation;
  picoamperes weight;
  milliseconds delay;
};

/// Lognormal with the given mean and relative standard deviation.
double around(double mean, double deviation, random_stream& random) {
  const double variance = portable_log(1 + deviation * deviation);
  return mean * portable_exp(std::sqrt(variance) * random.normal() - variance / 2);
}

void check(const maass_liquid& m, const liquid_input& from) {
  const std::string where = "maass_liquid";
  if (m.neurons == 0 || m.neurons % 9 != 0)
    throw spinule_error{
        where, fmt::format("{} neurons fill no column of 3 x 3; give 135, or another multiple of 9", m.neurons)};
  if (from.channels == 0) throw spinule_error{where, "0 channels; give at least one"};
  if (!(m.density >= 0 && m.density <= 1))
    throw spinule_error{where, fmt::format("density = {}; it is a share, from 0 to 1", m.density)};
  if (!(m.tick.value() > 0)) throw spinule_error{where, fmt::format("tick = {} ms; give more than 0", m.tick.value())};
  if (!(m.weight >= 0 && std::isfinite(m.weight)))
    throw spinule_error{where, fmt::format("weight = {}; it is a factor, 0 or more", m.weight)};
}

class builder {
 public:
  builder(const maass_liquid& m, const liquid_input& from) : m_{m}, l_{network{m.seed}, {}, {}} {
    l_.input = l_.net.add("input", replay{}, from.channels);
    const auto places = shuffled(grid(3, 3, static_cast<int>(m.neurons / 9)), m.seed);
    const auto first_inhibitory = places.begin() + (m.neurons - m.neurons / 5);
    e_ = units("excitatory", 3_ms, {places.begin(), first_inhibitory}, m.input_weight);
    i_ = units("inhibitory", 2_ms, {first_inhibitory, places.end()}, 0.5 * m.input_weight);
  }

  liquid built() {
    wire(e_, e_, m_.ee, {0.5, 1100_ms, 50_ms, 30 * nanoampere, 1.5_ms});
    wire(e_, i_, m_.ei, {0.05, 125_ms, 1200_ms, 60 * nanoampere, 0.8_ms});
    wire(i_, e_, m_.ie, {0.25, 700_ms, 20_ms, -19 * nanoampere, 0.8_ms});
    wire(i_, i_, m_.ii, {0.32, 144_ms, 60_ms, -19 * nanoampere, 0.8_ms});
    return std::move(l_);
  }

 private:
  using cells = population_of<current_lif>;

  cells units(const std::string& name, milliseconds refractory, std::vector<position> places, picoamperes input) {
    random_stream random{m_.seed, purpose::initial_state, l_.layers.size(), 1};
    std::vector<current_lif> all(places.size());
    for (auto& unit : all)
      unit = {.tau = 30_ms,
              .capacitance = picofarads{30'000},
              .tau_excitatory = 3_ms,
              .tau_inhibitory = 6_ms,
              .threshold = 15_mV,
              .reset = (13.8 + 0.7 * random.uniform()) * 1_mV,
              .refractory = refractory,
              .bias = (13.5 + random.uniform()) * nanoampere};
    const auto size = static_cast<double>(all.size());
    const auto added = l_.net.add(name, std::move(all), {.positions = std::move(places)});
    l_.net.initialise(added, "v", uniform{13.5_mV, 14.9_mV});
    l_.net.connect(l_.input, added, fixed_outdegree{.k = static_cast<std::uint32_t>(std::lround(m_.density * size))},
                   {.weight = input, .delay = m_.tick});
    l_.layers.push_back(added);
    return added;
  }

  void wire(const cells& source, const cells& target, double c, const dynamics& mean) {
    const auto all = l_.net.populations();
    const auto &from = all[source.id], &to = all[target.id];
    const std::string name = fmt::format("{}->{}", from.name, to.name);
    const distance_dependent rule{.c = c, .lambda = m_.lambda};
    const endpoints ends{.sources = static_cast<index_t>(from.size),
                         .targets = static_cast<index_t>(to.size),
                         .same = source == target,
                         .source_positions = from.positions,
                         .target_positions = to.positions};
    rule.check(ends, name);

    std::vector<tsodyks_markram_terminal> terminals;
    std::vector<listed<number>> into;
    std::vector<listed<picoamperes>> out;
    std::vector<index_t> targets;
    for (index_t s = 0; s < ends.sources; ++s) {
      random_stream random{m_.seed, purpose::wiring, (std::uint64_t{source.id * 2 + target.id} << 32) | s, 1};
      targets.clear();
      rule.row(s, ends, random, targets);
      for (const index_t t : targets) {
        const auto terminal = static_cast<index_t>(terminals.size());
        terminals.push_back(drawn(mean, random));
        into.push_back({s, terminal, number{1}});
        const double ticks = std::round((1 + 0.1 * random.normal()) * mean.delay.in(m_.tick));
        out.push_back({terminal, t, around(m_.weight, 0.7, random) * mean.weight, std::fmax(ticks, 1) * m_.tick});
      }
    }
    if (terminals.empty()) return;
    const auto port = mean.weight.value() > 0 ? current_lif::excitatory : current_lif::inhibitory;
    const auto between = l_.net.add(name, std::move(terminals));
    l_.net.connect(source, between, std::move(into));
    l_.net.connect(between, target[port], std::move(out));
  }

  static tsodyks_markram_terminal drawn(const dynamics& mean, random_stream& random) {
    double u = 2;
    while (u > 1) u = around(mean.u, 0.5, random);
    return {.utilisation = u,
            .tau_facilitation = around(1, 0.5, random) * mean.facilitation,
            .tau_recovery = around(1, 0.5, random) * mean.recovery};
  }

  const maass_liquid& m_;
  liquid l_;
  cells e_, i_;
};

}  // namespace

liquid maass_liquid::build(const liquid_input& from) const {
  check(*this, from);
  return builder{*this, from}.built();
}

}  // namespace spinule

#include <spinule/models/nalsm.hpp>

#include <array>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/models/balance_astrocyte.hpp>
#include <spinule/models/cuba_lif.hpp>
#include <spinule/models/sources.hpp>

namespace spinule {
namespace {

constexpr std::uint64_t own_stream = std::uint64_t{1} << 62;  ///< beyond the rows of all projections

int side_of(index_t neurons) {
  const int side = static_cast<int>(std::lround(std::cbrt(neurons)));
  if (neurons < 8 || std::uint64_t(side) * side * side != neurons)
    throw spinule_error{"nalsm",
                        fmt::format("{} neurons fill no cube; give 1000 or 8000, or another cube from 8 on", neurons)};
  return side;
}

void check(const nalsm& n, const liquid_input& from, const nalsm_rules& rules) {
  const std::string where = "nalsm";
  if (from.channels == 0) throw spinule_error{where, "0 channels; give at least one"};
  if (!(n.density >= 0 && n.density <= 1))
    throw spinule_error{where, fmt::format("density = {}; it is a share, from 0 to 1", n.density)};
  for (const double tau : {n.tau, n.tau_astro})
    if (!(tau > 1)) throw spinule_error{where, fmt::format("a time constant of {} ms; it must be above 1 ms", tau)};
  for (const double x : {n.w_astro, n.base, n.weight.value(), n.input_weight.value()})
    if (!std::isfinite(x)) throw spinule_error{where, fmt::format("a number of {}; it must be finite", x)};
  const int given = (rules.excitatory != nullptr) + (rules.inhibitory != nullptr) + (rules.input != nullptr);
  if (given != 0 && given != 3) throw spinule_error{where, "some rules are missing; give all three or none"};
}

/// A decay whose exact step of 1 ms leaves what an Euler step of `tau` ms leaves.
milliseconds of_euler(double tau) { return milliseconds{-1 / portable_log(1 - 1 / tau)}; }

/// Exactly so many of all pairs of channel and unit, drawn one after the other with the probability that is left
/// (Knuth's algorithm S); those onto units from `excitatory` on are numbered from 0 again.
std::array<std::vector<listed<millivolts>>, 2> input_synapses(const nalsm& n, index_t channels, index_t excitatory) {
  std::array<std::vector<listed<millivolts>>, 2> synapses;
  std::uint64_t pairs = std::uint64_t{channels} * n.neurons;
  auto wanted = static_cast<std::uint64_t>(n.density * static_cast<double>(pairs));
  random_stream wires{n.seed, purpose::wiring, own_stream}, signs{n.seed, purpose::weight, own_stream};
  for (index_t c = 0; c < channels; ++c)
    for (index_t i = 0; i < n.neurons; ++i, --pairs) {
      if (wires.uniform() * static_cast<double>(pairs) >= static_cast<double>(wanted)) continue;
      --wanted;
      const bool inhibits = i >= excitatory;
      synapses[inhibits].push_back({.source = c,
                                    .target = inhibits ? i - excitatory : i,
                                    .weight = (signs.uniform() < 0.5 ? 1 : -1) * n.input_weight,
                                    .delay = 1_ms});
    }
  return synapses;
}

connection connected(const population& from, const population& to, connected_pairs pairs,
                     const std::shared_ptr<const any_rule>& rule) {
  connection c{.from = from, .to = to, .port = cuba_lif::current.number, .pairs = std::move(pairs)};
  c.rule = rule;
  c.dendritic = 0.5;
  return c;
}

/// It hears the liquid and, as negative numbers, its input, and modulates what all synapses learn: what spikes change
/// follows from the spikes before them, so the value that counts is that of the tick before, and rules see a spike a
/// tick late.
void add_astrocyte(const nalsm& n, nalsm_network& of) {
  network& net = of.whole.net;
  const auto astrocyte = net.add("astrocyte", balance_astrocyte{.tau = of_euler(n.tau_astro), .base = n.base}, 1);
  of.astrocyte = astrocyte;
  if (n.w_astro != 0) {
    net.connect(of.receptors, astrocyte, all_to_all{}, {.weight = -n.w_astro});
    for (const population& layer : of.whole.layers) net.connect(layer, astrocyte, all_to_all{}, {.weight = n.w_astro});
  }
  for (const projection& p : of.synapses) net.modulate(astrocyte, p, factor::learning, 2_ms);
}

}  // namespace

nalsm_network nalsm::build(const liquid_input& from, const nalsm_rules& rules) const {
  check(*this, from, rules);
  const int side = side_of(neurons);
  const auto places = shuffled(grid(side, side, side), seed);
  const index_t excitatory = neurons - neurons / 5;
  const cuba_lif unit{.tau = of_euler(tau), .threshold = threshold};

  nalsm_network made{{network{seed}, {}, {}}, {}, {}, {}};
  network& net = made.whole.net;
  made.whole.input = net.add("input", replay{}, from.channels);
  const auto receptors = net.add("receptors", unit, from.channels);
  const auto e = net.add("excitatory", unit, excitatory, {.positions = {places.begin(), places.begin() + excitatory}});
  const auto i = net.add("inhibitory", unit, neurons / 5, {.positions = {places.begin() + excitatory, places.end()}});
  made.receptors = receptors;
  made.whole.layers = {e, i};

  net.connect(made.whole.input, receptors[cuba_lif::jump], one_to_one{}, {.weight = 5 * threshold});
  auto in = input_synapses(*this, from.channels, excitatory);
  for (const std::size_t k : {0, 1})
    made.synapses.push_back(
        net.add(connected(receptors, made.whole.layers[k], given_list{std::move(in[k])}, rules.input)));
  const auto wire = [&](const population& source, const population& target, double c, millivolts w, const auto& rule) {
    connection all = connected(source, target, wiring{distance_dependent{.c = c, .lambda = lambda}}, rule);
    all.weight = {law::shape::constant, w.value()};
    all.delay = {law::shape::constant, 1};
    made.synapses.push_back(net.add(std::move(all)));
  };
  wire(e, e, ee, weight, rules.excitatory);
  wire(e, i, ei, weight, rules.excitatory);
  wire(i, e, ie, -weight, rules.inhibitory);
  wire(i, i, ii, -weight, rules.inhibitory);
  if (rules.input) add_astrocyte(*this, made);
  return made;
}

}  // namespace spinule

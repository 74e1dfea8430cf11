#include "plastic_liquid.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/classifier_file.hpp>
#include <spinule/learning/astrocyte_stdp.hpp>
#include <spinule/learning/branching.hpp>
#include <spinule/learning/plastic_liquid.hpp>
#include <spinule/models/liquid_recipe.hpp>

#include "interrupt.hpp"
#include "stage.hpp"
#include "standard_streams.hpp"

namespace spinule {
namespace {

constexpr milliseconds glance = 20_ms;

nalsm_network built(const liquid_description& how, const liquid_input& from, nalsm_phase phase) {
  return build_nalsm(how, from, learned_by(nalsm_stdp(3_mV, phase)));
}

/// The k-th: a part of a sample, both drawn at random. Parts begin where a whole one is left.
recording glance_at(const dataset& data, std::uint64_t seed, std::uint64_t k) {
  random_stream draw{seed, purpose::user, k};
  recording r = data.read(draw.below(std::uint64_t{data.size()})).events;
  const auto span = static_cast<std::int64_t>(glance.in(1_us)), length = static_cast<std::int64_t>(r.length.in(1_us));
  const auto starts = static_cast<std::uint64_t>(std::max<std::int64_t>(length - span, 0) / 1000 + 1);
  const auto from = 1000 * static_cast<std::int64_t>(draw.below(starts));
  std::erase_if(r.events, [&](const event& e) { return e.time_us < from || e.time_us >= from + span; });
  for (event& e : r.events) e.time_us -= from;
  return r;
}

std::vector<float> weights_in(const simulation& sim, const nalsm_network& n) {
  std::vector<float> all;
  for (const projection& p : n.synapses)
    for (const double w : sim.weights(p)) all.push_back(static_cast<float>(w));
  return all;
}

/// The mean over ten samples from all over the data, each shown whole to a liquid with the weights of now. NaN where
/// nothing fires in any.
double branching_of(const liquid_description& how, const dataset& data) {
  const nalsm_network n = built(how, liquid_input_of(data), nalsm_phase::samples);
  simulation sim{n.whole.net, cpu{.tick = how.tick, .threads = 1}};
  for (const population& layer : n.whole.layers) sim.observe(layer);
  const std::size_t samples = std::min<std::size_t>(10, data.size());
  double sum = 0;
  int active = 0;
  for (std::size_t i = 0; i < samples && !interrupted(); ++i) {
    sim.reset(i);
    sim.play(n.whole.input, data.read(i * data.size() / samples).events);
    sim.run(how.windows.back());
    const double factor = learning::local_branching(learning::joined(n.whole.net, sim, n.whole.layers), sim.now());
    if (std::isnan(factor)) continue;
    sum += factor;
    ++active;
  }
  return sum / active;
}

}  // namespace

liquid build_any_liquid(const liquid_description& how, const liquid_input& from) {
  return how.kind == "nalsm" ? built(how, from, nalsm_phase::samples).whole : build_liquid(how, from);
}

std::optional<liquid_description> made_ready(liquid_description how, const dataset& data, std::uint64_t snapshots) {
  const nalsm_network n = built(how, liquid_input_of(data), nalsm_phase::snapshots);
  simulation sim{n.whole.net, cpu{.tick = how.tick, .threads = 1}};
  const orderly_stop between_snapshots;
  stage showing{"Snapshots", snapshots};
  const auto tell = [&](std::uint64_t shown) {
    how.weights = weights_in(sim, n);
    const double branching = branching_of(how, data);
    if (interrupted()) return;
    stage::clear_line();
    fmt::print("{} snapshots: branching factor {}, depression {:.3f}\n", shown,
               std::isnan(branching) ? "unknown, for no neuron fires" : fmt::format("{:.3f}", branching),
               sim.read(n.astrocyte, "a", 0));
    std::fflush(stdout);
  };
  const auto go_on = [&](std::uint64_t k) {
    showing.done(k);
    if (k > 0 && 10 * k / snapshots != 10 * (k - 1) / snapshots) tell(k);
    return !interrupted();
  };
  const auto shown = learning::show(sim, n.whole.input,
                                    {.count = snapshots,
                                     .length = glance,
                                     .read = [&](std::uint64_t k) { return glance_at(data, how.seed, k); },
                                     .go_on = go_on});
  if (!interrupted()) tell(shown);
  if (!interrupted()) return how;
  complain(fmt::format("Interrupted after {} of {} snapshots; no model was written.", shown, snapshots));
  return {};
}

}  // namespace spinule

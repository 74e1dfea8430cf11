#include "warnings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "standard_streams.hpp"

namespace spinule {
namespace {

constexpr const char* dead =
    "Warning: {}no neuron of \"{}\" fired in any of {} samples, so nothing passes it; raise the weights onto it or "
    "lower "
    "its threshold";
constexpr const char* saturated =
    "Warning: {}neurons of \"{}\" fired in {:.0f} % of all ticks, so they tell little; lower the weights onto it or "
    "raise its threshold";

/// "on chip 3, " where there are chips.
std::string where(const replay_result& r) { return r.chip ? fmt::format("on chip {}, ", *r.chip) : ""; }

/// False for graded units, and for those that have a membrane and no threshold.
bool fires(const any_model& model, milliseconds tick) {
  if (model.is_source()) return false;
  const auto cells = model.trainable(1, tick);
  return !model.is_graded() && (!cells || cells->fires());
}

}  // namespace

void warn_of_activity(const replay_result& seen, const classifier& through) {
  const std::string on = where(seen);
  const double duration = through.windows.back().in(through.tick);
  for (std::size_t p = 0; p < seen.layers.size(); ++p) {
    const auto& layer = seen.layers[p];
    if (!fires(*through.net.populations()[p].model, through.tick)) continue;
    const double share = layer.spikes_per_sample / (duration * std::max(layer.neurons, 1u));
    if (layer.spikes_per_sample == 0) complain(fmt::format(dead, on, layer.name, seen.samples));
    if (share >= 0.5) complain(fmt::format(saturated, on, layer.name, 100 * share));
  }
}

void warn_of_weights(const replay_result& seen) {
  for (const auto& k : seen.weights)
    if (k.lost > 0)
      complain(
          fmt::format("Warning: {}{} of {} weights of \"{}\" are kept as 0; give more bits, or weights of similar size",
                      where(seen), k.lost, k.synapses, k.projection));
}

}  // namespace spinule

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

/// "lower device.stuck_on, or ": what takes weights on this hardware besides its bits, if anything does.
std::string remedy_of_faults(const replay_result& r) {
  if (!r.preset) return "";
  std::string text;
  for (const auto& c : r.preset->constants)
    if ((c.key == "device.stuck_on" || c.key == "device.stuck_off") && c.value > 0)
      text += fmt::format("lower {}, which is {:g}, or ", c.key, c.value);
  for (const auto& c : r.preset->choices)
    if (c.key == "array.wires" && c.value == "exact") text += "lower the resistance of the wires, or ";
  return text;
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
  std::uint64_t lost = 0, synapses = 0;
  std::size_t projections = 0;
  const kept_weights* most = nullptr;
  for (const auto& k : seen.weights) {
    if (k.lost == 0) continue;
    lost += k.lost;
    synapses += k.synapses;
    ++projections;
    if (most == nullptr || k.lost > most->lost) most = &k;
  }
  if (most == nullptr) return;
  const std::string whose = projections == 1
                                ? fmt::format("\"{}\"", most->projection)
                                : fmt::format("{} projections, most of them of \"{}\",", projections, most->projection);
  complain(fmt::format("Warning: {}{} of {} weights of {} are kept as 0; {}give more bits, or weights of similar size",
                       where(seen), lost, synapses, whose, remedy_of_faults(seen)));
}

}  // namespace spinule

#include <algorithm>

#include <spinule/engine/elm_decay.hpp>
#include <spinule/math.hpp>

#include "elm_training.hpp"

namespace spinule::learning {
namespace {

double logistic(double p) { return 1 / (1 + portable_exp(-p)); }

/// p of tau, which is kept off the bounds as in the authors' code.
double logit(double tau, double low, double high) {
  const double inside = std::clamp(tau, low + 1e-6, high - 1e-6), share = (inside - low) / (high - low);
  return portable_log(share / (1 - share));
}

void put(const elm_layer& layer, std::size_t from_input, const elm_map& map, std::span<float> parameters) {
  for (std::size_t i = 0; i < map.inputs; ++i)
    for (std::size_t o = 0; o < map.outputs; ++o)
      parameters[map.weights + i * map.stride() + o] = layer.weights[o * layer.inputs + from_input + i];
}

void take(elm_layer& layer, std::size_t from_input, const elm_map& map, std::span<const float> parameters) {
  for (std::size_t i = 0; i < map.inputs; ++i)
    for (std::size_t o = 0; o < map.outputs; ++o)
      layer.weights[o * layer.inputs + from_input + i] = parameters[map.weights + i * map.stride() + o];
}

elm_layer empty_layer(std::size_t outputs, std::size_t inputs) {
  return {.outputs = static_cast<index_t>(outputs),
          .inputs = static_cast<index_t>(inputs),
          .weights = std::vector<float>(outputs * inputs),
          .bias = {}};
}

void take_bias(elm_layer& layer, const elm_map& map, std::span<const float> parameters) {
  const auto bias = parameters.subspan(map.bias, map.outputs);
  layer.bias.assign(bias.begin(), bias.end());
}

}  // namespace

elm_plan::elm_plan(elm_weights weights, std::size_t bins_in_all, const elm_trainer_options& options)
    : start{std::move(weights)}, how{options}, bins{bins_in_all} {
  place_maps();
  for (const double tau : start.tau_input) kappa_input.push_back(static_cast<float>(decay_of(tau, start.bin)));
  event_driven = std::ranges::all_of(kappa_input, [&](float k) { return k == kappa_input[0]; });
  route();
  put(start.layers[0], 0, branches, parameters);
  put(start.layers[0], start.branches, maps[0], parameters);
  for (std::size_t l = 1; l < layers(); ++l) put(start.layers[l], 0, maps[l], parameters);
  put(start.readout, 0, readout(), parameters);
  for (std::size_t l = 0; l < layers(); ++l)
    std::ranges::copy(start.layers[l].bias, parameters.begin() + static_cast<std::ptrdiff_t>(maps[l].bias));
  std::ranges::copy(start.readout.bias, parameters.begin() + static_cast<std::ptrdiff_t>(readout().bias));
  if (how.synapses) std::ranges::copy(start.weight, parameters.begin() + static_cast<std::ptrdiff_t>(weight_at));
  if (how.tau_memory)
    for (std::size_t k = 0; k < memory(); ++k)
      parameters[tau_at + k] =
          static_cast<float>(logit(start.tau_memory[k], how.tau_memory_min.value(), how.tau_memory_max.value()));
  refresh();
}

void elm_plan::place_maps() {
  std::size_t end = 0, back_end = 0;
  const auto place = [&](std::size_t inputs, std::size_t outputs, bool with_bias) {
    elm_map map{.inputs = inputs, .outputs = outputs, .weights = end, .bias = 0, .back = back_end};
    end += inputs * map.stride();
    back_end += outputs * map.back_stride();
    map.bias = end;
    if (with_bias) end += map.stride();
    return map;
  };
  const std::size_t hidden = start.layers[0].outputs;
  branches = place(start.branches, hidden, false);
  maps.push_back(place(memory(), hidden, true));
  for (std::size_t l = 1; l < start.layers.size(); ++l)
    maps.push_back(place(start.layers[l].inputs, start.layers[l].outputs, true));
  maps.push_back(place(memory(), start.outputs(), true));
  weight_at = end;
  if (how.synapses) end += padded(start.synapses());
  tau_at = end;
  if (how.tau_memory) end += padded(memory());
  parameter_count = end;
  parameters.assign(end + row_slack, 0);
  transposed.assign(back_end + row_slack, 0);
}

void elm_plan::route() {
  std::vector<std::vector<std::uint32_t>> of_channel(start.inputs);
  const std::size_t each = start.synapses() / start.branches;
  for (std::size_t j = 0; j < start.synapses(); ++j) {
    const auto synapse = static_cast<std::uint32_t>(j);
    if (start.input[j] != elm_weights::unconnected) {
      of_channel[start.input[j]].push_back(synapse);
      by_branch.entries.push_back(start.input[j]);
      by_branch.synapse.push_back(synapse);
    }
    if ((j + 1) % each == 0) by_branch.offsets.push_back(static_cast<std::uint32_t>(by_branch.entries.size()));
  }
  for (const auto& synapses_of : of_channel) {
    for (const std::uint32_t j : synapses_of) {
      by_channel.entries.push_back(static_cast<std::uint32_t>(j / each));
      by_channel.synapse.push_back(j);
    }
    by_channel.offsets.push_back(static_cast<std::uint32_t>(by_channel.entries.size()));
  }
  by_branch.values.resize(by_branch.entries.size());
  by_channel.values.resize(by_channel.entries.size());
}

void elm_plan::refresh() {
  refresh_synapses();
  refresh_memory();
  const auto turn = [&](const elm_map& map) {
    for (std::size_t i = 0; i < map.inputs; ++i)
      for (std::size_t o = 0; o < map.outputs; ++o)
        transposed[map.back + o * map.back_stride() + i] = parameters[map.weights + i * map.stride() + o];
  };
  for (const elm_map& map : maps) turn(map);
  if (!event_driven) turn(branches);
}

void elm_plan::refresh_synapses() {
  synapses = start.weight;
  if (how.synapses)
    std::copy_n(parameters.begin() + static_cast<std::ptrdiff_t>(weight_at), synapses.size(), synapses.begin());
  for (elm_routes* routes : {&by_branch, &by_channel})
    for (std::size_t e = 0; e < routes->entries.size(); ++e) routes->values[e] = synapses[routes->synapse[e]];
  if (!event_driven) return;
  columns.assign(start.inputs * branches.stride() + row_slack, 0);
  add_listed_rows(by_channel.all(), start.inputs, parameters.data() + branches.weights, branches.stride(),
                  branches.outputs, columns.data(), branches.stride());
}

void elm_plan::refresh_memory() {
  kappa.assign(memory_stride(), 0);
  gain.assign(memory_stride(), 0);
  tau_memory = start.tau_memory;
  kappa_per_ms.resize(memory());
  gain_per_ms.resize(memory());
  for (std::size_t k = 0; k < memory(); ++k) {
    double& tau = tau_memory[k];
    const double low = how.tau_memory_min.value(), high = how.tau_memory_max.value();
    if (how.tau_memory) tau = low + (high - low) * logistic(parameters[tau_at + k]);
    kappa[k] = static_cast<float>(decay_of(tau, start.bin));
    gain[k] = static_cast<float>(write_gain(start, tau));
    const double x = bins_per_tau(tau, start.bin);
    const bool first = start.version == elm_version::v1;
    kappa_per_ms[k] = portable_exp(-x) * x / tau;
    gain_per_ms[k] = -start.lambda * x / tau * portable_exp(first ? -x : -start.lambda * x);
  }
}

double elm_plan::tau_slope(std::size_t k) const {
  const double low = how.tau_memory_min.value(), high = how.tau_memory_max.value();
  return (tau_memory[k] - low) * (high - tau_memory[k]) / (high - low);
}

std::vector<elm_layer> elm_plan::layers_of(std::span<const float> vector) const {
  std::vector<elm_layer> all;
  for (std::size_t l = 0; l < layers(); ++l) {
    elm_layer layer = empty_layer(maps[l].outputs, maps[l].inputs + (l == 0 ? branches.inputs : 0));
    if (l == 0) take(layer, 0, branches, vector);
    take(layer, l == 0 ? branches.inputs : 0, maps[l], vector);
    take_bias(layer, maps[l], vector);
    all.push_back(std::move(layer));
  }
  return all;
}

elm_layer elm_plan::readout_of(std::span<const float> vector) const {
  elm_layer layer = empty_layer(readout().outputs, readout().inputs);
  take(layer, 0, readout(), vector);
  take_bias(layer, readout(), vector);
  return layer;
}

}  // namespace spinule::learning

// Every block model under the laws of runs and of parameters: one line each, more where parameters lead to other code.
#pragma once

#include <gtest/gtest.h>

#include <spinule/models/dendritic_lif.hpp>
#include <spinule/models/elm.hpp>

#include "laws/all_models.hpp"
#include "laws/linear_block.hpp"

namespace spinule::laws {
namespace {

inline elm_weights small_elm(elm_version version, std::uint64_t seed = 1) {
  return elm_shape{.inputs = 10,
                   .memory = 4,
                   .branches = 4,
                   .synapses_per_branch = 5,
                   .routing = elm_routing::random,
                   .version = version,
                   .bin = 0.1_ms,
                   .tau_input = 0.5_ms,
                   .tau_memory_min = 0.1_ms,
                   .tau_memory_max = 10_ms,
                   .seed = seed}
      .build();
}
/// Each trace with a time constant of its own.
inline elm_weights uneven_elm(elm_version version) {
  elm_weights w = small_elm(version);
  for (std::size_t k = 0; k < w.tau_input.size(); ++k) w.tau_input[k] *= 1 + 0.1 * static_cast<double>(k);
  return w;
}

// clang-format off
using all_block_models = testing::Types<
    on<[] { return trial{"dendritic_lif", dendritic_lif{.segments = 6, .coincidence = 4, .plateau = 10_ms}, {jumps(-0.2, 0.9), jumps(-3, 4), levels(0, 20)}}; }>,
    on<[] { return trial{"dendritic_lif_gated", dendritic_lif{.bias = 3_mV, .segments = 2, .coincidence = 3, .window = 5_ms, .plateau = 20_ms, .gated = true}, {jumps(-0.2, 0.6), jumps(-3, 4), levels(0, 20)}}; }>,
    on<[] { return trial{"linear_block", spiral(5), {levels(-0.3, 0.4), levels(-0.2, 0.3)}}; }>,
    on<[] { return trial{"linear_block_of_one_lane", spiral(1, 0.1, 0.8), {levels(-0.6, 0.9), levels(-0.2, 0.3)}}; }>,
    on<[] { return trial{"elm", spiking_elm{.neurons = small_elm(elm_version::v1), .firing = elm_firing::bernoulli}, {levels(-1, 2)}}; }>,
    on<[] { return trial{"elm_of_many_tau", spiking_elm{.neurons = uneven_elm(elm_version::v2), .firing = elm_firing::bernoulli}, {levels(-1, 2)}}; }>>;
// clang-format on

template <class... A, class... B>
testing::Types<A..., B...> joined(testing::Types<A...>, testing::Types<B...>);
/// Stepped one by one, or many at a time.
using models_of_both_kinds = decltype(joined(all_models{}, all_block_models{}));

}  // namespace
}  // namespace spinule::laws

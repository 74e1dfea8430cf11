// A small network to be trained, and samples for it.
#pragma once

#include <cmath>
#include <string>

#include <gmock/gmock.h>

#include <spinule/learning/trainer.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>

namespace spinule::learning::layer_to_train {

constexpr index_t channels = 12, units = 7, classes = 3;
constexpr ticks length = 20;

inline std::vector<training_sample> samples_of(std::size_t count, std::uint64_t seed = 3, index_t from = 0,
                                               index_t to = channels) {
  std::vector<training_sample> all(count);
  random_stream random{seed, purpose::user, 1};
  for (auto& s : all) {
    s.label = static_cast<std::uint32_t>(random.below(classes));
    for (std::uint32_t t = 0; t < length; ++t)
      for (index_t c = from; c < to; ++c)
        if (random.uniform() < 0.2) s.events.push_back({t, c});
  }
  return all;
}

struct small_network {
  network net{5};
  population input, hidden, output;
  projection in, loop, out;
};

template <class Model, class Unit>
small_network network_of(const Model& model, Unit scale, index_t sources = channels) {
  small_network n;
  const auto input = n.net.add("input", replay{}, sources);
  const auto hidden = n.net.add("hidden", model, units);
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  n.in = n.net.connect(input, hidden, all_to_all{}, {.weight = normal{scale * 0.3, scale * 0.4}, .delay = 0_ms});
  n.loop = n.net.connect(hidden, hidden, all_to_all{}, {.weight = normal{scale * 0.0, scale * 0.4}, .delay = 1_ms});
  n.out = n.net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 1.0}, .delay = 0_ms});
  n.input = input, n.hidden = hidden, n.output = output;
  return n;
}
inline small_network plain_network(index_t sources = channels) {
  return network_of(soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV, sources);
}
inline trainer trainer_of(const small_network& n, const trainer_options& o = {},
                          const classification_loss_options& loss = {}) {
  return {n.net, n.input, n.output, 1_ms, length, loss, o};
}

/// Two layers, the second one recurrent, of which some pairs are connected.
struct deep_network {
  network net{5};
  population input, second, output;
  std::vector<projection> projections;
};
struct deep_shape {
  index_t inputs, first, second;
  double share, into_first, into_second;  ///< of all pairs; mean weights
  milliseconds first_delay{0};
};
/// `full` has all pairs, of weight 0 where the other has none, and so is held as matrices. `own_delays`: up to 4 ms are
/// added to each.
template <class Model, class Unit>
deep_network deep_network_of(const Model& model, Unit unit, const deep_shape& shape, bool full,
                             bool own_delays = false) {
  deep_network n;
  const auto input = n.net.add("input", replay{}, shape.inputs);
  const auto first = n.net.add("first", model, shape.first), second = n.net.add("second", model, shape.second);
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  random_stream random{4, purpose::user, 2};
  const auto some = [&](index_t from, index_t to, double mean, milliseconds delay, auto scale) {
    std::vector<listed<decltype(scale)>> all;
    for (index_t j = 0; j < from; ++j)
      for (index_t i = 0; i < to; ++i) {
        const double weight = mean + 0.5 * random.normal();
        const milliseconds later = own_delays ? delay + 1_ms * static_cast<double>((3 * i + 2 * j) % 5) : delay;
        if (random.uniform() < shape.share)
          all.push_back({j, i, scale * weight, later});
        else if (full)
          all.push_back({j, i, scale * 0.0, later});
      }
    return all;
  };
  const auto connect = [&](const auto& from, const auto& to, auto list) {
    n.projections.push_back(n.net.connect(from, to, std::move(list)));
  };
  connect(input, first, some(shape.inputs, shape.first, shape.into_first, shape.first_delay, unit));
  connect(first, second, some(shape.first, shape.second, shape.into_second, 0_ms, unit));
  connect(second, second, some(shape.second, shape.second, 0, 2_ms, unit));
  connect(second, output, some(shape.second, classes, 0, 0_ms, number{1.0}));
  n.input = input, n.second = second, n.output = output;
  return n;
}
inline trainer trainer_of(const deep_network& n, const trainer_options& o = {}) {
  return {n.net, n.input, n.output, 1_ms, length, {}, o};
}

inline double norm(const std::vector<double>& x) {
  double sum = 0;
  for (const double y : x) sum += y * y;
  return std::sqrt(sum);
}
inline double norm(const trainer& t, const small_network& n) {
  return std::hypot(norm(t.gradient(n.in)), norm(t.gradient(n.loop)), norm(t.gradient(n.out)));
}

template <class Work>
void refused(const Work& work, const std::string& text) {
  try {
    work();
    ADD_FAILURE() << text;
  } catch (const spinule_error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr(text));
  }
}

}  // namespace spinule::learning::layer_to_train

// A small network to be trained, and samples for it.
#pragma once

#include <cmath>
#include <string>

#include <gmock/gmock.h>

#include <spinule/learning/trainer.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>

namespace spinule::learning {

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

}  // namespace spinule::learning

// Noise onto every port of a model on trial.
#pragma once

#include <string>

#include <spinule/models/rate_unit.hpp>
#include <spinule/models/sources.hpp>

#include "laws/run_laws.hpp"
#include "laws/trial.hpp"

namespace spinule::laws {

/// Whether values only arrive there.
inline bool is_level(const world& w, const target<number>& port) {
  const auto& model = *w.net.populations()[port.neurons.id].model;
  return model.receptors()[static_cast<std::size_t>(port.port)].input == takes::values;
}

/// Ten of a hundred Poisson trains of 300 Hz onto each neuron, with weights within the trial's range; what they do to
/// rate units where the port is a level.
template <class Model>
void drive_port(world& w, const trial<Model>& t, const target<number>& port, const value<milliseconds>& delay) {
  const auto [low, high, lasting] = t.drive[static_cast<std::size_t>(port.port)];
  const std::string name = std::to_string(port.port);
  const auto noise = w.net.add("noise " + name, poisson{.rate = 300_Hz}, 100);
  const synapse<number> each{.weight = uniform{low, high}, .delay = delay};
  if (!is_level(w, port)) {
    w.net.connect(noise, port, fixed_indegree{.k = 10}, each);
    return;
  }
  const auto senders = w.net.add("senders " + name, rate_unit{.tau = 1_ms}, 100);
  w.net.connect(noise, senders, one_to_one{}, {.weight = 5});
  w.net.modulate(senders, port, fixed_indegree{.k = 10}, each);
}

}  // namespace spinule::laws

// Spoken digits as samples, and an ELM neuron that learns them.
#pragma once

#include <cstdint>

#include <spinule/learning/raster.hpp>
#include <spinule/learning/trainer.hpp>
#include <spinule/models/elm_weights.hpp>

namespace spinule::bench {

/// Channels in groups; several events of a group in a tick become one with their number as its value.
inline learning::training_sample encoded(const recording& events, std::uint32_t label, index_t group, milliseconds tick,
                                         ticks length) {
  recording grouped = events;
  for (event& e : grouped.events) e.channel /= group;
  const learning::raster r{grouped.events, 700 / group, tick, length * tick};
  learning::training_sample s{.label = label};
  for (const learning::raster_event& e : r.events()) {
    if (!s.events.empty() && s.events.back() == e) {
      s.values.back() += 1;
    } else {
      s.events.push_back(e);
      s.values.push_back(1);
    }
  }
  return s;
}

/// The vanilla neuron that Spieler et al. train on spoken digits: d_m = 100, H = 200, tau of 1 to 500 ms, lambda 5.
inline elm_weights elm_of_digits(index_t group, index_t classes, index_t memory, milliseconds bin, milliseconds tau_max,
                                 std::uint64_t seed) {
  return elm_shape{.inputs = 700 / group,
                   .outputs = classes,
                   .memory = memory,
                   .version = elm_version::v1,
                   .bin = bin,
                   .tau_memory_max = tau_max,
                   .seed = seed}
      .build();
}

}  // namespace spinule::bench

// What the replay benchmarks share: recordings, the runs that are timed, and one that is not but is looked at.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <spinule/backends/parallel.hpp>
#include <spinule/io/dataset.hpp>
#include <spinule/io/engine/sha256.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/simulation.hpp>

#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {

struct recordings {
  std::string origin;
  std::vector<recording> all;
  std::size_t events = 0;  ///< in all
};

struct replay_options {
  std::size_t samples = 400;
  int repeats = 5;
  std::vector<int> threads{1, 2};
  std::string json;
  stepping how = stepping::automatic;
};

inline void add_options(CLI::App& app, replay_options& o) {
  app.add_option("--samples", o.samples, "Recordings")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--repeats", o.repeats, "Runs; the least counts")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--threads", o.threads, "Recordings side by side, one run each")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  add_stepping_option(app, o.how);
  add_json_option(app, o.json);
}

/// A folder or file within SPINULE_DATA, if it is there.
inline std::optional<std::filesystem::path> real_data(const std::string& name) {
  const char* data = std::getenv("SPINULE_DATA");
  if (!data || !std::filesystem::exists(std::filesystem::path{data} / name)) return std::nullopt;
  return std::filesystem::path{data} / name;
}

/// `count` recordings, over again from the first where there are fewer, without what lies at or after `length`.
inline recordings take(std::string origin, std::size_t count, std::size_t different, milliseconds length,
                       const std::function<recording(std::size_t)>& read) {
  recordings r{std::move(origin), {}, 0};
  const auto end_us = static_cast<std::int64_t>(length.in(1_us));
  for (std::size_t i = 0; i < count; ++i) {
    r.all.push_back(i < different ? read(i) : r.all[i % different]);
    if (i < different) std::erase_if(r.all.back().events, [&](const event& e) { return e.time_us >= end_us; });
    r.events += r.all.back().events.size();
  }
  return r;
}

/// What a replay of all recordings gives, whatever the number of threads.
struct outcome {
  std::vector<std::uint64_t> spikes;  ///< [populations]
  std::uint64_t synaptic_events = 0;
  std::string digest;  ///< of all spikes, as in docs/design.md
};

inline outcome look_at(const network& net, simulation sim, population input, const recordings& data,
                       milliseconds length) {
  const auto populations = static_cast<index_t>(net.populations().size());
  outcome o{std::vector<std::uint64_t>(populations, 0), 0, {}};
  sha256 hash;
  for (index_t p = 0; p < populations; ++p) sim.observe(sim.population_at(p));
  for (std::size_t i = 0; i < data.all.size(); ++i) {
    sim.reset();
    sim.play(input, data.all[i]);
    sim.run(length);
    o.synaptic_events += sim.synaptic_events();
    for (index_t p = 0; p < populations; ++p) {
      o.spikes[p] += sim.spikes(sim.population_at(p)).size();
      for (const spike& s : sim.spikes(sim.population_at(p))) {
        const std::uint32_t entry[]{static_cast<std::uint32_t>(i), p, s.neuron, static_cast<std::uint32_t>(s.when)};
        hash.update(std::as_bytes(std::span{entry}));
      }
    }
  }
  o.digest = hash.hex();
  return o;
}

/// The quickest of several replays of all recordings: one after the other in one simulation (0 threads), or as many
/// side by side as there are threads.
inline seconds replay_all(const simulation& prototype, population input, const recordings& data, milliseconds length,
                          int threads, int repeats) {
  seconds best;
  const auto one = [&](simulation& sim, std::size_t i) {
    sim.reset();
    sim.play(input, data.all[i]);
    sim.run(length);
  };
  simulation alone = prototype;
  for (int r = 0; r < repeats; ++r)
    keep_least(best, time_once([&] {
                 if (threads > 0) return for_each_sample(prototype, data.all.size(), threads, one);
                 for (std::size_t i = 0; i < data.all.size(); ++i) one(alone, i);
               }));
  return best;
}

}  // namespace spinule::bench

// Brings the outcomes of samples that several threads finish in any order back into order.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <spinule/costs.hpp>
#include <spinule/io/engine/sha256.hpp>
#include <spinule/io/result.hpp>
#include <spinule/simulation.hpp>

#include "replaying.hpp"
#include "stage.hpp"

namespace spinule {

/// What one sample gave.
struct sample_outcome {
  std::uint64_t number = 0;  ///< in the data
  std::vector<float> features;
  std::uint32_t label = 0;
  std::optional<std::uint64_t> digest;
  std::uint64_t spikes = 0, synaptic_events = 0;
  std::vector<std::uint64_t> layer_spikes;  ///< [populations]
  std::vector<std::byte> digested;          ///< the sample's spikes as bytes
  std::optional<cost_report> costs;
  std::optional<example_replay> example;
};

/// The spikes of these populations as the digest takes them: for each in order of its number, for each spike
/// by tick, then neuron: sample, population, neuron, tick as little-endian 32-bit numbers.
std::vector<std::byte> spikes_as_bytes(const simulation& sim, std::uint32_t sample,
                                       std::span<const index_t> populations);

class collector {
 public:
  /// `done`: called for each sample that is in order, in place of showing the title.
  collector(std::size_t samples, std::string title, std::function<void()> done) : done_{std::move(done)} {
    if (!done_) shown_.emplace(std::move(title), samples);
  }
  /// From any thread, each sample once.
  void deliver(std::size_t sample, sample_outcome o);
  /// Everything up to the first sample that is missing: what follows from the samples alone.
  replayed finish();

 private:
  void take(sample_outcome o);
  void add(const cost_report& costs);

  std::mutex mutex_;
  std::map<std::size_t, sample_outcome> waiting_;
  std::size_t next_ = 0;
  replayed seen_;
  cost_report costs_;  ///< of all samples
  std::vector<std::uint64_t> layer_spikes_;
  sha256 digest_;
  bool digesting_ = false;
  std::function<void()> done_;
  std::optional<stage> shown_;
};

}  // namespace spinule

// What a back end is to the rest: something that runs a network tick by tick.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <spinule/costs.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/recording.hpp>

namespace spinule {

/// Told about every population for every tick, in order, though perhaps several ticks late; `fired` is ascending and
/// may repeat for sources.
class observer {
 public:
  virtual ~observer() = default;
  virtual void on_spikes(index_t population, moment now, std::span<const index_t> fired) = 0;
  virtual void on_tick_end(moment now) = 0;
  /// Whether `on_tick_end` reads states: a tick then ends before the next one begins.
  virtual bool reads_state() const { return false; }
};

class engine {
 public:
  virtual ~engine() = default;
  /// An independent simulation of the same network in the same state; what never changes is shared.
  virtual std::unique_ptr<engine> clone() const = 0;
  virtual const lowered_network& net() const = 0;
  /// Number of ticks run since the last reset: the next tick to run.
  virtual moment now() const = 0;
  /// Everything as before the first tick. Random sources and noise draw afresh for each episode.
  virtual void reset(std::uint64_t episode) = 0;
  /// The same, but weights that plasticity has changed stay.
  virtual void begin_episode(std::uint64_t episode) { reset(episode); }
  virtual bool play(index_t population, std::span<const event> events, moment start) = 0;
  virtual void run(ticks n, observer& watcher) = 0;
  virtual double read(index_t population, std::size_t field, index_t neuron) const = 0;
  /// Gives neurons the parameters of `changed`, a variant of their population's model; states stay.
  virtual void adopt(index_t population, const any_model& changed) = 0;
  /// [synapses] as they are used now, in the unit of the target port, by source, delay and target.
  virtual std::vector<double> weights(index_t projection) const;
  /// Memory that synapses take.
  virtual std::uint64_t synapse_bytes() const { return 0; }
  /// None on back ends that emulate no hardware.
  virtual std::optional<cost_report> costs() const { return std::nullopt; }
};

/// A back end is a description with `std::unique_ptr<engine> build(const network&) const`.
template <class Backend>
concept backend = requires(const Backend& b, const network& net) {
  { b.build(net) } -> std::convertible_to<std::unique_ptr<engine>>;
};

}  // namespace spinule

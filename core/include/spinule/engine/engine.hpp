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

/// A state field of some neurons; their values at the end of a tick are appended to `values`, tick by tick.
struct state_probe {
  index_t population = 0;
  std::size_t field = 0;
  std::span<const index_t> neurons;
  std::vector<double>* values = nullptr;
};

/// Told about every population for every tick, in order, though perhaps several ticks late; `fired` is ascending and
/// may repeat for sources.
class observer {
 public:
  virtual ~observer() = default;
  virtual void on_spikes(index_t population, moment now, std::span<const index_t> fired) = 0;
  /// What is to be recorded at the end of every tick.
  virtual std::span<const state_probe> probes() const { return {}; }
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
  /// Sets a state field as of the end of the last tick; start values stay.
  virtual void write(index_t population, std::size_t field, index_t neuron, double value) = 0;
  /// [synapses of sources first .. first + count - 1] as they are used now, in the unit of the target port, by source,
  /// delay and target.
  virtual std::vector<double> weights(index_t projection, index_t first, index_t count) const;
  /// Whether weights are others than the network's, rounded to quanta, also where no rule changes them.
  virtual bool writes_weights() const { return false; }
  /// The same as the network gave them.
  std::vector<double> asked_weights(index_t projection, index_t first, index_t count) const;
  /// Replaces them, in the same order, before the next tick; of projections with a rule, and within its bounds.
  virtual void assign(index_t projection, index_t first, index_t count, std::span<const double> weights) = 0;
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

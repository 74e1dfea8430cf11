// The one thing a user runs.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <spinule/engine/engine.hpp>
#include <spinule/network.hpp>

namespace spinule {

struct spike {
  moment when = 0;  ///< ticks since the last reset
  index_t neuron = 0;
  bool operator==(const spike&) const = default;
};

/// A state field followed over time: `values[k * neurons.size() + i]` is neuron i at the end of tick `first + k`.
struct trace {
  std::vector<index_t> neurons;
  moment first = 0;
  std::vector<double> values;
};

/// Handle of a trace.
struct probe_id {
  std::size_t number = 0;
};

/// A network running on a back end. Copies are independent and share what never changes, so that many samples can be
/// replayed side by side. Not to be used from several threads at once; copies may be.
class simulation {
 public:
  /// Throws `error` when the back end cannot carry the network.
  template <backend Backend>
  simulation(const network& net, const Backend& backend) : simulation{backend.build(net)} {}
  simulation(const simulation&);
  simulation& operator=(const simulation&);
  simulation(simulation&&) noexcept;
  simulation& operator=(simulation&&) noexcept;
  ~simulation();

  /// Plays a recording into a replay population, beginning now. Throws `error` for channels the population has not.
  void play(population source, const recording& events) { play(source, std::span{events.events}); }
  void play(population source, std::span<const event> events);

  /// Throws `error` when `duration` is no whole number of ticks.
  void run(milliseconds duration);
  void run_ticks(ticks n);

  /// Keeps the spikes of a population from now on.
  void observe(population cells);
  /// Spikes kept since the last reset, by time, then neuron. Throws `error` for populations not observed.
  std::span<const spike> spikes(population cells) const;
  /// [size] spikes of each neuron since the last reset or `clear_counts`.
  std::span<const std::uint32_t> counts(population cells) const;
  void clear_counts();

  /// Follows a state field of some neurons (none given: all), read at the end of every tick.
  probe_id probe(population cells, const std::string& field, std::vector<index_t> neurons = {});
  const trace& traced(probe_id id) const;
  /// A state field now. Throws `error` for a field or a neuron that does not exist.
  double read(population cells, const std::string& field, index_t neuron) const;

  /// Gives a parameter of neurons another value from the next tick on: one for all, or one each, in the parameter's own
  /// unit. States stay; a reset keeps what was set, and starts as a network with these parameters would. Other
  /// simulations, copies among them, stay as they are. Throws `error`, and changes nothing, for another unit, a value
  /// out of range or at odds with other parameters, and for sources.
  template <int V, int I, int T, int L>
  void set(population cells, const std::string& parameter, quantity<V, I, T, L> value) {
    const double x = value.value();
    set(cells, parameter, {&x, 1}, value);
  }
  void set(population cells, const std::string& parameter, double value) { set(cells, parameter, number{value}); }
  void set(population cells, const std::string& parameter, std::span<const double> values);
  /// [size] values of a parameter of neurons or a source, in its own unit.
  std::vector<double> parameter(population cells, const std::string& name) const;

  /// [synapses] weights as they are used now, in the unit of the target port, by source, delay and target.
  std::vector<double> weights(projection p) const;
  /// The synapses with the weights that they had before the first tick.
  const connectivity& synapses(projection p) const;

  /// Everything as before the first tick; random sources draw afresh for each episode.
  void reset(std::uint64_t episode = 0);
  /// The same, but weights that plasticity has changed stay: between two samples of one training.
  void begin_episode(std::uint64_t episode = 0);

  /// Handles by number, in the order of the network.
  population population_at(index_t i) const;
  projection projection_at(index_t i) const;

  moment now() const;
  milliseconds tick() const;
  std::uint64_t spike_count() const;      ///< of all populations since the last reset
  std::uint64_t synapse_count() const;    ///< of all projections
  std::uint64_t synapse_bytes() const;    ///< memory that synapses take; 0 where a back end does not tell
  std::uint64_t synaptic_events() const;  ///< spikes times synapses since the last reset
  std::optional<cost_report> costs() const;

 private:
  class recorder;
  explicit simulation(std::unique_ptr<engine> built);
  void set(population cells, const std::string& parameter, std::span<const double> values, dimension unit);
  std::unique_ptr<engine> engine_;
  std::unique_ptr<recorder> recorder_;
  std::vector<std::shared_ptr<const any_model>> models_;  ///< [populations] with the parameters of now
};

}  // namespace spinule

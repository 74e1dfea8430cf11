// The one thing a user runs.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <spinule/engine/engine.hpp>
#include <spinule/kept_weights.hpp>
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

/// Given a tick and the neurons that fired in it, ascending; those of a source may repeat.
using spike_listener = std::function<void(moment when, std::span<const index_t> neurons)>;

/// Weights followed over time: `values[k * synapses + s]` is synapse s before tick `when[k]`.
struct weight_trace {
  std::size_t synapses = 0;
  std::vector<moment> when;
  std::vector<double> values;
};

/// Handle of a trace.
struct probe_id {
  std::size_t number = 0;
};
struct follow_id {
  std::size_t number = 0;
};

/// A network running on a back end. Copies are independent and share what never changes, so that many samples can be
/// replayed side by side. Not to be used from several threads at once; copies may be.
class simulation {
 public:
  /// Throws `spinule_error` when the back end cannot carry the network.
  template <backend Backend>
  simulation(const network& net, const Backend& backend) : simulation{backend.build(net)} {}
  simulation(const simulation&);
  simulation& operator=(const simulation&);
  simulation(simulation&&) noexcept;
  simulation& operator=(simulation&&) noexcept;
  ~simulation();

  /// Plays a recording into a replay population, beginning now. Throws `spinule_error` for channels the population has
  /// not.
  void play(const population& source, const recording& events) { play(source, std::span{events.events}); }
  void play(const population& source, std::span<const event> events);

  /// Throws `spinule_error` when `duration` is no whole number of ticks.
  void run(milliseconds duration);
  void run_ticks(ticks n);

  /// Keeps the spikes of a population from now on.
  void observe(const population& cells);
  /// Spikes kept since the last reset, by time, then neuron. Throws `spinule_error` for populations not observed.
  std::span<const spike> spikes(const population& cells) const;
  /// [size] spikes of each neuron since the last reset or `clear_counts`.
  std::span<const std::uint32_t> counts(const population& cells) const;
  void clear_counts();
  /// Calls `call` for every tick in which neurons of the population fire, in order, at most 64 ticks late and before
  /// `run` returns. It may read the simulation; what would run or change it throws. Copies of a simulation begin
  /// without.
  void on_spikes(const population& cells, spike_listener call);

  /// Follows a state field of some neurons (none given: all), read at the end of every tick.
  probe_id probe(const population& cells, const std::string& field, std::vector<index_t> neurons = {});
  const trace& traced(probe_id id) const;
  /// A state field now: of one neuron, or [size] of all. Throws `spinule_error` for a field or a neuron that does not
  /// exist.
  double read(const population& cells, const std::string& field, index_t neuron) const;
  std::vector<double> state(const population& cells, const std::string& field) const;
  /// Sets it, from the next tick on and until the reset. Throws `spinule_error` also for a value that is not finite.
  void write(const population& cells, const std::string& field, index_t neuron, double value);
  void write(const population& cells, const std::string& field, std::span<const double> values);

  /// Gives a parameter of neurons another value from the next tick on: one for all, or one each, in the parameter's own
  /// unit. States stay; a reset keeps what was set, and starts as a network with these parameters would. Other
  /// simulations, copies among them, stay as they are. Throws `spinule_error`, and changes nothing, for another unit, a
  /// value out of range or at odds with other parameters, and for sources.
  template <int V, int I, int T, int L>
  void set(const population& cells, const std::string& parameter, quantity<V, I, T, L> value) {
    const double x = value.value();
    set(cells, parameter, {&x, 1}, value);
  }
  void set(const population& cells, const std::string& parameter, double value) {
    set(cells, parameter, number{value});
  }
  void set(const population& cells, const std::string& parameter, std::span<const double> values);
  /// [size] values of a parameter of neurons or a source, in the coherent unit: mV, pA, ms, kHz, nS, pF.
  std::vector<double> parameter(const population& cells, const std::string& name) const;

  /// [synapses] weights as they are used now, in the unit of the target port: of a list or matrix in its order, else by
  /// source, delay and target. Or those of one source, in the same order. Nothing is kept of what is read.
  std::vector<double> weights(const projection& p) const;
  std::vector<double> weights(const projection& p, index_t source) const;
  /// The same as the network gave them: drawn or listed, before any back end rounded, wrote or learned them.
  std::vector<double> asked_weights(const projection& p) const;
  std::vector<double> asked_weights(const projection& p, index_t source) const;
  /// How far `weights` are from `asked_weights`, for every projection that no rule changes. Draws all of them again.
  std::vector<spinule::kept_weights> kept_weights() const;
  /// The same with who is connected to whom, and delays as they are used.
  std::vector<listed_synapse> synapses(const projection& p) const;
  std::vector<listed_synapse> synapses(const projection& p, index_t source) const;
  /// Sets the weights, in the same order, from the next tick on: of projections with a plasticity rule or with bounds
  /// (`synapse::lowest`, `highest`), which are rounded to whole quanta. They stay in `begin_episode`; `reset` brings
  /// the first ones back. Throws `spinule_error` for static projections, another number, and weights outside the
  /// bounds.
  void assign(const projection& p, std::span<const double> weights);
  void assign(const projection& p, index_t source, std::span<const double> weights);

  /// Keeps weights that can change, now and every so many whole ticks of an episode: of all synapses, or of these
  /// sources one after the other, in the order of `weights`.
  follow_id follow(const projection& p, milliseconds every, std::vector<index_t> sources = {});
  const weight_trace& followed(follow_id id) const;

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
  /// Throws while the simulation runs.
  void check_idle(const char* what) const;
  explicit simulation(std::unique_ptr<engine> built);
  void run_pieces(ticks n);
  void note_weights();
  void set(const population& cells, const std::string& parameter, std::span<const double> values, dimension unit);
  std::unique_ptr<engine> engine_;
  std::unique_ptr<recorder> recorder_;
  std::vector<std::shared_ptr<const any_model>> models_;  ///< [populations] with the parameters of now
};

}  // namespace spinule

// The engine of the cpu, crossbar and digital back ends: shards of neurons stepped in epochs, synapses on any
// substrate.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include <spinule/backends/cpu.hpp>
#include <spinule/engine/aligned.hpp>
#include <spinule/engine/engine.hpp>

#include "synapse_fabric.hpp"
#include "team.hpp"
#include "thread_choice.hpp"

namespace spinule {

/// What one tick did, for those who count costs.
struct tick_view {
  moment now = 0;
  std::span<const emission> sent;       ///< [populations] in this tick
  std::span<const line_list> arrivals;  ///< [bundles] lines that arrived in this tick
  /// [populations] neurons onto which synapses had something arrive, where that is asked for.
  std::span<const std::uint64_t> reached;
  /// [populations] which these are, a bit for each neuron, where that is asked for as well.
  std::span<const std::vector<std::uint64_t>> reached_neurons = {};
};

/// Counts what a run costs on emulated hardware.
class accountant {
 public:
  virtual ~accountant() = default;
  virtual std::unique_ptr<accountant> clone() const = 0;
  virtual void reset() = 0;
  /// Whether a tick must be told before the next one begins, or some ticks may be told after the last of them.
  virtual bool at_once() const = 0;
  /// How many neurons something arrives at, and which.
  virtual bool asks_what_is_reached() const = 0;
  virtual bool asks_which_are_reached() const = 0;
  virtual void count(const tick_view& tick, const synapse_fabric& synapses) = 0;
  virtual cost_report report(const synapse_fabric& synapses) const = 0;
};

/// What distinguishes the back ends.
struct substrate {
  std::uint64_t largest_shard = most_slots;
  std::function<std::unique_ptr<synapse_fabric>(const lowered_network&, std::span<const shard_plan>)> place;
  /// None where nothing is counted.
  std::function<std::unique_ptr<accountant>(const lowered_network&, synapse_fabric&)> account;
};

/// Since some moment.
inline double seconds_by_clock() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct engine_options {
  int threads = 1;  ///< at most
  spinule::stepping stepping = spinule::stepping::automatic;
  spinule::precision precision = spinule::precision::single;
  bool choose_threads = false;  ///< fewer for small networks, and where they are faster
  std::function<double()> seconds = seconds_by_clock;
};

/// Ticks are run in epochs no longer than the shortest delay on any loop, so that shards meet once an epoch and not
/// once a tick. Within an epoch the levels follow each other; what a level needs of the levels before it is complete.
class clocked_engine final : public engine {
 public:
  clocked_engine(std::shared_ptr<const lowered_network> net, const substrate& on, engine_options options);
  clocked_engine(const clocked_engine& other);

  std::unique_ptr<engine> clone() const override { return std::make_unique<clocked_engine>(*this); }
  const lowered_network& net() const override { return *net_; }
  moment now() const override { return now_; }
  void reset(std::uint64_t episode) override;
  void begin_episode(std::uint64_t episode) override;
  bool play(index_t p, std::span<const event> events, moment start) override;
  void run(ticks n, observer& watcher) override;
  double read(index_t p, std::size_t field, index_t neuron) const override;
  void adopt(index_t p, const any_model& changed) override;
  void write(index_t p, std::size_t field, index_t neuron, double value) override;
  std::vector<double> weights(index_t projection, index_t first, index_t count) const override;
  bool writes_weights() const override { return synapses_->writes_weights(); }
  void assign(index_t projection, index_t first, index_t count, std::span<const double> weights) override;
  std::uint64_t synapse_bytes() const override { return synapses_->bytes(); }
  std::optional<cost_report> costs() const override;
  /// That take part in the next epoch.
  int threads() const { return choice_.threads(); }

 private:
  /// A neuron whose state is recorded.
  struct probed_neuron {
    std::size_t probe = 0, at = 0;  ///< place among the neurons of the probe
    index_t neuron = 0;             ///< of the block
  };
  /// Neurons of one population on one shard, with what they send in each tick of the epoch.
  struct block {
    std::unique_ptr<neuron_block> cells;
    bool asks = false;                   ///< to be told what is touched
    std::vector<emission_buffer> sent;   ///< [ticks of the epoch]
    std::vector<std::uint64_t> reached;  ///< [ticks of the epoch] neurons, where an accountant asks
    std::vector<std::vector<std::uint64_t>> reached_neurons;  ///< likewise, a bit for each
    std::vector<probed_neuron> probed;                        ///< in the run under way
  };
  struct alignas(64) shard {            // threads write side by side
    std::vector<block> blocks;          ///< [slices of its plan]
    aligned_vector<std::int32_t> sums;  ///< [slots]
    spinule::marks marks;
    std::vector<index_t> receivers;             ///< neurons of a block with input
    std::vector<std::vector<index_t>> touched;  ///< [used ports] of the block under way
    std::vector<arrivals::finer_sums> finer;    ///< of the block under way
    std::vector<double> followed;               ///< likewise, values of a field
    bool asks = false;                          ///< some block of it
  };
  struct cells {
    std::unique_ptr<source_block> source;  ///< null for neurons
    bool can_visit = false;                ///< and not driven from outside in every tick
    bool driven = false;                   ///< from outside
    double sweep = 0;                      ///< work of it, in plain neurons
    std::size_t ports = 0;                 ///< of the model
    double visit_cost = 1;                 ///< see `neuron_block`
    double sweeps_per_visit = 1;           ///< of 2^-16 visits
    bool learns = false;                   ///< synapses onto it want to know its spikes
    bool graded = false;                   ///< sends values
    std::vector<std::size_t> followed;     ///< fields that rules follow; it is swept then
    std::vector<emission_buffer> ring;     ///< of the last ticks, by tick modulo its length, a power of two
    std::vector<std::pair<std::size_t, std::size_t>> parts;  ///< (shard, block), by neuron
    double calm = 0;  ///< what visiting would have saved of late, in sweeps; see `decide`
    bool visiting = false;
    std::uint64_t visit = 0;              ///< a bit for each tick of the epoch
    std::vector<std::uint64_t> expected;  ///< [ticks of the epoch] synaptic events, times 2^16
    bool visits(int tick) const { return visit >> tick & 1; }
  };

  /// What is done with one level of the network.
  struct level_plan {
    std::size_t first_shard = 0, last_shard = 0;  ///< one past the last
    std::vector<std::size_t> bundles;             ///< that lead here
    std::vector<index_t> sources, neurons;        ///< populations
  };

  void plan_levels();
  void prepare(int epoch);
  void clear(std::uint64_t episode);
  void run_epoch(int length, observer& watcher);
  /// States are recorded by those who step them, within the epoch: probes change neither its length nor any bit.
  void place_probes(std::span<const state_probe> probes);
  void make_room(int length);
  void record(const block& b, int tick);
  /// Tells the watcher and the accountant of a tick whose spikes are complete.
  void report(int tick, observer& watcher);
  void tell_accountant(std::size_t tick);
  void gather_reached(index_t p, std::size_t tick);
  void emit(index_t p, int length);
  void collect_arrivals(const level_plan& level, int tick);
  /// Those that arrive at `now` with the k-th delay of a bundle.
  const emission_buffer& sent_before(const bundle& from, std::size_t k, moment now);
  /// Lines of all delays.
  line_list modulated(const bundle& from, moment now, emission_buffer& mixed);
  line_list mixture(const bundle& from, moment now, emission_buffer& lines);
  void decide(index_t p, int tick);
  void step_level(const level_plan& level, int length);
  void step(std::size_t shard, int tick);
  void drive_neurons(shard& s, const shard_plan& plan, int tick);
  void step_block(shard& s, const slice& part, block& b, int tick);
  void note_touched(shard& s, const slice& part) const;
  /// Tells rules of a block's spikes and of what they follow of it.
  void teach(std::size_t shard, std::size_t block, int tick);

  void gather(index_t p, int length);
  /// Neurons, in plain ones, and synaptic events of an epoch.
  double work_of(const level_plan& level, int length) const;
  emission_buffer& sent_at(index_t p, moment when) {
    auto& ring = cells_[p].ring;
    return ring[static_cast<std::size_t>(when) & (ring.size() - 1)];
  }

  std::shared_ptr<const lowered_network> net_;
  std::shared_ptr<const std::vector<shard_plan>> plans_;
  std::vector<level_plan> levels_;
  engine_options options_;
  int epoch_ = 1, lag_ = 1;   ///< ticks; of the spikes a lag ago, all are known when an epoch begins
  std::vector<cells> cells_;  ///< [populations]
  std::vector<shard> shards_;
  std::unique_ptr<synapse_fabric> synapses_;
  std::vector<std::vector<line_list>> arrivals_;        ///< [ticks of the epoch][bundles]
  std::vector<std::vector<emission_buffer>> mixtures_;  ///< the same, of bundles with several delays
  std::unique_ptr<accountant> accountant_;
  std::vector<emission> told_;  ///< [populations] what the accountant is told of a tick
  std::vector<std::uint64_t> told_reached_;
  std::vector<std::vector<std::uint64_t>> told_neurons_;
  std::shared_ptr<team> team_;
  thread_choice choice_{1, false};
  double shared_work_ = 0;               ///< of levels that are worth sharing, in this epoch
  std::span<const state_probe> probes_;  ///< of the run under way
  int epoch_length_ = 1;
  bool stopped_ = false;  ///< by an error: states are not those of one tick
  moment now_ = 0;
  std::uint64_t episode_ = 0;
};

}  // namespace spinule

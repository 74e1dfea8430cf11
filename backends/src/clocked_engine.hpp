// The engine of the cpu, crossbar and digital back ends: neuron blocks stepped tick by tick, projections on any substrate.
#pragma once

#include <functional>
#include <memory>
#include <vector>


#include <spinule/backends/cpu.hpp>
#include <spinule/engine.hpp>

#include "synapse_array.hpp"
#include "workers.hpp"

namespace spinule {

/// What one tick did, for those who count costs.
struct tick_view {
  moment now = 0;
  std::span<const std::span<const index>> fired;             ///< [populations] spikes of this tick
  std::span<const std::vector<arrival>> arrivals;            ///< [projections] spikes that arrived in this tick
};

/// Counts what a run costs on emulated hardware.
class accountant {
 public:
  virtual ~accountant() = default;
  virtual std::unique_ptr<accountant> clone() const = 0;
  virtual void reset() = 0;
  virtual void count(const tick_view& tick, std::span<const std::unique_ptr<synapse_array>> projections) = 0;
  virtual cost_report report(std::span<const std::unique_ptr<synapse_array>> projections) const = 0;
};

/// What distinguishes the back ends.
struct substrate {
  index largest_shard = 8192;  ///< neurons; a block's sums stay in the first-level cache, targets fit 16 bits
  /// The projection of that number, cut as `shards`.
  std::function<std::unique_ptr<synapse_array>(const lowered_network&, index, std::span<const shard_range>)> place;
  /// None where nothing is counted.
  std::function<std::unique_ptr<accountant>(const lowered_network&, std::span<const std::unique_ptr<synapse_array>>)> account;
};

struct engine_options {
  int threads = 1;
  spinule::drive drive = spinule::drive::automatic;
  spinule::precision precision = spinule::precision::single;
};

class clocked_engine final : public engine {
 public:
  clocked_engine(std::shared_ptr<const lowered_network> net, const substrate& on, engine_options options);
  clocked_engine(const clocked_engine& other);

  std::unique_ptr<engine> clone() const override { return std::make_unique<clocked_engine>(*this); }
  const lowered_network& net() const override { return *net_; }
  moment now() const override { return now_; }
  void reset(std::uint64_t episode) override;
  bool play(index p, std::span<const event> events, moment start) override;
  void run(ticks n, observer& watcher) override;
  double read(index p, std::size_t field, index neuron) const override;
  std::uint64_t synaptic_events() const override { return synaptic_events_; }
  std::optional<cost_report> costs() const override;

 private:
  /// A block of neurons with its own mail.
  struct shard {
    shard_range range;
    std::unique_ptr<neuron_block> cells;
    std::vector<index> fired, mail;
    std::vector<std::uint64_t> marks;
    int calm = 0;  ///< ticks in a row with little mail
  };
  struct cells {
    std::unique_ptr<source_block> source;       ///< null for neurons
    std::vector<shard> shards;
    std::vector<std::vector<std::int32_t>> sums;  ///< [used ports][neurons]
    std::vector<std::vector<index>> ring;         ///< spikes of the last ticks, by tick modulo its length
    std::vector<index> incoming;                  ///< projections
    double expected_mail = 0;                     ///< synaptic events that arrive in the tick under way
  };
  struct task {
    index population;
    std::size_t shard;
  };

  void emit(index p, moment now);
  void collect_arrivals(index p, moment now);
  void step_level(const std::vector<index>& level, moment now);
  void step(task t, moment now);
  bool decide_visit(shard& s, double mail, index population_size) const;
  void finish(index p, moment now);
  std::vector<index>& slot(index p, moment when) {
    auto& ring = cells_[p].ring;
    return ring[static_cast<std::size_t>(when) % ring.size()];
  }

  std::shared_ptr<const lowered_network> net_;
  engine_options options_;
  std::vector<cells> cells_;                                 ///< [populations]
  std::vector<std::unique_ptr<synapse_array>> projections_;
  std::vector<std::vector<arrival>> arrivals_;               ///< [projections] of the tick under way
  std::vector<double> mean_line_;                            ///< [projections] synapses per line
  std::shared_ptr<const std::vector<std::vector<std::uint32_t>>> fan_out_;  ///< [populations][neurons] synapses
  std::unique_ptr<accountant> accountant_;
  std::shared_ptr<workers> arena_;
  std::vector<task> tasks_;
  moment now_ = 0;
  std::uint64_t synaptic_events_ = 0;
};

}  // namespace spinule

// The neurons of a population as every back end sees them: types are erased here, once, and not at the neuron.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <spinule/engine/emission.hpp>
#include <spinule/time.hpp>

namespace spinule {

/// A model has at most this many ports.
inline constexpr int most_ports = 64;

/// What arrives at a block in one tick: for each used port, one sum of quanta per neuron, or per lane of a wide port,
/// and the size of a quantum.
struct arrivals {
  /// A further sum of a port, in a smaller quantum.
  struct finer_sums {
    std::size_t port = 0;
    std::int32_t* sums = nullptr;  ///< [neurons * width]
    double quantum = 1;
  };
  std::span<std::int32_t* const> sums;  ///< [used ports][neurons * width]; read and set back to zero
  std::span<const double> quanta;       ///< [used ports] input unit per quantum
  std::span<const finer_sums> finer = {};
  /// [used ports] for blocks that ask: neuron * width + lane of what has got something, ascending. All others are 0.
  std::span<const std::vector<index_t>> touched = {};
};

/// A run of neurons of one model. Neurons are numbered from 0 within the block.
/// Each tick is either swept (every neuron) or visited (those with input and those due to fire by themselves).
class neuron_block {
 public:
  virtual ~neuron_block() = default;
  virtual std::unique_ptr<neuron_block> clone() const = 0;
  virtual void reset() = 0;
  virtual index_t size() const = 0;
  virtual bool can_visit() const = 0;
  /// Whether it wants to be told what is `touched`.
  virtual bool asks_what_is_touched() const { return false; }
  /// How many times sweeping past a neuron a visit costs.
  virtual double visit_cost() const = 0;
  /// Steps every neuron through tick `now`; adds `first + i` for each neuron i that sends something, ascending.
  virtual void sweep(moment now, arrivals in, index_t first, emission_buffer& sent) = 0;
  /// Steps the neurons of `receivers` (ascending) and those due by themselves; all others keep their older state.
  virtual void visit(moment now, std::span<const index_t> receivers, arrivals in, index_t first,
                     emission_buffer& sent) = 0;
  /// Value of a field as of the end of tick `now`.
  virtual double read(std::size_t field, index_t neuron, moment now) const = 0;
  /// All values of a field, of a block that has been swept in the last tick, `now`.
  virtual void read_all(std::size_t field, moment now, std::span<double> values) const {
    for (index_t i = 0; i < size(); ++i) values[i] = read(field, i, now);
  }
  /// A start value.
  virtual void write(std::size_t field, index_t neuron, double value) = 0;
  /// Takes parameters and start values from a block of the same model and size, and keeps its states, from tick `now`
  /// on.
  virtual void adopt(neuron_block& changed, moment now) = 0;
  /// The state as of the end of tick `now`, the last one.
  virtual void set(std::size_t field, index_t neuron, double value, moment now) = 0;
};

/// The tick-by-tick stream of a source population.
class source_block {
 public:
  virtual ~source_block() = default;
  virtual std::unique_ptr<source_block> clone() const = 0;
  virtual void reset(std::uint64_t episode) = 0;
  virtual void emit(moment now, emission_buffer& sent) = 0;
  /// False when this source takes no recordings.
  virtual bool play(std::span<const struct event> events, moment start) = 0;
};

}  // namespace spinule

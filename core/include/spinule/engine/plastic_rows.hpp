// Plastic synapses as the cpu back end holds them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <spinule/engine/precision.hpp>
#include <spinule/engine/rule_hooks.hpp>
#include <spinule/time.hpp>

namespace spinule {

/// Weights as they were given, in the precision in which they will change.
class start_weights {
 public:
  explicit start_weights(precision p = precision::single) : full_{p == precision::full} {}
  void constant(double w) { constant_ = w; }
  void push_back(double w) {
    if (full_)
      doubles_.push_back(w);
    else
      floats_.push_back(static_cast<float>(w));
  }
  void resize(std::size_t n) { full_ ? doubles_.resize(n) : floats_.resize(n); }
  /// Puts all of `other` at `at`.
  void copy(const start_weights& other, std::size_t at) {
    std::copy(other.doubles_.begin(), other.doubles_.end(), doubles_.begin() + static_cast<std::ptrdiff_t>(at));
    std::copy(other.floats_.begin(), other.floats_.end(), floats_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  double operator[](std::size_t i) const {
    return full_ ? (i < doubles_.size() ? doubles_[i] : constant_) : i < floats_.size() ? floats_[i] : constant_;
  }
  std::size_t bytes() const { return 8 * doubles_.size() + 4 * floats_.size(); }

 private:
  bool full_;
  std::vector<float> floats_;
  std::vector<double> doubles_;
  double constant_ = 0;  ///< of those beyond the arrays: all, where weights are equal
};

/// The synapses of one projection onto a slice of its targets, which are numbered from the first of the slice. A *line*
/// is what one source reaches with one delay.
struct plastic_wiring {
  index_t targets = 0;                 ///< at most 65 536
  std::vector<std::uint64_t> offsets;  ///< [lines + 1]
  std::vector<std::uint16_t> target;   ///< ascending within a line; `padding` more than there are synapses
  start_weights start;
  double quantum = 1;              ///< unit of the target port per quantum
  std::string where = "synapses";  ///< the projection, for errors
  /// A spike of a target comes to its synapses that many ticks after it, which is one number for each *group* of
  /// delays; [groups].
  std::vector<ticks> after = {0};
  std::vector<std::uint32_t> group = {0};  ///< [delays] of the lines of a delay; line = source * delays + delay

  static constexpr std::size_t padding = 16;
  std::size_t lines() const { return offsets.size() - 1; }
  std::size_t group_of(std::size_t line) const { return after.size() == 1 ? 0 : group[line % group.size()]; }
};

/// Lines on which something arrives; a line may repeat.
struct arriving_lines {
  std::span<const std::uint32_t> lines;
  std::span<const float> amplitudes = {};  ///< by which weights are multiplied; empty: 1
};

/// What a rule keeps, in numbers of the precision in which it learns: of a synapse beside weight and target, of a line
/// beside where it begins, and of a target for each group of delays. Spikes that wait are not counted.
struct rule_storage {
  std::size_t synapse = 0, line = 3, target = 8;
};

/// Calls come tick by tick: `begin`, `arrive`, `fire`.
class plastic_rows {
 public:
  virtual ~plastic_rows() = default;
  virtual std::unique_ptr<plastic_rows> clone() const = 0;
  /// Forgets spikes; `now` is the tick that would have come next. Weights stay, with all that is due to them.
  virtual void rest(moment now) = 0;
  /// Start weights again.
  virtual void reset() = 0;
  /// A tick begins, in which the modulator brings `factor`, where the rule has one.
  virtual void begin(moment now, double factor) = 0;
  /// Spikes arrive. Their weights, in quanta, are added to the sums of the targets.
  virtual void arrive(const arriving_lines& arriving, moment now, std::int32_t* sums) = 0;
  /// Spikes of targets come to the synapses of a group, in the tick whose arrivals have been.
  virtual void fire(std::span<const index_t> targets, index_t first, moment now, std::size_t group) = 0;
  /// What a rule that follows a state field sees of all targets, after they were stepped and fired.
  virtual void watch(const watched& /*targets*/, moment /*now*/) {}
  /// The weights of a line as they would be used in tick `now`, in the unit of the target port; appended.
  virtual void read(std::size_t line, std::vector<double>& weights) const = 0;
  /// Replaces the weights of a line before tick `now`, which would have come next; within the bounds.
  virtual void assign(std::size_t line, std::span<const double> weights, moment now) = 0;
  virtual const plastic_wiring& wiring() const = 0;
  virtual std::uint64_t bytes() const = 0;
};

}  // namespace spinule

// How many neurons of a population get input in a tick.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <spinule/engine/connectivity.hpp>

namespace spinule {

/// Lines of many targets are bit sets, joined 64 targets at a time; those of few targets mark them one by one.
class receiver_count {
 public:
  explicit receiver_count(index_t neurons) : words_((neurons + 63) / 64), reached_(words_) {}
  /// Synapses onto `width` places of each neuron. Returns the number of the projection here.
  std::size_t add(const connectivity& synapses, index_t width);
  /// `arrivals[k]`: the lines of the k-th projection that arrive in this tick.
  template <class Lines>
  void reach(std::size_t k, const Lines& lines) {
    for (const auto line : lines) reach_one(projections_[k], line);
  }
  /// Neurons reached since the last call.
  std::uint64_t take();

 private:
  struct projection {
    const connectivity* synapses;
    index_t width;
    std::shared_ptr<const std::vector<std::uint64_t>> sets;  ///< [lines][words], shared by copies, or none
  };
  void reach_one(const projection& p, std::size_t line);

  std::size_t words_;
  std::vector<std::uint64_t> reached_;
  std::vector<projection> projections_;
  bool any_ = false;
};

}  // namespace spinule

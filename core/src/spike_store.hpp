// Spikes kept while a network runs.
#pragma once

#include <algorithm>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include <spinule/simulation.hpp>

namespace spinule {

/// While a network runs a spike takes four bytes and each tick that has any another sixteen; they become a list of
/// `spike` when somebody asks. Fresh memory is what recording costs.
class spike_store {
 public:
  spike_store() = default;
  spike_store(const spike_store& other) { *this = other; }
  spike_store& operator=(const spike_store& other) {
    const std::scoped_lock lock{other.guard_};
    neurons_ = other.neurons_;
    ticks_ = other.ticks_;
    listed_ = other.listed_;
    return *this;
  }

  void add(moment now, std::span<const index_t> fired) {
    neurons_.insert(neurons_.end(), fired.begin(), fired.end());
    ticks_.push_back({now, fired.size()});
  }

  /// In the order of being added. May be asked by several threads at once.
  std::span<const spike> list() const {
    const std::scoped_lock lock{guard_};
    auto next = neurons_.begin();
    if (const std::size_t all = listed_.size() + neurons_.size(); listed_.capacity() < all)
      listed_.reserve(std::max(all, 2 * listed_.capacity()));
    for (const auto& [when, count] : ticks_)
      for (std::size_t i = 0; i < count; ++i) listed_.push_back({when, *next++});
    neurons_.clear();
    ticks_.clear();
    return listed_;
  }

  void clear() {
    neurons_.clear();
    ticks_.clear();
    listed_.clear();
  }

 private:
  mutable std::mutex guard_;
  mutable std::vector<index_t> neurons_;                       ///< not listed yet
  mutable std::vector<std::pair<moment, std::size_t>> ticks_;  ///< when they fired, and how many
  mutable std::vector<spike> listed_;
};

}  // namespace spinule

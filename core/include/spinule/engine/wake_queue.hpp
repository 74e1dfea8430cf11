// When neurons fire that nothing else makes fire.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <functional>
#include <vector>

#include <spinule/time.hpp>

namespace spinule {

/// Neurons that will fire by themselves unless something arrives first: a heap of (moment, neuron), where only the
/// entry that matches `due_[neuron]` is valid.
class wake_queue {
 public:
  static constexpr moment never = INT64_MAX;
  void reset(std::size_t neurons) {
    heap_.clear();
    due_.assign(neurons, never);
  }
  void schedule(index_t neuron, moment when) {
    due_[neuron] = when;
    if (when == never) return;
    heap_.push_back({when, neuron});
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>{});
  }
  /// Appends the neurons due at or before `now`.
  void take(moment now, std::vector<index_t>& due) {
    while (!heap_.empty() && heap_.front().when <= now) {
      const entry top = heap_.front();
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<>{});
      heap_.pop_back();
      if (due_[top.neuron] == top.when) due.push_back(top.neuron);
    }
  }

 private:
  struct entry {
    moment when;
    index_t neuron;
    auto operator<=>(const entry&) const = default;
  };
  std::vector<entry> heap_;
  std::vector<moment> due_;
};

}  // namespace spinule

#include "thread_choice.hpp"

#include <utility>

namespace spinule {

void thread_choice::note(double work, double seconds) {
  if (!chosen_) return;
  work_ += work;
  seconds_ += seconds;
  const bool hopeless = trial_ > 0 && seconds_ >= least_turn_s && seconds_ > hopeless_cost * best_cost_ * work_;
  if (seconds_ < turn_s && !hopeless) return;
  const double cost = std::exchange(seconds_, 0) / std::exchange(work_, 0);
  if (!std::exchange(begun_, true)) return;
  if (trial_ > 0) return end_trial(cost);
  if (best_cost_ > 0 && cost > worse * best_cost_) left_ = std::min(left_, wait_when_worse);
  best_cost_ = best_cost_ > 0 ? best_cost_ + (cost - best_cost_) / 4 : cost;
  if (--left_ <= 0) trial_ = neighbour();
}

void thread_choice::end_trial(double cost) {
  const int tried = std::exchange(trial_, 0);
  if (cost < (tried > best_ ? more_must_cost : fewer_may_cost) * best_cost_) {
    more_next_ = tried > best_;  // further the same way
    best_ = tried;
    best_cost_ = cost;
    wait_ = shortest_wait;
  } else {
    wait_ = std::min(2 * wait_, longest_wait);
  }
  left_ = wait_;
}

int thread_choice::neighbour() {
  const bool more = best_ == 1 || (best_ < most_ && more_next_);
  more_next_ = !more;
  return more ? std::min(2 * best_, most_) : (best_ + 1) / 2;
}

}  // namespace spinule

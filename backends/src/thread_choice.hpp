// How many threads share the work of an epoch.
#pragma once

#include <algorithm>

namespace spinule {

/// Chooses a number of threads by what epochs take: the work is timed in turns of some milliseconds, and now and then
/// a turn is spent on half or twice as many threads. Fewer are kept unless they are slower, more when clearly faster.
/// On a machine that is busy, threads wait for each other at every meeting; then fewer win. What is lost on trials is
/// one turn in three at first, and one in sixty-five where nothing changes. The first turn does not count: threads that
/// have just been made may share a core until the system moves them. Times decide which threads do the work and never
/// what is computed.
class thread_choice {
 public:
  static constexpr double turn_s = 0.02;  ///< several times what a scheduler lets a thread run
  static constexpr double least_turn_s = 0.005, hopeless_cost = 1.5;     ///< of the best: such a trial ends early
  static constexpr double fewer_may_cost = 1.01, more_must_cost = 0.95;  ///< of the cost of the best
  static constexpr double worse = 1.25;  ///< times the usual cost: something changed, and the next trial comes sooner
  static constexpr int shortest_wait = 2, wait_when_worse = 16, longest_wait = 64;  ///< turns

  /// Of `most` threads, all to begin with; for good where they are not to be chosen.
  explicit thread_choice(int most, bool chosen) : most_{most}, best_{most}, chosen_{chosen && most > 1} {}

  /// For the next epoch.
  int threads() const { return trial_ > 0 ? trial_ : best_; }
  /// Whether `note` wants to know.
  bool asks() const { return chosen_; }
  /// An epoch of so much work, in any unit, took so long on `threads()`.
  void note(double work, double seconds);

 private:
  void end_trial(double cost);
  /// Half as many threads as are best, or twice: whichever is possible, in turns where both are.
  int neighbour();

  int most_, best_, trial_ = 0;
  bool chosen_, begun_ = false, more_next_ = false;
  double best_cost_ = 0;  ///< seconds per unit of work, smoothed
  double work_ = 0, seconds_ = 0;
  int wait_ = shortest_wait, left_ = 1;  ///< turns from trial to trial; to the next one
};

}  // namespace spinule

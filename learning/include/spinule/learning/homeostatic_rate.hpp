// A learning rate that the learner's own errors raise.
#pragma once

namespace spinule::learning {

/// The learner's answers act on an internal state, its need s, which sets its learning rate:
///
///     s <- s + pace (1[error] - s),   rate = lowest (highest / lowest)^min(1, 2 s)
///
/// so s is a running share of errors, and from one half on the rate is the highest. After Man, Damasio & Neven
/// (arXiv 2205.08645), who have answers disturb or restore the state of an agent that learns while the world changes;
/// the regulator is a reconstruction, for their equation was not available.
class homeostatic_rate {
 public:
  struct options {
    double lowest = 0.005, highest = 0.5;  ///< learning rates; 0 < lowest <= highest
    double pace = 0.02;                    ///< in (0, 1]
  };
  /// Throws `spinule_error` for options out of range.
  explicit homeostatic_rate(const options& how);

  double need() const { return need_; }  ///< in [0, 1], 0 at the start
  double rate() const;
  /// After every answer.
  void observe(bool error);

 private:
  options how_;
  double need_ = 0;
};

}  // namespace spinule::learning

// Optimisers that turn gradients into changes of parameters, and schedules of the learning rate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace spinule::learning {

// In the equations g is the gradient, w the parameter, t = 1, 2, ... the number of the step. Every optimiser but
// `adamw` and `exponentiated_gradient` adds weight_decay * w to the gradient first (an L2 penalty). Equations and
// defaults are those of PyTorch (torch.optim).

/// Stochastic gradient descent: b <- momentum b + g; w <- w - rate b, with `nesterov` w <- w - rate (g + momentum b).
struct sgd {
  double momentum = 0;  ///< in [0, 1)
  bool nesterov = false;
  double weight_decay = 0;  ///< >= 0
};

/// Adam (Kingma & Ba, ICLR 2015), with both moments corrected for their start at 0:
/// m <- beta_1 m + (1 - beta_1) g, v <- beta_2 v + (1 - beta_2) g^2,
/// w <- w - rate m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon).
struct adam {
  double beta_1 = 0.9, beta_2 = 0.999;  ///< in [0, 1)
  double epsilon = 1e-8;                ///< in [1e-30, 1]
  double weight_decay = 0;              ///< >= 0
};

/// Adam with decoupled weight decay (Loshchilov & Hutter, ICLR 2019): first w <- w (1 - rate weight_decay).
struct adamw {
  double beta_1 = 0.9, beta_2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
};

/// Adamax (Kingma & Ba, ICLR 2015): m as in Adam, u <- max(beta_2 u, |g| + epsilon),
/// w <- w - rate / (1 - beta_1^t) m / u.
struct adamax {
  double beta_1 = 0.9, beta_2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
};

/// Exponentiated gradient descent (Cornford et al., bioRxiv 2024.10.25.620272): w <- w exp(-rate g sign(w)). No
/// parameter ever changes its sign, so Dale's law holds if it holds at the start, and a parameter of 0 stays 0.
struct exponentiated_gradient {
  double largest_step = 1;  ///< |exponent| is no larger than this; in (0, 80]
};

using optimiser = std::variant<sgd, adam, adamw, adamax, exponentiated_gradient>;

/// What an optimiser remembers of a vector of parameters: the step count and the moments, in single precision.
///
/// One thread updates everything with `step`. Several threads share the work thus: one calls `begin_step`, then each
/// calls `step_range` for a part of its own. Every parameter is updated exactly once a step, by any partition, with the
/// same bits. Gradients that are not finite give parameters that are not finite, or end at `largest_step`.
class optimiser_state {
 public:
  /// Throws `spinule_error` when an option of `how` is out of range.
  optimiser_state(const optimiser& how, std::size_t parameters);

  const optimiser& how() const { return how_; }
  std::size_t size() const { return size_; }  ///< number of parameters

  /// `parameters` and `gradient` are [size()]. Throws `spinule_error` for other sizes and for a rate that is negative
  /// or not finite.
  void step(std::span<float> parameters, std::span<const float> gradient, double rate);

  /// Counts a step, whose learning rate this is. Throws as `step` does.
  void begin_step(double rate);
  /// Updates the parameters first ... first + n - 1, with both spans [n]. Calls for disjoint ranges may run at the
  /// same time. Throws `spinule_error` before the first `begin_step`, for spans of different sizes and for a range
  /// beyond the end.
  void step_range(std::size_t first, std::span<float> parameters, std::span<const float> gradient);

  std::uint64_t steps() const { return steps_; }
  /// b of `sgd` with momentum, m of the Adam family; [size()], or empty for an optimiser without.
  std::span<const float> first_moment() const { return first_; }
  /// v of `adam` and `adamw`, u of `adamax`; [size()], or empty for an optimiser without.
  std::span<const float> second_moment() const { return second_; }
  /// Goes on from what the three functions above gave: the next steps have the same bits as without the break. Throws
  /// `spinule_error` for other sizes, and for moments that are not finite or second moments below 0.
  void restore(std::uint64_t steps, std::span<const float> first_moment, std::span<const float> second_moment);

 private:
  optimiser how_;
  std::size_t size_;
  std::uint64_t steps_ = 0;
  double rate_ = -1;  ///< of the step under way; negative before the first
  std::vector<float> first_, second_;
};

// Schedules give the learning rate of step 0, 1, ... of `steps_in_all`.

struct constant_rate {
  double rate = 1e-3;
};
/// rate * factor^floor(step / every)
struct step_decay {
  double rate = 1e-3;
  double factor = 0.1;       ///< in (0, 1]
  std::uint64_t every = 30;  ///< steps; positive
};
/// Rises by equal amounts to `rate` over the first `warm_up` steps, the last of which has it; then falls to `lowest`
/// along half a cosine, which it would reach at step `steps_in_all` (Loshchilov & Hutter, ICLR 2017).
struct cosine_decay {
  double rate = 1e-3;
  double lowest = 0;          ///< in [0, rate]
  std::uint64_t warm_up = 0;  ///< at most `steps_in_all`
};
/// Half a cosine from rate / start_divisor up to `rate`, which step rising * steps_in_all - 1 has, and another down to
/// rate / start_divisor / end_divisor, which the last step has (Smith & Topin 2019, as PyTorch's `OneCycleLR`).
struct one_cycle {
  double rate = 1e-3;
  double start_divisor = 25, end_divisor = 1e4;  ///< >= 1
  double rising = 0.3;                           ///< share of the steps, in (0, 1)
};
/// min(rate, start * factor^step), as in Nowotny, Turner & Knight, Neuromorph. Comput. Eng. 5 (2025).
struct exponential_ease_in {
  double rate = 1e-3;
  double start = 1e-6;   ///< in (0, rate]
  double factor = 1.05;  ///< > 1
};

using learning_rate_schedule = std::variant<constant_rate, step_decay, cosine_decay, one_cycle, exponential_ease_in>;

/// The learning rate of step `step`, the same bits on every machine. Throws `spinule_error` when an option is out of
/// range, a rate is negative or not finite, or `step` is not below `steps_in_all`.
double rate_at(const learning_rate_schedule& schedule, std::uint64_t step, std::uint64_t steps_in_all);

}  // namespace spinule::learning

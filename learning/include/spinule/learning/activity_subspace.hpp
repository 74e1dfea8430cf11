// The subspace that the activity of earlier tasks spans, learned by Hebbian lateral neurons.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spinule::learning {

/// Hebbian-learning-based orthogonal projection (Xiao, Meng, Zhang, He & Lin, ICLR 2024). Beside the n units x that a
/// layer hears stand lateral neurons y = H x, which send x' = H^T y back. Those of the task under way learn
///
///     dH = <y (x - x')^T>,   M <- momentum M + (1 - momentum) dH,   H <- H + learning_rate M
///
/// with the mean over samples, `iterations` times for each batch; those of earlier tasks are frozen, so new ones learn
/// what is left. In a later task the presynaptic factor of any rule is projected, x <- x - H_old^T (H_old x), and what
/// was learned on old activity stays as it was. Only that factor changes: neither activity nor errors sent back do.
class activity_subspace {
 public:
  struct options {
    double learning_rate = 0.01;
    double momentum = 0.9;
    int iterations = 5;
    double largest_change = 10;  ///< each number of dH is clipped to it
    /// 0: linear lateral neurons. Else they spike: y is clipped to `largest_response` and rounded to so many levels on
    /// either side of 0, as the authors emulate signed spikes.
    int levels = 0;
    double largest_response = 20;
    std::uint64_t seed = 1;  ///< of the first weights
  };
  /// Of `inputs` units, without lateral neurons yet. Throws `spinule_error` for no inputs or an option out of range.
  activity_subspace(std::size_t inputs, options how);

  /// Freezes all lateral neurons and adds `neurons`, orthonormal at random. With 0 the next task learns no subspace of
  /// its own. Throws `spinule_error` when there would be more of them than inputs.
  void begin_task(std::size_t neurons);
  /// x [samples][inputs]. Does nothing where the task has no neurons. Throws `spinule_error` for sizes that do not fit
  /// and for numbers that are not finite.
  void learn(std::span<const double> x);
  /// Takes what earlier tasks span out of x, [samples][inputs]; nothing in the first task. Throws `spinule_error` for
  /// sizes that do not fit.
  void project(std::span<double> x) const;

  std::size_t inputs() const { return inputs_; }
  std::size_t neurons() const { return weights_.size() / inputs_; }
  std::size_t frozen() const { return frozen_; }                ///< neurons of earlier tasks, which come first
  std::span<const double> weights() const { return weights_; }  ///< [neurons][inputs]
  std::span<const double> momenta() const { return momenta_; }  ///< [neurons that are not frozen][inputs]
  /// Goes on from what these gave. Throws `spinule_error` for sizes that do not fit.
  void restore(std::size_t frozen, std::vector<double> weights, std::vector<double> momenta);

 private:
  std::size_t inputs_, frozen_ = 0;
  options how_;
  std::vector<double> weights_, momenta_;  ///< momenta of the neurons that are not frozen
};

}  // namespace spinule::learning

// Gradients of a loss through an ELM neuron, and the steps of an optimiser along them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <spinule/engine/elm_weights.hpp>
#include <spinule/engine/memory.hpp>
#include <spinule/learning/classification_loss.hpp>
#include <spinule/learning/optimiser.hpp>
#include <spinule/learning/trainer.hpp>

namespace spinule::learning {

/// The defaults are those with which the authors train on spoken digits.
struct elm_trainer_options {
  learning::optimiser optimiser = adamax{};
  double rate = 5e-3;       ///< learning rate
  bool synapses = true;     ///< learn the weights of synapses, kept at 0 or more: what falls below is put to 0
  bool tau_memory = false;  ///< learn the time constants of memory, as p in tau = min + (max - min) / (1 + exp(-p))
  milliseconds tau_memory_min{1}, tau_memory_max{1000};
  double largest_gradient = 0;  ///< norm over all parameters that a gradient is scaled down to; 0: as it is
  unsigned threads = 1;         ///< changes the time taken and no bit; 0 is taken for 1
};

/// Derivatives in the layout of `elm_weights`.
struct elm_gradient {
  std::vector<double> weight = {};      ///< [synapses]; empty where they are not learned
  std::vector<double> tau_memory = {};  ///< [memory] per ms; empty where they are not learned
  std::vector<elm_layer> layers = {};
  elm_layer readout = {};
};

/// Trains one ELM neuron by backpropagation through time; its outputs are the classes. A sample lasts so many bins of
/// the weights' `bin`, brings `values` (1 where there are none) to its input channels, and begins at b = 0, m = 0.
///
/// Where all input decays alike, the first layer is event-driven in both directions: the trace z of W1 b takes a column
/// of weights at each event, and its adjoint a(t) = dL/dz(t) + kappa a(t + 1) is what the event's column learns from.
/// Otherwise synapses (v1) or branches (v2) keep traces of their own. Time constants of the input are not learned, as
/// in the authors' code. The slope of relu at 0 is 0.
class elm_trainer {
 public:
  /// Throws `spinule_error` for weights that do not fit each other, one output, no bins, options out of range, time
  /// constants of memory outside of [min, max] where they are learned, and for more memory than there is.
  elm_trainer(elm_weights start, std::uint32_t bins, const classification_loss_options& loss,
              const elm_trainer_options& options = {});
  elm_trainer(elm_trainer&&) noexcept;
  elm_trainer& operator=(elm_trainer&&) noexcept;
  ~elm_trainer();

  const elm_trainer_options& options() const;
  /// Of a batch of so many samples. A bin of one takes about 4 (3 hidden units + 3 memory + 2 classes) bytes where
  /// there is one hidden layer.
  memory_estimate memory(std::size_t samples) const;

  /// One step of the optimiser along the gradient of the mean loss. Throws `spinule_error` for an empty batch, a label
  /// or an event out of range, more memory than there is, and a loss or gradient that is not finite; weights are then
  /// as before.
  batch_result learn(std::span<const training_sample> samples);
  /// The same without the step; `gradient` gives what it would follow.
  batch_result differentiate(std::span<const training_sample> samples);
  /// Answers alone. Changes nothing.
  batch_result test(std::span<const training_sample> samples);
  /// Of the last batch that was not a test; after `learn` scaled as the optimiser was given it.
  elm_gradient gradient() const;

  /// Throws `spinule_error` for a rate that is negative or not finite.
  void set_rate(double rate);
  /// As they have been learned, for `elm`, `spiking_elm` and `dense_elm`.
  elm_weights weights() const;

  /// Everything that a trainer of the same neuron and options needs to go on to the same bits. Throws `spinule_error`
  /// for what another one wrote.
  std::vector<double> state() const;
  void restore(std::span<const double> state);

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace spinule::learning

// The neurons of a population as a trainer sees them: one tick forwards, and one tick backwards.
#pragma once

#include <cstddef>
#include <span>

#include <spinule/time.hpp>

namespace spinule {

/// Neurons whose model can be differentiated, many samples side by side. A *row* is a number for each neuron of each
/// sample, [samples][size]. A tick has two halves, as `differentiable_model` says: `flow`, up to the test for firing,
/// and `settle`, what comes of it. `back` goes through both the other way. Every row is given but those that may be
/// null: masked stores, which a test for null would make of a loop, take some processors twenty times as long.
class trainable_neurons {
 public:
  virtual ~trainable_neurons() = default;
  virtual index_t size() const = 0;
  /// Rows that a state takes: one for each field of the model, whole numbers as floats.
  virtual std::size_t fields() const = 0;
  virtual std::size_t ports() const = 0;
  /// False for units that never fire, whose state is what they answer with.
  virtual bool fires() const = 0;
  /// Whether a unit fires above its threshold, and not at it.
  virtual bool fires_above() const = 0;

  /// States before the first tick. `state` [fields] rows of one sample.
  virtual void start(float* const* state) const = 0;

  struct tick {
    std::size_t samples = 0;
    const float* const* before = nullptr;  ///< [fields] states at the end of the tick before
    const float* const* input = nullptr;   ///< [ports] what arrives
  };
  /// `after` [fields]: states before the test for firing. `margin`: what is above the threshold, which units that fire
  /// in a tick have at 0 or more.
  virtual void flow(const tick& at, float* const* after, float* margin) const = 0;
  /// Finishes the tick of units that fired (1) or did not (0), or, for smooth spikes, did so in part.
  virtual void settle(std::size_t samples, float* const* after, const float* fired) const = 0;

  /// How derivatives pass a spike.
  enum class through_spikes {
    surrogate,           ///< by `slope`, the derivative of a spike by the margin, and by the reset
    surrogate_detached,  ///< by `slope` alone
    spike_times,         ///< by the time of the spike, which a change of the margin moves (EventProp)
  };
  struct adjoint {
    through_spikes spikes = through_spikes::surrogate_detached;
    const float* fired = nullptr;
    const float* slope = nullptr;  ///< derivative of `fired` by the margin
    /// dL / d fired, or with `spike_times` dL / d time of the spike, per tick.
    const float* by_spike = nullptr;
    /// With `spike_times`: dL / d number of spikes, which passes by `slope` whether there is one or not; null: 0.
    const float* by_count = nullptr;
    /// Of units that never fire: what of dL / d their first field is of this tick alone; null: 0.
    const float* by_answer = nullptr;
    /// [fields] dL / d state: at the end of the tick when called, at the end of the tick before on return. Those of
    /// counts are worked out with `spike_times` alone, which move with the spikes that start them.
    float* const* by_state = nullptr;
    float* const* by_input = nullptr;  ///< [ports] to be set to dL / d input
    /// [ports] to be set to what of it comes through this tick's margin, or `by_answer`, alone.
    float* const* by_input_now = nullptr;
    float* by_margin = nullptr;  ///< to be set to dL / d margin
  };
  virtual void back(const tick& at, const adjoint& of) const = 0;
};

}  // namespace spinule

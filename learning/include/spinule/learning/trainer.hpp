// Gradients of a loss through a network of spiking units, and the steps of an optimiser along them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <spinule/engine/memory.hpp>
#include <spinule/learning/activity_subspace.hpp>
#include <spinule/learning/array_effects.hpp>
#include <spinule/learning/classification_loss.hpp>
#include <spinule/learning/curl_descent.hpp>
#include <spinule/learning/optimiser.hpp>
#include <spinule/learning/raster.hpp>
#include <spinule/learning/surrogate.hpp>
#include <spinule/network.hpp>

namespace spinule::learning {

/// A recording on the grid of ticks, and its class.
struct training_sample {
  std::vector<raster_event> events = {};  ///< by tick, then channel; an entry for each of several events
  std::vector<float> values = {};         ///< [events] what an event brings beside its weight; empty: 1
  std::uint32_t label = 0;
};

/// How errors reach the weights. All rules are sums over ticks of
///
///     dw = -eta sigma_post sigma_pre (learning signal) x (filtered presynaptic trace)
///
/// and differ in what a learning signal has passed. They are evaluated backwards in time, which gives the same sums as
/// eligibility traces that are carried forwards.
enum class training_rule {
  bptt,        ///< everything: surrogate gradients through time (Neftci et al. 2019)
  event_prop,  ///< everything, through the times of spikes (Wunderlich & Pehle 2021), on the grid of ticks
  eprop,       ///< the unit's own past; signals come from the readout directly (Bellec et al. 2020)
  ottt,        ///< the layers above in the same tick; the past only through the leak (Xiao et al. 2022)
  decolle,     ///< the unit's own past; signals come from a fixed random readout of each layer (Kaiser et al. 2020)
};

/// Where the learning signals of `eprop` come from: the readout's weights, fixed random ones, or such that learn as the
/// readout's weights do.
enum class feedback { symmetric, random, adaptive };

/// Which synapses of a projection share one learned delay: none, those of a source unit, or those onto a target unit.
enum class delay_sharing { synapse, axon, dendrite };

struct trainer_options {
  training_rule rule = training_rule::bptt;
  learning::surrogate surrogate = {};
  bool detach_reset = true;  ///< derivatives do not pass the reset of the unit that fires
  learning::feedback feedback = learning::feedback::symmetric;
  learning::optimiser optimiser = adam{};
  double rate = 1e-3;           ///< learning rate of weights
  array_effects arrays = {};    ///< what emulated arrays do to the forward pass of learning
  double delay_rate = 0.1;      ///< of delays, in ticks per step of the optimiser
  double longest_delay = 100;   ///< ms; learned delays stay between 0 and this
  double delay_blur = 1;        ///< deviation in ticks of the Gaussian through which delays see the errors
  double largest_gradient = 0;  ///< norm over all weights that a gradient is scaled down to; 0: as it is
  double rate_penalty = 0;      ///< on half the squared distance of each unit's spikes from the bounds, a sample
  double least_spikes = 0;      ///< per unit and sample
  double most_spikes = 1e9;
  int truncate = 0;            ///< ticks of windows from whose ends derivatives do not reach back; 0: never cut
  int checkpoint_every = 0;    ///< ticks of windows whose states are worked out anew on the way back; 0: all are kept
  bool smooth_spikes = false;  ///< a spike is the integral of its surrogate: for tests of gradients
  std::uint64_t seed = 1;      ///< of random feedback, and of what arrays draw
  unsigned threads = 1;        ///< changes the time taken and no bit; 0 is taken for 1
};

/// What comes of samples that were shown.
struct batch_result {
  double loss = 0;  ///< mean over the samples, without penalties
  std::vector<std::uint32_t> answers;
  std::size_t correct = 0;
};

/// What a population of units that fire did in the last batch, and what its incoming weights were told.
struct layer_report {
  std::string name;
  double spikes = 0;         ///< mean per unit and sample
  double silent = 0;         ///< share of the units that never fired
  double saturated = 0;      ///< share that fired in at least half of all ticks
  double gradient_norm = 0;  ///< of the weights onto it
};

/// Trains a network in which recordings are played into `input`, a population of sources, and the units of `output`
/// answer, one for each class: units that never fire by their state, the first field of their model, those that fire by
/// their spikes. All other populations are made of models that can be differentiated (`differentiable_model`). Each
/// sample lasts `length` ticks and begins with states as the network starts them.
class trainer {
 public:
  /// What is learned of a projection besides its weights, and what stands in front of the optimiser.
  struct plasticity {
    bool weights = true, delays = false;
    delay_sharing sharing = delay_sharing::synapse;  ///< of delays, which begin alike where one is shared
    learning_signs signs = {};                       ///< curl descent: what learns with the opposite sign
    bool keep_norm = false;                          ///< after each step scaled back to the Frobenius norm at the start
    std::optional<activity_subspace::options> subspace = {};  ///< what earlier tasks need is left alone (HLOP)
  };

  /// While it is trained a projection is a list of its synapses, where fewer than a tenth of all pairs are connected;
  /// else, or once it has a subspace, a dense matrix. A synapse that is not there stays away. Throws `spinule_error`
  /// for populations that cannot be trained, an output of one unit, pairs connected twice, plastic or modulated
  /// projections, options out of range, and for more memory than there is.
  trainer(const network& net, const population& input, const population& output, milliseconds tick, ticks length,
          const classification_loss_options& loss, const trainer_options& options = {});
  trainer(trainer&&) noexcept;
  trainer& operator=(trainer&&) noexcept;
  ~trainer();

  /// What is not said of a projection: its weights are learned. Throws `spinule_error` for sizes that do not fit,
  /// delays that are to be shared and are not alike, and a dense matrix that there is no memory for.
  void learn_by(const projection& p, plasticity how);
  /// Learns a parameter of the model, each unit its own, at a rate of its own, kept within what the model allows.
  /// Throws `spinule_error` for parameters that cannot change by little, such as refractory times, which are whole
  /// ticks.
  void learn_parameter(const population& cells, const std::string& parameter, double rate);

  /// Learns what a state field begins with in each sample, each unit its own, at a rate of its own, kept within what
  /// the field allows. The model's parameters do not move it any more. Throws `spinule_error` for sources, fields that
  /// the model does not have, and fields of whole numbers, which have no derivative.
  void learn_start(const population& cells, const std::string& field, double rate);

  const trainer_options& options() const;
  /// Of a batch of so many samples.
  memory_estimate memory(std::size_t samples) const;

  /// One step of the optimiser along the gradient of the mean loss. Throws `spinule_error` for an empty batch, a label
  /// or an event out of range, more memory than there is, and a loss or gradient that is not finite; weights are then
  /// as before.
  batch_result learn(std::span<const training_sample> samples);
  /// The same without the step; `gradient` gives what it would follow.
  batch_result differentiate(std::span<const training_sample> samples);
  /// Answers alone. Changes nothing.
  batch_result test(std::span<const training_sample> samples);
  /// [sources * targets] of the last batch, after `learn` as the optimiser was given it: filtered and scaled. Of delays
  /// per ms; of one that is shared the sum over its synapses, given at each of them.
  std::vector<double> gradient(const projection& p) const;
  std::vector<double> delay_gradient(const projection& p) const;
  std::vector<double> parameter_gradient(const population& cells, const std::string& parameter) const;
  /// [size] dL / d start of a learned field, in its coherent unit; and what it is now.
  std::vector<double> start_gradient(const population& cells, const std::string& field) const;
  std::vector<double> start(const population& cells, const std::string& field) const;
  /// Of the last batch, one for each population of units that fire.
  std::vector<layer_report> layers() const;

  void set_rate(double rate);
  /// Freezes the subspace of a projection and gives it so many new neurons. Moments of the optimiser start anew.
  void begin_task(const projection& p, std::size_t subspace_neurons);

  /// [sources * targets], 0 where there is no synapse; delays in ms. What is large and sparse is read from `trained`.
  std::vector<double> weights(const projection& p) const;
  void set_weights(const projection& p, std::span<const double> weights);
  std::vector<double> delays(const projection& p) const;
  /// The same of what arrays made of the weights in the last batch that was not for testing.
  std::vector<double> acting_weights(const projection& p) const;

  /// The network as it has been learned, with the same handles. Weights are rounded to steps so fine that sums of them
  /// are exact in single precision, so every back end gives the spikes that `test` gives of it.
  network trained() const;

  /// Everything that a trainer of the same network and options needs to go on to the same bits. Throws `spinule_error`
  /// for what another one wrote.
  std::vector<double> state() const;
  void restore(std::span<const double> state);

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace spinule::learning

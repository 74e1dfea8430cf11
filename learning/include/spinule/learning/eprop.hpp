// Eligibility propagation: learning in recurrent spiking networks forward in time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spinule::learning {

enum class eprop_loss {
  squared_error,  ///< sum over steps and outputs of (y - y*)^2 / 2
  cross_entropy   ///< minus the sum of y* ln softmax(y)
};

/// Where the weights B come from that carry errors to the neurons.
enum class eprop_feedback {
  symmetric,  ///< the output weights, transposed
  random,     ///< given, and never changed
  adaptive    ///< given, and learned as the output weights are: `gradients().feedback` is their gradient, transposed
};

struct eprop_parameters {
  std::size_t inputs = 0, neurons = 0, outputs = 0;
  double step = 1;                  ///< ms; the unit of time of all below
  double tau_m = 20, tau_out = 20;  ///< of the neurons, of the readouts
  double input_gain = 1;            ///< on what arrives at a neuron; 1 - exp(-step / tau_m) keeps the mean
  double output_gain = 1;           ///< on what arrives at a readout
  double threshold = 1;             ///< also the width of the surrogate derivative
  std::uint32_t refractory = 0;     ///< steps from a spike to the first that may follow; 0 is as 1
  double dampening = 0.3;           ///< height of the surrogate derivative, times the threshold
  double tau_adaptation = 2000;
  std::vector<double> adaptation = {};  ///< [neurons], beta, by which a spike raises the threshold; empty: 0 (LIF)
  eprop_loss loss = eprop_loss::squared_error;
  eprop_feedback feedback = eprop_feedback::symmetric;
  double rate_strength = 0;   ///< c of the regulariser c / 2 sum over neurons of (rate - target)^2
  double target_rate = 0.01;  ///< in spikes per step
};

/// Weights, or derivatives by them, row by row.
struct eprop_weights {
  std::vector<double> input;          ///< [neurons][inputs]
  std::vector<double> recurrent;      ///< [neurons][neurons], to a neuron from a neuron; 0 on the diagonal
  std::vector<double> output;         ///< [outputs][neurons]
  std::vector<double> feedback = {};  ///< [neurons][outputs]; empty where it is symmetric
};

/// A recurrent layer of leaky integrate-and-fire neurons with leaky readouts, trained by e-prop (Bellec et al., Nat.
/// Commun. 11, 2020). In step t, with alpha = exp(-step / tau_m), rho = exp(-step / tau_adaptation), kappa =
/// exp(-step / tau_out), and g and h the gains of neurons and readouts:
///
///     v_j^t = alpha v_j^(t-1) + g (sum_i W^in_ji x_i^t + sum_i W^rec_ji z_i^(t-1)) - threshold z_j^(t-1)
///     a_j^t = rho a_j^(t-1) + z_j^(t-1),  A_j^t = threshold + beta_j a_j^t,  z_j^t = v_j^t >= A_j^t, unless refractory
///     y_k^t = kappa y_k^(t-1) + h sum_j W^out_kj z_j^t
///     psi_j^t = dampening / threshold max(0, 1 - |v_j^t - A_j^t| / threshold), 0 while refractory
///
/// Each synapse has an eligibility trace e, where zbar is its input, low-passed with alpha and scaled by g:
///
///     e_ji^t = psi_j^t (zbar_i^t - beta_j eps_ji^t),  eps_ji^(t+1) = rho eps_ji^t + e_ji^t
///     dL/dW_ji = sum_t L_j^t ebar_ji^t,  ebar^t = kappa ebar^(t-1) + h e^t,  L_j^t = sum_k B_jk (y_k^t - y*_k^t)
///
/// All of this runs forward in time: memory does not depend on the number of steps. With symmetric feedback it is
/// backpropagation through time with the surrogate derivative psi, but for two paths that are left out: that of the
/// reset, and those through recurrent weights, from neuron to neuron. The rate of the regulariser is the mean of z over
/// the sequence.
class eprop_network {
 public:
  /// Throws `spinule_error` for sizes that do not fit, parameters out of range, and weights on the diagonal.
  eprop_network(eprop_parameters parameters, eprop_weights weights);

  const eprop_parameters& parameters() const { return parameters_; }
  const eprop_weights& weights() const { return weights_; }
  eprop_weights& weights() { return weights_; }  ///< to be changed between sequences, but not resized

  /// Starts a sequence: potentials, adaptation and traces are 0, the loss is 0. Gradients stay. Throws as the
  /// constructor does for weights changed since.
  void begin();
  /// One step with the input x [inputs], spikes as 0 and 1 or other numbers, and the target [outputs]; without target
  /// there is no error in this step. Returns y, or its softmax for `cross_entropy`, until the next call. Throws
  /// `spinule_error` for other sizes.
  std::span<const double> step(std::span<const double> x, std::span<const double> target = {});
  /// Ends a sequence: adds the gradient of the regulariser, which is known only now.
  void end();

  double loss() const { return loss_; }                          ///< of this sequence, without the regulariser
  std::span<const double> spikes() const { return spikes_; }     ///< [neurons], z of the last step
  std::span<const double> potentials() const { return v_; }      ///< [neurons]
  const eprop_weights& gradients() const { return gradients_; }  ///< summed over sequences since `clear_gradients`
  void clear_gradients();

 private:
  struct trace {
    double adaptation, filtered, sum;  // eps, ebar, and the sum of e
  };
  void move_neurons(std::span<const double> x);
  void trace_row(std::size_t j, double signal, std::span<const double> sources, trace* traces, double* gradient);
  void judge(std::span<const double> target);

  eprop_parameters parameters_;
  eprop_weights weights_, gradients_;
  double alpha_, rho_, kappa_;
  std::vector<double> arriving_, v_, a_, spikes_, psi_, counts_;
  std::vector<std::uint32_t> refractory_;
  std::vector<double> input_traces_, recurrent_traces_, output_traces_;  // zbar of inputs and neurons; z low-passed
  std::vector<trace> input_synapses_, recurrent_synapses_;
  std::vector<double> y_, answer_, error_;
  double loss_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace spinule::learning

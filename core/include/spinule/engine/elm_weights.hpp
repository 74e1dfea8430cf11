// The weights of an Expressive Leaky Memory (ELM) neuron, which models step and trainers learn.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <spinule/time.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// An affine map.
struct elm_layer {
  index_t outputs = 0, inputs = 0;
  std::vector<float> weights;  ///< [outputs][inputs]
  std::vector<float> bias;     ///< [outputs]
};

/// v1 is the model of the paper and of all published weights: a trace for each synapse, gain lambda (1 - kappa_m).
/// v2 is the authors' revision of February 2024: a trace for each branch, gain 1 - kappa_m^lambda. Weights trained for
/// one are not good for the other.
enum class elm_version { v1, v2 };
enum class elm_activation { relu, silu };

/// One ELM neuron (Spieler et al., ICLR 2024, arXiv 2306.16922). In a bin of `bin` with input x [inputs], synapse j,
/// which belongs to branch i = j / (synapses a branch), reads x_j = x[input[j]], or 0 where it is not connected. With
/// kappa = exp(-bin / max(tau, 1e-6 ms)),
///
///     v1: s_j <- kappa_s s_j + w_j x_j;  b_i = sum over branch i of s_j     v2: b_i <- kappa_b b_i + sum of w_j x_j
///     q = phi(MLP(b, kappa_m m)),  phi(z) = 1.7159 tanh(2 z / 3);   m <- kappa_m m + gain q;   y = readout(m)
///
/// from b = 0, m = 0. The activation follows every layer of the MLP but its last. Input of a bin acts on y in that bin.
struct elm_weights {
  elm_version version = elm_version::v1;
  elm_activation activation = elm_activation::relu;
  index_t inputs = 0, branches = 0;
  milliseconds bin{1};  ///< which the weights were trained for
  double lambda = 5;    ///< write gain

  static constexpr index_t unconnected = ~index_t{0};
  std::vector<index_t> input;      ///< [synapses] below `inputs`, or unconnected
  std::vector<float> weight;       ///< [synapses] w, 0 or more
  std::vector<double> tau_input;   ///< ms; v1: [synapses], v2: [branches]
  std::vector<double> tau_memory;  ///< [memory] ms
  std::vector<elm_layer> layers;   ///< of the MLP: branches + memory inputs first, memory outputs last; two or more
  elm_layer readout;               ///< of memory inputs

  std::size_t synapses() const { return input.size(); }
  index_t memory() const { return static_cast<index_t>(tau_memory.size()); }
  index_t outputs() const { return readout.outputs; }
  /// As the authors count: synapses (unconnected ones too), MLP, readout; time constants of memory if they are trained.
  std::size_t parameter_count(bool trained_tau_memory = false) const;
  /// Throws `spinule_error{where, ...}` for sizes that do not fit each other and for numbers out of range or not
  /// finite.
  void check(const std::string& where) const;
};

}  // namespace spinule

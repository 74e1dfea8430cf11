// The Expressive Leaky Memory (ELM) neuron of Spieler et al. (ICLR 2024, arXiv 2306.16922): its weights, where they
// come from, and the dense form of its equations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
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

/// One ELM neuron. In a bin of `bin` with input x [inputs], synapse j, which belongs to branch i = j / (synapses a
/// branch), reads x_j = x[input[j]], or 0 where it is not connected. With kappa = exp(-bin / max(tau, 1e-6 ms)),
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

/// Which input each synapse reads. none: synapse j input j, so as many synapses as inputs. random: any, with repeats.
/// neuronio: first and second half of the inputs interleaved (excitatory and inhibitory channel of each segment), then
/// overlapping windows, one a branch, at a stride of ceil(inputs / branches).
enum class elm_routing { none, random, neuronio };

/// An ELM neuron as it is before training; the defaults are those of the authors' code.
struct elm_shape {
  index_t inputs = 0;
  index_t outputs = 1;
  index_t memory = 100;
  index_t branches = 0;  ///< 0: as many as inputs, a vanilla ELM
  index_t synapses_per_branch = 1;
  elm_routing routing = elm_routing::none;
  index_t hidden = 0;  ///< 0: 2 * memory
  index_t hidden_layers = 1;
  elm_version version = elm_version::v2;
  elm_activation activation = elm_activation::relu;
  milliseconds bin{1}, tau_input{5}, tau_memory_min{1}, tau_memory_max{1000};
  double lambda = 5;
  double synapse_weight = 0.5;
  std::uint64_t seed = 1;  ///< of the layers, uniform in +-1 / sqrt(inputs of the layer), and of random routing

  /// Time constants of memory are spaced evenly in their logarithm. Throws `spinule_error` for what cannot be.
  elm_weights build() const;
};

/// What a file of weights does not say. What is not given is taken from `model_config.json` beside the file, where
/// there is one, and is else the default of the authors' code (that of `elm_shape`).
struct elm_options {
  std::optional<elm_activation> activation = {};
  std::optional<milliseconds> bin = {}, tau_memory_min = {}, tau_memory_max = {};
  std::optional<double> lambda = {};
};

/// Reads the state dict of an ELM neuron in the authors' layout, v1 (with tau_s) or v2 (with tau_b), from a file of
/// `torch.save` ("docs/formats.md"). Nothing in the file is executed. Throws `file_error` that names file, place and
/// remedy for everything else, for tensors that do not fit each other, and for numbers that are not finite.
elm_weights load_elm(const std::filesystem::path& path, const elm_options& options = {});

/// The equations above, written down plainly: the reference for every faster form. Real: float or double.
template <class Real>
class dense_elm {
 public:
  /// Throws as `elm_weights::check`.
  explicit dense_elm(elm_weights weights);
  void reset();
  /// One bin with input x [inputs]. Returns y [outputs], which is valid until the next step. Throws `spinule_error` for
  /// another number of inputs.
  std::span<const Real> step(std::span<const Real> x);
  std::span<const Real> branches() const { return b_; }  ///< [branches] b as of the last bin
  std::span<const Real> memory() const { return m_; }    ///< [memory]
  const elm_weights& weights() const { return weights_; }

 private:
  elm_weights weights_;
  std::vector<Real> kappa_input_, kappa_memory_, gain_;
  std::vector<Real> s_, b_, m_, y_;  ///< s_: traces, of synapses in v1, of branches in v2
  std::vector<Real> u_, next_;
};

}  // namespace spinule

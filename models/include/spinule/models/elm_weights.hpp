// The Expressive Leaky Memory (ELM) neuron of Spieler et al. (ICLR 2024, arXiv 2306.16922): where its weights, the
// `elm_weights` of engine/elm_weights.hpp, come from, and the dense form of its equations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include <spinule/engine/elm_weights.hpp>
#include <spinule/time.hpp>
#include <spinule/units.hpp>

namespace spinule {

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

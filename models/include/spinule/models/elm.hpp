// Populations of ELM neurons.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <spinule/block_model.hpp>
#include <spinule/engine/block_holder.hpp>
#include <spinule/models/elm_weights.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// The weights of a population: one set that all its neurons share, or one for each. Copies share them.
class elm_neurons {
 public:
  elm_neurons() = default;  ///< none, which no population may have
  elm_neurons(elm_weights of_all) : elm_neurons{std::vector{std::move(of_all)}} {}  // NOLINT: implicit by design
  elm_neurons(std::vector<elm_weights> each)                                        // NOLINT
      : sets_{std::make_shared<const std::vector<elm_weights>>(std::move(each))} {}

  std::span<const elm_weights> sets() const { return sets_ ? std::span{*sets_} : std::span<const elm_weights>{}; }

 private:
  std::shared_ptr<const std::vector<elm_weights>> sets_;
};

/// What the lanes of a neuron's port are. inputs: its input channels, which its own routing and synapses take to
/// branches; what arrives is x. branches: the network's synapses are those of the neuron, and what arrives is added to
/// a branch; its own routing and synapse weights are not used. v1 needs one time constant for that, v2 does not.
enum class elm_lanes { inputs, branches };

/// What a graded ELM neuron sends of its output: none of it in the paper, our own choice.
enum class elm_transfer { identity, relu, sigmoid };

/// When a spiking ELM neuron fires. The paper has no such rule: its output is the log-odds of a spike in a bin, without
/// threshold or reset. These are our own; none changes the state. With theta the threshold and y the first output,
/// - crossing: in a bin with y >= theta after one with y < theta, or at the start;
/// - above: in every bin with y >= theta;
/// - local_maximum: in the bin after a maximum: y >= theta in the last bin, above the one before, not below this one;
/// - bernoulli: with probability 1 / (1 + exp(theta - y)) in each bin; theta = 0 is what published neurons are trained
///   for. Numbers depend on `seed`, neuron and bin since the last reset: give each population a seed of its own.
enum class elm_firing { crossing, above, local_maximum, bernoulli };

template <class Real>
class elm_stepper;

inline constexpr range elm_seeds{.low = 0, .high = 4294967295.0, .whole = true};

/// ELM neurons that send transfer(gain (y - offset)) in every tick, y being one of their outputs. With sigmoid, gain 1
/// and offset 0, the first output of a published neuron becomes the probability of a spike in the bin.
///
/// A tick is a bin, and must last as long as the bin of the weights. The first layer is event-driven: where all input
/// of a neuron decays alike, the trace of W1 b decays as a whole and an event adds a column to it; otherwise synapses
/// (v1) or branches (v2) keep traces. Memory is updated in every tick, silent or not: it never rests. Equal to
/// `dense_elm` but for the order of sums. A set of weights takes inputs times hidden units numbers.
///
/// State: "trace" (hidden units of the first layer, or traces), "m" (memory), "y" (outputs).
struct elm {
  elm_neurons neurons;
  elm_lanes lanes = elm_lanes::inputs;
  index_t output = 0;  ///< which is sent
  elm_transfer transfer = elm_transfer::identity;
  double gain = 1, offset = 0;

  using input = number;
  static constexpr int ports = 1;
  static constexpr port<elm, number> dendrite{0, "dendrite"};
  static constexpr auto receptors = std::tuple{dendrite};
  static constexpr auto parameters = std::tuple{parameter{"gain", &elm::gain}, parameter{"offset", &elm::offset}};

  index_t width(int port) const;
  std::vector<block_field> fields() const;
  double work() const;
  void check(const std::string& where) const;
  /// One set of weights, or one for each neuron.
  void check_size(std::int64_t size, const std::string& where) const;
  /// From the largest memory there can be: 1.7159 gain / (1 - kappa_m) of each unit.
  double largest_output() const;

  template <class Real>
  class kernel {
   public:
    /// Throws `spinule_error` when the tick is not the bin of the weights.
    kernel(const elm& model, milliseconds tick);
    void step(const block_tick<Real>& tick) const;

   private:
    std::shared_ptr<const elm_stepper<Real>> stepper_;
    index_t output_;
    elm_transfer transfer_;
    Real gain_, offset_;
  };
};

/// The same neurons, firing. State: that of `elm`, "before" (the first output one and two bins ago), "bins" (how many,
/// modulo 2^20, and what is above).
struct spiking_elm {
  elm_neurons neurons;
  elm_lanes lanes = elm_lanes::inputs;
  elm_firing firing = elm_firing::crossing;
  double threshold = 0;  ///< on the first output
  double seed = 1;       ///< of bernoulli, a whole number below 2^32

  using input = number;
  static constexpr int ports = 1;
  static constexpr port<spiking_elm, number> dendrite{0, "dendrite"};
  static constexpr auto receptors = std::tuple{dendrite};
  static constexpr auto parameters =
      std::tuple{parameter{"threshold", &spiking_elm::threshold}, parameter{"seed", &spiking_elm::seed, elm_seeds}};

  index_t width(int port) const;
  std::vector<block_field> fields() const;
  double work() const;
  void check(const std::string& where) const;
  /// One set of weights, or one for each neuron.
  void check_size(std::int64_t size, const std::string& where) const;

  template <class Real>
  class kernel {
   public:
    /// Throws `spinule_error` when the tick is not the bin of the weights.
    kernel(const spiking_elm& model, milliseconds tick);
    void step(const block_tick<Real>& tick) const;

   private:
    std::shared_ptr<const elm_stepper<Real>> stepper_;
    elm_firing firing_;
    double threshold_;
    std::uint32_t seed_;
  };
};

// Compiled in the library, not where it is used.
extern template class block_holder<elm>;
extern template class block_holder<spiking_elm>;

}  // namespace spinule

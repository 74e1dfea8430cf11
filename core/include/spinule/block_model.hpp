// What a block model is: a plain struct whose neurons are stepped many at a time, with sizes that are known at run
// time.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <vector>

#include <spinule/engine/emission.hpp>
#include <spinule/model.hpp>

namespace spinule {

/// A state field of a block model: `length` numbers for each neuron, which start at `start`. One number is probed,
/// initialised and written as "v", several as "m[0]", "m[1]" and so on.
struct block_field {
  std::string name;
  index_t length = 1;
  dimension unit = number{};
  range allowed = storable<float>;
  double start = 0;
};

/// What arrives at one port of a block in a tick, lane by lane: only those that get something.
template <class Real>
struct lane_input {
  std::span<const index_t> lanes;  ///< neuron * width + lane, ascending; neurons are numbered from the block's first
  std::span<const Real> amounts;   ///< [lanes] in the unit of the port, none of them 0
};

/// A run of neurons in one tick, as the kernel of a block model is given it.
template <class Real>
class block_tick {
 public:
  /// `fields`: one array each. For those who step blocks.
  block_tick(index_t first_neuron, index_t neurons, std::span<const std::span<Real>> fields,
             std::span<const lane_input<Real>> inputs, std::vector<Real>& room, emission_buffer& sent)
      : first{first_neuron}, count{neurons}, fields_{fields}, inputs_{inputs}, room_{&room}, sent_{&sent} {}

  const index_t first;  ///< number of the block's neuron 0 within its population
  const index_t count;  ///< neurons

  /// [count * length of the field] neuron by neuron: the state as the last tick left it, to be changed.
  std::span<Real> field(std::size_t f) const { return fields_[f]; }
  const lane_input<Real>& port(std::size_t p) const { return inputs_[p]; }
  /// Room for `n` numbers, of which nothing is known and nothing kept; one piece at a time.
  std::span<Real> scratch(std::size_t n) const {
    if (room_->size() < n) room_->resize(n);
    return {room_->data(), n};
  }
  /// Neuron 0 .. count - 1 fires; ascending, each at most once.
  void fire(index_t neuron) const { sent_->add(first + neuron, true); }
  /// The same of a graded model: it sends a value, where 0 is nothing.
  void send(index_t neuron, Real value) const { sent_->add(first + neuron, value); }

 private:
  std::span<const std::span<Real>> fields_;
  std::span<const lane_input<Real>> inputs_;
  std::vector<Real>* room_;
  emission_buffer* sent_;
};

/// A block model is a struct of parameters, which may have tables of weights that all neurons of a population share,
/// with
/// - `using input`: the unit of weights on port 0; `static constexpr int ports`, and `receptors` as a `neuron_model`;
/// - `index_t width(int port) const`: lanes of a port, 1 or more. Synapses onto it name neuron * width + lane;
/// - `std::vector<block_field> fields() const`: the state;
/// - `template <class Real> class kernel`: what follows from the parameters and the tick, built from them, with
///   `void step(const block_tick<Real>&) const`: one tick passes and its input arrives.
///
/// A *graded* one also has `double largest_output() const` and calls `send` where others call `fire`.
///
/// Optional: `parameters` and `check` as a neuron model has them; a parameter has one value for the population.
/// `void check_size(std::int64_t neurons, where) const`: throws for a population that its tables are not made for.
/// `double work() const`: how many steps of a plain neuron in a sweep one of these takes (100 if it is not said), by
/// which populations are shared among threads.
///
/// A population is cut into blocks, and copies of a simulation have blocks of their own; one kernel serves them all,
/// perhaps at the same time. It is called in every tick.
///
/// Law: what becomes of a neuron depends on its number, its state and its input alone, and not on its block.
template <class Model>
concept block_model = requires(const Model& m, const kernel_of<Model, float>& k, const block_tick<float>& b,
                               milliseconds tick) {
  typename Model::input;
  { Model::ports } -> std::convertible_to<int>;
  { m.width(0) } -> std::convertible_to<index_t>;
  { m.fields() } -> std::same_as<std::vector<block_field>>;
  {kernel_of<Model, float>{m, tick}};
  { k.step(b) } -> std::same_as<void>;
};

template <class Model>
concept graded_block_model = block_model<Model> && requires(const Model& m) {
  { m.largest_output() } -> std::convertible_to<double>;
};

}  // namespace spinule

// The unit of the weights that a target takes.
#pragma once

#include <spinule/block_model.hpp>
#include <spinule/model.hpp>

namespace spinule {

template <class Unit>
struct target;
template <class Unit>
struct by_sign;
template <class Model>
struct population_of;

/// The unit of weights onto a port, or onto a population of neurons, which stands for its port 0.
template <class To>
struct unit_of {};
template <source_model Source>
struct unit_of<population_of<Source>> {
  static_assert(neuron_model<Source>,
                "a source takes no input: connect to a population of neurons or one of its ports");
};
template <class Unit>
struct unit_of<target<Unit>> {
  using type = Unit;
};
template <class Unit>
struct unit_of<by_sign<Unit>> {
  using type = Unit;
};
template <neuron_model Model>
struct unit_of<population_of<Model>> {
  using type = typename Model::input;
};
template <block_model Model>
struct unit_of<population_of<Model>> {
  using type = typename Model::input;
};
template <class To>
using unit_onto = typename unit_of<To>::type;

}  // namespace spinule

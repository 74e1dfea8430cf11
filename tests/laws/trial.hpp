// A model, a rule or a back end on trial: what the laws need to know of it.
#pragma once

#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include <spinule/model.hpp>
#include <spinule/network.hpp>

namespace spinule::laws {

/// What arrives at one port while a model is on trial, in the unit of the port: in three ticks of ten a number between
/// `low` and `high`.
struct arrivals_on {
  double low = 0, high = 0;
  bool lasting = false;  ///< a level that holds for the tick, and not a jump at its end
};
constexpr arrivals_on jumps(double low, double high) { return {low, high, false}; }
constexpr arrivals_on levels(double low, double high) { return {low, high, true}; }

/// What halving the tick does to the error of a trajectory between spikes whose input lies on both grids.
enum class accuracy {
  exact,         ///< there is none
  first_order,   ///< half of it is left
  second_order,  ///< a quarter
  third_order,   ///< an eighth
  fourth_order,  ///< a sixteenth
};

/// One set of parameters with input that makes it fire.
template <class Model>
struct trial {
  using model_type = Model;
  trial(std::string called, Model on_trial, std::vector<arrivals_on> per_port, accuracy of = accuracy::exact)
      : name{std::move(called)}, model{std::move(on_trial)}, drive{std::move(per_port)}, accurate{of} {}

  std::string name;
  Model model;
  std::vector<arrivals_on> drive;  ///< one per port
  accuracy accurate;
  milliseconds tick{0.1};
  bool fires = true;
  int sends = 1000;          ///< values in 3000 ticks, of a graded model, at least
  milliseconds interval{0};  ///< between spikes without input, as a closed form has it; 0: not known or none

  trial silent() && {  ///< whatever arrives: a readout, or a graded model
    fires = false;
    return std::move(*this);
  }
  trial in_ticks_of(milliseconds length) && {
    tick = length;
    return std::move(*this);
  }
  trial sending_at_least(int values) && {  ///< a graded model that sends but now and then
    sends = values;
    return std::move(*this);
  }
  trial alone_every(milliseconds period) && {  ///< a golden number
    interval = period;
    return std::move(*this);
  }
};

/// Whether a step made its neuron fire; a value is no spike.
constexpr bool is_spike(bool fires) { return fires; }
template <std::floating_point Real>
constexpr bool is_spike(Real) {
  return false;
}

/// A trial as a type, so that typed suites can list it: `on<[] { return trial{"name", model{}, {jumps(0, 1)}}; }>`.
template <auto Make>
struct on {
  using trial_type = decltype(Make());
  static auto make() { return Make(); }
};

/// Names the tests of a typed suite after the trials.
struct by_name {
  template <class On>
  static std::string GetName(int) {
    return On::make().name;
  }
};

}  // namespace spinule::laws

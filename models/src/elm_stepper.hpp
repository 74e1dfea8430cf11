// Blocks of ELM neurons: what all kinds of populations of them have in common.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <spinule/block_model.hpp>
#include <spinule/models/elm.hpp>

#include "elm_parts.hpp"

namespace spinule {

/// The first fields of such a population, in this order.
enum elm_field : std::size_t { elm_trace, elm_memory, elm_output, elm_own };

std::vector<block_field> elm_fields(const elm_neurons& neurons, elm_lanes lanes);
index_t elm_width(const elm_neurons& neurons, elm_lanes lanes);
/// Multiplications of a tick, as steps of a plain neuron.
double elm_work(const elm_neurons& neurons, elm_lanes lanes);
/// Throws `spinule_error{where, ...}` for no or bad weights, and for sets of different sizes.
void check_elm(const elm_neurons& neurons, elm_lanes lanes, const std::string& where);
void check_elm_size(const elm_neurons& neurons, std::int64_t size, const std::string& where);

template <class Real>
class elm_stepper {
 public:
  elm_stepper(const elm_neurons& neurons, elm_lanes lanes, milliseconds tick);
  /// Everything but what the neurons send.
  void step(const block_tick<Real>& tick) const;
  std::size_t outputs() const { return sets_[0].readout.outputs; }

 private:
  void arrive_all(const block_tick<Real>& tick) const;

  std::vector<elm_parts<Real>> sets_;
};

}  // namespace spinule

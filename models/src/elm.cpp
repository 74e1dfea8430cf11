#include <spinule/models/elm.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include <spinule/engine/elm_decay.hpp>
#include <spinule/engine/elm_functions.hpp>
#include "elm_stepper.hpp"

namespace spinule {
namespace {

/// No output of these weights is larger in magnitude.
double largest_of(const elm_weights& w, index_t output) {
  double largest = std::fabs(static_cast<double>(w.readout.bias[output]));
  for (std::size_t k = 0; k < w.memory(); ++k) {
    const double memory = 1.7159 * write_gain(w, w.tau_memory[k]) / (1 - decay_of(w.tau_memory[k], w.bin));
    largest += memory * std::fabs(static_cast<double>(w.readout.weights[output * w.memory() + k]));
  }
  return largest;
}

template <class Real>
Real transferred(elm_transfer transfer, Real x) {
  if (transfer == elm_transfer::identity) return x;
  if (transfer == elm_transfer::relu) return relu(x);
  const Real most = exponential_parts<Real>::largest - 1;
  return 1 / (2 + exponential_less_one(-std::clamp(x, -most, most)));
}

}  // namespace

index_t elm::width(int) const { return elm_width(neurons, lanes); }
std::vector<block_field> elm::fields() const { return elm_fields(neurons, lanes); }
double elm::work() const { return elm_work(neurons, lanes); }
void elm::check(const std::string& where) const {
  check_elm(neurons, lanes, where);
  if (const index_t outputs = neurons.sets()[0].outputs(); output >= outputs)
    throw spinule_error{where, fmt::format("it sends output {}; its weights have {}", output, outputs)};
}
void elm::check_size(std::int64_t size, const std::string& where) const { check_elm_size(neurons, size, where); }

double elm::largest_output() const {
  if (transfer == elm_transfer::sigmoid) return 1;
  double largest = 0;
  for (const elm_weights& w : neurons.sets()) largest = std::max(largest, largest_of(w, output));
  return 1.0001 * std::fabs(gain) * (largest + std::fabs(offset));  // more than rounding adds
}

template <class Real>
elm::kernel<Real>::kernel(const elm& model, milliseconds tick)
    : stepper_{std::make_shared<const elm_stepper<Real>>(model.neurons, model.lanes, tick)},
      output_{model.output},
      transfer_{model.transfer},
      gain_{static_cast<Real>(model.gain)},
      offset_{static_cast<Real>(model.offset)} {}

template <class Real>
void elm::kernel<Real>::step(const block_tick<Real>& tick) const {
  stepper_->step(tick);
  const auto y = tick.field(elm_output);
  for (index_t n = 0; n < tick.count; ++n)
    tick.send(n, transferred(transfer_, gain_ * (y[n * stepper_->outputs() + output_] - offset_)));
}

template class elm::kernel<float>;
template class elm::kernel<double>;

}  // namespace spinule

#include <spinule/learning/eprop.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule::learning {
namespace {

constexpr const char* where = "eprop_network";

void check(const eprop_parameters& p) {
  const auto positive = [](double x) { return x > 0 && std::isfinite(x); };
  if (p.inputs == 0 || p.neurons == 0 || p.outputs == 0)
    throw spinule_error{where, "no inputs, neurons or outputs: give at least one of each"};
  for (const auto& [name, value] : {std::pair{"step", p.step},
                                    {"tau_m", p.tau_m},
                                    {"tau_out", p.tau_out},
                                    {"input_gain", p.input_gain},
                                    {"output_gain", p.output_gain},
                                    {"threshold", p.threshold},
                                    {"tau_adaptation", p.tau_adaptation}})
    if (!positive(value)) throw spinule_error{where, fmt::format("{} {} must be positive and finite", name, value)};
  for (const auto& [name, value] :
       {std::pair{"dampening", p.dampening}, {"rate_strength", p.rate_strength}, {"target_rate", p.target_rate}})
    if (!(value >= 0) || !std::isfinite(value))
      throw spinule_error{where, fmt::format("{} {} must be 0 or more, and finite", name, value)};
}

void check_size(const char* what, std::size_t has, std::size_t wants) {
  if (has != wants) throw spinule_error{where, fmt::format("{} {}, where {} are wanted", has, what, wants)};
}

void check(const eprop_parameters& p, const eprop_weights& w) {
  check_size("input weights", w.input.size(), p.neurons * p.inputs);
  check_size("recurrent weights", w.recurrent.size(), p.neurons * p.neurons);
  check_size("output weights", w.output.size(), p.outputs * p.neurons);
  check_size("feedback weights", w.feedback.size(),
             p.feedback == eprop_feedback::symmetric ? 0 : p.neurons * p.outputs);
  if (!p.adaptation.empty()) check_size("adaptations", p.adaptation.size(), p.neurons);
  for (std::size_t j = 0; j < p.neurons; ++j)
    if (w.recurrent[j * p.neurons + j] != 0)
      throw spinule_error{
          where, fmt::format("weight {} from neuron {} to itself: it must be 0", w.recurrent[j * p.neurons + j], j)};
}

template <class T>
void zero(std::vector<T>& x) {
  std::fill(x.begin(), x.end(), T{});
}

}  // namespace

eprop_network::eprop_network(eprop_parameters parameters, eprop_weights weights)
    : parameters_{std::move(parameters)}, weights_{std::move(weights)} {
  auto& p = parameters_;
  check(p);
  check(p, weights_);
  if (p.adaptation.empty()) p.adaptation.resize(p.neurons);
  alpha_ = portable_exp(-p.step / p.tau_m);
  rho_ = portable_exp(-p.step / p.tau_adaptation);
  kappa_ = portable_exp(-p.step / p.tau_out);
  for (auto* x : {&v_, &a_, &spikes_, &psi_, &counts_, &recurrent_traces_, &output_traces_, &arriving_})
    x->resize(p.neurons);
  refractory_.resize(p.neurons);
  input_traces_.resize(p.inputs);
  input_synapses_.resize(p.neurons * p.inputs);
  recurrent_synapses_.resize(p.neurons * p.neurons);
  for (auto* x : {&y_, &answer_, &error_}) x->resize(p.outputs);
  clear_gradients();
}

void eprop_network::clear_gradients() {
  gradients_.input.assign(weights_.input.size(), 0);
  gradients_.recurrent.assign(weights_.recurrent.size(), 0);
  gradients_.output.assign(weights_.output.size(), 0);
  gradients_.feedback.assign(weights_.feedback.size(), 0);
}

void eprop_network::begin() {
  check(parameters_, weights_);
  for (auto* x : {&v_, &a_, &spikes_, &psi_, &counts_, &input_traces_, &recurrent_traces_, &output_traces_, &y_})
    zero(*x);
  zero(refractory_);
  zero(input_synapses_);
  zero(recurrent_synapses_);
  loss_ = 0;
  steps_ = 0;
}

void eprop_network::move_neurons(std::span<const double> x) {
  const auto& p = parameters_;
  for (std::size_t i = 0; i < p.inputs; ++i) input_traces_[i] = alpha_ * input_traces_[i] + p.input_gain * x[i];
  for (std::size_t i = 0; i < p.neurons; ++i)
    recurrent_traces_[i] = alpha_ * recurrent_traces_[i] + p.input_gain * spikes_[i];

  zero(arriving_);
  for (std::size_t j = 0; j < p.neurons; ++j) {
    const double *w = &weights_.input[j * p.inputs], *r = &weights_.recurrent[j * p.neurons];
    for (std::size_t i = 0; i < p.inputs; ++i)
      if (x[i] != 0) arriving_[j] += w[i] * x[i];
    for (std::size_t i = 0; i < p.neurons; ++i)
      if (spikes_[i] != 0 && i != j) arriving_[j] += r[i];
  }
  for (std::size_t j = 0; j < p.neurons; ++j) {
    v_[j] = alpha_ * v_[j] + p.input_gain * arriving_[j] - p.threshold * spikes_[j];
    a_[j] = rho_ * a_[j] + spikes_[j];
    if (refractory_[j] > 0) --refractory_[j];
    const bool free = refractory_[j] == 0;
    const double above = v_[j] - p.threshold - p.adaptation[j] * a_[j];
    psi_[j] = free ? p.dampening / p.threshold * std::max(0.0, 1 - std::abs(above) / p.threshold) : 0;
    spikes_[j] = free && above >= 0 ? 1 : 0;
    if (spikes_[j] != 0) refractory_[j] = p.refractory;
    counts_[j] += spikes_[j];
  }
}

void eprop_network::judge(std::span<const double> target) {
  const auto& p = parameters_;
  for (std::size_t j = 0; j < p.neurons; ++j)
    output_traces_[j] = kappa_ * output_traces_[j] + p.output_gain * spikes_[j];
  for (std::size_t k = 0; k < p.outputs; ++k) {
    const double* w = &weights_.output[k * p.neurons];
    double sum = 0;
    for (std::size_t j = 0; j < p.neurons; ++j) sum += w[j] * spikes_[j];
    y_[k] = kappa_ * y_[k] + p.output_gain * sum;
  }
  answer_ = y_;
  if (p.loss == eprop_loss::cross_entropy) {
    const double largest = *std::max_element(y_.begin(), y_.end());
    double sum = 0;
    for (double& a : answer_) sum += a = portable_exp(a - largest);
    for (double& a : answer_) a /= sum;
    for (std::size_t k = 0; k < target.size(); ++k) loss_ += target[k] * (portable_log(sum) + largest - y_[k]);
  } else {
    for (std::size_t k = 0; k < target.size(); ++k) loss_ += (y_[k] - target[k]) * (y_[k] - target[k]) / 2;
  }
  for (std::size_t k = 0; k < p.outputs; ++k) error_[k] = target.empty() ? 0 : answer_[k] - target[k];
  for (std::size_t k = 0; k < p.outputs; ++k)
    for (std::size_t j = 0; j < p.neurons; ++j) {
      const double g = error_[k] * output_traces_[j];
      gradients_.output[k * p.neurons + j] += g;
      if (p.feedback == eprop_feedback::adaptive) gradients_.feedback[j * p.outputs + k] += g;
    }
}

/// All synapses onto neuron j from these sources.
void eprop_network::trace_row(std::size_t j, double signal, std::span<const double> sources, trace* traces,
                              double* gradient) {
  const double psi = psi_[j], beta = parameters_.adaptation[j], gain = parameters_.output_gain;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    trace& s = traces[i];
    const double e = psi * (sources[i] - beta * s.adaptation);
    s.adaptation = rho_ * s.adaptation + e;
    s.filtered = kappa_ * s.filtered + gain * e;
    s.sum += e;
    gradient[i] += signal * s.filtered;
  }
}

std::span<const double> eprop_network::step(std::span<const double> x, std::span<const double> target) {
  const auto& p = parameters_;
  check_size("inputs", x.size(), p.inputs);
  if (!target.empty()) check_size("targets", target.size(), p.outputs);
  move_neurons(x);
  judge(target);
  for (std::size_t j = 0; j < p.neurons; ++j) {
    double signal = 0;
    for (std::size_t k = 0; k < p.outputs; ++k)
      signal += error_[k] * (p.feedback == eprop_feedback::symmetric ? weights_.output[k * p.neurons + j]
                                                                     : weights_.feedback[j * p.outputs + k]);
    trace_row(j, signal, input_traces_, &input_synapses_[j * p.inputs], &gradients_.input[j * p.inputs]);
    trace_row(j, signal, recurrent_traces_, &recurrent_synapses_[j * p.neurons], &gradients_.recurrent[j * p.neurons]);
    gradients_.recurrent[j * p.neurons + j] = 0;
  }
  ++steps_;
  return answer_;
}

void eprop_network::end() {
  const auto& p = parameters_;
  if (steps_ == 0) return;
  const double steps = static_cast<double>(steps_);
  for (std::size_t j = 0; j < p.neurons; ++j) {
    const double strength = p.rate_strength * (counts_[j] / steps - p.target_rate) / steps;
    for (std::size_t i = 0; i < p.inputs; ++i)
      gradients_.input[j * p.inputs + i] += strength * input_synapses_[j * p.inputs + i].sum;
    for (std::size_t i = 0; i < p.neurons; ++i)
      if (i != j) gradients_.recurrent[j * p.neurons + i] += strength * recurrent_synapses_[j * p.neurons + i].sum;
  }
}

}  // namespace spinule::learning

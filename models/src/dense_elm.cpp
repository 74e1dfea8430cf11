#include <algorithm>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/models/elm_weights.hpp>

#include <spinule/engine/elm_decay.hpp>
#include <spinule/engine/elm_functions.hpp>

namespace spinule {
namespace {

template <class Real>
void apply(const elm_layer& layer, const std::vector<Real>& x, std::vector<Real>& y) {
  y.resize(layer.outputs);
  for (std::size_t o = 0; o < layer.outputs; ++o) {
    Real sum = static_cast<Real>(layer.bias[o]);
    for (std::size_t i = 0; i < layer.inputs; ++i) sum += static_cast<Real>(layer.weights[o * layer.inputs + i]) * x[i];
    y[o] = sum;
  }
}

}  // namespace

template <class Real>
dense_elm<Real>::dense_elm(elm_weights weights) : weights_{std::move(weights)} {
  weights_.check("dense_elm");
  for (const double tau : weights_.tau_input) kappa_input_.push_back(static_cast<Real>(decay_of(tau, weights_.bin)));
  for (const double tau : weights_.tau_memory) {
    kappa_memory_.push_back(static_cast<Real>(decay_of(tau, weights_.bin)));
    gain_.push_back(static_cast<Real>(write_gain(weights_, tau)));
  }
  reset();
}

template <class Real>
void dense_elm<Real>::reset() {
  s_.assign(kappa_input_.size(), 0);
  b_.assign(weights_.branches, 0);
  m_.assign(weights_.memory(), 0);
  y_.assign(weights_.outputs(), 0);
}

template <class Real>
std::span<const Real> dense_elm<Real>::step(std::span<const Real> x) {
  const elm_weights& w = weights_;
  if (x.size() != w.inputs)
    throw spinule_error{"dense_elm", fmt::format("{} inputs; the neuron has {}", x.size(), w.inputs)};
  const std::size_t each = w.synapses() / w.branches;
  for (std::size_t k = 0; k < s_.size(); ++k) s_[k] *= kappa_input_[k];
  for (std::size_t j = 0; j < w.synapses(); ++j)
    if (w.input[j] != elm_weights::unconnected)
      s_[w.version == elm_version::v1 ? j : j / each] += static_cast<Real>(w.weight[j]) * x[w.input[j]];
  b_ = s_;
  if (w.version == elm_version::v1) {
    b_.assign(w.branches, 0);
    for (std::size_t j = 0; j < w.synapses(); ++j) b_[j / each] += s_[j];
  }
  u_ = b_;
  for (std::size_t k = 0; k < m_.size(); ++k) u_.push_back(m_[k] *= kappa_memory_[k]);
  for (std::size_t l = 0; l < w.layers.size(); ++l) {
    apply(w.layers[l], u_, next_);
    if (l + 1 < w.layers.size())
      for (Real& z : next_) z = w.activation == elm_activation::relu ? relu(z) : silu(z);
    u_.swap(next_);
  }
  for (std::size_t k = 0; k < m_.size(); ++k) m_[k] += gain_[k] * phi(u_[k]);
  apply(w.readout, m_, y_);
  return y_;
}

template class dense_elm<float>;
template class dense_elm<double>;

}  // namespace spinule

// One bin of many ELM neurons. Sums are collected in a fixed order for each neuron, output by output, so the bits do
// not depend on who is stepped together.
#include <algorithm>
#include <cstring>
#include <utility>

#include <spinule/engine/instruction_sets.hpp>

#include <spinule/engine/elm_functions.hpp>
#include "elm_parts.hpp"

namespace spinule {
namespace {

template <class Real>
struct panel_vector {
  typedef Real type __attribute__((vector_size(64)));
};
template <class Real>
using panel_of = typename panel_vector<Real>::type;

template <class Real>
[[gnu::always_inline]] inline void load(const Real* from, panel_of<Real>& x) {
  std::memcpy(&x, from, sizeof x);
}

/// Adds W x to the sums of `Together` neurons, which stand `padded` apart; their x stand `apart`.
template <std::size_t Together, class Real>
[[gnu::always_inline]] inline void add_products(const panelled_layer<Real>& layer, const Real* x, std::size_t apart,
                                                Real* sums) {
  constexpr std::size_t wide = panel<Real>;
  for (std::size_t o = 0; o < layer.padded; o += wide) {
    const Real* weights = &layer.weights[o * layer.inputs];
    panel_of<Real> sum[Together];
    for (std::size_t n = 0; n < Together; ++n) load(sums + n * layer.padded + o, sum[n]);
    for (std::size_t i = 0; i < layer.inputs; ++i) {
      panel_of<Real> w;
      load(weights + i * wide, w);
      for (std::size_t n = 0; n < Together; ++n) sum[n] += w * x[n * apart + i];
    }
    for (std::size_t n = 0; n < Together; ++n) std::memcpy(sums + n * layer.padded + o, &sum[n], sizeof sum[n]);
  }
}

template <class Real>
[[gnu::always_inline]] inline void fill_bias(const panelled_layer<Real>& layer, std::size_t together, Real* sums) {
  for (std::size_t n = 0; n < together; ++n)
    for (std::size_t o = 0; o < layer.padded; o += panel<Real>) {
      panel_of<Real> bias;
      load(&layer.bias[o], bias);
      std::memcpy(sums + n * layer.padded + o, &bias, sizeof bias);
    }
}

template <class Real>
[[gnu::always_inline]] inline void activate(bool rectified, Real* x, std::size_t n) {
  if (rectified)
    for (std::size_t i = 0; i < n; ++i) x[i] = relu(x[i]);
  else
    for (std::size_t i = 0; i < n; ++i) x[i] = silu(x[i]);
}

/// b of one neuron from its traces.
template <class Real>
[[gnu::always_inline]] inline void sum_branches(const elm_parts<Real>& p, const Real* trace, Real* b) {
  const std::size_t each = p.traces / p.branches;
  for (std::size_t i = 0; i < p.branches; ++i) {
    Real sum = 0;
    for (std::size_t k = 0; k < each; ++k) sum += trace[i * each + k];
    b[i] = sum;
  }
}

/// The input of the first layer without what is projected: branches, if there are any, and decayed memory. Where there
/// are none it is the memory itself.
template <std::size_t Together, class Real>
[[gnu::always_inline]] inline const Real* first_inputs(const elm_parts<Real>& p, const elm_run<Real>& run, Real* room) {
  for (std::size_t n = 0; n < Together; ++n)
    for (std::size_t k = 0; k < p.memory; ++k) run.memory[n * p.memory + k] *= p.kappa[k];
  if (p.projected) return run.memory;
  Real* x = room;
  for (std::size_t n = 0; n < Together; ++n, x += p.branches + p.memory) {
    sum_branches(p, run.trace + n * p.traces, x);
    std::copy_n(run.memory + n * p.memory, p.memory, x + p.branches);
  }
  return room;
}

template <std::size_t Together, class Real>
[[gnu::always_inline]] inline void remember_group(const elm_parts<Real>& p, const elm_run<Real>& run) {
  const panelled_layer<Real>* layer = p.layers.data();
  Real *used = run.room, *next = used + p.room(Together) / 2;
  fill_bias(*layer, Together, next);
  for (std::size_t n = 0; p.projected && n < Together; ++n)
    for (std::size_t h = 0; h < p.traces; ++h) next[n * layer->padded + h] += run.trace[n * p.traces + h];
  add_products<Together>(*layer, first_inputs<Together>(p, run, used), layer->inputs, next);
  for (++layer; layer != p.layers.data() + p.layers.size(); ++layer) {
    const std::size_t apart = layer[-1].padded;
    activate(p.rectified, next, Together * apart);
    std::swap(used, next);
    fill_bias(*layer, Together, next);
    add_products<Together>(*layer, used, apart, next);
  }
  const std::size_t padded = layer[-1].padded;
  for (std::size_t i = 0; i < Together * padded; ++i) next[i] = phi(next[i]);
  for (std::size_t n = 0; n < Together; ++n)
    for (std::size_t k = 0; k < p.memory; ++k) run.memory[n * p.memory + k] += p.gain[k] * next[n * padded + k];
  fill_bias(p.readout, Together, next);
  add_products<Together>(p.readout, run.memory, p.memory, next);
  for (std::size_t n = 0; n < Together; ++n)
    for (std::size_t k = 0; k < p.readout.outputs; ++k)
      run.y[n * p.readout.outputs + k] = next[n * p.readout.padded + k];
}

template <class Real>
[[gnu::always_inline]] inline void remember_all(const elm_parts<Real>& p, elm_run<Real> run) {
  const auto advance = [&](std::size_t n) {
    run.count -= n;
    run.trace += n * p.traces;
    run.memory += n * p.memory;
    run.y += n * p.readout.outputs;
  };
  for (; run.count >= elm_together; advance(elm_together)) remember_group<elm_together>(p, run);
  for (; run.count > 0; advance(1)) remember_group<1>(p, run);
}

template <class Real>
[[gnu::always_inline]] inline void decay_all(const elm_parts<Real>& p, const elm_run<Real>& run) {
  if (p.projected) {
    const Real kappa = p.decay[0];
    for (std::size_t i = 0; i < run.count * p.traces; ++i) run.trace[i] *= kappa;
  } else {
    for (std::size_t n = 0; n < run.count; ++n)
      for (std::size_t k = 0; k < p.traces; ++k) run.trace[n * p.traces + k] *= p.decay[k];
  }
}

template <class Real>
[[gnu::always_inline]] inline void arrive_at(const elm_parts<Real>& p, std::size_t lane, Real amount, Real* trace) {
  if (p.projected) {
    const Real* column = &p.columns[lane * p.traces];
    for (std::size_t h = 0; h < p.traces; ++h) trace[h] += amount * column[h];
  } else {
    for (std::size_t j = p.synapses.first[lane]; j < p.synapses.first[lane + 1]; ++j)
      trace[p.synapses.trace[j]] += p.synapses.weight[j] * amount;
  }
}

template <class Real>
[[gnu::always_inline]] inline void arrive_all(const elm_parts<Real>& p, const elm_events<Real>& events, Real* trace) {
  std::size_t first = events.first_lane;  // of the neuron with this trace
  for (std::size_t j = 0; j < events.lanes.size(); ++j) {
    for (; events.lanes[j] >= first + p.lanes; first += p.lanes) trace += p.traces;
    arrive_at(p, events.lanes[j] - first, events.amounts[j], trace);
  }
}

}  // namespace

template <class Real>
std::size_t elm_parts<Real>::room(std::size_t together) const {
  std::size_t widest = readout.padded;
  for (const auto& layer : layers) widest = std::max({widest, layer.padded, layer.inputs});
  return 2 * together * widest;
}
template std::size_t elm_parts<float>::room(std::size_t) const;
template std::size_t elm_parts<double>::room(std::size_t) const;

SPINULE_CLONES void decay(const elm_parts<float>& parts, const elm_run<float>& run) { decay_all(parts, run); }
SPINULE_CLONES void decay(const elm_parts<double>& parts, const elm_run<double>& run) { decay_all(parts, run); }
SPINULE_CLONES void arrive(const elm_parts<float>& parts, const elm_events<float>& events, float* trace) {
  arrive_all(parts, events, trace);
}
SPINULE_CLONES void arrive(const elm_parts<double>& parts, const elm_events<double>& events, double* trace) {
  arrive_all(parts, events, trace);
}
SPINULE_CLONES void remember(const elm_parts<float>& parts, const elm_run<float>& run) { remember_all(parts, run); }
SPINULE_CLONES void remember(const elm_parts<double>& parts, const elm_run<double>& run) { remember_all(parts, run); }

}  // namespace spinule

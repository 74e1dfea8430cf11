#include "elm_parts.hpp"

#include <algorithm>

#include <spinule/engine/elm_decay.hpp>

namespace spinule {
namespace {

/// Inputs from .. to - 1 of a layer.
template <class Real>
panelled_layer<Real> panelled(const elm_layer& layer, std::size_t from, std::size_t to) {
  constexpr std::size_t wide = panel<Real>;
  panelled_layer<Real> p;
  p.inputs = to - from;
  p.outputs = layer.outputs;
  p.padded = (p.outputs + wide - 1) / wide * wide;
  p.weights.assign(p.padded * p.inputs, 0);
  p.bias.assign(p.padded, 0);
  for (std::size_t o = 0; o < p.outputs; ++o) {
    p.bias[o] = static_cast<Real>(layer.bias[o]);
    for (std::size_t i = 0; i < p.inputs; ++i)
      p.weights[(o / wide * p.inputs + i) * wide + o % wide] =
          static_cast<Real>(layer.weights[o * layer.inputs + from + i]);
  }
  return p;
}

template <class Real>
lane_synapses<Real> by_lane(const elm_weights& w) {
  lane_synapses<Real> s;
  s.first.assign(w.inputs + 1, 0);
  for (const index_t c : w.input)
    if (c != elm_weights::unconnected) ++s.first[c + 1];
  for (std::size_t c = 0; c < w.inputs; ++c) s.first[c + 1] += s.first[c];
  s.trace.resize(s.first.back());
  s.weight.resize(s.first.back());
  std::vector<std::size_t> next(s.first.begin(), s.first.end() - 1);
  const std::size_t each = w.synapses() / w.branches;
  for (std::size_t j = 0; j < w.synapses(); ++j) {
    if (w.input[j] == elm_weights::unconnected) continue;
    const std::size_t at = next[w.input[j]]++;
    s.trace[at] = static_cast<index_t>(w.version == elm_version::v1 ? j : j / each);
    s.weight[at] = static_cast<Real>(w.weight[j]);
  }
  return s;
}

template <class Real>
lane_synapses<Real> branch_by_branch(std::size_t branches) {
  lane_synapses<Real> s{.first = {0}, .trace = {}, .weight = std::vector<Real>(branches, 1)};
  for (std::size_t i = 0; i < branches; ++i) {
    s.trace.push_back(static_cast<index_t>(i));
    s.first.push_back(i + 1);
  }
  return s;
}

/// For each lane the sum over its synapses of weight times the branch's column of the first layer.
template <class Real>
aligned_vector<Real> columns_of(const elm_weights& w, bool by_branch) {
  const elm_layer& first = w.layers[0];
  const std::size_t hidden = first.outputs;
  std::vector<double> sums((by_branch ? w.branches : w.inputs) * hidden, 0);
  const auto add = [&](std::size_t lane, std::size_t branch, double weight) {
    for (std::size_t h = 0; h < hidden; ++h)
      sums[lane * hidden + h] += weight * static_cast<double>(first.weights[h * first.inputs + branch]);
  };
  const std::size_t each = w.synapses() / w.branches;
  for (std::size_t i = 0; by_branch && i < w.branches; ++i) add(i, i, 1);
  for (std::size_t j = 0; !by_branch && j < w.synapses(); ++j)
    if (w.input[j] != elm_weights::unconnected) add(w.input[j], j / each, static_cast<double>(w.weight[j]));
  aligned_vector<Real> columns(sums.size());
  std::transform(sums.begin(), sums.end(), columns.begin(), [](double x) { return static_cast<Real>(x); });
  return columns;
}

}  // namespace

std::optional<double> common_tau(const elm_weights& w, bool by_branch) {
  std::optional<double> tau;
  for (std::size_t k = 0; k < w.tau_input.size(); ++k) {
    const bool of_branch = by_branch || w.version == elm_version::v2 || k >= w.synapses();
    const bool counts = of_branch || w.input[k] != elm_weights::unconnected;
    if (counts && w.tau_input[k] != tau.value_or(w.tau_input[k])) return {};
    if (counts) tau = w.tau_input[k];
  }
  return tau ? tau : w.tau_input[0];
}

template <class Real>
elm_parts<Real> prepared(const elm_weights& w, bool by_branch) {
  elm_parts<Real> p;
  const std::optional<double> tau = common_tau(w, by_branch);
  p.projected = tau.has_value();
  p.rectified = w.activation == elm_activation::relu;
  p.branches = w.branches;
  p.memory = w.memory();
  p.lanes = by_branch ? w.branches : w.inputs;
  p.traces = p.projected ? w.layers[0].outputs : w.tau_input.size();
  if (p.projected)
    p.columns = columns_of<Real>(w, by_branch);
  else
    p.synapses = by_branch ? branch_by_branch<Real>(w.branches) : by_lane<Real>(w);
  if (tau) p.decay.push_back(static_cast<Real>(decay_of(*tau, w.bin)));
  for (std::size_t k = 0; k < w.tau_input.size() && !tau; ++k)
    p.decay.push_back(static_cast<Real>(decay_of(w.tau_input[k], w.bin)));
  for (const double each : w.tau_memory) {
    p.kappa.push_back(static_cast<Real>(decay_of(each, w.bin)));
    p.gain.push_back(static_cast<Real>(write_gain(w, each)));
  }
  for (std::size_t l = 0; l < w.layers.size(); ++l)
    p.layers.push_back(panelled<Real>(w.layers[l], l == 0 && p.projected ? w.branches : 0, w.layers[l].inputs));
  p.readout = panelled<Real>(w.readout, 0, w.memory());
  return p;
}

template elm_parts<float> prepared(const elm_weights&, bool);
template elm_parts<double> prepared(const elm_weights&, bool);

}  // namespace spinule

#include <algorithm>

#include <spinule/engine/elm_functions.hpp>
#include <spinule/engine/instruction_sets.hpp>

#include "elm_training.hpp"

namespace spinule::learning {
namespace {

SPINULE_CLONES void apply_relu(const float* z, float* h, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) h[i] = relu(z[i]);
}
SPINULE_CLONES void apply_silu(const float* z, float* h, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) h[i] = silu(z[i]);
}
/// z becomes q = phi(z), and m = read + gain q.
SPINULE_CLONES void write_memory(float* z, const float* read, const float* gain, float* m, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) {
    z[i] = phi(z[i]);
    m[i] = read[i] + gain[i] * z[i];
  }
}
SPINULE_CLONES void multiply(const float* x, const float* factor, float* out, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) out[i] = x[i] * factor[i];
}
SPINULE_CLONES void add_multiplied(const float* x, const float* factor, float* out, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) out[i] += x[i] * factor[i];
}
SPINULE_CLONES void decay_and_add(float* x, float kappa, const float* add, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) x[i] = kappa * x[i] + add[i];
}
SPINULE_CLONES void add_to_all(float* out, const float* x, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) out[i] += x[i];
}

// Backwards: z becomes dL / dz.

/// From dL / dm; z holds q. phi' = 2/3 1.7159 (1 - (q / 1.7159)^2).
SPINULE_CLONES void through_phi(float* z, const float* by_m, const float* gain, std::size_t n) {
  constexpr float slope = 1.7159F * 2 / 3, share = 1 / (1.7159F * 1.7159F);
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) z[i] = by_m[i] * gain[i] * (slope * (1 - z[i] * z[i] * share));
}
SPINULE_CLONES void through_relu(float* z, const float* by_h, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) z[i] = only_if(z[i] > 0, by_h[i]);
}
SPINULE_CLONES void through_silu(float* z, const float* by_h, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) {
    const float low = choose(z[i] > -80.0F, z[i], -80.0F), bounded = choose(low < 80.0F, low, 80.0F);
    const float s = 1 / (2 + exponential_less_one(-bounded));
    z[i] = by_h[i] * (s * (1 + z[i] * (1 - s)));
  }
}

/// Every one of `count` rows becomes the bias.
void begin_with(const float* bias, std::size_t stride, std::size_t count, float* rows) {
  for (std::size_t b = 0; b < count; ++b) std::copy_n(bias, stride, rows + b * stride);
}

}  // namespace

double elm_record::bytes(const elm_plan& plan, std::size_t count) const {
  double row = 2.0 * static_cast<double>(plan.memory_stride()) + 2.0 * static_cast<double>(plan.readout().outputs) +
               static_cast<double>(plan.event_driven ? plan.first().stride() : padded(plan.start.branches));
  for (std::size_t l = 0; l < plan.layers(); ++l)
    row += static_cast<double>(plan.maps[l].stride()) * (l + 1 < plan.layers() ? 2 : 1);
  double sample = row * static_cast<double>(plan.bins);
  if (plan.how.synapses && !plan.event_driven) sample += static_cast<double>(plan.start.synapses());
  return sample * static_cast<double>(count) * sizeof(float);
}

void elm_record::prepare(const elm_plan& plan, std::size_t count, std::size_t blocks, bool backwards) {
  samples = count;
  const std::size_t rows = plan.bins * count;
  const auto size = [&](auto& x, std::size_t stride) { x.resize(rows * stride + row_slack); };
  z.resize(plan.layers());
  h.resize(plan.layers() - 1);
  for (std::size_t l = 0; l < z.size(); ++l) size(z[l], plan.maps[l].stride());
  for (std::size_t l = 0; l < h.size(); ++l) size(h[l], plan.maps[l].stride());
  size(read, plan.memory_stride());
  size(m, plan.memory_stride());
  if (!plan.event_driven) size(b, padded(plan.start.branches));
  if (plan.event_driven && backwards) size(a, plan.first().stride());
  size(answers, plan.readout().outputs);
  if (backwards) size(slope, plan.readout().outputs);
  if (plan.how.tau_memory) {
    by_kappa.assign(count * plan.memory_stride(), 0);
    by_gain.assign(count * plan.memory_stride(), 0);
  }
  if (plan.how.synapses && !plan.event_driven) by_synapse.assign(count * plan.start.synapses(), 0);
  sent.assign(blocks, {});
}

void elm_block::send(std::span<const training_sample> samples) {
  std::vector<std::size_t> at(count_, 0);
  for (std::size_t t = 0; t < plan_.bins; ++t)
    for (std::size_t b = 0; b < count_; ++b) {
      const training_sample& sample = samples[first_ + b];
      for (; at[b] < sample.events.size() && sample.events[at[b]].bin == t; ++at[b]) {
        sent_.entries.push_back(sample.events[at[b]].address);
        sent_.values.push_back(sample.values.empty() ? 1 : sample.values[at[b]]);
      }
      sent_.offsets.push_back(static_cast<std::uint32_t>(sent_.entries.size()));
    }
}

/// The trace of W1 b as a whole.
void elm_block::take_events(std::size_t t, float* z) {
  const elm_map& map = plan_.branches;
  const float kappa = plan_.kappa_input[0];
  for (float& x : trace_) x *= kappa;
  add_listed_rows(sent_.from(t * count_, true), count_, plan_.columns.data(), map.stride(), map.outputs, trace_.data(),
                  map.stride());
  add_to_all(z, trace_.data(), count_ * map.stride());
}

/// A trace for each synapse (v1) or branch (v2).
void elm_block::take_traces(std::size_t t, float* z) {
  const elm_map& map = plan_.branches;
  const std::size_t traces = plan_.traces(), stride = padded(map.inputs), each = plan_.start.synapses() / map.inputs;
  const bool of_synapses = plan_.start.version == elm_version::v1;
  for (std::size_t b = 0; b < count_; ++b) {
    float* trace = trace_.data() + b * traces;
    float* branch = row(record_.b, t, stride) + b * stride;
    multiply(trace, plan_.kappa_input.data(), trace, traces);
    for (std::uint32_t e = sent_.offsets[t * count_ + b]; e < sent_.offsets[t * count_ + b + 1]; ++e)
      for (std::uint32_t k = plan_.by_channel.offsets[sent_.entries[e]];
           k < plan_.by_channel.offsets[sent_.entries[e] + 1]; ++k)
        trace[of_synapses ? plan_.by_channel.synapse[k] : plan_.by_channel.entries[k]] +=
            plan_.by_channel.values[k] * sent_.values[e];
    if (!of_synapses) std::copy_n(trace, traces, branch);
    for (std::size_t i = 0; of_synapses && i < map.inputs; ++i) {
      branch[i] = 0;
      for (std::size_t j = i * each; j < (i + 1) * each; ++j) branch[i] += trace[j];
    }
  }
  add_product(row(record_.b, t, stride), stride, count_, map.inputs, plan_.parameters.data() + map.weights,
              map.stride(), map.outputs, z, map.stride());
}

void elm_block::run_layers(std::size_t t) {
  const float* in = row(record_.read, t, plan_.memory_stride());
  std::size_t in_stride = plan_.memory_stride();
  for (std::size_t l = 0; l < plan_.layers(); ++l) {
    const elm_map& map = plan_.maps[l];
    float* z = row(record_.z[l], t, map.stride());
    begin_with(plan_.parameters.data() + map.bias, map.stride(), count_, z);
    if (l == 0 && plan_.event_driven) take_events(t, z);
    if (l == 0 && !plan_.event_driven) take_traces(t, z);
    add_product(in, in_stride, count_, map.inputs, plan_.parameters.data() + map.weights, map.stride(), map.outputs, z,
                map.stride());
    if (l + 1 == plan_.layers()) break;
    float* h = row(record_.h[l], t, map.stride());
    const auto apply = plan_.start.activation == elm_activation::relu ? apply_relu : apply_silu;
    apply(z, h, count_ * map.stride());
    in = h;
    in_stride = map.stride();
  }
}

void elm_block::forwards(std::span<const training_sample> samples) {
  send(samples);
  trace_.assign(count_ * (plan_.event_driven ? plan_.first().stride() : plan_.traces()), 0);
  const std::size_t stride = plan_.memory_stride();
  const elm_map& out = plan_.readout();
  for (std::size_t t = 0; t < plan_.bins; ++t) {
    float* read = row(record_.read, t, stride);
    if (t == 0) std::fill_n(read, count_ * stride, 0.0F);
    for (std::size_t b = 0; t > 0 && b < count_; ++b)
      multiply(row(record_.m, t - 1, stride) + b * stride, plan_.kappa.data(), read + b * stride, stride);
    run_layers(t);
    float* m = row(record_.m, t, stride);
    float* q = row(record_.z.back(), t, stride);
    for (std::size_t b = 0; b < count_; ++b)
      write_memory(q + b * stride, read + b * stride, plan_.gain.data(), m + b * stride, stride);
    float* y = row(record_.answers, t, out.outputs);
    begin_with(plan_.parameters.data() + out.bias, out.outputs, count_, y);
    add_product(m, stride, count_, out.inputs, plan_.parameters.data() + out.weights, out.stride(), out.outputs, y,
                out.outputs);
  }
}

void elm_block::go_back(std::size_t t) {
  const std::size_t stride = plan_.memory_stride();
  const float* transposed = plan_.transposed.data();
  const elm_map& out = plan_.readout();
  float* by_m = carried_.data();
  const float* slope = row(record_.slope, t, out.outputs);
  if (std::any_of(slope, slope + count_ * out.outputs, [](float x) { return x != 0; }))
    add_product(slope, out.outputs, count_, out.outputs, transposed + out.back, out.back_stride(), out.inputs, by_m,
                stride);
  float* z = row(record_.z.back(), t, stride);
  if (plan_.how.tau_memory) add_multiplied(by_m, z, record_.by_gain.data() + first_ * stride, count_ * stride);
  for (std::size_t b = 0; b < count_; ++b) through_phi(z + b * stride, by_m + b * stride, plan_.gain.data(), stride);
  for (std::size_t l = plan_.layers() - 1; l > 0; --l) {
    const elm_map& map = plan_.maps[l];
    through_.assign(count_ * map.back_stride(), 0);
    add_product(z, map.stride(), count_, map.outputs, transposed + map.back, map.back_stride(), map.inputs,
                through_.data(), map.back_stride());
    z = row(record_.z[l - 1], t, map.back_stride());
    const auto through = plan_.start.activation == elm_activation::relu ? through_relu : through_silu;
    through(z, through_.data(), count_ * map.back_stride());
  }
  const elm_map& map = plan_.first();
  add_product(z, map.stride(), count_, map.outputs, transposed + map.back, map.back_stride(), map.inputs, by_m, stride);
  if (plan_.how.tau_memory && t > 0)
    add_multiplied(by_m, row(record_.m, t - 1, stride), record_.by_kappa.data() + first_ * stride, count_ * stride);
  for (std::size_t b = 0; b < count_; ++b) multiply(by_m + b * stride, plan_.kappa.data(), by_m + b * stride, stride);
}

/// a(t) = dL / dz(t) + kappa a(t + 1).
void elm_block::go_back_in_events(std::size_t t) {
  const std::size_t stride = plan_.first().stride(), n = count_ * stride;
  decay_and_add(trace_.data(), plan_.kappa_input[0], row(record_.z[0], t, stride), n);
  std::copy_n(trace_.data(), n, row(record_.a, t, stride));
}

/// The adjoint of every trace, for the weights of synapses.
void elm_block::go_back_in_traces(std::size_t t) {
  const elm_map& map = plan_.branches;
  const std::size_t traces = plan_.traces(), stride = map.back_stride(), each = plan_.start.synapses() / map.inputs;
  const bool of_synapses = plan_.start.version == elm_version::v1;
  through_.assign(count_ * stride, 0);
  add_product(row(record_.z[0], t, map.stride()), map.stride(), count_, map.outputs, plan_.transposed.data() + map.back,
              stride, map.inputs, through_.data(), stride);
  for (std::size_t b = 0; b < count_; ++b) {
    float* trace = trace_.data() + b * traces;
    const float* by_branch = through_.data() + b * stride;
    float* by_synapse = record_.by_synapse.data() + (first_ + b) * plan_.start.synapses();
    for (std::size_t k = 0; k < traces; ++k)
      trace[k] = plan_.kappa_input[k] * trace[k] + by_branch[of_synapses ? k / each : k];
    for (std::uint32_t e = sent_.offsets[t * count_ + b]; e < sent_.offsets[t * count_ + b + 1]; ++e)
      for (std::uint32_t k = plan_.by_channel.offsets[sent_.entries[e]];
           k < plan_.by_channel.offsets[sent_.entries[e] + 1]; ++k)
        by_synapse[plan_.by_channel.synapse[k]] +=
            sent_.values[e] * trace[of_synapses ? plan_.by_channel.synapse[k] : plan_.by_channel.entries[k]];
  }
}

void elm_block::backwards() {
  carried_.assign(count_ * plan_.memory_stride(), 0);
  std::ranges::fill(trace_, 0.0F);
  for (std::size_t t = plan_.bins; t-- > 0;) {
    go_back(t);
    if (plan_.event_driven)
      go_back_in_events(t);
    else if (plan_.how.synapses)
      go_back_in_traces(t);
  }
}

}  // namespace spinule::learning

// Projections whose synapses have delays of their own, over all ticks at once: each synapse shifts the train of its
// source by its delay, which is a loop over ticks that becomes vector code.
#include <algorithm>

#include <spinule/engine/instruction_sets.hpp>

#include "training_parts.hpp"

namespace spinule::learning {
namespace {

/// trains[target][t + delay] += weight trains_of_source[t], for all targets of a source.
SPINULE_CLONES
void add_shifted(const float* source, const float* weight, const ticks* delay, std::size_t targets, std::size_t length,
                 std::size_t stride, float* trains) {
  for (std::size_t i = 0; i < targets; ++i) {
    const auto d = static_cast<std::size_t>(delay[i]);
    if (d >= length || weight[i] == 0) continue;
    const float w = weight[i];
    float* const out = trains + i * stride + d;
    SPINULE_INDEPENDENT
    for (std::size_t t = 0; t < length - d; ++t) out[t] += w * source[t];
  }
}

/// source[t] += weight trains[target][t + delay], over all targets.
SPINULE_CLONES
void add_unshifted(float* source, const float* weight, const ticks* delay, std::size_t targets, std::size_t length,
                   std::size_t stride, const float* trains) {
  for (std::size_t i = 0; i < targets; ++i) {
    const auto d = static_cast<std::size_t>(delay[i]);
    if (d >= length || weight[i] == 0) continue;
    const float w = weight[i];
    const float* const in = trains + i * stride + d;
    SPINULE_INDEPENDENT
    for (std::size_t t = 0; t < length - d; ++t) source[t] += w * in[t];
  }
}

/// Rows of ticks, each of `targets` numbers `row` apart, as trains of `stride` numbers.
void transpose(const float* from, std::size_t row, std::size_t length, std::size_t targets, std::size_t stride,
               float* trains) {
  for (std::size_t t = 0; t < length; ++t)
    for (std::size_t i = 0; i < targets; ++i) trains[i * stride + t] = from[t * row + i];
}

}  // namespace

void block_pass::deliver_all(const trained_projection& p) {
  const auto length = static_cast<std::size_t>(plan_.length), stride = padded(length);
  const sent_lists& lists = record_.sent[p.source][block_];
  const std::size_t row = record_.samples * p.targets;
  float* const inputs = record_.populations[p.target].inputs[p.port].data() + first_ * p.targets;
  aligned_vector<float> sent(p.sources * stride), arriving(p.targets * stride);
  std::vector<char> silent(p.sources);
  for (std::size_t b = 0; b < count_; ++b) {
    std::ranges::fill(sent, 0.0F);
    std::ranges::fill(arriving, 0.0F);
    std::ranges::fill(silent, 1);
    for (std::size_t t = 0; t < length; ++t)
      for (std::uint32_t e = lists.offsets[t * count_ + b]; e < lists.offsets[t * count_ + b + 1]; ++e) {
        sent[lists.entries[e] * stride + t] += lists.values.empty() ? 1 : lists.values[e];
        silent[lists.entries[e]] = 0;
      }
    for (std::size_t j = 0; j < p.sources; ++j)
      if (silent[j] == 0)
        add_shifted(sent.data() + j * stride, p.weights.data() + j * p.stride, p.whole_delays.data() + j * p.targets,
                    p.targets, length, stride, arriving.data());
    for (std::size_t t = 0; t < length; ++t)
      for (std::size_t i = 0; i < p.targets; ++i) inputs[t * row + b * p.targets + i] += arriving[i * stride + t];
  }
}

void block_pass::collect_all(const trained_projection& p) {
  const auto length = static_cast<std::size_t>(plan_.length), stride = padded(length);
  const std::size_t row = record_.samples * p.targets;
  const float* const errors = record_.populations[p.target].inputs[p.port].data() + first_ * p.targets;
  auto& by_spike = back_[p.source].by_spike;
  by_spike.resize(length * count_ * p.sources, 0);
  aligned_vector<float> trains(p.targets * stride), sum(stride);
  for (std::size_t b = 0; b < count_; ++b) {
    transpose(errors + b * p.targets, row, length, p.targets, stride, trains.data());
    if (plan_.how.rule == training_rule::event_prop)  // what matters is how they change
      for (std::size_t i = 0; i < p.targets; ++i)
        for (std::size_t t = 0; t < length; ++t)
          trains[i * stride + t] = (t + 1 < length ? trains[i * stride + t + 1] : 0) - trains[i * stride + t];
    for (std::size_t j = 0; j < p.sources; ++j) {
      std::ranges::fill(sum, 0.0F);
      add_unshifted(sum.data(), p.weights.data() + j * p.stride, p.whole_delays.data() + j * p.targets, p.targets,
                    length, stride, trains.data());
      for (std::size_t t = 0; t < length; ++t) by_spike[(t * count_ + b) * p.sources + j] += sum[t];
    }
  }
}

void collect_delayed(trained_projection& p, const sent_lists& sources, std::size_t first, std::size_t count,
                     const aligned_vector<float>& errors, const std::vector<float>& change, std::size_t samples,
                     std::size_t ticks_in_all) {
  const std::size_t stride = padded(ticks_in_all), row = samples * p.targets;
  aligned_vector<float> sent(stride), by_time(p.targets * stride), changing(change.empty() ? 0 : p.targets * stride);
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> of_sample(samples);  // source, entry
  for (std::size_t j = first; j < first + count; ++j)
    for (std::uint32_t e = sources.offsets[j]; e < sources.offsets[j + 1]; ++e)
      of_sample[sources.entries[e] % samples].push_back({static_cast<std::uint32_t>(j), e});
  for (std::size_t b = 0; b < samples; ++b) {
    if (of_sample[b].empty()) continue;
    transpose(errors.data() + b * p.targets, row, ticks_in_all, p.targets, stride, by_time.data());
    if (!change.empty())
      transpose(change.data() + b * p.targets, row, ticks_in_all, p.targets, stride, changing.data());
    for (std::size_t k = 0; k < of_sample[b].size();) {
      const std::size_t j = of_sample[b][k].first;
      std::ranges::fill(sent, 0.0F);
      for (; k < of_sample[b].size() && of_sample[b][k].first == j; ++k) {
        const std::uint32_t e = of_sample[b][k].second;
        sent[sources.entries[e] / samples] += sources.values.empty() ? 1 : sources.values[e];
      }
      const float* const weight = p.weights.data() + j * p.stride;
      for (std::size_t i = 0; i < p.targets; ++i) {
        const auto d = static_cast<std::size_t>(p.whole_delays[j * p.targets + i]);
        if (d >= ticks_in_all) continue;
        p.gradient[j * p.stride + i] += dot(sent.data(), by_time.data() + i * stride + d, ticks_in_all - d);
        if (!change.empty())
          p.delay_gradient[j * p.targets + i] +=
              weight[i] * dot(sent.data(), changing.data() + i * stride + d, ticks_in_all - d);
      }
    }
  }
}

}  // namespace spinule::learning

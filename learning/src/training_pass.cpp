#include <algorithm>
#include <cmath>

#include "training_parts.hpp"

namespace spinule::learning {
namespace {

using rows = std::vector<float*>;
using const_rows = std::vector<const float*>;

}  // namespace

block_pass::block_pass(const training_plan& plan, batch_record& record, std::size_t block, std::size_t first,
                       std::size_t count)
    : plan_{plan}, record_{record}, block_{block}, first_{first}, count_{count} {
  std::size_t largest = 0;
  for (const trained_population& p : plan.populations) largest = std::max<std::size_t>(largest, p.size);
  zeros_.assign(count * largest, 0);
  spare_.resize(count * largest);
}

float* block_pass::row(aligned_vector<float>& of, std::size_t population, std::size_t tick) const {
  return of.empty() ? nullptr : of.data() + (tick * record_.samples + first_) * plan_.populations[population].size;
}

const float* block_pass::arrived(std::size_t population, std::size_t port, std::size_t tick) {
  auto& from = record_.populations[population].inputs[port];
  return from.empty() ? zeros_.data() : row(from, population, tick);
}

void block_pass::send_events(std::span<const training_sample> samples) {
  sent_lists& lists = record_.sent[plan_.input][block_];
  std::vector<std::size_t> at(count_, 0);
  for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(plan_.length); ++t)
    for (std::size_t b = 0; b < count_; ++b) {
      const training_sample& sample = samples[first_ + b];
      for (; at[b] < sample.events.size() && sample.events[at[b]].bin == t; ++at[b]) {
        lists.entries.push_back(sample.events[at[b]].address);
        if (record_.weighted_input) lists.values.push_back(sample.values.empty() ? 1 : sample.values[at[b]]);
      }
      lists.offsets.push_back(static_cast<std::uint32_t>(lists.entries.size()));
    }
}

void block_pass::forwards(std::span<const training_sample> samples) {
  for (std::size_t b = 0; b < count_; ++b) labels_.push_back(samples[first_ + b].label);
  send_events(samples);
  for (std::size_t p = 0; p < plan_.populations.size(); ++p) {
    const trained_population& of = plan_.populations[p];
    if (of.cells == nullptr) continue;
    for (std::size_t f = 0; f < of.cells->fields(); ++f)
      for (std::size_t b = 0; b < count_; ++b)
        std::copy_n(of.start.data() + f * of.size, of.size, row(record_.populations[p].states[f], p, 0) + b * of.size);
  }
  for (const auto& component : plan_.components) {
    for (const index_t p : component)
      for (const std::size_t k : plan_.onto[p])
        if (plan_.runs_ahead(plan_.projections[k])) deliver_all(plan_.projections[k]);
    for (std::size_t t = 0; t < static_cast<std::size_t>(plan_.length); ++t)
      for (const index_t p : component) step(p, t);
  }
}

void block_pass::step(std::size_t p, std::size_t tick) {
  const trained_population& of = plan_.populations[p];
  if (of.cells != nullptr) {
    auto& record = record_.populations[p];
    for (const std::size_t k : plan_.onto[p]) deliver(plan_.projections[k], tick);
    if (tick % plan_.window() == 0) begin_window(p, tick);
    advance(p, tick);
    if (of.fires()) send(p, fired_.data());
    if (p == plan_.output)
      std::copy_n(of.fires() ? fired_.data() : row(record.states[0], p, tick % plan_.window() + 1), count_ * of.size,
                  row(record.answers, p, tick));
  }
  for (const std::size_t k : plan_.from[p])
    if (const auto& out = plan_.projections[k]; !out.delays.empty() && !plan_.runs_ahead(out)) scatter(out, tick);
}

/// The units of a population through a tick, of which what arrives is known. `fired_`: who fires.
void block_pass::advance(std::size_t p, std::size_t tick) {
  const trained_population& of = plan_.populations[p];
  auto& record = record_.populations[p];
  const std::size_t at = tick % plan_.window();
  const_rows before, input;
  rows after;
  for (auto& states : record.states) {
    before.push_back(row(states, p, at));
    after.push_back(row(states, p, at + 1));
  }
  for (std::size_t k = 0; k < record.inputs.size(); ++k) input.push_back(arrived(p, k, tick));
  float* const margins = row(record.margins, p, at);
  of.cells->flow({count_, before.data(), input.data()}, after.data(), margins);
  if (!of.fires()) return;
  test_for_firing(of, {margins, count_ * of.size});
  of.cells->settle(count_, after.data(), fired_.data());
}

/// Fills `fired_` from the margins of a population in a tick.
void block_pass::test_for_firing(const trained_population& of, std::span<const float> margins) {
  fired_.resize(margins.size());
  if (plan_.how.smooth_spikes)
    plan_.how.surrogate.smooth_spikes(margins, fired_);
  else if (of.cells->fires_above())
    for (std::size_t i = 0; i < margins.size(); ++i) fired_[i] = margins[i] > 0 ? 1 : 0;
  else
    for (std::size_t i = 0; i < margins.size(); ++i) fired_[i] = margins[i] >= 0 ? 1 : 0;
}

void block_pass::send(std::size_t p, const float* fired) {
  const std::size_t size = plan_.populations[p].size;
  sent_lists& lists = record_.sent[p][block_];
  auto& counts = record_.populations[p].counts;
  std::size_t end = lists.entries.size();
  lists.entries.resize(end + count_ * size);
  for (std::size_t b = 0; b < count_; ++b) {
    const float* of = fired + b * size;
    for (std::size_t i = 0; i < size; ++i) {
      lists.entries[end] = static_cast<std::uint32_t>(i);
      end += of[i] != 0;
      counts[(first_ + b) * size + i] += of[i] != 0;
    }
    if (plan_.how.smooth_spikes)
      for (std::size_t i = 0; i < size; ++i)
        if (of[i] != 0) lists.values.push_back(of[i]);
    lists.offsets.push_back(static_cast<std::uint32_t>(end));
  }
  lists.entries.resize(end);
}

/// Whether what arrives is what arrived in the tick before, because the input is steady and nothing else arrives there.
bool block_pass::repeats(const trained_projection& p, std::size_t tick) const {
  return p.source == plan_.input && record_.steady_input && tick > static_cast<std::size_t>(p.delay) &&
         std::ranges::count_if(plan_.onto[p.target],
                               [&](std::size_t k) { return plan_.projections[k].port == p.port; }) == 1;
}

void block_pass::deliver(const trained_projection& p, std::size_t tick) {
  if (!p.delays.empty() || tick < static_cast<std::size_t>(p.delay)) return;
  if (repeats(p, tick)) {
    auto& arrived = record_.populations[p.target].inputs[p.port];
    std::copy_n(row(arrived, p.target, tick - 1), count_ * p.targets, row(arrived, p.target, tick));
    return;
  }
  const bool weighted = p.source == plan_.input ? record_.weighted_input : plan_.how.smooth_spikes;
  const row_lists lists =
      record_.sent[p.source][block_].from((tick - static_cast<std::size_t>(p.delay)) * count_, weighted);
  float* const out = row(record_.populations[p.target].inputs[p.port], p.target, tick);
  if (p.converter.step > 0) return deliver_converted(p, lists, out);
  p.add_sent(lists, count_, p.weights.data(), out);
}

void block_pass::scatter(const trained_projection& p, std::size_t tick) {
  const sent_lists& lists = record_.sent[p.source][block_];
  const bool weighted = !lists.values.empty();
  float* const from_now = row(record_.populations[p.target].inputs[p.port], p.target, tick);
  const std::size_t tick_stride = record_.samples * p.targets;
  const auto left = static_cast<ticks>(static_cast<std::size_t>(plan_.length) - tick);
  for (std::size_t b = 0; b < count_; ++b)
    for (std::uint32_t e = lists.offsets[tick * count_ + b]; e < lists.offsets[tick * count_ + b + 1]; ++e) {
      const std::size_t source = lists.entries[e];
      const float factor = weighted ? lists.values[e] : 1;
      float* const out = from_now + b * p.targets;
      p.for_each_target(source, [&](std::size_t i, std::size_t place, std::size_t delay_place) {
        const ticks delay = p.whole_delays[delay_place];
        if (delay < left) out[static_cast<std::size_t>(delay) * tick_stride + i] += p.weights[place] * factor;
      });
    }
}

void block_pass::backwards() {
  back_.resize(plan_.populations.size());
  for (std::size_t p = 0; p < plan_.populations.size(); ++p) {
    const trained_population& of = plan_.populations[p];
    if (of.cells == nullptr) continue;
    back_[p].by_state.assign(of.cells->fields(), aligned_vector<float>(count_ * of.size, 0));
    if (plan_.how.rule == training_rule::ottt)
      back_[p].by_input_now.assign(of.cells->ports(), aligned_vector<float>(count_ * of.size, 0));
    if (!record_.populations[p].parameter_slopes.empty()) back_[p].by_margin.assign(count_ * of.size, 0);
  }
  for (std::size_t c = plan_.components.size(); c-- > 0;) {
    const auto& component = plan_.components[c];
    for (const index_t p : component)
      for (const std::size_t k : plan_.from[p])
        if (const auto& out = plan_.projections[k]; out.errors_pass && plan_.runs_ahead(out)) collect_all(out);
    for (auto t = static_cast<std::size_t>(plan_.length); t-- > 0;) {
      if (const std::size_t end = t + 1; end % plan_.window() == 0 && end < static_cast<std::size_t>(plan_.length))
        for (const index_t p : component)
          if (plan_.populations[p].cells != nullptr) repeat_window(p, end - plan_.window());
      for (std::size_t k = component.size(); k-- > 0;)
        if (plan_.populations[component[k]].cells != nullptr) step_back(component[k], t);
      if (plan_.how.truncate > 0 && t > 0 && t % static_cast<std::size_t>(plan_.how.truncate) == 0)
        for (const index_t p : component)
          for (auto& by : back_[p].by_state) std::ranges::fill(by, 0.0F);
    }
    for (const index_t p : component) {
      if (!record_.populations[p].parameter_slopes.empty()) collect_starts(p);
      keep_start_slopes(p);
    }
  }
}

void block_pass::step_back(std::size_t p, std::size_t tick) {
  const trained_population& of = plan_.populations[p];
  auto& record = record_.populations[p];
  auto& back = back_[p];
  const std::size_t numbers = count_ * of.size, at = tick % plan_.window();
  trainable_neurons::adjoint adjoint;
  const bool events = plan_.how.rule == training_rule::event_prop;
  if (of.cells->fires()) {
    const float* const margins = row(record.margins, p, at);
    slope_.resize(numbers);
    by_spike_.assign(numbers + row_slack, 0);
    test_for_firing(of, {margins, numbers});
    plan_.how.surrogate.slopes({margins, numbers}, slope_);
    for (const std::size_t k : plan_.from[p])
      if (const auto& out = plan_.projections[k]; out.errors_pass && !plan_.runs_ahead(out))
        collect(out, tick, fired_.data(), by_spike_);
    if (!back.by_spike.empty())
      for (std::size_t i = 0; i < numbers; ++i) by_spike_[i] += back.by_spike[tick * numbers + i];
    if (!of.direct.empty()) collect_directly(p, tick, by_spike_);
    if (plan_.how.rate_penalty > 0) {
      by_count_.resize(numbers);
      for (std::size_t i = 0; i < numbers; ++i) {
        const double n = record.counts[first_ * of.size + i];
        const double beyond = n - std::clamp(n, plan_.how.least_spikes, plan_.how.most_spikes);
        by_count_[i] = static_cast<float>(plan_.how.rate_penalty * beyond / static_cast<double>(record_.samples));
      }
      if (events)
        adjoint.by_count = by_count_.data();
      else
        for (std::size_t i = 0; i < numbers; ++i) by_spike_[i] += by_count_[i];
    }
    adjoint.fired = fired_.data();
    adjoint.slope = slope_.data();
    adjoint.by_spike = by_spike_.data();
  }
  if (p == plan_.output) {
    const float* by = row(record.answers_slope, p, tick);
    float* to = of.fires() ? by_spike_.data() : back.by_state[0].data();
    for (std::size_t i = 0; i < numbers; ++i) to[i] += by[i];
    adjoint.by_answer = by;
  }
  using through = trainable_neurons::through_spikes;
  adjoint.spikes = events                   ? through::spike_times
                   : plan_.how.detach_reset ? through::surrogate_detached
                                            : through::surrogate;
  const_rows before, input;
  rows by_state, by_input, by_input_now;
  for (auto& states : record.states) before.push_back(row(states, p, at));
  for (std::size_t k = 0; k < record.inputs.size(); ++k) {
    input.push_back(arrived(p, k, tick));
    by_input.push_back(record.inputs[k].empty() ? spare_.data() : row(record.inputs[k], p, tick));
    by_input_now.push_back(back.by_input_now.empty() ? spare_.data() : back.by_input_now[k].data());
  }
  for (auto& by : back.by_state) by_state.push_back(by.data());
  adjoint.by_state = by_state.data();
  adjoint.by_input = by_input.data();
  adjoint.by_input_now = by_input_now.data();
  const bool learned = !record.parameter_slopes.empty();
  adjoint.by_margin = learned ? back.by_margin.data() : spare_.data();
  if (learned) {
    // Both are overwritten below, and parameters need them.
    back.at_end = back.by_state;
    back.arrived.clear();
    for (const float* from : input) back.arrived.emplace_back(from, from + numbers);
  }
  of.cells->back({count_, before.data(), input.data()}, adjoint);
  if (learned) {
    const_rows as_arrived;
    for (auto& x : back.arrived) as_arrived.push_back(x.data());
    collect_parameters(p, {count_, before.data(), as_arrived.data()});
  }
}

/// Adds what the errors of a projection's targets say of the spikes of its sources in a tick.
void block_pass::collect(const trained_projection& p, std::size_t tick, const float* fired,
                         std::vector<float>& by_spike) {
  auto& errors = record_.populations[p.target].inputs[p.port];
  const bool events = plan_.how.rule == training_rule::event_prop;
  if (!p.delays.empty()) {
    const float* const now = row(errors, p.target, tick);
    const std::size_t tick_stride = record_.samples * p.targets;
    const auto left = static_cast<ticks>(plan_.ticks_left(tick));
    for (std::size_t b = 0; b < count_; ++b)
      for (std::size_t j = 0; j < p.sources; ++j) {
        if (events ? fired[b * p.sources + j] == 0 : slope_[b * p.sources + j] == 0) continue;
        const float* from = now + b * p.targets;
        float sum = 0;
        p.for_each_target(j, [&](std::size_t i, std::size_t place, std::size_t delay_place) {
          const ticks delay = p.whole_delays[delay_place];
          if (delay >= left) return;
          const float* at = from + static_cast<std::size_t>(delay) * tick_stride + i;
          sum += p.weights[place] * (events ? at[tick_stride] - at[0] : at[0]);
        });
        by_spike[b * p.sources + j] += sum;
      }
    return;
  }
  if (static_cast<std::size_t>(p.delay) >= plan_.ticks_left(tick)) return;
  const float* const then = row(errors, p.target, tick + static_cast<std::size_t>(p.delay));
  if (events) {
    const float* const later = then + record_.samples * p.targets;  // rows of 0 follow the last tick
    std::vector<float> change(p.targets);
    for (std::size_t b = 0; b < count_; ++b) {
      for (std::size_t i = 0; i < p.targets; ++i) change[i] = later[b * p.targets + i] - then[b * p.targets + i];
      for (std::size_t j = 0; j < p.sources; ++j)
        if (fired[b * p.sources + j] != 0) by_spike[b * p.sources + j] += p.product(j, p.weights.data(), change.data());
    }
    return;
  }
  const bool now_only = plan_.how.rule == training_rule::ottt;
  const float* const from = now_only ? back_[p.target].by_input_now[p.port].data() : then;
  if (!p.list_offsets.empty()) return collect_listed(p, from, by_spike);
  add_product(from, p.targets, count_, p.targets, p.transposed.data(), padded(p.sources), p.sources, by_spike.data(),
              p.sources);
}

/// The samples of the block become the columns, which a synapse adds from its target to its source all at once.
void block_pass::collect_listed(const trained_projection& p, const float* errors, std::vector<float>& by_spike) {
  const std::size_t stride = padded(count_);
  turned_errors_.resize(p.targets * stride + row_slack);
  turned_sums_.assign(p.sources * stride + row_slack, 0);
  for (std::size_t b = 0; b < count_; ++b)
    for (std::size_t i = 0; i < p.targets; ++i) turned_errors_[i * stride + b] = errors[b * p.targets + i];
  add_listed_rows(p.list(), p.sources, turned_errors_.data(), stride, count_, turned_sums_.data(), stride);
  for (std::size_t b = 0; b < count_; ++b)
    for (std::size_t j = 0; j < p.sources; ++j) by_spike[b * p.sources + j] += turned_sums_[j * stride + b];
}

/// Signals that come from the readout itself: its error, or, for `decolle`, that of a random readout of the layer.
void block_pass::collect_directly(std::size_t p, std::size_t tick, std::vector<float>& by_spike) const {
  const trained_population& of = plan_.populations[p];
  const std::size_t classes = plan_.populations[plan_.output].size;
  if (plan_.how.rule == training_rule::eprop) {
    auto& output = record_.populations[plan_.output];
    for (std::size_t k = 0; k < output.inputs.size(); ++k)
      if (const float* errors = row(output.inputs[k], plan_.output, tick); errors != nullptr)
        add_product(errors, classes, count_, classes, of.direct.data(), padded(of.size), of.size, by_spike.data(),
                    of.size);
    return;
  }
  // decolle: mean squared error between what the random readout says of this tick's spikes and the label.
  const sent_lists& lists = record_.sent[p][block_];
  std::vector<float> error(classes);
  for (std::size_t b = 0; b < count_; ++b) {
    std::ranges::fill(error, 0.0F);
    for (std::uint32_t e = lists.offsets[tick * count_ + b]; e < lists.offsets[tick * count_ + b + 1]; ++e)
      for (std::size_t c = 0; c < classes; ++c)
        error[c] += of.direct[c * padded(of.size) + lists.entries[e]] * (lists.values.empty() ? 1 : lists.values[e]);
    error[labels_[b]] -= 1;
    for (float& x : error) x /= static_cast<float>(record_.samples);
    add_product(error.data(), classes, 1, classes, of.direct.data(), padded(of.size), of.size,
                by_spike.data() + b * of.size, of.size);
  }
}

}  // namespace spinule::learning

// Projections whose synapses have delays of their own, over all ticks at once: each synapse shifts the train of its
// source by its delay, which is a loop over ticks that becomes vector code.
#include <algorithm>

#include <fmt/format.h>

#include <spinule/engine/instruction_sets.hpp>
#include <spinule/error.hpp>

#include "training_parts.hpp"

namespace spinule::learning {
namespace {

constexpr std::size_t stretch = 16;  ///< ticks that a loop goes on by

/// A train of numbers, one a tick; outside of [first, first + count) they are 0. `first` and `count` are whole
/// stretches.
struct train {
  const float* from = nullptr;
  std::size_t first = 0, count = 0;
};

/// Trains of many units over time, [units][stride], with zeros after the last tick for whole stretches beyond any
/// delay.
class trains {
 public:
  trains(std::size_t units, std::size_t length)
      : units_{units}, length_{length}, stride_{2 * padded(length) + stretch} {
    all_.resize(units * stride_);
  }
  std::size_t stride() const { return stride_; }
  float* of(std::size_t unit) { return all_.data() + unit * stride_; }
  void clear() { std::ranges::fill(all_, 0.0F); }
  /// From rows of ticks, `row` numbers apart.
  void take(const float* rows, std::size_t row) {
    for (std::size_t t = 0; t < length_; ++t)
      for (std::size_t i = 0; i < units_; ++i) all_[i * stride_ + t] = rows[t * row + i];
  }
  void add_to(float* rows, std::size_t row) const {
    for (std::size_t t = 0; t < length_; ++t)
      for (std::size_t i = 0; i < units_; ++i) rows[t * row + i] += all_[i * stride_ + t];
  }

 private:
  std::size_t units_, length_, stride_;
  aligned_vector<float> all_;
};

/// The synapses of a source: `target` null names all targets in order.
struct delayed_row {
  const float* weight;
  const ticks* delay;
  const std::uint32_t* target;
  std::size_t count;
};
delayed_row row_of(const trained_projection& p, std::size_t source) {
  return {p.weights.data() + p.row(source), p.whole_delays.data() + p.delay_row(source), p.row_targets(source),
          p.row_size(source)};
}

/// to[target_i][t + delay_i] += weight_i source[t].
SPINULE_CLONES
void add_shifted(train source, const delayed_row& row, std::size_t length, std::size_t stride, float* to) {
  const float* const in = source.from + source.first;
  for (std::size_t k = 0; k < row.count; ++k) {
    const std::size_t i = row.target == nullptr ? k : row.target[k];
    const auto d = static_cast<std::size_t>(row.delay[k]);
    if (d >= length) continue;
    const float w = row.weight[k];
    float* const out = to + i * stride + source.first + d;
    SPINULE_INDEPENDENT
    for (std::size_t t = 0; t < source.count / stretch * stretch; ++t) out[t] += w * in[t];
  }
}

/// source[t] += weight_i from[target_i][t + delay_i], over all targets in order.
SPINULE_CLONES
void add_unshifted(float* source, const delayed_row& row, std::size_t length, std::size_t stride, const float* from) {
  const std::size_t count = (length + stretch - 1) / stretch * stretch;
  for (std::size_t k = 0; k < row.count; ++k) {
    const std::size_t i = row.target == nullptr ? k : row.target[k];
    const auto d = static_cast<std::size_t>(row.delay[k]);
    if (d >= length) continue;
    const float w = row.weight[k];
    const float* const in = from + i * stride + d;
    SPINULE_INDEPENDENT
    for (std::size_t t = 0; t < count; ++t) source[t] += w * in[t];
  }
}

/// out[k] += factors[k] times the sum over t of source[t] targets[target_k][t + delay_k]; factors null: 1.
void add_correlated(train source, const delayed_row& row, std::size_t length, trains& targets, const float* factors,
                    float* out) {
  const auto most = static_cast<ticks>(length);
  const auto add = [&](std::size_t first, std::size_t count, std::size_t target) {
    add_correlations(source.from + source.first, source.count, row.delay + first, count, most,
                     targets.of(target) + source.first, targets.stride(),
                     factors == nullptr ? nullptr : factors + first, out + first);
  };
  if (row.target == nullptr) return add(0, row.count, 0);
  for (std::size_t k = 0; k < row.count; ++k) add(k, 1, row.target[k]);
}

/// What a source sent in one sample, as a train; `entries` [first, last) of `lists`, in the order of time.
class sent_train {
 public:
  explicit sent_train(std::size_t length) : numbers_(padded(length) + stretch, 0) {}
  void add(std::size_t tick, float value) {
    if (!any_) first_ = tick / stretch * stretch;
    any_ = true;
    last_ = tick;
    numbers_[tick] += value;
  }
  train get() const { return {numbers_.data(), first_, any_ ? (last_ - first_) / stretch * stretch + stretch : 0}; }
  void clear() {
    if (any_) std::fill(numbers_.begin() + static_cast<std::ptrdiff_t>(first_), numbers_.end(), 0.0F);
    any_ = false;
  }

 private:
  aligned_vector<float> numbers_;
  std::size_t first_ = 0, last_ = 0;
  bool any_ = false;
};

/// Calls use(delay, place) for every place of a delay, with the number of the delay that it shares.
template <class Use>
void for_each_pair(const trained_projection& p, delay_sharing sharing, const Use& use) {
  std::size_t place = 0;
  for (std::size_t j = 0; j < p.sources; ++j)
    for (std::size_t k = 0; k < p.row_size(j); ++k, ++place) {
      const std::size_t i = p.sparse ? p.row_targets(j)[k] : k;
      use(sharing == delay_sharing::synapse ? place : sharing == delay_sharing::axon ? j : i, place);
    }
}

bool is_there(const trained_projection& p, std::size_t place) { return p.present.empty() || p.present[place] != 0; }

}  // namespace

std::size_t learned_delays(const trained_projection& p, delay_sharing sharing) {
  if (sharing == delay_sharing::synapse) return p.delay_numbers();
  return sharing == delay_sharing::axon ? p.sources : p.targets;
}

std::vector<float> first_delays(const trained_projection& p, delay_sharing sharing, milliseconds tick,
                                const std::string& where) {
  std::vector<float> all = p.delays;
  all.resize(p.delay_numbers(), static_cast<float>(p.delay));
  if (sharing == delay_sharing::synapse) return all;
  std::vector<float> shared(learned_delays(p, sharing), static_cast<float>(p.delay));
  std::vector<char> known(shared.size(), 0);
  for_each_pair(p, sharing, [&](std::size_t k, std::size_t place) {
    if (!is_there(p, place)) return;
    if (known[k] != 0 && shared[k] != all[place])
      throw spinule_error{
          where, fmt::format("the synapses {} {} have delays of {} and {} ms; those that share a learned delay must "
                             "begin with the same",
                             sharing == delay_sharing::axon ? "of source" : "onto target", k, shared[k] * tick.value(),
                             all[place] * tick.value())};
    shared[k] = all[place];
    known[k] = 1;
  });
  for_each_pair(p, sharing, [&](std::size_t k, std::size_t place) { all[place] = shared[k]; });
  return all;
}

void share_delay_gradient(trained_projection& p) {
  if (p.how.sharing == delay_sharing::synapse || p.delay_gradient.empty()) return;
  std::vector<double> sums(learned_delays(p, p.how.sharing), 0);
  for_each_pair(p, p.how.sharing, [&](std::size_t k, std::size_t place) { sums[k] += p.delay_gradient[place]; });
  for_each_pair(p, p.how.sharing, [&](std::size_t k, std::size_t place) {
    if (is_there(p, place)) p.delay_gradient[place] = static_cast<float>(sums[k]);
  });
}

void step_delays(trained_projection& p, double rate, float least, float most) {
  const auto kept = [&](float d) { return std::clamp(d, least, most); };
  if (p.how.sharing == delay_sharing::synapse) {
    p.delay_steps->step(p.delays, p.delay_gradient, rate);
    std::ranges::transform(p.delays, p.delays.begin(), kept);
    return;
  }
  std::vector<float> shared(learned_delays(p, p.how.sharing)), gradient(shared.size(), 0);
  for_each_pair(p, p.how.sharing, [&](std::size_t k, std::size_t place) {
    shared[k] = p.delays[place];
    if (is_there(p, place)) gradient[k] = p.delay_gradient[place];
  });
  p.delay_steps->step(shared, gradient, rate);
  for_each_pair(p, p.how.sharing, [&](std::size_t k, std::size_t place) { p.delays[place] = kept(shared[k]); });
}

void block_pass::deliver_all(const trained_projection& p) {
  const auto length = static_cast<std::size_t>(plan_.length);
  const sent_lists& lists = record_.sent[p.source][block_];
  float* const inputs = record_.populations[p.target].inputs[p.port].data() + first_ * p.targets;
  std::vector<sent_train> sent(p.sources, sent_train{length});
  trains arriving{p.targets, length};
  for (std::size_t b = 0; b < count_; ++b) {
    for (sent_train& x : sent) x.clear();
    arriving.clear();
    for (std::size_t t = 0; t < length; ++t)
      for (std::uint32_t e = lists.offsets[t * count_ + b]; e < lists.offsets[t * count_ + b + 1]; ++e)
        sent[lists.entries[e]].add(t, lists.values.empty() ? 1 : lists.values[e]);
    for (std::size_t j = 0; j < p.sources; ++j)
      add_shifted(sent[j].get(), row_of(p, j), length, arriving.stride(), arriving.of(0));
    arriving.add_to(inputs + b * p.targets, record_.samples * p.targets);
  }
}

void block_pass::collect_all(const trained_projection& p) {
  const auto length = static_cast<std::size_t>(plan_.length);
  const float* const errors = record_.populations[p.target].inputs[p.port].data() + first_ * p.targets;
  auto& by_spike = back_[p.source].by_spike;
  by_spike.resize(length * count_ * p.sources, 0);
  for (std::size_t first = 0, left = 0; first < length; first += left) {  // once, unless derivatives are cut
    left = plan_.ticks_left(first);
    trains wrong{p.targets, left};
    aligned_vector<float> sum(padded(left) + stretch);
    for (std::size_t b = 0; b < count_; ++b) {
      wrong.take(errors + (first * record_.samples + b) * p.targets, record_.samples * p.targets);
      if (plan_.how.rule == training_rule::event_prop)  // what matters is how they change
        for (std::size_t i = 0; i < p.targets; ++i)
          for (std::size_t t = 0; t < left; ++t) {
            const std::size_t later = (first + t + 1) * record_.samples + b;  // rows of 0 follow the last tick
            wrong.of(i)[t] = errors[later * p.targets + i] - wrong.of(i)[t];
          }
      for (std::size_t j = 0; j < p.sources; ++j) {
        std::ranges::fill(sum, 0.0F);
        add_unshifted(sum.data(), row_of(p, j), left, wrong.stride(), wrong.of(0));
        for (std::size_t t = 0; t < left; ++t) by_spike[((first + t) * count_ + b) * p.sources + j] += sum[t];
      }
    }
  }
}

void collect_delayed(trained_projection& p, const sent_lists& sources, std::size_t first, std::size_t count,
                     const aligned_vector<float>& errors, const std::vector<float>& change, std::size_t samples,
                     std::size_t ticks_in_all) {
  const std::size_t row = samples * p.targets;
  trains wrong{p.targets, ticks_in_all}, changing{change.empty() ? 0 : p.targets, ticks_in_all};
  sent_train sent{ticks_in_all};
  std::vector<std::vector<std::pair<std::size_t, std::uint32_t>>> of_sample(samples);  // source, entry
  for (std::size_t j = first; j < first + count; ++j)
    for (std::uint32_t e = sources.offsets[j]; e < sources.offsets[j + 1]; ++e)
      of_sample[sources.entries[e] % samples].push_back({j, e});
  for (std::size_t b = 0; b < samples; ++b) {
    if (of_sample[b].empty()) continue;
    wrong.take(errors.data() + b * p.targets, row);
    if (!change.empty()) changing.take(change.data() + b * p.targets, row);
    for (std::size_t k = 0; k < of_sample[b].size();) {
      const std::size_t j = of_sample[b][k].first;
      sent.clear();
      for (; k < of_sample[b].size() && of_sample[b][k].first == j; ++k) {
        const std::uint32_t e = of_sample[b][k].second;
        sent.add(sources.entries[e] / samples, sources.values.empty() ? 1 : sources.values[e]);
      }
      const delayed_row synapses = row_of(p, j);
      add_correlated(sent.get(), synapses, ticks_in_all, wrong, nullptr, p.gradient.data() + p.row(j));
      if (!change.empty())
        add_correlated(sent.get(), synapses, ticks_in_all, changing, synapses.weight,
                       p.delay_gradient.data() + p.delay_row(j));
    }
  }
}

}  // namespace spinule::learning

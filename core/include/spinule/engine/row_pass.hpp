// The innermost loops of plasticity: a row of synapses is brought up to date.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <spinule/engine/amplitude.hpp>
#include <spinule/engine/instruction_sets.hpp>
#include <spinule/engine/plastic_rows.hpp>
#include <spinule/engine/rule_hooks.hpp>
#include <spinule/engine/target_history.hpp>
#include <spinule/math.hpp>

namespace spinule {

/// What a line remembers of the spikes that arrived on it, in the same measure of time.
template <class Real, beside_weight kept>
struct line_trace {
  Real gain = 0;    ///< trace, times exp((t - base) / tau_pre)
  Real before = 0;  ///< the same without what arrived in the tick `limit`
  Real limit = 1;   ///< the time of the last arrival, or of base: later spikes of targets wait to be counted

  /// The trace when a target fired, without an arrival in that very tick; `left`: exp(-(t - base) / tau_pre).
  Real at(Real fired, Real left) const { return (fired == limit ? before : gain) * left; }
};
/// Of a rule with an eligibility e. Between two changes of e, which decays with tau_e, a weight moves by e(t0) exp((t0
/// - base) / tau_e) (K(t) - K(t0)), where K is the integral of exp(-(s - base) / tau_e) times what the third factor
/// does: one number for all synapses. So e is kept times exp((t - base) / tau_e), and nothing is done between spikes.
template <class Real>
struct line_trace<Real, beside_weight::eligibility> : line_trace<Real, beside_weight::nothing> {
  line_trace() { this->limit = 0; }
  Real moved = 0;  ///< K at the last pass
};
/// Of a rule that pairs neighbours: each synapse keeps its own trace of arrivals, as `gain`, until the target fires.
template <class Real>
struct line_trace<Real, beside_weight::unpaired> : line_trace<Real, beside_weight::nothing> {
  Real fresh = 0;  ///< what arrived in the tick `limit`: not yet there for a spike of that tick
};

/// The synapses of a row, or some of them side by side: weights and what is kept beside them.
template <class Real, beside_weight kept>
struct synapse_columns {
  Real* weight;
  Real* other;
  synapse_columns operator+(std::uint64_t n) const { return {weight + n, other + n}; }
};
template <class Real>
struct synapse_columns<Real, beside_weight::nothing> {
  Real* weight;
  synapse_columns operator+(std::uint64_t n) const { return {weight + n}; }
};

/// Synapses under way.
template <class Real, std::size_t lanes, beside_weight kept>
struct passing {
  Real w[lanes];
  /// Eligibilities and K up to which the weight is moved; or traces of unpaired arrivals and fresh ones to come.
  Real other[lanes], line[lanes];
  passing(const synapse_columns<Real, kept>& from, Real of_line) {
    for (std::size_t i = 0; i < lanes; ++i) w[i] = from.weight[i];
    for (std::size_t i = 0; i < lanes; ++i) other[i] = from.other[i];
    for (std::size_t i = 0; i < lanes; ++i) line[i] = of_line;
  }
  void store(const synapse_columns<Real, kept>& to, std::size_t n) const {
    for (std::size_t i = 0; i < n; ++i) to.weight[i] = w[i];
    for (std::size_t i = 0; i < n; ++i) to.other[i] = other[i];
  }
};
template <class Real, std::size_t lanes>
struct passing<Real, lanes, beside_weight::nothing> {
  Real w[lanes];
  passing(const synapse_columns<Real, beside_weight::nothing>& from, Real) {
    for (std::size_t i = 0; i < lanes; ++i) w[i] = from.weight[i];
  }
  void store(const synapse_columns<Real, beside_weight::nothing>& to, std::size_t n) const {
    if (n == lanes)
      for (std::size_t i = 0; i < lanes; ++i) to.weight[i] = w[i];
    else
      for (std::size_t i = 0; i < n; ++i) to.weight[i] = w[i];
  }
};

/// One pass over a row: first what the targets' spikes since the last pass do, then the arrival.
template <class Kernel, class Real, int marks, beside_weight kept, pairing pairs>
struct row_pass {
  static constexpr bool amounts = marks > 0, runs = marks == 2;
  static constexpr bool eligible = kept == beside_weight::eligibility, unpaired = kept == beside_weight::unpaired;
  static constexpr bool drifts = has_drift<Kernel, Real>;
  using history = post_history<Real, marks>;
  using spike = target_spike<Real, amounts ? 1 : 0>;
  using line_type = line_trace<Real, kept>;
  using columns = synapse_columns<Real, kept>;
  const Kernel* kernel;
  const history* cells;
  const std::vector<spike>* spikes;       ///< [targets] since the last catching up, ascending in time
  const moment_of_factor<Real>* moments;  ///< [ticks since base], where a rule needs them
  Real lowest, highest;
  line_type line;
  Real decay;  ///< exp(-(now - base) / tau_post)
  bool arrives;
  bool again = false;            ///< something arrived on the line in this tick before
  Real amount = 1;               ///< of the arrival
  Real moved = 0, growth_e = 1;  ///< K now, exp((now - base) / tau_e)
  Real idle = 0;                 ///< ms since the last pass, where weights drift

  static constexpr std::size_t lanes = plastic_wiring::padding;
  using synapses = passing<Real, lanes, kept>;

  Real bounded(Real w) const { return std::min(std::max(w, lowest), highest); }
  /// What is delivered of a weight.
  Real sent(Real w) const {
    if constexpr (has_sent<Kernel, Real>)
      return bounded(kernel->sent(w));
    else
      return w;
  }
  Real of_line() const {
    if constexpr (eligible)
      return line.moved;
    else if constexpr (unpaired)
      return line.fresh;
    else
      return 0;
  }

  /// The i-th synapse after a spike of its target, if it is `due`.
  void fired(synapses& all, std::size_t i, Real at, bool due, Real much, const moment_of_factor<Real>& then) const {
    const Real w = all.w[i];
    if constexpr (eligible) {
      const Real e = all.other[i];
      const Real next = bounded(w + e * (then.moved - all.line[i]));
      const Real step = after_post(*kernel, next, line.at(at, then.left), much) * then.growth;
      all.w[i] = due ? next : w;
      all.other[i] = due ? e + step : e;
      all.line[i] = due ? then.moved : all.line[i];
    } else if constexpr (unpaired) {
      join(all, i, due && at != line.limit);
      const Real next = bounded(after_post(*kernel, w, all.other[i] * at, much));
      all.w[i] = due ? next : w;
      all.other[i] = due ? Real{0} : all.other[i];
    } else {
      const Real next = bounded(after_post(*kernel, w, line.at(at, at), much));
      all.w[i] = due ? next : w;
    }
  }
  /// Fresh arrivals become old ones.
  static void join(synapses& all, std::size_t i, bool now) {
    const Real fresh = all.line[i], old = all.other[i];
    const Real both = pairs == pairing::presynaptic_centred ? old + fresh : fresh != 0 ? fresh : old;
    all.other[i] = now ? both : old;
    all.line[i] = now ? Real{0} : fresh;
  }
  void arrived(synapses& all, std::size_t i, Real level) const {
    if constexpr (eligible) {
      all.w[i] = bounded(all.w[i] + all.other[i] * (moved - all.line[i]));
      all.other[i] += after_pre(*kernel, all.w[i], level, amount) * growth_e;
    } else if constexpr (pairs == pairing::reduced_symmetric) {
      const bool last_was_target = all.other[i] == 0 && all.line[i] == 0;
      all.w[i] = bounded(after_pre(*kernel, all.w[i], last_was_target ? level : Real{0}, amount));
    } else {
      all.w[i] = bounded(after_pre(*kernel, all.w[i], level, amount));
    }
  }
  /// What is left to do when nothing arrives, or after it did.
  void conclude(synapses& all, std::size_t i) const {
    if constexpr (eligible) {
      if (!arrives) all.w[i] += all.other[i] * (moved - all.line[i]);
    } else if constexpr (unpaired) {
      join(all, i, !again);
    }
  }

  /// The first one at that time or later.
  static auto first_from(const std::vector<spike>& all, Real at) {
    return std::partition_point(all.begin(), all.end(), [&](const spike& s) { return s.at > at; });
  }
  /// What a target does in its ticks before `end`, where they are due.
  [[gnu::noinline]] void after_each(synapses& of, std::size_t i, std::uint16_t target, auto end) const {
    for (auto tick = first_from(spikes[target], line.limit); tick < end; ++tick)
      fired(of, i, tick->at, true, tick->with.of[0], {});
  }
  /// Runs that are due as a whole add their sum; of one in which something arrived, the ticks from then on count.
  void runs_fired_in(synapses& all, const gathered<Real, lanes, marks>& of, int s, const std::uint16_t* target,
                     std::size_t n) const {
    const Real *end = of.column[s], *sum = of.column[8 + s], *start = of.column[16 + s];
    word_of<Real> divided[lanes], any = 0;
    for (std::size_t i = 0; i < lanes; ++i) {
      const Real w = all.w[i], next = bounded(after_post(*kernel, w, line.gain, sum[i]));
      all.w[i] = start[i] < line.limit ? next : w;
    }
    for (std::size_t i = 0; i < lanes; ++i)
      divided[i] = only_if(end[i] <= line.limit, only_if<word_of<Real>>(start[i] >= line.limit, 1));
    for (std::size_t i = 0; i < lanes; ++i) any |= divided[i];
    if (any == 0) return;
    for (std::size_t i = 0; i < n; ++i)
      if (divided[i] != 0) after_each(all, i, target[i], first_from(spikes[target[i]], end[i]) + 1);
  }
  /// What those spikes do that are due and too old for the history, which is full.
  void after_older(synapses& of, std::size_t i, std::uint16_t target, [[maybe_unused]] Real oldest) const {
    const auto& all = spikes[target];
    if constexpr (runs) return after_each(of, i, target, first_from(all, oldest));
    const auto last = all.end() - history::slots;
    auto from = last;
    while (from != all.begin() && from[-1].at <= line.limit) --from;
    for (; from != last; ++from) {
      Real much = 1;
      if constexpr (amounts) much = from->with.of[0];
      fired(of, i, from->at, true, much, eligible ? moments[tick_of(from->at)] : moment_of_factor<Real>{});
    }
  }
  static std::int32_t tick_of(Real at) { return static_cast<std::int32_t>(-at); }

  /// What one spike of each of some targets does, the s-th last one, where it is due.
  void fired_in(synapses& all, const gathered<Real, lanes, marks>& of, int s) const {
    const Real* at = of.column[s];
    if constexpr (eligible)
      eligible_fired_in(all, of, s);
    else
      for (std::size_t i = 0; i < lanes; ++i)
        fired(all, i, at[i], at[i] <= line.limit, amounts ? of.mark(0, s, i) : Real{1}, {});
  }
  /// The same with masks, since compilers make branches of three results that are chosen.
  void eligible_fired_in(synapses& all, const gathered<Real, lanes, marks>& of, int s) const {
    const Real* at = of.column[s];
    std::int32_t tick[lanes];
    for (std::size_t i = 0; i < lanes; ++i) tick[i] = tick_of(only_if(at[i] <= line.limit, at[i]));
    const looked_up<Real, lanes> then{moments, tick};
    for (std::size_t i = 0; i < lanes; ++i) {
      const bool due = at[i] <= line.limit;
      const Real w = all.w[i], e = all.other[i], k = all.line[i];
      const Real next = bounded(w + e * (then.moved[i] - k));
      const Real level = choose(at[i] == line.limit, line.before, line.gain) * then.left[i];
      const Real step = after_post(*kernel, next, level, amounts ? of.mark(0, s, i) : Real{1});
      all.w[i] = choose(due, next, w);
      all.other[i] = choose(due, e + step * then.growth[i], e);
      all.line[i] = choose(due, then.moved[i], k);
    }
  }

  void operator()(const std::uint16_t* target, columns at_rest, std::size_t count) const {
    constexpr int slots = history::slots;
    for (std::size_t begin = 0; begin < count; begin += lanes, target += lanes, at_rest = at_rest + lanes) {
      const std::size_t n = std::min(lanes, count - begin);
      const gathered<Real, lanes, marks> of{cells, target};
      const auto& at = of.column;
      synapses all{at_rest, of_line()};
      if constexpr (drifts)
        for (std::size_t i = 0; i < lanes; ++i) all.w[i] = bounded(kernel->drift(all.w[i], idle));
      int depth = 0;
      while (depth < slots && of.any_up_to(depth, line.limit)) ++depth;
      if (depth == slots)
        for (std::size_t i = 0; i < n; ++i)
          if (at[slots - 1][i] <= line.limit) after_older(all, i, target[i], runs ? of.mark(1, slots - 1, i) : Real{0});
      for (int s = depth - 1; s >= 0; --s)
        if constexpr (runs)
          runs_fired_in(all, of, s, target, n);
        else
          fired_in(all, of, s);
      if (arrives)
        for (std::size_t i = 0; i < lanes; ++i) arrived(all, i, at[slots][i] * decay);
      if constexpr (kept != beside_weight::nothing)
        for (std::size_t i = 0; i < lanes; ++i) conclude(all, i);
      all.store(at_rest, n);
    }
  }
};

/// Where a row's weights go: nowhere, where there are no sums.
template <class Real>
struct delivery {
  std::int32_t* sums = nullptr;
  Real scale = 1;
  const float* amplitude = nullptr;  ///< null: 1
};

/// Adds what is sent of weights, in quanta, to the sums of the targets; times an amplitude where one arrives.
template <class Real>
inline void send_row(const std::uint16_t* target, const Real* weight, std::size_t count, const delivery<Real>& to,
                     auto sent) {
  constexpr std::size_t lanes = plastic_wiring::padding;
  for (std::size_t begin = 0; begin < count; begin += lanes) {
    const std::size_t n = std::min(lanes, count - begin);
    std::int32_t code[lanes];
    for (std::size_t i = 0; i < lanes; ++i) {
      const Real steps = sent(weight[begin + i]) * to.scale;
      code[i] = static_cast<std::int32_t>(steps + (steps < 0 ? Real{-0.5} : Real{0.5}));
    }
    if (to.amplitude)
      for (std::size_t i = 0; i < lanes; ++i) code[i] = times_amplitude(code[i], *to.amplitude);
    for (std::size_t i = 0; i < n; ++i) to.sums[target[begin + i]] += code[i];
  }
}

template <class Pass, class Real>
inline void pass_plain(const Pass& pass, const std::uint16_t* target, const typename Pass::columns& row, std::size_t n,
                       const delivery<Real>& to) {
  pass(target, row, n);
  if (to.sums) send_row(target, row.weight, n, to, [&pass](Real w) { return pass.sent(w); });
}
#ifdef SPINULE_MULTIVERSION
template <class Pass, class Real>
[[SPINULE_V4, gnu::flatten]] void pass_v4(const Pass& pass, const std::uint16_t* target,
                                          const typename Pass::columns& row, std::size_t n, const delivery<Real>& to) {
  pass_plain(pass, target, row, n, to);
}
template <class Pass, class Real>
[[SPINULE_V3, gnu::flatten]] void pass_v3(const Pass& pass, const std::uint16_t* target,
                                          const typename Pass::columns& row, std::size_t n, const delivery<Real>& to) {
  pass_plain(pass, target, row, n, to);
}
#endif

/// A pass over a row and the delivery of its weights.
template <class Pass, class Real>
void pass_row(const Pass& pass, const std::uint16_t* target, const typename Pass::columns& row, std::size_t n,
              const delivery<Real>& to) {
#ifdef SPINULE_MULTIVERSION
  static const int level = vector_level();
  if (level >= 4) return pass_v4(pass, target, row, n, to);
  if (level >= 3) return pass_v3(pass, target, row, n, to);
#endif
  pass_plain(pass, target, row, n, to);
}

}  // namespace spinule

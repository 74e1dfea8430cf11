// The innermost loops of plasticity: a row of synapses is brought up to date.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <spinule/engine/amplitude.hpp>
#include <spinule/engine/instruction_sets.hpp>
#include <spinule/engine/plastic_rows.hpp>
#include <spinule/engine/rule_hooks.hpp>

namespace spinule {

/// What comes with the time of a target's spike: its amount, where the rule has amounts, then what an eligibility needs
/// (see `eligible_lanes`).
template <class Real, int marks>
struct spike_marks {
  Real of[marks];
};
template <class Real>
struct spike_marks<Real, 0> {};

/// The last spikes of one target, as records of eight numbers. Times are told as exp(-(t - base) / tau_pre), so that a
/// spike at t raises a weight by what is left at t of the trace of its line: that line's gain times this number,
/// without an exponential.
template <class Real, int marks>
struct alignas(8 * sizeof(Real)) post_history {
  static constexpr int slots = 7;
  static constexpr Real never = std::numeric_limits<Real>::infinity();
  Real at[slots] = {never, never, never, never, never, never, never};  ///< newest first
  Real trace = 0;                                                      ///< the level, times exp((t - base) / tau_post)
  struct row {
    Real of[slots + 1] = {};  ///< the last one is not used
  };
  [[no_unique_address]] std::array<row, marks> mark;

  void add(Real when, const spike_marks<Real, marks>& with) {
    for (int s = slots - 1; s > 0; --s) at[s] = at[s - 1];
    at[0] = when;
    if constexpr (marks > 0)
      for (int m = 0; m < marks; ++m) {
        for (int s = slots - 1; s > 0; --s) mark[m].of[s] = mark[m].of[s - 1];
        mark[m].of[0] = with.of[m];
      }
  }
};

/// A spike of a target, in the same measure of time.
template <class Real, int marks>
struct target_spike {
  Real at;
  [[no_unique_address]] spike_marks<Real, marks> with;
};

/// The histories of the targets of `lanes` synapses, side by side.
template <class Real, std::size_t lanes, int marks>
struct gathered {
  using history = post_history<Real, marks>;
  static constexpr int slots = history::slots, columns = 8 * (1 + marks);
  alignas(64) Real column[columns][lanes];  ///< times, level and, eight by eight, marks

  gathered(const history* cells, const std::uint16_t* target) {
    if constexpr (std::is_same_v<Real, float> && lanes % 8 == 0) {
      for (int record = 0; record < columns / 8; ++record)
        for (std::size_t i = 0; i < lanes; i += 8) transpose(cells, target + i, i, record);
    } else {
      for (std::size_t i = 0; i < lanes; ++i) {
        const history& h = cells[target[i]];
        for (int s = 0; s < slots; ++s) column[s][i] = h.at[s];
        column[slots][i] = h.trace;
        for (int m = 0; m < marks; ++m)
          for (int s = 0; s < slots; ++s) column[8 + 8 * m + s][i] = h.mark[m].of[s];
      }
    }
  }
  Real mark(int m, int slot, std::size_t lane) const { return column[8 + 8 * m + slot][lane]; }

  bool any_up_to(int slot, Real limit) const {
    Real least = column[slot][0];
    for (std::size_t i = 1; i < lanes; ++i) least = std::min(least, column[slot][i]);
    return least <= limit;
  }

 private:
#ifdef __GNUC__
  using vector = float __attribute__((vector_size(32), may_alias));
  template <int... Lanes>
  static void mix(const vector& a, const vector& b, vector& mixed) {
    mixed = __builtin_shufflevector(a, b, Lanes...);
  }
  /// Eight records of eight numbers, as eight columns.
  void transpose(const history* cells, const std::uint16_t* target, std::size_t at, int record) {
    vector r[8], t[8], u[8];
    for (int i = 0; i < 8; ++i) r[i] = reinterpret_cast<const vector*>(cells + target[i])[record];
    for (int i = 0; i < 8; i += 2) {
      mix<0, 8, 1, 9, 4, 12, 5, 13>(r[i], r[i + 1], t[i]);
      mix<2, 10, 3, 11, 6, 14, 7, 15>(r[i], r[i + 1], t[i + 1]);
    }
    for (int i = 0; i < 8; i += 4)
      for (int k = 0; k < 2; ++k) {
        mix<0, 1, 8, 9, 4, 5, 12, 13>(t[i + k], t[i + k + 2], u[i + 2 * k]);
        mix<2, 3, 10, 11, 6, 7, 14, 15>(t[i + k], t[i + k + 2], u[i + 2 * k + 1]);
      }
    for (int k = 0; k < 4; ++k) {
      vector low, high;
      mix<0, 1, 2, 3, 8, 9, 10, 11>(u[k], u[k + 4], low);
      mix<4, 5, 6, 7, 12, 13, 14, 15>(u[k], u[k + 4], high);
      *reinterpret_cast<vector*>(&column[8 * record + k][at]) = low;
      *reinterpret_cast<vector*>(&column[8 * record + k + 4][at]) = high;
    }
  }
#endif
};

/// What a line remembers of the spikes that arrived on it, in the same measure of time.
template <class Real, beside_weight kept>
struct line_trace {
  Real gain = 0;    ///< trace, times exp((t - base) / tau_pre)
  Real before = 0;  ///< the same without what arrived in the tick `limit`
  Real limit = 1;  ///< exp(-(t - base) / tau_pre) of the last arrival, or 1: later spikes of targets wait to be counted

  /// The trace when a target fired, without an arrival in that very tick.
  Real at(Real fired) const { return (fired == limit ? before : gain) * fired; }
};
/// Of a rule with an eligibility e. Between two changes of e, which decays with tau_e, a weight moves by e(t0) exp((t0
/// - base) / tau_e) (K(t) - K(t0)), where K is the integral of exp(-(s - base) / tau_e) times what the third factor
/// does: one number for all synapses. So e is kept times exp((t - base) / tau_e), and nothing is done between spikes.
template <class Real>
struct line_trace<Real, beside_weight::eligibility> : line_trace<Real, beside_weight::nothing> {
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
template <class Kernel, class Real, bool amounts, beside_weight kept, pairing pairs>
struct row_pass {
  static constexpr bool eligible = kept == beside_weight::eligibility, unpaired = kept == beside_weight::unpaired;
  /// Of a target's spike: amount, K, exp((t - base) / tau_e).
  static constexpr int marks = (amounts ? 1 : 0) + (eligible ? 2 : 0);
  using history = post_history<Real, marks>;
  using line_type = line_trace<Real, kept>;
  using columns = synapse_columns<Real, kept>;
  const Kernel* kernel;
  const history* cells;
  const std::vector<target_spike<Real, marks>>* spikes;  ///< [targets] since the last catching up, ascending in time
  Real lowest, highest;
  line_type line;
  Real decay;  ///< exp(-(now - base) / tau_post)
  bool arrives;
  bool again = false;            ///< something arrived on the line in this tick before
  Real amount = 1;               ///< of the arrival
  Real moved = 0, growth_e = 1;  ///< K now, exp((now - base) / tau_e)

  static constexpr std::size_t lanes = plastic_wiring::padding;
  using synapses = passing<Real, lanes, kept>;

  Real bounded(Real w) const { return std::min(std::max(w, lowest), highest); }
  Real of_line() const {
    if constexpr (eligible)
      return line.moved;
    else if constexpr (unpaired)
      return line.fresh;
    else
      return 0;
  }

  /// The i-th synapse after a spike of its target, if it is `due`.
  template <class Mark>
  void fired(synapses& all, std::size_t i, Real at, bool due, Mark mark) const {
    Real much = 1;
    if constexpr (amounts) much = mark(0);
    const Real w = all.w[i];
    if constexpr (eligible) {
      const Real then = mark(marks - 2), e = all.other[i];
      const Real next = bounded(w + e * (then - all.line[i]));
      const Real step = after_post(*kernel, next, line.at(at), much) * mark(marks - 1);
      all.w[i] = due ? next : w;
      all.other[i] = due ? e + step : e;
      all.line[i] = due ? then : all.line[i];
    } else if constexpr (unpaired) {
      join(all, i, due && at != line.limit);
      const Real next = bounded(after_post(*kernel, w, all.other[i] * at, much));
      all.w[i] = due ? next : w;
      all.other[i] = due ? Real{0} : all.other[i];
    } else {
      const Real next = bounded(after_post(*kernel, w, line.at(at), much));
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

  /// What those spikes do that are due and too old for the history, which is full.
  void after_older(synapses& of, std::size_t i, std::uint16_t target) const {
    const auto& all = spikes[target];
    const auto last = all.end() - history::slots;
    auto from = last;
    while (from != all.begin() && from[-1].at <= line.limit) --from;
    for (; from != last; ++from) fired(of, i, from->at, true, [&](int m) { return mark_of(from->with, m); });
  }
  static Real mark_of(const spike_marks<Real, marks>& with, int m) {
    if constexpr (marks > 0)
      return with.of[m];
    else
      return static_cast<Real>(m);  // never asked for
  }

  void operator()(const std::uint16_t* target, columns at_rest, std::size_t count) const {
    constexpr int slots = history::slots;
    for (std::size_t begin = 0; begin < count; begin += lanes, target += lanes, at_rest = at_rest + lanes) {
      const std::size_t n = std::min(lanes, count - begin);
      const gathered<Real, lanes, marks> of{cells, target};
      const auto& at = of.column;
      synapses all{at_rest, of_line()};
      int depth = 0;
      while (depth < slots && of.any_up_to(depth, line.limit)) ++depth;
      if (depth == slots)
        for (std::size_t i = 0; i < n; ++i)
          if (at[slots - 1][i] <= line.limit) after_older(all, i, target[i]);
      for (int s = depth - 1; s >= 0; --s)
        for (std::size_t i = 0; i < lanes; ++i)
          fired(all, i, at[s][i], at[s][i] <= line.limit, [&](int m) { return of.mark(m, s, i); });
      if (arrives)
        for (std::size_t i = 0; i < lanes; ++i) arrived(all, i, at[slots][i] * decay);
      if constexpr (kept != beside_weight::nothing)
        for (std::size_t i = 0; i < lanes; ++i) conclude(all, i);
      all.store(at_rest, n);
    }
  }
};

/// Adds weights, in quanta, to the sums of the targets; times an amplitude where one arrives.
template <class Real>
inline void send_row(const std::uint16_t* target, const Real* weight, std::size_t count, Real scale,
                     const float* amplitude, std::int32_t* sums) {
  constexpr std::size_t lanes = plastic_wiring::padding;
  for (std::size_t begin = 0; begin < count; begin += lanes) {
    const std::size_t n = std::min(lanes, count - begin);
    std::int32_t code[lanes];
    for (std::size_t i = 0; i < lanes; ++i) {
      const Real steps = weight[begin + i] * scale;
      code[i] = static_cast<std::int32_t>(steps + (steps < 0 ? Real{-0.5} : Real{0.5}));
    }
    if (amplitude)
      for (std::size_t i = 0; i < lanes; ++i) code[i] = times_amplitude(code[i], *amplitude);
    for (std::size_t i = 0; i < n; ++i) sums[target[begin + i]] += code[i];
  }
}

/// Where a row's weights go: nowhere, where there are no sums.
template <class Real>
struct delivery {
  std::int32_t* sums = nullptr;
  Real scale = 1;
  const float* amplitude = nullptr;  ///< null: 1
};

template <class Pass, class Real>
inline void pass_plain(const Pass& pass, const std::uint16_t* target, const typename Pass::columns& row, std::size_t n,
                       const delivery<Real>& to) {
  pass(target, row, n);
  if (to.sums) send_row(target, row.weight, n, to.scale, to.amplitude, to.sums);
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

// The innermost loops of plasticity: a row of synapses is brought up to date.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <spinule/engine/instruction_sets.hpp>
#include <spinule/engine/plastic_rows.hpp>
#include <spinule/engine/rule_hooks.hpp>

namespace spinule {

/// The last spikes of one target. Times are told as exp(-(t - base) / tau_pre), so that a spike at t raises a weight by
/// what is left at t of the trace of its line: that line's gain times this number, without an exponential.
template <class Real, bool amounts>
struct alignas(8 * sizeof(Real)) post_history {
  static constexpr int slots = 7;
  static constexpr Real never = std::numeric_limits<Real>::infinity();
  Real at[slots] = {never, never, never, never, never, never, never};  ///< newest first
  Real trace = 0;                                                      ///< the level, times exp((t - base) / tau_post)

  void add(Real when, Real) {
    for (int s = slots - 1; s > 0; --s) at[s] = at[s - 1];
    at[0] = when;
  }
};
/// The same of spikes that have amounts, as two records of eight numbers.
template <class Real>
struct post_history<Real, true> : post_history<Real, false> {
  static constexpr int slots = 7;
  Real amount[slots] = {};
  Real unused = 0;

  void add(Real when, Real much) {
    post_history<Real, false>::add(when, much);
    for (int s = slots - 1; s > 0; --s) amount[s] = amount[s - 1];
    amount[0] = much;
  }
};

/// A spike of a target, in the same measure of time.
template <class Real, bool amounts>
struct target_spike {
  Real at;
  explicit target_spike(Real when, Real) : at{when} {}
  Real amount() const { return 1; }
};
template <class Real>
struct target_spike<Real, true> {
  Real at, much;
  explicit target_spike(Real when, Real amount) : at{when}, much{amount} {}
  Real amount() const { return much; }
};

/// The histories of the targets of `lanes` synapses, side by side.
template <class Real, std::size_t lanes, bool amounts>
struct gathered {
  using history = post_history<Real, amounts>;
  static constexpr int slots = history::slots, columns = amounts ? 2 * slots + 2 : slots + 1;
  alignas(64) Real column[columns][lanes];  ///< times, level and, after these, amounts

  gathered(const history* cells, const std::uint16_t* target) {
    if constexpr (std::is_same_v<Real, float> && lanes % 8 == 0) {
      for (int record = 0; record < columns / 8; ++record)
        for (std::size_t i = 0; i < lanes; i += 8) transpose(cells, target + i, i, record);
    } else {
      for (std::size_t i = 0; i < lanes; ++i) {
        const history& h = cells[target[i]];
        for (int s = 0; s < slots; ++s) column[s][i] = h.at[s];
        column[slots][i] = h.trace;
        if constexpr (amounts)
          for (int s = 0; s < slots; ++s) column[slots + 1 + s][i] = h.amount[s];
      }
    }
  }
  Real amount(int slot, std::size_t lane) const {
    if constexpr (amounts)
      return column[slots + 1 + slot][lane];
    else
      return 1;
  }

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
template <class Real>
struct line_trace {
  Real gain = 0;    ///< trace, times exp((t - base) / tau_pre)
  Real before = 0;  ///< the same without what arrived in the tick `limit`
  Real limit = 1;  ///< exp(-(t - base) / tau_pre) of the last arrival, or 1: later spikes of targets wait to be counted

  /// The trace when a target fired, without an arrival in that very tick.
  Real at(Real fired) const { return (fired == limit ? before : gain) * fired; }
};

/// One pass over a row: first what the targets' spikes since the last pass do, then the arrival.
template <class Kernel, class Real, bool amounts>
struct row_pass {
  using history = post_history<Real, amounts>;
  const Kernel* kernel;
  const history* cells;
  const std::vector<target_spike<Real, amounts>>* spikes;  ///< [targets] since the last catching up, ascending in time
  Real lowest, highest;
  line_trace<Real> line;
  Real decay;  ///< exp(-(now - base) / tau_post)
  bool arrives;
  Real amount = 1;  ///< of the arrival

  Real bounded(Real w) const { return std::min(std::max(w, lowest), highest); }

  static constexpr std::size_t lanes = plastic_wiring::padding;
  /// What those spikes do that are due and too old for the history, which is full.
  Real after_older(Real w, std::uint16_t target) const {
    const auto& all = spikes[target];
    const auto last = all.end() - history::slots;
    auto from = last;
    while (from != all.begin() && from[-1].at <= line.limit) --from;
    for (; from != last; ++from) w = bounded(after_post(*kernel, w, line.at(from->at), from->amount()));
    return w;
  }

  void operator()(const std::uint16_t* target, Real* weight, std::size_t count) const {
    constexpr int slots = history::slots;
    for (std::size_t begin = 0; begin < count; begin += lanes, target += lanes, weight += lanes) {
      const std::size_t n = std::min(lanes, count - begin);
      const gathered<Real, lanes, amounts> of{cells, target};
      const auto& at = of.column;
      Real w[lanes];
      for (std::size_t i = 0; i < lanes; ++i) w[i] = weight[i];
      int depth = 0;
      while (depth < slots && of.any_up_to(depth, line.limit)) ++depth;
      if (depth == slots)
        for (std::size_t i = 0; i < n; ++i)
          if (at[slots - 1][i] <= line.limit) w[i] = after_older(w[i], target[i]);
      for (int s = depth - 1; s >= 0; --s)
        for (std::size_t i = 0; i < lanes; ++i) {
          const Real next = bounded(after_post(*kernel, w[i], line.at(at[s][i]), of.amount(s, i)));
          w[i] = at[s][i] <= line.limit ? next : w[i];
        }
      if (arrives)
        for (std::size_t i = 0; i < lanes; ++i) w[i] = bounded(after_pre(*kernel, w[i], at[slots][i] * decay, amount));
      if (n == lanes)
        for (std::size_t i = 0; i < lanes; ++i) weight[i] = w[i];
      else
        for (std::size_t i = 0; i < n; ++i) weight[i] = w[i];
    }
  }
};

template <class Real>
inline void send_row(const std::uint16_t* target, const Real* weight, std::size_t count, Real scale,
                     std::int32_t* sums) {
  constexpr std::size_t lanes = plastic_wiring::padding;
  for (std::size_t begin = 0; begin < count; begin += lanes) {
    const std::size_t n = std::min(lanes, count - begin);
    std::int32_t code[lanes];
    for (std::size_t i = 0; i < lanes; ++i) {
      const Real steps = weight[begin + i] * scale;
      code[i] = static_cast<std::int32_t>(steps + (steps < 0 ? Real{-0.5} : Real{0.5}));
    }
    for (std::size_t i = 0; i < n; ++i) sums[target[begin + i]] += code[i];
  }
}

template <class Pass, class Real>
inline void pass_plain(const Pass& pass, const std::uint16_t* target, Real* weight, std::size_t n, Real scale,
                       std::int32_t* sums) {
  pass(target, weight, n);
  if (sums) send_row(target, weight, n, scale, sums);
}
#ifdef SPINULE_MULTIVERSION
template <class Pass, class Real>
[[SPINULE_V4, gnu::flatten]] void pass_v4(const Pass& pass, const std::uint16_t* target, Real* weight, std::size_t n,
                                          Real scale, std::int32_t* sums) {
  pass_plain(pass, target, weight, n, scale, sums);
}
template <class Pass, class Real>
[[SPINULE_V3, gnu::flatten]] void pass_v3(const Pass& pass, const std::uint16_t* target, Real* weight, std::size_t n,
                                          Real scale, std::int32_t* sums) {
  pass_plain(pass, target, weight, n, scale, sums);
}
#endif

/// A pass over a row and, where `sums` are given, the delivery of its weights.
template <class Pass, class Real>
void pass_row(const Pass& pass, const std::uint16_t* target, Real* weight, std::size_t n, Real scale,
              std::int32_t* sums) {
#ifdef SPINULE_MULTIVERSION
  static const int level = vector_level();
  if (level >= 4) return pass_v4(pass, target, weight, n, scale, sums);
  if (level >= 3) return pass_v3(pass, target, weight, n, scale, sums);
#endif
  pass_plain(pass, target, weight, n, scale, sums);
}

}  // namespace spinule

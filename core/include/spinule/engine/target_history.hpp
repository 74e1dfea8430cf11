// The last spikes of the targets of synapses, as a pass over a row reads them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace spinule {

/// What comes with the time of a target's spike: its amount, where the rule has amounts. Or with the last tick of a
/// *run*, of ticks on end with an amount each: the sum of the amounts times what is left of a trace then, and the first
/// tick.
template <class Real, int marks>
struct spike_marks {
  Real of[marks];
};
template <class Real>
struct spike_marks<Real, 0> {};

/// The last spikes of one target, as records of eight numbers. Times are told as exp(-(t - base) / tau_pre), so that a
/// spike at t raises a weight by what is left at t of the trace of its line: that line's gain times this number,
/// without an exponential. A rule with an eligibility needs more of a time, see `moment_of_factor`: there they are told
/// in ticks, as base - t, so that later times are less here too.
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

  /// The last run goes on for a tick.
  void extend(Real when, Real amount) {
    at[0] = when;
    mark[0].of[0] += amount * when;
  }
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

/// What a rule with an eligibility needs to know of a tick, once for all targets that fired in it.
template <class Real>
struct alignas(4 * sizeof(Real)) moment_of_factor {
  Real left = 1;    ///< exp(-(t - base) / tau_pre)
  Real moved = 0;   ///< K, see `line_trace`
  Real growth = 1;  ///< exp((t - base) / tau_e)
  Real unused = 0;  ///< four numbers are read at once
};

/// Those of some ticks side by side.
template <class Real, std::size_t lanes>
struct looked_up {
  alignas(64) Real left[lanes], moved[lanes], growth[lanes];

  looked_up(const moment_of_factor<Real>* all, const std::int32_t* tick) {
    if constexpr (std::is_same_v<Real, float> && lanes % 4 == 0)
      for (std::size_t i = 0; i < lanes; i += 4) transpose(all, tick + i, i);
    else
      for (std::size_t i = 0; i < lanes; ++i) {
        const auto& then = all[tick[i]];
        left[i] = then.left, moved[i] = then.moved, growth[i] = then.growth;
      }
  }

 private:
#ifdef __GNUC__
  using four = float __attribute__((vector_size(16), may_alias));
  void transpose(const moment_of_factor<Real>* all, const std::int32_t* tick, std::size_t at) {
    four r[4];
    for (int i = 0; i < 4; ++i) r[i] = *reinterpret_cast<const four*>(all + tick[i]);
    const four a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5), b = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5),
               c = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7), d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
    *reinterpret_cast<four*>(left + at) = __builtin_shufflevector(a, b, 0, 1, 4, 5);
    *reinterpret_cast<four*>(moved + at) = __builtin_shufflevector(a, b, 2, 3, 6, 7);
    *reinterpret_cast<four*>(growth + at) = __builtin_shufflevector(c, d, 0, 1, 4, 5);
  }
#endif
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

}  // namespace spinule

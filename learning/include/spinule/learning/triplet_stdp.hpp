// Spike-timing-dependent plasticity of triplets of spikes.
#pragma once

#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/engine/any_rule.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/engine/weight_bounds.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

/// Traces r1 (tau_plus) and r2 (tau_x) of arrivals, o1 (tau_minus) and o2 (tau_y) of the target's spikes. A spike that
/// arrives: w <- w - w_max o1 (a2_minus + a3_minus r2). The target fires: w <- w + w_max r1 (a2_plus + a3_plus o2). r2
/// and o2 are read just before the spike itself counts. All spikes, or the nearest only; w stays within 0 .. w_max
/// (w_max .. 0 where that is negative). Pfister & Gerstner, J. Neurosci. 26 (2006); the numbers below are of their fit
/// to visual cortex, all spikes, full model.
template <class Unit>
struct triplet_stdp {
  milliseconds tau_plus{16.8}, tau_x{101}, tau_minus{33.7}, tau_y{125};
  double a2_plus = 5e-10, a3_plus = 6.2e-3, a2_minus = 7e-3, a3_minus = 2.3e-4;  ///< at least 0
  Unit w_max{};                                                                  ///< must be given
  bool nearest = false;  ///< only the nearest spike of either side counts

  using weight = Unit;
  std::array<spike_trace, 2> pre() const { return {{{tau_plus, nearest}, {tau_x, nearest}}}; }
  std::array<spike_trace, 2> post() const { return {{{tau_minus, nearest}, {tau_y, nearest}}}; }
  Unit lowest() const { return lowest_up_to(w_max); }
  Unit highest() const { return highest_up_to(w_max); }

  void check(const std::string& where) const {
    for (const double a : {a2_plus, a3_plus, a2_minus, a3_minus})
      if (!(a >= 0) || !std::isfinite(a))
        throw spinule_error{where, fmt::format("an amplitude of {}; all four must be at least 0", a)};
    check_largest_weight(w_max, where);
  }

  template <class Real>
  class kernel {
   public:
    explicit kernel(const triplet_stdp& r)
        : w_max_{static_cast<Real>(r.w_max.value())},
          a2_plus_{static_cast<Real>(r.a2_plus)},
          a3_plus_{static_cast<Real>(r.a3_plus)},
          a2_minus_{static_cast<Real>(r.a2_minus)},
          a3_minus_{static_cast<Real>(r.a3_minus)} {}
    Real pre_amount(const std::array<Real, 2>& own) const { return w_max_ * (a2_minus_ + a3_minus_ * own[1]); }
    Real post_amount(const std::array<Real, 2>& own) const { return w_max_ * (a2_plus_ + a3_plus_ * own[1]); }
    Real on_pre(Real w, Real post, Real amount) const { return w - amount * post; }
    Real on_post(Real w, Real pre, Real amount) const { return w + amount * pre; }

   private:
    Real w_max_, a2_plus_, a3_plus_, a2_minus_, a3_minus_;
  };
};

/// The published fits with these time constants and amplitudes; see `triplet_stdp`. [S] of NEST and Auryn, the others
/// as they are commonly given.
namespace triplet_fits {

template <class Unit>
triplet_stdp<Unit> visual_cortex(Unit w_max) {
  return {.w_max = w_max};
}
template <class Unit>
triplet_stdp<Unit> visual_cortex_minimal(Unit w_max) {
  return {
      .tau_y = milliseconds{114}, .a2_plus = 0, .a3_plus = 6.5e-3, .a2_minus = 7.1e-3, .a3_minus = 0, .w_max = w_max};
}
template <class Unit>
triplet_stdp<Unit> visual_cortex_nearest_minimal(Unit w_max) {
  return {.tau_y = milliseconds{40},
          .a2_plus = 0,
          .a3_plus = 5e-2,
          .a2_minus = 8e-3,
          .a3_minus = 0,
          .w_max = w_max,
          .nearest = true};
}
template <class Unit>
triplet_stdp<Unit> hippocampus(Unit w_max) {
  return {.tau_x = milliseconds{946},
          .tau_y = milliseconds{27},
          .a2_plus = 6.1e-3,
          .a3_plus = 6.7e-3,
          .a2_minus = 1.6e-3,
          .a3_minus = 1.4e-3,
          .w_max = w_max};
}
template <class Unit>
triplet_stdp<Unit> hippocampus_nearest_minimal(Unit w_max) {
  return {.tau_y = milliseconds{48},
          .a2_plus = 4.2e-3,
          .a3_plus = 9.6e-3,
          .a2_minus = 2.9e-3,
          .a3_minus = 0,
          .w_max = w_max,
          .nearest = true};
}

}  // namespace triplet_fits
// Compiled in the library, not where it is used.
extern template class rule_holder<triplet_stdp<millivolts>>;

}  // namespace spinule

// An astrocyte that weighs what goes out of its network against what comes in, and sends that.
#pragma once

#include <algorithm>

#include <spinule/engine/any_model.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// tau a' = base - a + r, with r the sum of the weights of the spikes that arrive in a millisecond: positive ones of
/// the neurons it looks after, negative ones of their input. It starts at base, and sends a, at most `largest` either
/// way. Exact for r constant over a tick h: a <- base + (a - base) e^(-h / tau) + r (1 - e^(-h / tau)).
///
/// The astrocyte of NALSM (Ivanov & Michmizos, NeurIPS 2021). Its authors take Euler steps of 1 ms, so that 0.99 of a
/// is left after each: their tau of 100 ms is -1 / ln 0.99 = 99.499 ms here.
struct balance_astrocyte {
  milliseconds tau{100};
  double base = 0, largest = 10;

  using input = number;
  static constexpr int ports = 1;
  static constexpr port<balance_astrocyte, number> spikes{0, "spikes"};
  static constexpr auto receptors = std::tuple{spikes};

  static constexpr auto parameters =
      std::tuple{parameter{"tau", &balance_astrocyte::tau, positive}, parameter{"base", &balance_astrocyte::base},
                 parameter{"largest", &balance_astrocyte::largest, positive}};
  double largest_output() const { return largest; }

  template <class Real>
  struct state {
    Real a = 0;
    static constexpr auto fields = std::tuple{field{"a", &state::a}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const balance_astrocyte& m, milliseconds tick)
        : exact_{portable_exp(-tick.in(m.tau))},
          decay_{static_cast<Real>(exact_)},
          per_spike_{static_cast<Real>(-portable_expm1(-tick.in(m.tau)) / tick.value())},
          base_{static_cast<Real>(m.base)},
          largest_{static_cast<Real>(m.largest)} {}
    state<Real> start() const { return {.a = base_}; }
    Real step(state<Real>& s, Real in) const {
      s.a = base_ + (s.a - base_) * decay_ + in * per_spike_;
      return std::min(std::max(s.a, -largest_), largest_);
    }
    void skip(state<Real>& s, ticks n) const { s.a = static_cast<Real>(base_ + (s.a - base_) * power(exact_, n)); }

   private:
    double exact_;
    Real decay_, per_spike_, base_, largest_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<balance_astrocyte>;

}  // namespace spinule

// Leaky integrate-and-fire, delta synapses.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/firing_rule.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// tau dv/dt = rest + bias + drive(t) - v; a spike that arrives adds its weight to v; v >= threshold: fire, then v is
/// held at reset for the refractory time, and what arrives meanwhile is lost. v starts at rest.
///
/// Exact on the grid: each tick v decays, takes the tick's input, and is tested (Rotter & Diesmann 1999; the order of
/// NEST's iaf_psc_delta).
struct lif {
  milliseconds tau{20};
  millivolts rest{0}, threshold{15}, reset{0};
  milliseconds refractory{2};
  millivolts bias{0};  ///< constant drive: input resistance times current

  using input = millivolts;
  static constexpr int ports = 2;
  static constexpr port<lif, millivolts> jump{0, "jump"};    ///< weight added to v at once
  static constexpr port<lif, millivolts> drive{1, "drive"};  ///< weight added to the bias for one tick
  static constexpr auto receptors = std::tuple{jump, drive};

  static constexpr auto parameters = std::tuple{parameter{"tau", &lif::tau, positive},
                                                parameter{"rest", &lif::rest},
                                                parameter{"threshold", &lif::threshold},
                                                parameter{"reset", &lif::reset},
                                                parameter{"refractory", &lif::refractory, not_negative},
                                                parameter{"bias", &lif::bias}};
  void check(const std::string& where) const { check_reset(threshold, reset, where); }

  template <class Real>
  struct state {
    Real v = 0;      ///< mV
    ticks hold = 0;  ///< ticks of refractoriness left
    static constexpr auto fields = std::tuple{field{"v", &state::v, millivolts{}}, field{"hold", &state::hold}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const lif& m, milliseconds tick)
        : decay_{portable_exp(-tick.in(m.tau))},
          goal_{m.rest.value() + m.bias.value()},
          ticks_per_tau_{m.tau.in(tick)},
          rest_{static_cast<Real>(m.rest.value())},
          step_decay_{static_cast<Real>(decay_)},
          step_bias_{static_cast<Real>(goal_ * (1 - decay_))},
          drive_gain_{static_cast<Real>(1 - decay_)},
          firing_{m.threshold, m.reset, whole_ticks(m.refractory, tick, "refractory time")} {}

    state<Real> start() const { return {.v = rest_}; }

    bool step(state<Real>& s, const arriving<Real, 2>& in) const {
      const Real v = s.v * step_decay_ + (step_bias_ + in[1] * drive_gain_) + in[0];
      return firing_.step(s.v, s.hold, v);
    }

    void skip(state<Real>& s, ticks n) const {
      const ticks held = std::clamp(s.hold, 0, n);
      s.hold -= held;
      if (n > held) s.v = static_cast<Real>(goal_ + (s.v - goal_) * power(decay_, n - held));
    }

    ticks quiet(const state<Real>& s) const {
      const double theta = firing_.threshold();
      if (s.v >= theta) return std::max(s.hold, 0);  // started there
      if (goal_ < theta) return forever;
      if (goal_ == theta) return 0;
      const double free = ticks_per_tau_ * portable_log((goal_ - s.v) / (goal_ - theta));
      const double n = s.hold + free * (1 - 1e-6) - 2;  // early by the rounding of a float trajectory
      return n > 0 ? static_cast<ticks>(std::fmin(n, 1e9)) : 0;
    }

   private:
    double decay_, goal_, ticks_per_tau_;  ///< goal: where v goes without input
    Real rest_;
    Real step_decay_, step_bias_, drive_gain_;
    firing_rule<Real> firing_;
  };
};

}  // namespace spinule

// Units that compete for what they are shown: a neuron model with a threshold that rises with every spike, and a rule
// that moves the synapses of a unit that fires towards its input.
#pragma once

#include <string>
#include <tuple>

#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/plasticity.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// tau v' = (rest - v) + g_ex (reversal_excitatory - v) + g_in (reversal_inhibitory - v), conductances in units of the
/// leak; v >= threshold + theta: fire, v is held at reset for the refractory time, and theta grows by `rise`.
/// tau_theta theta' = -theta. Diehl & Cook, Front. Comput. Neurosci. 9:99 (2015); the numbers are of their program.
struct competing_lif {
  milliseconds tau{100}, tau_excitatory{1}, tau_inhibitory{2}, tau_theta{1e7}, refractory{5};
  millivolts rest{-65}, reset{-65}, threshold{-72}, rise{0.05};
  millivolts reversal_excitatory{0}, reversal_inhibitory{-100};

  using input = number;
  static constexpr int ports = 2;
  static constexpr port<competing_lif, number> excitatory{0, "excitatory", range{0, 1e9}, takes::spikes};
  static constexpr port<competing_lif, number> inhibitory{1, "inhibitory", range{0, 1e9}, takes::spikes};
  static constexpr auto receptors = std::tuple{excitatory, inhibitory};

  template <class Real>
  struct state {
    Real v = -65, g_ex = 0, g_in = 0;
    Real theta = 20;  ///< mV, as it was after the last spike
    Real lost = 0;    ///< mV by which it has decayed since: too little in a tick to be taken from theta itself
    ticks hold = 0;   ///< ticks of refractoriness left
    static constexpr auto fields =
        std::tuple{field{"v", &state::v, millivolts{}},       field{"g_ex", &state::g_ex, number{}},
                   field{"g_in", &state::g_in, number{}},     field{"theta", &state::theta, millivolts{}},
                   field{"lost", &state::lost, millivolts{}}, field{"hold", &state::hold}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const competing_lif& m, milliseconds tick)
        : part_{static_cast<Real>(tick.in(m.tau))},
          decay_ex_{static_cast<Real>(portable_exp(-tick.in(m.tau_excitatory)))},
          decay_in_{static_cast<Real>(portable_exp(-tick.in(m.tau_inhibitory)))},
          fade_{static_cast<Real>(tick.in(m.tau_theta))},
          rest_{static_cast<Real>(m.rest.value())},
          reset_{static_cast<Real>(m.reset.value())},
          threshold_{static_cast<Real>(m.threshold.value())},
          rise_{static_cast<Real>(m.rise.value())},
          e_ex_{static_cast<Real>(m.reversal_excitatory.value())},
          e_in_{static_cast<Real>(m.reversal_inhibitory.value())},
          refractory_{whole_ticks(m.refractory, tick, "refractory time")} {}

    bool step(state<Real>& s, const arriving<Real, 2>& in) const {
      const Real pull = part_ * (1 + s.g_ex + s.g_in);
      const Real push = part_ * (rest_ + s.g_ex * e_ex_ + s.g_in * e_in_);
      const Real half = 1 + pull / 2;
      const Real moved = s.v + (push - pull * s.v) * half / (1 + pull * half);  // e^x as 1 + x + x^2 / 2
      s.g_ex = s.g_ex * decay_ex_ + in[0];
      s.g_in = s.g_in * decay_in_ + in[1];
      s.lost += (s.theta - s.lost) * fade_;
      const bool held = s.hold > 0;
      const Real v = held ? s.v : moved;
      const bool fires = !held & (v >= threshold_ + (s.theta - s.lost));
      s.v = fires ? reset_ : v;
      s.theta = fires ? s.theta - s.lost + rise_ : s.theta;
      s.lost = fires ? Real{0} : s.lost;
      s.hold = fires ? refractory_ : s.hold - static_cast<ticks>(held);
      return fires;
    }

   private:
    Real part_, decay_ex_, decay_in_, fade_, rest_, reset_, threshold_, rise_, e_ex_, e_in_;
    ticks refractory_;
  };
};

/// The target fires: w <- w + eta (x - offset) (1 - w), x the trace of what arrived; an arrival changes nothing. w is
/// within 0 .. 1. The power-law rule of Diehl & Cook with an exponent of 1.
struct towards_input {
  milliseconds tau{20};
  double eta = 0.01, offset = 0.4;

  using weight = number;
  spike_trace pre() const { return {.tau = tau}; }
  spike_trace post() const { return {.tau = tau}; }
  number lowest() const { return 0; }
  number highest() const { return 1; }
  void check(const std::string& where) const {
    if (!(tau.value() > 0 && eta >= 0)) throw spinule_error{where, "tau must be positive, eta not negative"};
  }

  template <class Real>
  class kernel {
   public:
    explicit kernel(const towards_input& r) : eta_{static_cast<Real>(r.eta)}, offset_{static_cast<Real>(r.offset)} {}
    Real on_pre(Real w, Real) const { return w; }
    Real on_post(Real w, Real x) const { return w + eta_ * (x - offset_) * (1 - w); }

   private:
    Real eta_, offset_;
  };
};

}  // namespace spinule

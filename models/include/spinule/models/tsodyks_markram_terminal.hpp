// Short-term plasticity as a terminal between a neuron and its synapses.
#pragma once

#include <string>

#include <spinule/engine/any_model.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/vesicle_release.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// Facilitation and depression after Tsodyks, Pawelzik & Markram (Neural Comput. 10, 1998), in the form of De Pitta &
/// Brunel (Neural Plast. 2016, 7607924). Between spikes u' = -u / tau_facilitation, x' = (1 - x) / tau_recovery; at
/// one:
///
///     u <- u + utilisation (1 - u),  r = u x,  x <- x - r,  and it sends r
///
/// With `tau_inactivation` it is the form of Tsodyks, Uziel & Markram (J. Neurosci. 20, 2000): what is released goes to
/// y, y' = -y / tau_inactivation, and only what has left y recovers, x' = (1 - x - y) / tau_recovery. Both are exact on
/// the grid of ticks.
///
/// One terminal stands for all synapses of a neuron that share its dynamics: connect the neuron to it one to one with
/// weight 1 and delay 0, and it to the targets, with the weights that a full release would have. A positive sum that
/// arrives is one spike.
struct tsodyks_markram_terminal {
  double utilisation = 0.6;                    ///< U_0
  milliseconds tau_facilitation{1000 / 3.33};  ///< 1 / Omega_f; 0: no facilitation
  milliseconds tau_recovery{500};              ///< 1 / Omega_d
  milliseconds tau_inactivation{0};            ///< 0: what is released recovers at once

  using input = number;
  static constexpr int ports = 1;
  static constexpr bool values_are_spikes = true;
  static constexpr port<tsodyks_markram_terminal, number> spikes{0, "spikes"};
  static constexpr auto receptors = std::tuple{spikes};

  static constexpr auto parameters =
      std::tuple{parameter{"utilisation", &tsodyks_markram_terminal::utilisation, range{.low = 0, .high = 1}},
                 parameter{"tau_facilitation", &tsodyks_markram_terminal::tau_facilitation, not_negative},
                 parameter{"tau_recovery", &tsodyks_markram_terminal::tau_recovery, not_negative},
                 parameter{"tau_inactivation", &tsodyks_markram_terminal::tau_inactivation, not_negative}};
  void check(const std::string& where) const {
    if (tau_inactivation.value() > 0 && tau_inactivation == tau_recovery)
      throw spinule_error{where, "tau_inactivation and tau_recovery are equal; make them differ a little"};
  }
  double largest_output() const { return 1; }

  template <class Real>
  struct state {
    Real u = 0;  ///< share of the vesicles there that the last spike released, decayed
    Real x = 1;  ///< share of vesicles that are there
    Real y = 0;  ///< share that was released and is not yet inactive
    static constexpr auto fields =
        std::tuple{field{"u", &state::u, number{}, range{0, 1}}, field{"x", &state::x, number{}, range{0, 1}},
                   field{"y", &state::y, number{}, range{0, 1}}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const tsodyks_markram_terminal& m, milliseconds tick)
        : vesicles_{m.tau_facilitation, m.tau_recovery, tick},
          base_{static_cast<Real>(m.utilisation)},
          inactivates_{m.tau_inactivation.value() > 0},
          active_left_{inactivates_ ? portable_exp(-tick.in(m.tau_inactivation)) : 0},
          gone_left_{m.tau_recovery.value() > 0 ? portable_exp(-tick.in(m.tau_recovery)) : 0},
          coupling_{inactivates_ ? m.tau_recovery.value() / (m.tau_inactivation.value() - m.tau_recovery.value()) : 0} {
    }

    Real step(state<Real>& s, Real in) const {
      if (inactivates_) return step_of_three(s, in);
      vesicles_.pass(s.u, s.x);
      return in > 0 ? vesicles_.spike(s.u, s.x, base_) : 0;
    }
    void skip(state<Real>& s, ticks n) const {
      if (inactivates_)
        pass_three(s, n);
      else
        vesicles_.pass(s.u, s.x, n);
    }

   private:
    Real step_of_three(state<Real>& s, Real in) const {
      pass_three(s, 1);
      if (!(in > 0)) return 0;
      const Real released = vesicles_.spike(s.u, s.x, base_);
      s.y += released;
      return released;
    }
    void pass_three(state<Real>& s, ticks n) const {
      Real x = 0;  // recovers otherwise
      vesicles_.pass(s.u, x, n);
      const double active = power(active_left_, n), gone = power(gone_left_, n);
      const double inactive = (1 - s.x - s.y) * gone + s.y * coupling_ * (active - gone);
      s.y = static_cast<Real>(s.y * active);
      s.x = static_cast<Real>(1 - s.y - inactive);
    }

    vesicle_release<Real> vesicles_;
    Real base_;
    bool inactivates_;
    double active_left_, gone_left_, coupling_;  ///< of a tick
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<tsodyks_markram_terminal>;

}  // namespace spinule

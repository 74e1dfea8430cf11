// Short-term plasticity as a terminal between a neuron and its synapses.
#pragma once

#include <spinule/engine/any_model.hpp>
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
/// One terminal stands for all synapses of a neuron that share its dynamics: connect the neuron to it one to one with
/// weight 1 and delay 0, and it to the targets, with the weights that a full release would have. A positive sum that
/// arrives is one spike.
struct tsodyks_markram_terminal {
  double utilisation = 0.6;                    ///< U_0
  milliseconds tau_facilitation{1000 / 3.33};  ///< 1 / Omega_f; 0: no facilitation
  milliseconds tau_recovery{500};              ///< 1 / Omega_d

  using input = number;
  static constexpr int ports = 1;
  static constexpr bool values_are_spikes = true;
  static constexpr port<tsodyks_markram_terminal, number> spikes{0, "spikes"};
  static constexpr auto receptors = std::tuple{spikes};

  static constexpr auto parameters =
      std::tuple{parameter{"utilisation", &tsodyks_markram_terminal::utilisation, range{.low = 0, .high = 1}},
                 parameter{"tau_facilitation", &tsodyks_markram_terminal::tau_facilitation, not_negative},
                 parameter{"tau_recovery", &tsodyks_markram_terminal::tau_recovery, not_negative}};
  double largest_output() const { return 1; }

  template <class Real>
  struct state {
    Real u = 0;  ///< share of the vesicles there that the last spike released, decayed
    Real x = 1;  ///< share of vesicles that are there
    static constexpr auto fields =
        std::tuple{field{"u", &state::u, number{}, range{0, 1}}, field{"x", &state::x, number{}, range{0, 1}}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const tsodyks_markram_terminal& m, milliseconds tick)
        : vesicles_{m.tau_facilitation, m.tau_recovery, tick}, base_{static_cast<Real>(m.utilisation)} {}

    Real step(state<Real>& s, Real in) const {
      vesicles_.pass(s.u, s.x);
      return in > 0 ? vesicles_.spike(s.u, s.x, base_) : 0;
    }
    void skip(state<Real>& s, ticks n) const { vesicles_.pass(s.u, s.x, n); }

   private:
    vesicle_release<Real> vesicles_;
    Real base_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<tsodyks_markram_terminal>;

}  // namespace spinule

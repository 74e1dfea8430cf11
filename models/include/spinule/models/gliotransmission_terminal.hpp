// A terminal with short-term plasticity whose release an astrocyte modulates.
#pragma once

#include <cmath>

#include <spinule/engine/any_model.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/decays.hpp>
#include <spinule/models/engine/vesicle_release.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// The presynaptic terminal of De Pitta & Brunel (Neural Plast. 2016, 7607924), with the defaults of Stimberg, Goodman,
/// Brette & De Pitta (2018; chapter 18 of Computational Glioscience, Springer 2019). As `tsodyks_markram_terminal`,
/// with a utilisation that falls, or rises, with the share gamma of presynaptic receptors that gliotransmitter binds:
///
///     g' = -clearance g - uptake g / (uptake_half + g);   a release of the astrocyte adds its amount to g, in uM
///     gamma' = binding g (1 - gamma) - unbinding gamma
///     U_0 = (1 - gamma) utilisation + gamma effect
///
/// `effect` below `utilisation` decreases release, above it increases it. u, x, g and what g binds are exact on the
/// grid; uptake, and unbinding while g is there, are of second order.
struct gliotransmission_terminal {
  double utilisation = 0.6;                    ///< U_0* of no gliotransmitter
  milliseconds tau_facilitation{1000 / 3.33};  ///< 1 / Omega_f; 0: no facilitation
  milliseconds tau_recovery{500};              ///< 1 / Omega_d
  double effect = 0;                           ///< alpha: U_0 where all receptors are bound
  kilohertz binding{0.0015};                   ///< O_G, 1 / (uM ms)
  kilohertz unbinding{0.5 / 60000};            ///< Omega_G
  kilohertz clearance{0.06};                   ///< Omega_e
  kilohertz uptake{0};                         ///< O_u, uM / ms at most
  double uptake_half = 10;                     ///< K_u, uM, at which uptake is half of that

  using input = number;
  static constexpr int ports = 2;
  static constexpr bool values_are_spikes = true;
  static constexpr port<gliotransmission_terminal, number> spikes{0, "spikes"};
  /// uM added to g in this tick, from astrocytes: `net.modulate(astrocytes, terminals[glial], ...)`.
  static constexpr port<gliotransmission_terminal, number> glial{1, "glial", not_negative, takes::values};
  static constexpr auto receptors = std::tuple{spikes, glial};

  static constexpr auto parameters =
      std::tuple{parameter{"utilisation", &gliotransmission_terminal::utilisation, range{.low = 0, .high = 1}},
                 parameter{"tau_facilitation", &gliotransmission_terminal::tau_facilitation, not_negative},
                 parameter{"tau_recovery", &gliotransmission_terminal::tau_recovery, not_negative},
                 parameter{"effect", &gliotransmission_terminal::effect, range{.low = 0, .high = 1}},
                 parameter{"binding", &gliotransmission_terminal::binding, not_negative},
                 parameter{"unbinding", &gliotransmission_terminal::unbinding, not_negative},
                 parameter{"clearance", &gliotransmission_terminal::clearance, not_negative},
                 parameter{"uptake", &gliotransmission_terminal::uptake, not_negative},
                 parameter{"uptake_half", &gliotransmission_terminal::uptake_half, positive}};
  double largest_output() const { return 1; }

  template <class Real>
  struct state {
    Real u = 0;
    Real x = 1;
    double g = 0;      ///< uM of gliotransmitter near the terminal
    double gamma = 0;  ///< share of receptors that are bound; in double, since it may change by 1e-6 in a tick
    static constexpr auto fields = std::tuple{
        field{"u", &state::u, number{}, range{0, 1}}, field{"x", &state::x, number{}, range{0, 1}},
        field{"g", &state::g, number{}, range{0, 1e6}}, field{"gamma", &state::gamma, number{}, range{0, 1}}};
  };

  template <class Real>
  class kernel;
};

template <class Real>
class gliotransmission_terminal::kernel {
 public:
  kernel(const gliotransmission_terminal& m, milliseconds tick)
      : m_{m},
        vesicles_{m.tau_facilitation, m.tau_recovery, tick},
        tick_{tick.value()},
        clearance_{at_rate(m.clearance.value())},
        half_left_{portable_exp(-tick_ / 2 * m.unbinding.value())} {}

  Real step(state<Real>& s, const arriving<Real, 2>& in) const {
    vesicles_.pass(s.u, s.x);
    bind(s.g, s.gamma);
    s.g += std::fmax(Real{0}, in[1]);
    if (!(in[0] > 0)) return 0;
    return vesicles_.spike(s.u, s.x, static_cast<Real>((1 - s.gamma) * m_.utilisation + s.gamma * m_.effect));
  }

 private:
  /// What a tick leaves of gliotransmitter, and its integral over the tick, both per uM at the start.
  struct decay {
    double left, area;
  };
  decay at_rate(double rate) const { return {portable_exp(-rate * tick_), tick_ * decay_integral(rate * tick_, 1)}; }
  /// At the rate of the middle of the tick.
  decay with_uptake(double g) const {
    const auto rate_at = [&](double x) { return m_.clearance.value() + m_.uptake.value() / (m_.uptake_half + x); };
    return at_rate(rate_at(g * portable_exp(-tick_ / 2 * rate_at(g))));
  }
  /// Binding in the middle of the tick, half of the unbinding before and half after it.
  void bind(double& g, double& gamma) const {
    gamma *= half_left_;
    if (g > 0) {
      const decay d = m_.uptake.value() > 0 ? with_uptake(g) : clearance_;
      gamma = 1 - (1 - gamma) * portable_exp(-m_.binding.value() * g * d.area);
      g = g > 1e-12 ? g * d.left : 0;  // no molecule is left
    }
    gamma *= half_left_;
  }

  gliotransmission_terminal m_;
  vesicle_release<Real> vesicles_;
  double tick_;
  decay clearance_;
  double half_left_;
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<gliotransmission_terminal>;

}  // namespace spinule

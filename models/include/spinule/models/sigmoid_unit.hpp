// A rate unit with a sigmoid between its membrane and what it sends, and a terminal that its use depletes.
#pragma once

#include <spinule/engine/any_model.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// tau dx/dt = -x + input; sends y = 1 / (1 + exp(gain (threshold - x))), between 0 and 1. x moves by Euler steps, as
/// in the networks of cliques that it was described for (Gros, New J. Phys. 9, 2007, 109; the form with tau and gain is
/// that of Varriale & Gros, 2018): the input is what arrived in the tick, x what it was at its start.
struct sigmoid_unit {
  milliseconds tau{20};
  double gain = 10, threshold = 0;

  using input = number;
  static constexpr int ports = 1;

  static constexpr auto parameters =
      std::tuple{parameter{"tau", &sigmoid_unit::tau, positive}, parameter{"gain", &sigmoid_unit::gain},
                 parameter{"threshold", &sigmoid_unit::threshold}};
  double largest_output() const { return 1; }

  template <class Real>
  struct state {
    Real x = 0;
    Real y = 0;  ///< as it was sent last
    static constexpr auto fields = std::tuple{field{"x", &state::x}, field{"y", &state::y}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const sigmoid_unit& m, milliseconds tick)
        : share_{static_cast<Real>(tick.in(m.tau))}, gain_{m.gain}, threshold_{m.threshold} {}
    Real step(state<Real>& s, Real in) const {
      s.x += share_ * (in - s.x);
      s.y = static_cast<Real>(1 / (1 + portable_exp(gain_ * (threshold_ - static_cast<double>(s.x)))));
      return s.y;
    }

   private:
    Real share_;
    double gain_, threshold_;
  };
};

/// Short-term plasticity of a rate y, after Varriale & Gros (2018): the more it is used, the more is released at first
/// (u) and the less is left (phi), until nothing is. With u_max = 4 and y = 1 held, u ends at 4 and phi at 0.
///
///     tau_u du/dt = 1 + (u_max - 1) y - u,   tau_phi dphi/dt = 1 - u y / u_max - phi;   sends u phi y
///
/// Euler steps again. Connect a unit to it one to one with weight 1 and delay 0, and it to the targets.
struct depleting_terminal {
  milliseconds tau_u{30}, tau_phi{60};
  double u_max = 4;

  using input = number;
  static constexpr int ports = 1;

  static constexpr auto parameters = std::tuple{parameter{"tau_u", &depleting_terminal::tau_u, positive},
                                                parameter{"tau_phi", &depleting_terminal::tau_phi, positive},
                                                parameter{"u_max", &depleting_terminal::u_max, range{.low = 1}}};
  double largest_output() const { return u_max; }

  template <class Real>
  struct state {
    Real u = 1;
    Real phi = 1;
    static constexpr auto fields = std::tuple{field{"u", &state::u}, field{"phi", &state::phi}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const depleting_terminal& m, milliseconds tick)
        : share_u_{static_cast<Real>(tick.in(m.tau_u))},
          share_phi_{static_cast<Real>(tick.in(m.tau_phi))},
          u_max_{static_cast<Real>(m.u_max)} {}
    Real step(state<Real>& s, Real y) const {
      const Real sent = s.u * s.phi * y, phi = 1 - s.u * y / u_max_;
      s.u += share_u_ * (1 + (u_max_ - 1) * y - s.u);
      s.phi += share_phi_ * (phi - s.phi);
      return sent;
    }

   private:
    Real share_u_, share_phi_, u_max_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<sigmoid_unit>;
extern template class neuron_holder<depleting_terminal>;

}  // namespace spinule

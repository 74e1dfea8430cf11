// An astrocyte whose calcium comes out of its stores as IP3 rises, and which sends a slow inward current.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include <spinule/engine/any_model.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/runge_kutta.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// NEST's `astrocyte_lr_1994`, with its names and defaults: calcium after Li & Rinzel (J. Theor. Biol. 166, 1994), IP3
/// and the slow inward current after Nadkarni & Jung (Phys. Rev. Lett. 91, 2003). Concentrations in uM:
///
///     ip3' = (ip3_0 - ip3) / tau_ip3;   a spike of weight w: ip3 <- ip3 + delta_ip3 w
///     ca'  = J_ch - J_pump + J_leak + noise,   0 <= ca <= ca_tot
///     J_ch = r rate_ip3r m^3 n^3 h^3 (ca_er - ca),   J_leak = r rate_l (ca_er - ca)
///     J_pump = rate_serca ca^2 / (km_serca^2 + ca^2)
///     r = ratio_er_cyt,  ca_er = (ca_tot - ca) / r,  m = ip3 / (ip3 + kd_ip3_1),  n = ca / (ca + kd_act)
///     h'   = alpha (1 - h) - beta h,   alpha = k_ip3r kd_inh (ip3 + kd_ip3_1) / (ip3 + kd_ip3_2),  beta = k_ip3r ca
///     it sends sic_scale ln y where y = 1000 (ca - sic_th) > 1, else nothing
///
/// Each tick: the equations are integrated, with the tick's `noise`; ca is clamped; the tick's spikes are added to ip3;
/// what is sent follows from the new ca. This is NEST's order, but for the noise, which acts a step later there. NEST
/// integrates with adaptive steps to 1e-3; here they are Runge-Kutta steps of fourth order, of 5 ms and tau_ip3 at
/// most. The state is kept in double in either precision, since ip3 moves by less than a float resolves in a tick.
struct li_rinzel_astrocyte {
  double ca_tot = 2;       ///< uM, of the whole cell in terms of the cytosol
  double ip3_0 = 0.16;     ///< uM
  double kd_ip3_1 = 0.13;  ///< uM, as the next four are
  double kd_ip3_2 = 0.9434, kd_act = 0.08234, kd_inh = 1.049, km_serca = 0.1;
  kilohertz k_ip3r{0.0002};      ///< 1 / (uM ms)
  kilohertz rate_ip3r{0.006};    ///< 1 / ms
  kilohertz rate_l{0.00011};     ///< 1 / ms
  kilohertz rate_serca{0.0009};  ///< uM / ms
  double ratio_er_cyt = 0.185;
  milliseconds tau_ip3{7142};
  double delta_ip3 = 0.0002;  ///< uM
  double sic_th = 0.19669;    ///< uM
  double sic_scale = 1;

  using input = number;
  static constexpr int ports = 2;
  static constexpr port<li_rinzel_astrocyte, number> spikes{0, "spikes", not_negative};
  static constexpr port<li_rinzel_astrocyte, kilohertz> noise{1, "noise"};  ///< uM / ms that flow in for one tick
  static constexpr auto receptors = std::tuple{spikes, noise};

  static constexpr auto parameters = std::tuple{parameter{"ca_tot", &li_rinzel_astrocyte::ca_tot, positive},
                                                parameter{"ip3_0", &li_rinzel_astrocyte::ip3_0, not_negative},
                                                parameter{"kd_ip3_1", &li_rinzel_astrocyte::kd_ip3_1, positive},
                                                parameter{"kd_ip3_2", &li_rinzel_astrocyte::kd_ip3_2, positive},
                                                parameter{"kd_act", &li_rinzel_astrocyte::kd_act, positive},
                                                parameter{"kd_inh", &li_rinzel_astrocyte::kd_inh, not_negative},
                                                parameter{"km_serca", &li_rinzel_astrocyte::km_serca, positive},
                                                parameter{"k_ip3r", &li_rinzel_astrocyte::k_ip3r, not_negative},
                                                parameter{"rate_ip3r", &li_rinzel_astrocyte::rate_ip3r, not_negative},
                                                parameter{"rate_l", &li_rinzel_astrocyte::rate_l, not_negative},
                                                parameter{"rate_serca", &li_rinzel_astrocyte::rate_serca, not_negative},
                                                parameter{"ratio_er_cyt", &li_rinzel_astrocyte::ratio_er_cyt, positive},
                                                parameter{"tau_ip3", &li_rinzel_astrocyte::tau_ip3, positive},
                                                parameter{"delta_ip3", &li_rinzel_astrocyte::delta_ip3, not_negative},
                                                parameter{"sic_th", &li_rinzel_astrocyte::sic_th, not_negative},
                                                parameter{"sic_scale", &li_rinzel_astrocyte::sic_scale, not_negative}};

  /// sic_scale ln y at this calcium, 0 where y <= 1.
  double slow_inward_current(double ca) const {
    const double y = 1000 * (ca - sic_th);
    return y > 1 ? sic_scale * portable_log(y) : 0;
  }
  /// All calcium in the cytosol.
  double largest_output() const { return slow_inward_current(ca_tot); }

  template <class Real>
  struct state {
    double ip3 = 0.16;  ///< uM
    double ca = 0.073;  ///< uM
    double h = 0.793;   ///< share of receptors that calcium does not block
    static constexpr auto fields =
        std::tuple{field{"ip3", &state::ip3, number{}, range{0, 1e6}}, field{"ca", &state::ca, number{}, range{0, 1e6}},
                   field{"h", &state::h, number{}, range{0, 1}}};
  };

  template <class Real>
  class kernel;
};

template <class Real>
class li_rinzel_astrocyte::kernel {
 public:
  kernel(const li_rinzel_astrocyte& m, milliseconds tick)
      : m_{m}, parts_{std::ceil(tick.value() / std::min(5.0, m.tau_ip3.value()))}, step_{tick.value() / parts_} {}

  state<Real> start() const { return {.ip3 = m_.ip3_0}; }

  Real step(state<Real>& s, const arriving<Real, 2>& in) const {
    std::array<double, 3> y{s.ip3, s.ca, s.h};
    const double inflow = in[1];
    for (double n = 0; n < parts_; ++n)
      y = runge_kutta_step(y, step_, [&](const auto& at) { return slope(at, inflow); });
    s.ip3 = y[0] + m_.delta_ip3 * std::fmax(Real{0}, in[0]);
    s.ca = std::clamp(y[1], 0.0, m_.ca_tot);
    s.h = y[2];
    return static_cast<Real>(m_.slow_inward_current(s.ca));
  }

 private:
  std::array<double, 3> slope(const std::array<double, 3>& y, double inflow) const {
    const double ip3 = y[0], ca = std::clamp(y[1], 0.0, m_.ca_tot), h = y[2];
    const double out = m_.ca_tot - ca - m_.ratio_er_cyt * ca;  // ratio_er_cyt (ca_er - ca)
    const double gate = ip3 / (ip3 + m_.kd_ip3_1) * (ca / (ca + m_.kd_act)) * h;
    const double channel = m_.rate_ip3r.value() * gate * gate * gate * out, leak = m_.rate_l.value() * out;
    const double pump = m_.rate_serca.value() * ca * ca / (m_.km_serca * m_.km_serca + ca * ca);
    const double alpha = m_.k_ip3r.value() * m_.kd_inh * (ip3 + m_.kd_ip3_1) / (ip3 + m_.kd_ip3_2);
    const double beta = m_.k_ip3r.value() * ca;
    return {(m_.ip3_0 - ip3) / m_.tau_ip3.value(), channel - pump + leak + inflow, alpha * (1 - h) - beta * h};
  }

  li_rinzel_astrocyte m_;
  double parts_, step_;  ///< steps in a tick, and their length in ms
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<li_rinzel_astrocyte>;

}  // namespace spinule

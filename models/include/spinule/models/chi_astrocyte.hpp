// An astrocyte whose IP3 and calcium answer to transmitter, and which releases gliotransmitter.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include <spinule/engine/any_model.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/logistic.hpp>
#include <spinule/models/engine/runge_kutta.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// The G-ChI astrocyte of De Pitta, Goldberg, Volman, Berry & Ben-Jacob (J. Biol. Phys. 35, 2009) with the glutamate
/// receptors, release and defaults of Stimberg, Goodman, Brette & De Pitta (2018; chapter 18 of Computational
/// Glioscience, Springer 2019). Transmitter y, IP3 i and calcium c in uM, shares gamma of bound receptors, h of
/// channels that calcium does not block, x of gliotransmitter that can be released:
///
///     y' = -omega_c y;   what arrives at `transmitter` adds to y, up to 1e6
///     gamma' = o_n y (1 - gamma) - omega_n (1 + zeta c / (c + k_kc)) gamma
///     i' = o_beta gamma + o_delta / (1 + i / kappa_delta) c^2 / (c^2 + k_delta^2)
///          - o_3k c^4 / (c^4 + k_d^4) i / (i + k_3k) - omega_5p i + J + flux
///     J  = -f / (1 + exp(-2 (|i - ip3_bias| - i_theta) / omega_i)) sign(i - ip3_bias)
///     c' = (omega_l + omega_ch (m h)^3) (c_t - (1 + rho_a) c) - o_p c^2 / (c^2 + k_p^2)
///     h' = o_2 (q - (q + c) h),   m = i / (i + d_1) c / (c + d_5),   q = d_2 (i + d_1) / (i + d_3)
///     x' = omega_a (1 - x);   where c rises through c_theta: it sends rho_e g_t u_a x, in uM, and x <- (1 - u_a) x
///
/// J is a nonlinear exchange with a bath of IP3, off while `f` is 0. Runge-Kutta steps of fourth order, of 1 ms at most
/// and shorter while y is large. The state is kept in double in either precision.
struct chi_astrocyte {
  kilohertz omega_c{0.04};                             ///< clearance of transmitter
  kilohertz o_n{0.0003}, omega_n{0.0005};              ///< binding, 1 / (uM ms), and unbinding
  double zeta = 10, k_kc = 0.5;                        ///< unbinding is faster with calcium, by half of zeta at k_kc uM
  kilohertz o_beta{0.0005}, o_delta{0.0012};           ///< uM / ms: the most that receptors, and calcium, make of IP3
  double kappa_delta = 1.5, k_delta = 0.1;             ///< uM
  kilohertz o_3k{0.0045}, omega_5p{0.00005};           ///< uM / ms and 1 / ms: degradation of IP3
  double k_d = 0.7, k_3k = 1;                          ///< uM
  kilohertz f{0};                                      ///< uM / ms: the most that J is
  double ip3_bias = 0, i_theta = 0.3, omega_i = 0.05;  ///< uM
  kilohertz omega_ch{0.006}, omega_l{0.0001};          ///< 1 / ms: the most of channels, and leak
  double c_t = 2, rho_a = 0.18;                        ///< uM in all; volume of the stores per volume of cytosol
  kilohertz o_p{0.0009};                               ///< uM / ms: the most of the pump
  double k_p = 0.05;                                   ///< uM
  double d_1 = 0.13, d_2 = 1.05, d_3 = 0.9434, d_5 = 0.08;  ///< uM
  kilohertz o_2{0.0002};                                    ///< 1 / (uM ms)
  double c_theta = 0.5;                                     ///< uM
  kilohertz omega_a{0.0006};                                ///< refilling
  double u_a = 0.6, g_t = 200000, rho_e = 6.5e-4;  ///< share released; uM in vesicles; vesicle per outer volume

  using input = number;
  static constexpr int ports = 2;
  static constexpr port<chi_astrocyte, number> transmitter{0, "transmitter", not_negative};  ///< uM added to y
  static constexpr port<chi_astrocyte, kilohertz> flux{1, "flux"};  ///< uM / ms of IP3 that flow in for one tick
  static constexpr auto receptors = std::tuple{transmitter, flux};

  static constexpr auto parameters =
      std::tuple{parameter{"omega_c", &chi_astrocyte::omega_c, range{.low = 0, .high = 1e3}},
                 parameter{"o_n", &chi_astrocyte::o_n, range{.low = 0, .high = 1}},
                 parameter{"omega_n", &chi_astrocyte::omega_n, not_negative},
                 parameter{"zeta", &chi_astrocyte::zeta, not_negative},
                 parameter{"k_kc", &chi_astrocyte::k_kc, positive},
                 parameter{"o_beta", &chi_astrocyte::o_beta, not_negative},
                 parameter{"o_delta", &chi_astrocyte::o_delta, not_negative},
                 parameter{"kappa_delta", &chi_astrocyte::kappa_delta, positive},
                 parameter{"k_delta", &chi_astrocyte::k_delta, positive},
                 parameter{"o_3k", &chi_astrocyte::o_3k, not_negative},
                 parameter{"omega_5p", &chi_astrocyte::omega_5p, not_negative},
                 parameter{"k_d", &chi_astrocyte::k_d, positive},
                 parameter{"k_3k", &chi_astrocyte::k_3k, positive},
                 parameter{"f", &chi_astrocyte::f, not_negative},
                 parameter{"ip3_bias", &chi_astrocyte::ip3_bias, not_negative},
                 parameter{"i_theta", &chi_astrocyte::i_theta},
                 parameter{"omega_i", &chi_astrocyte::omega_i, positive},
                 parameter{"omega_ch", &chi_astrocyte::omega_ch, not_negative},
                 parameter{"omega_l", &chi_astrocyte::omega_l, not_negative},
                 parameter{"c_t", &chi_astrocyte::c_t, positive},
                 parameter{"rho_a", &chi_astrocyte::rho_a, not_negative},
                 parameter{"o_p", &chi_astrocyte::o_p, not_negative},
                 parameter{"k_p", &chi_astrocyte::k_p, positive},
                 parameter{"d_1", &chi_astrocyte::d_1, positive},
                 parameter{"d_2", &chi_astrocyte::d_2, not_negative},
                 parameter{"d_3", &chi_astrocyte::d_3, positive},
                 parameter{"d_5", &chi_astrocyte::d_5, positive},
                 parameter{"o_2", &chi_astrocyte::o_2, not_negative},
                 parameter{"c_theta", &chi_astrocyte::c_theta, positive},
                 parameter{"omega_a", &chi_astrocyte::omega_a, not_negative},
                 parameter{"u_a", &chi_astrocyte::u_a, range{.low = 0, .high = 1}},
                 parameter{"g_t", &chi_astrocyte::g_t, not_negative},
                 parameter{"rho_e", &chi_astrocyte::rho_e, not_negative}};
  /// A release when all is refilled.
  double largest_output() const { return rho_e * g_t * u_a; }

  template <class Real>
  struct state {
    double y = 0, gamma = 0;
    double i = 0.01, c = 0.01, h = 0.9;
    double x = 1;
    static constexpr auto fields =
        std::tuple{field{"y", &state::y, number{}, range{0, 1e9}}, field{"gamma", &state::gamma, number{}, range{0, 1}},
                   field{"i", &state::i, number{}, range{0, 1e6}}, field{"c", &state::c, number{}, range{0, 1e6}},
                   field{"h", &state::h, number{}, range{0, 1}},   field{"x", &state::x, number{}, range{0, 1}}};
  };

  template <class Real>
  class kernel;
};

template <class Real>
class chi_astrocyte::kernel {
 public:
  kernel(const chi_astrocyte& m, milliseconds tick)
      : m_{m}, tick_{tick.value()}, refill_left_{portable_exp(-tick.value() * m.omega_a.value())} {}

  Real step(state<Real>& s, const arriving<Real, 2>& in) const {
    const double before = s.c;
    integrate(s, in[1]);
    s.y = std::fmin(1e6, s.y + std::fmax(Real{0}, in[0]));
    s.x = 1 - (1 - s.x) * refill_left_;
    if (!(before < m_.c_theta && s.c >= m_.c_theta)) return 0;
    const double part = m_.u_a * s.x;
    s.x -= part;
    return static_cast<Real>(m_.rho_e * m_.g_t * part);
  }

 private:
  /// y, gamma, i, c, h
  using vector = std::array<double, 5>;

  void integrate(state<Real>& s, double inflow) const {
    const double parts = std::ceil(tick_ * std::max(1 + m_.o_n.value() * s.y, m_.omega_c.value())),
                 step = tick_ / parts;
    vector v{s.y, s.gamma, s.i, s.c, s.h};
    for (double n = 0; n < parts; ++n)
      v = runge_kutta_step(v, step, [&](const vector& at) { return slope(at, inflow); });
    s.y = v[0], s.gamma = v[1], s.i = std::fmax(v[2], 0), s.c = std::clamp(v[3], 0.0, m_.c_t), s.h = v[4];
  }
  vector slope(const vector& v, double inflow) const {
    const double y = v[0], gamma = v[1], i = std::fmax(v[2], 0), c = std::fmax(v[3], 0), h = v[4];
    const double c2 = c * c, c4 = c2 * c2;
    const double unbinding = m_.omega_n.value() * (1 + m_.zeta * c / (c + m_.k_kc));
    const double made =
        m_.o_beta.value() * gamma + m_.o_delta.value() / (1 + i / m_.kappa_delta) * c2 / (c2 + m_.k_delta * m_.k_delta);
    const double kd2 = m_.k_d * m_.k_d;
    const double lost = m_.o_3k.value() * c4 / (c4 + kd2 * kd2) * i / (i + m_.k_3k) + m_.omega_5p.value() * i;
    const double open = i / (i + m_.d_1) * (c / (c + m_.d_5)) * h;
    const double out = (m_.omega_ch.value() * open * open * open + m_.omega_l.value()) * (m_.c_t - (1 + m_.rho_a) * c);
    const double q = m_.d_2 * (i + m_.d_1) / (i + m_.d_3);
    return {-m_.omega_c.value() * y, m_.o_n.value() * y * (1 - gamma) - unbinding * gamma,
            made - lost + exchange(i) + inflow, out - m_.o_p.value() * c2 / (c2 + m_.k_p * m_.k_p),
            m_.o_2.value() * (q - (q + c) * h)};
  }
  double exchange(double i) const {
    const double apart = i - m_.ip3_bias;
    if (m_.f.value() == 0 || apart == 0) return 0;
    const double j = m_.f.value() * logistic(2 * (std::fabs(apart) - m_.i_theta) / m_.omega_i);
    return apart > 0 ? -j : j;
  }

  chi_astrocyte m_;
  double tick_, refill_left_;
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<chi_astrocyte>;

}  // namespace spinule

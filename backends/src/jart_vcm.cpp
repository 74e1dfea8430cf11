// The equations of JART VCM v1b.
#include <algorithm>
#include <cmath>
#include <numbers>

#include <spinule/backends/dynamic_cells.hpp>

#include "cell_parameters.hpp"

namespace spinule {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double electron = 1.602176634e-19, boltzmann = 1.380649e-23, planck = 6.62607015e-34;
constexpr double mass = 9.1093837e-31, vacuum = 8.8541878e-12, richardson = 6.01e5, charges = 2;

// The cell in one state: its series resistances, and how its barrier conducts.
struct state {
  const jart_vcm& m;
  double density, area, r_disc, r_plug;

  state(const jart_vcm& cell, double x) : m{cell}, density{x * 1e26}, area{pi * cell.radius * cell.radius} {
    const double per_length = 1 / (charges * electron * area * m.mobility);
    r_disc = m.l_disc * per_length / density;
    r_plug = (m.l_cell - m.l_disc) * per_length / (m.n_plug * 1e26);
  }
  double r_total() const { return r_disc + r_plug + m.r_series; }

  double heated(double v, double barrier, double current) const {
    const double r_th = v > 0 ? m.r_th * m.reset_cooling : m.r_th;
    return m.temperature + std::abs(current * (barrier + current * (r_disc + r_plug))) * r_th;
  }

  // Lowered by the image charge; where that has no meaning, as it is.
  double height(double barrier) const {
    const double psi = m.phi_bn0 - m.phi_n - barrier, eps = m.eps_phi * vacuum;
    if (psi <= 0) return m.phi_bn0;
    const double lowered = std::sqrt(
        std::sqrt(electron * electron * electron * charges * density * psi / (8 * pi * pi * eps * eps * eps)));
    return std::max(m.phi_bn0 - lowered, 0.0);
  }

  double through(double barrier, double temperature) const {
    const double kt = boltzmann * temperature, phi = electron * height(barrier);
    if (barrier >= 0) {  // thermionic emission
      return area * richardson * temperature * temperature * std::exp(-phi / kt) * std::expm1(electron * barrier / kt);
    }
    // Thermionic field emission.
    const double w00 = electron * planck / (4 * pi) * std::sqrt(charges * density / (mass * m.eps * vacuum));
    const double t = std::tanh(w00 / kt), w0 = w00 / t, slope = w00 / (w00 / kt - t);
    const double c = std::cosh(w00 / kt), v = electron * -barrier;
    return -area * richardson * temperature / boltzmann * std::sqrt(pi * w00 * (v + phi / (c * c))) *
           std::exp(-phi / w0) * std::expm1(v / slope);
  }

  // Positive times v where more flows through the resistors than through the barrier.
  double missing(double v, double barrier) const {
    const double current = (v - barrier) / r_total();
    return current - through(barrier, heated(v, barrier, current));
  }

  // The voltage over the barrier, between 0 and v. Both ends have opposite signs: there is always an answer; of two, on
  // both sides of the jump of the barrier, the one below it.
  double barrier_at(double v) const {
    double none = 0, all = v;
    const double jump = std::nexttoward(m.phi_bn0 - m.phi_n, 0);
    if (v > jump && jump > 0) (missing(v, jump) > 0 ? none : all) = jump;
    for (int k = 0; k < 60; ++k) {
      const double barrier = (none + all) / 2;
      (missing(v, barrier) * v > 0 ? none : all) = barrier;
    }
    return (none + all) / 2;
  }
};

}  // namespace

double jart_vcm::current(double v, double x) const {
  if (v == 0) return 0;
  const state s{*this, x};
  return (v - s.barrier_at(v)) / s.r_total();
}

double jart_vcm::rate(double v, double x) const {
  if (v == 0) return 0;
  const state s{*this, x};
  const double barrier = s.barrier_at(v), i = (v - barrier) / s.r_total();
  const double field = v < 0 ? i * s.r_disc / l_disc : (barrier + i * (s.r_disc + s.r_plug)) / l_cell;
  const double gamma = std::clamp(charges * hop * field / (pi * w_a), -1.0, 1.0),
               kt = boltzmann * s.heated(v, barrier, i);
  const double even = std::sqrt(1 - gamma * gamma) + gamma * std::asin(gamma), odd = gamma * pi / 2;
  const double limit = v < 0 ? 1 - std::pow(x / n_max, 10) : 1 - std::pow(n_min / x, 10);
  const double hops = std::exp(-electron * w_a * (even - odd) / kt) - std::exp(-electron * w_a * (even + odd) / kt);
  const double ions = charges * electron * (n_plug + x) / 2 * hop * nu0 * s.area * hops * limit;  // A / 1e26
  return -ions / (electron * charges * s.area * l_disc);
}

void jart_vcm::check() const {
  refuse_unless("JART cell", {{"n_min", n_min, true},
                              {"n_max", n_max, true},
                              {"n_plug", n_plug, true},
                              {"l_disc", l_disc, true},
                              {"l_cell", l_cell, true},
                              {"radius", radius, true},
                              {"hop", hop, true},
                              {"nu0", nu0, true},
                              {"w_a", w_a, true},
                              {"phi_bn0", phi_bn0, true},
                              {"phi_n", phi_n, true},
                              {"mobility", mobility, true},
                              {"eps", eps, true},
                              {"eps_phi", eps_phi, true},
                              {"r_series", r_series, true},
                              {"r_th", r_th, false},
                              {"reset_cooling", reset_cooling, false},
                              {"temperature", temperature, true}});
  if (n_min >= n_max || l_disc >= l_cell)
    throw spinule_error{"JART cell", "n_min must be below n_max, and l_disc below l_cell"};
}

}  // namespace spinule

// Resistive cells as differential equations: one cell under any voltage, or a small array of them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace spinule {

/// A model says, for its state x (its unit, between `lowest()` and `highest()`):
/// - `current(v, x)` in A at v in V,
/// - `rate(v, x)`: dx/dt per s,
/// - `check()`, which throws `spinule_error{its name, ...}` for parameters that make no cell.

/// Threshold adaptive memristor (Kvatinsky et al., IEEE TCAS-II 62, 786, 2015). x in m; resistance rises with x.
///     dx/dt = k_off (v / v_off - 1)^alpha_off for v > v_off, k_on (v / v_on - 1)^alpha_on for v < v_on, else 0
struct vteam {
  double k_off = 5e-4, k_on = -10;  ///< m/s
  int alpha_off = 1, alpha_on = 3;
  double v_off = 0.02, v_on = -0.2;  ///< V
  double r_off = 1000, r_on = 50;    ///< ohm
  double thickness = 3e-9;           ///< m
  bool exponential = false;          ///< resistance r_on (r_off / r_on)^(x / thickness) in place of a linear one

  double lowest() const { return 0; }
  double highest() const { return thickness; }
  double current(double v, double x) const;
  double rate(double v, double x) const;
  void check() const;
};

/// Generalised memristor (Yakopcic et al., IEEE Electron Device Letters 32, 1436, 2011). x in 0 .. 1.
///     I = a1 x sinh(b v) for v >= 0, a2 x sinh(b v) for v < 0;  dx/dt = g(v) f(x)
///     g = a_p (e^v - e^v_p) for v > v_p, -a_n (e^-v - e^v_n) for v < -v_n, else 0
/// f slows x down beyond x_p on the way up, and below 1 - x_n on the way down.
struct yakopcic {
  double a1 = 0.17, a2 = 0.17, b = 0.05;  ///< A, A, 1/V
  double v_p = 0.16, v_n = 0.15;          ///< V
  double a_p = 4000, a_n = 4000;          ///< 1/s
  double x_p = 0.3, x_n = 0.5, alpha_p = 1, alpha_n = 5;

  double lowest() const { return 0; }
  double highest() const { return 1; }
  double current(double v, double x) const;
  double rate(double v, double x) const;
  void check() const;
};

/// Filament with a gap (Jiang et al., SISPAD 2014; "Stanford-PKU"). x is the gap in m; current falls with it.
///     I = i0 exp(-x / g0) sinh(v / v0)
///     dx/dt = -vel0 exp(-q e_a / kT) sinh(gamma a0 q v / (t_ox k T)),  gamma = gamma0 - beta (x / 1 nm)^3,
///     T = temperature + |v I| r_th
/// Without the random part of the published model.
struct stanford_pku {
  double i0 = 1e-3, g0 = 0.25e-9, v0 = 0.25;     ///< A, m, V
  double e_a = 0.6, a0 = 0.25e-9, t_ox = 12e-9;  ///< eV, m, m
  double vel0 = 10;                              ///< m/s
  double gamma0 = 16, beta = 0.8;
  double temperature = 298, r_th = 2.1e3;  ///< K, K/W
  double gap_min = 0.2e-9, gap_max = 1.7e-9;

  double lowest() const { return gap_min; }
  double highest() const { return gap_max; }
  double current(double v, double x) const;
  double rate(double v, double x) const;
  void check() const;
};

/// Valence change cell (JART VCM v1b, Bengel et al., IEEE TCAS-I 67, 4618, 2020). x is the density of oxygen vacancies
/// in the disc, in 1e26 per m^3; SET at negative, RESET at positive voltages. A Schottky barrier, disc and plug, and a
/// series resistance share the voltage: each evaluation finds the barrier's part by bisection. Deterministic, and
/// without the heating of the line. Its barrier jumps where the voltage over it is
/// phi_bn0 - phi_n: of two answers there, the one with less over the barrier is given.
struct jart_vcm {
  double n_min = 0.008, n_max = 20, n_plug = 20;          ///< 1e26 per m^3
  double l_disc = 0.4e-9, l_cell = 3e-9, radius = 45e-9;  ///< m
  double hop = 0.25e-9, nu0 = 2e13, w_a = 1.35;           ///< m, Hz, eV
  double phi_bn0 = 0.18, phi_n = 0.1;                     ///< V
  double mobility = 4e-6, eps = 17, eps_phi = 5.5;        ///< m^2/(V s), -, -
  double r_series = 650 + 719.244;                        ///< ohm
  double r_th = 1.57e7, reset_cooling = 0.27;             ///< K/W, and its factor at positive voltages
  double temperature = 293;                               ///< K

  double lowest() const { return n_min; }
  double highest() const { return n_max; }
  double current(double v, double x) const;
  double rate(double v, double x) const;
  void check() const;
};

/// One point of a sweep.
struct sweep_point {
  double time = 0, voltage = 0, current = 0, state = 0;  ///< s, V, A, unit of the model
};

/// Cells of one model, each with a state of its own; all begin in the middle of its range.
template <class Model>
class dynamic_cells {
 public:
  /// Throws as `model.check()`, and `spinule_error` without cells.
  dynamic_cells(std::size_t cells, const Model& model);

  std::size_t size() const { return x_.size(); }
  std::span<const double> states() const { return x_; }
  /// Clipped to the range of the model. Throws `spinule_error` for another size and a state that is not finite.
  void put(std::span<const double> states);
  /// `volts` [cells] for `seconds`, in steps of the exponential Euler method (exact where a rate is linear in the
  /// state), so short that no state moves by more than a hundredth of the range in one, or 2^16 of them. Returns
  /// currents [cells] in A at the end. Throws `spinule_error` for another size, a time below 0 s, what is not finite.
  std::span<const double> apply(std::span<const double> volts, double seconds);
  /// The same in one step of the midpoint rule, whatever it moves: for short pulses, many cells. The same errors.
  void step(std::span<const double> volts, double seconds);

 private:
  void check_numbers(std::span<const double> numbers, const char* of) const;
  struct slope {
    double rate = 0, by_state = 0;
  };
  slope slope_of(double v, double x) const;
  Model model_;
  std::vector<double> x_, current_;
};

extern template class dynamic_cells<vteam>;
extern template class dynamic_cells<yakopcic>;
extern template class dynamic_cells<stanford_pku>;
extern template class dynamic_cells<jart_vcm>;

/// One cell from state `x` under voltages that change linearly between `corners` (time s, voltage V; ascending), looked
/// at `points` times between neighbours. Throws `spinule_error` for times that do not ascend.
template <class Model>
std::vector<sweep_point> sweep(const Model& model, double x, std::span<const std::pair<double, double>> corners,
                               std::size_t points);

}  // namespace spinule

// The resistive cell: what conductance it takes when it is written, and what a read of it costs and adds in noise.
#pragma once

#include <array>
#include <cstdint>

#include <spinule/backends/hardware.hpp>
#include <spinule/random.hpp>

namespace spinule {

/// A cell after writing.
struct written_cell {
  double conductance = 0;    ///< uS, at the age of the array
  double fresh = 0;          ///< uS, before it aged
  std::uint32_t pulses = 0;  ///< spent on it
};

/// A device model. Conductances in uS, voltages in V, times in s.
///
/// Writing leaves a residual error sigma(G) = error[0] + error[1] G + ... + error[4] G^4 (never below 0) around the
/// target, clipped at zero conductance: the outcome of write-verify, not its pulses, as in the published fits (Milo
/// 2021, Wan 2022, Joshi 2020). The age of the array then moves the cell by its drift law. Faults come last: a stuck
/// cell is at g_max or at rest whatever is written.
///
/// A stream is read in a fixed order (fault, error, drift), so that changing one fraction or spread leaves all other
/// draws of the same chip as they were.
struct device {
  programming_mode programming = programming_mode::write_verify;
  unused_cells unused = unused_cells::programmed;
  drift_law drift = drift_law::none;
  double g_min = 0, g_max = 100;
  double pristine = 0;
  int levels = 0;
  std::array<double, 5> error{};
  double read_noise = 0;  ///< sd of one read over G
  /// 1/f noise: sd of one read over G is min(flicker (G / g_max)^-flicker_exponent, 0.2) sqrt(ln((age + start) / (2
  /// start))), independent of the white noise (Nandakumar et al., ICECS 2019, for phase-change memory).
  double flicker = 0, flicker_exponent = 0.65, flicker_start = 2.5e-7;
  /// Random telegraph noise: a fraction of cells has a trap. While it is full the cell conducts less by a share that is
  /// lognormal; mean times until it fills and until it empties are log-uniform, s.
  double telegraph_cells = 0, telegraph_shortest = 1e-6, telegraph_longest = 1;
  double telegraph_amplitude = 0.02, telegraph_spread = 0.5;
  double stuck_on = 0, stuck_off = 0;
  /// Drift by the power law: nu is normal(drift_mean(G), drift_sd(G)) and at least 0, drawn once for each programming.
  double drift_nu = 0, drift_nu_sd = 0, drift_start = 1;
  double drift_nu_slope = 0, drift_nu_least = 0, drift_nu_most = 1;
  double drift_nu_sd_slope = 0, drift_nu_sd_least = 0, drift_nu_sd_most = 1;
  double relaxation = 0, relaxation_sd = 0, relaxation_sd_growth = 0;
  double age = 0;
  std::uint32_t write_pulses = 1;
  double breakdown = 3.433, breakdown_sd = 0.114;
  double formed = 14.2473, formed_sd = 2.4624;
  double forming_start = 3, forming_step = 0.05;

  static device of(const hardware& hw);

  /// Conductance of a cell that holds no weight.
  double rest() const {
    return unused == unused_cells::pristine || programming == programming_mode::forming ? pristine : g_min;
  }
  /// Every target of the window is met to the last bit.
  bool exact() const;
  /// Nothing about a written cell is random (its levels may still round it).
  bool certain() const;
  bool faulty() const { return stuck_on > 0 || stuck_off > 0; }
  bool noisy() const { return read_noise > 0 || flicker > 0 || telegraph_cells > 0; }
  /// Variance of one read by 1/f noise alone, uS^2.
  double flicker_variance(double conductance) const;
  /// Mean of the drift exponent of a cell that was written to `conductance`: drift_nu + drift_nu_slope ln(G / g_max),
  /// clipped to [drift_nu_least, drift_nu_most] (Nandakumar et al., ICECS 2019). G counts as at least 1e-7 g_max.
  double drift_mean(double conductance) const;
  /// Its standard deviation, by the same law with the constants drift_nu_sd, drift_nu_sd_slope and so on.
  double drift_sd(double conductance) const;
  /// Standard deviation of the residual error at a target.
  double residual(double target) const;
  /// The nearest conductance that write-verify aims at: within [g_min, g_max], on one of the levels.
  double nearest_level(double target) const;

  /// Writes a target by write-verify.
  written_cell program(double target, random_stream& random) const;
  /// A cell that has been brought to a conductance in some other way: its age and its faults.
  written_cell settle(double conductance, random_stream& random) const;
  /// A cell that is left as it was made.
  written_cell leave(random_stream& random) const;
  /// Breaks one chosen cell down: the voltage climbs from forming_start in forming_step until it exceeds the cell's own
  /// breakdown voltage. Conductance is normal(formed, formed_sd), redrawn until positive.
  written_cell form(random_stream& random) const;
  /// One pulse of `voltage`: formed if it exceeds the cell's breakdown voltage, else pristine.
  written_cell form_at(double voltage, random_stream& random) const;

 private:
  double aged(double conductance, double xi) const;
  written_cell as_old(double fresh, double xi, double u, std::uint32_t pulses) const;
  double with_faults(double conductance, double u) const;
  double formed_conductance(random_stream& random) const;
};

}  // namespace spinule

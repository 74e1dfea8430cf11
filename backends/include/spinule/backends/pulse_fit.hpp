// From measured pulses of a user's own cells to a pulse response.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <spinule/backends/pulsed_cells.hpp>

namespace spinule {

/// One pulse: conductances before and after it, in uS.
struct measured_pulse {
  std::uint32_t cell = 0;
  bool up = true;
  double before = 0, after = 0;
};

/// Reads a CSV file with a header, one line per read of a cell. Columns: `direction` of the pulse before the read ("up"
/// or "down", "set" or "reset", "+" or "-"; "start" for a first read without a pulse) or `voltage_V`, of which the sign
/// counts; `conductance_nS`, `_uS`, `_mS`, or `resistance_ohm`, `_kohm`, `_Mohm`; and `cell`, a number or a name, if
/// there are several. Reads of a cell follow one another. Throws `file_error` with file, line and column.
std::vector<measured_pulse> read_pulses(const std::filesystem::path& csv);

/// How well one law describes all changes.
struct law_fit {
  pulse_law law = pulse_law::constant;
  double error = 0;  ///< root mean square of what is left, uS
  double bic = 0;    ///< Bayesian information criterion: the least is the best
};

struct pulse_fit {
  pulse_response response;      ///< of states from -1 to 1
  double g_min = 0, g_max = 0;  ///< uS: medians over cells of the least and the largest read
  std::size_t pulses = 0, cells = 0;
  std::vector<law_fit> laws;  ///< of all three
  double explained = 0;       ///< share of the variance of changes that the mean law explains

  double state(double conductance) const { return -1 + 2 * (conductance - g_min) / (g_max - g_min); }
  /// uS that one pulse changes a mean cell by, at a conductance.
  double change(double conductance, bool up) const {
    return response.change(state(conductance), up) * (g_max - g_min) / 2;
  }
};

/// The law, of constant, linear and exponential steps, that describes changes best by the Bayesian information
/// criterion, by least squares over all cells, for pulses up and down; then the spread of steps and bounds over cells,
/// and of changes from pulse to pulse. Reading noise of the measurement counts as that of pulses. Throws
/// `spinule_error` for fewer than 10 pulses of either direction and for cells that do not change.
pulse_fit fit_pulses(std::span<const measured_pulse> pulses);

/// A hardware file that changes `base` to cells of this fit, with `source` for where the numbers come from.
std::string hardware_of(const pulse_fit& fit, const std::string& name, const std::string& base,
                        const std::string& source);

/// A picture (SVG): changes over conductance with the law, and what the law leaves over.
std::string picture_of(const pulse_fit& fit, std::span<const measured_pulse> pulses);

}  // namespace spinule

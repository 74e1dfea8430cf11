// What one conversion of a column takes: energy, time, ground.
#pragma once

#include <spinule/backends/hardware.hpp>

namespace spinule {

/// Of the converter of `hw` at its resolution; one that is switched off is priced as one of `adc.reference_bits`.
struct conversion_law {
  double energy_pj = 0;           ///< of a conversion
  double energy_per_code_pj = 0;  ///< and of each step of its result
  double time_ns = 0;             ///< of a conversion
  double time_per_code_ns = 0;    ///< and of each step of the largest result of a tile
  bool side_by_side = false;      ///< all columns of a tile at once
  double area_um2 = 0;            ///< of a converter
  /// uW of a column of conductance G (uS) in NeuroSim's model: column_uw exp(column_slope (log10 G - 6)).
  double column_uw = 0, column_slope = 0;

  conversion_law() = default;
  explicit conversion_law(const hardware& hw);

  /// pJ of `conversions` whose results add up to `codes` steps, of columns whose mean conductance is `column_us`.
  double energy(double conversions, double codes, double column_us) const;
  /// ns that a tile takes whose converters serve `in_turn` columns each and whose largest result has `longest` steps.
  double time(double in_turn, double longest) const;
};

/// Resolution in use, in bits.
double conversion_bits(const hardware& hw);
/// Throws `file_error` where `adc.model` does not reach the node or the resolution.
void check_conversion(const hardware& hw);

}  // namespace spinule

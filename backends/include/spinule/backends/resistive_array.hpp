// Currents of a resistive array with the resistance of its wires, solved exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace spinule {

struct array_lines;

/// Resistances around the cells of an array, in ohm; 0 is a perfect conductor.
struct array_wires {
  double row = 0;     ///< of a word line from one cell to the next, and from the driver to the first
  double column = 0;  ///< of a bit line from one cell to the next, and from the last to the sense amplifier
  double driver = 0;  ///< output resistance of a driver
  double sense = 0;   ///< input resistance of a sense amplifier, behind which is virtual ground

  bool perfect() const { return row == 0 && column == 0 && driver == 0 && sense == 0; }
};

/// When a solve ends.
struct solve_limits {
  double tolerance = 1e-10;  ///< of the error over the first guess, in the norm of dissipated power
  int most_steps = 300;      ///< of conjugate gradients; after that the equations are factorised
};

/// Voltages and currents of one read.
struct array_solution {
  std::vector<double> currents;  ///< [columns] uA into the sense amplifiers
  std::vector<double> drawn;     ///< [rows] uA out of the drivers
  std::vector<double> word;      ///< [rows * columns] V at the word line of each cell, row by row
  std::vector<double> bit;       ///< [rows * columns] V at the bit line of each cell
  int steps = 0;                 ///< of conjugate gradients; of all Newton steps together for cells that are not linear
  bool factorised = false;       ///< the steps did not suffice, and the equations were factorised instead
};

/// What every later read needs of a linear array.
struct effective_array {
  std::vector<double> transfer;         ///< [rows * columns] uA into a column per V at a row, all other rows at 0 V
  std::vector<double> input;            ///< [rows] uA that a driver gives per V, all other rows at 0 V
  std::vector<double> admittance = {};  ///< [rows * rows] uA that driver k gives per V at row i, likewise
  std::size_t factorised = 0;           ///< rows whose steps did not suffice
};

/// How the current of a cell depends on the voltage over it: G shape(v), where `shape` is odd in sign, rises
/// everywhere, and shape(v) is v for a linear cell.
struct cell_law {
  std::function<double(double)> shape;  ///< V to V
  std::function<double(double)> slope;  ///< its derivative
};
/// shape(v) = v0 sinh(v / v0): the usual law of filamentary cells, linear well below `v0` (V).
cell_law sinh_law(double v0);

/// An array of `rows` word lines and `columns` bit lines with a cell at each crossing. Row i is driven with a voltage
/// at its left end through `driver` and one segment; column j ends at its bottom, through one segment and `sense`, in
/// virtual ground. Kirchhoff's current law at both nodes of every cell:
///
///     sum over neighbours on the line of (w - w') / R_row + G (w - b) = 0,    likewise for b with R_column.
///
/// Bit-line voltages are found by conjugate gradients on the Schur complement of the bit lines, preconditioned by the
/// bit lines themselves; every step solves all lines by elimination in a form without cancellation. Memory: 8 numbers
/// of 8 bytes per cell. Should the steps not suffice, a sparse Cholesky factorisation answers (for arrays of at most
/// 2^20 cells). All answers are the same bits on every instruction set.
class resistive_array {
 public:
  /// `conductances` [rows * columns] in uS, row by row. Throws `spinule_error` for a size that does not fit, for a
  /// conductance beyond 0 to 1e12 uS, a resistance beyond 0 to 1e12 ohm, and an array without cells.
  resistive_array(std::size_t rows, std::size_t columns, std::span<const double> conductances,
                  const array_wires& wires);

  /// An array of `rows` of which only the `selected` ones (ascending) are connected, as where a transistor at each cell
  /// is gated by its row: the segments of bit lines between them add up. `conductances` are theirs alone, and so are
  /// the rows of all answers. The same errors, and one for rows that do not ascend or are not there.
  static resistive_array gated(std::size_t rows, std::span<const std::uint32_t> selected, std::size_t columns,
                               std::span<const double> conductances, const array_wires& wires);
  /// Other cells in the same array. The same errors.
  void program(std::span<const double> conductances);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }

  /// Answers to `volts` [rows]. Throws `spinule_error` for another size, for a voltage that is not finite, and where
  /// neither steps nor a factorisation give an answer.
  array_solution solve(std::span<const double> volts, const solve_limits& limits = {}) const;
  /// The same for cells that are not linear, by Newton's method. Throws `spinule_error` where it does not converge, and
  /// for a law without shape or slope.
  array_solution solve(std::span<const double> volts, const cell_law& law, const solve_limits& limits = {}) const;
  /// The currents [columns] in uA alone.
  void read(std::span<const double> volts, std::span<double> currents, const solve_limits& limits = {}) const;
  /// One solve for each row, on all cores; at this tolerance entries are right to about 1e-7 of the largest.
  effective_array effective(const solve_limits& limits = {.tolerance = 1e-5}) const;

  /// The same array read the other way: voltages at the ends of the columns through `driver`, currents at the ends of
  /// the rows into `sense`.
  resistive_array transposed() const;

 private:
  resistive_array(std::size_t rows, std::size_t columns, std::shared_ptr<array_lines> lines)
      : rows_{rows}, columns_{columns}, lines_{std::move(lines)} {}
  void check_volts(std::span<const double> volts) const;

  std::size_t rows_, columns_;
  std::shared_ptr<array_lines> lines_;
};

}  // namespace spinule

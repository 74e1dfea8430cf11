// The word lines and bit lines of an array, eliminated 16 at a time.
#pragma once

#include <cstddef>
#include <vector>

#include <spinule/backends/resistive_array.hpp>
#include <spinule/engine/aligned.hpp>

namespace spinule {

constexpr std::size_t lanes = 16;  // lines side by side

/// Leaves new numbers as they are in memory: what is written before it is read need not be cleared.
struct uncleared_allocator : aligned_allocator<double> {
  template <class U>
  struct rebind {
    using other = uncleared_allocator;
  };
  void construct(double*) {}
  void construct(double* p, double value) { *p = value; }
};
using column_strips = std::vector<double, uncleared_allocator>;

/// What a line is between its end (a driver or a sense amplifier) and its cells.
enum class line_kind {
  held,   // at the voltage behind its end: no resistance at all
  node,   // one node: resistance at the end alone
  chain,  // a node for each cell
};

/// All lines of one direction. Position k of a line is its k-th cell.
struct line_set {
  line_kind kind = line_kind::held;
  std::size_t positions = 0, strips = 0;  // strips of `lanes` lines; the last may have lanes without cells
  std::vector<double> distance;           // [positions] segments from a position to the next; 0 for the last
  std::vector<double> link;               // [positions] uS over this distance; 0 for the last, and where there is none
  std::size_t end_at = 0;                 // the position next to the end
  double end_distance = 1;                // segments from there to the end
  double end = 0;                         // uS over them and what is at the end
  column_strips inverse;                  // chain: [strips][positions][lanes], node: [strips][lanes]

  /// Sets kind and conductances: `segment` and `at_end` in ohm.
  void connect(double segment, double at_end);
  /// Factorises a strip whose cells are `g` [positions][lanes].
  void factorise(std::size_t strip, const double* g);
  /// Replaces the currents `t` [positions][lanes] into the nodes of a strip by the voltages they cause.
  void solve(std::size_t strip, double* t) const;
};

/// An array as its lines. Matrices are stored by strips of columns, [column strips][rows][lanes], so that 16 x 16 cells
/// lie together; lanes beyond the last column are 0.
struct array_lines {
  std::size_t rows = 0, columns = 0;
  array_wires wires;
  line_set word, bit;
  column_strips g;  // uS

  std::size_t size() const { return bit.strips * rows * lanes; }
  std::size_t at(std::size_t i, std::size_t j) const { return ((j / lanes) * rows + i) * lanes + j % lanes; }
  double cell(std::size_t i, std::size_t j) const { return g[at(i, j)]; }
  /// Factorises both directions.
  void factorise();
};

/// Lines with room for their cells, which are still 0; nothing is factorised.
array_lines lines_of(const array_wires& wires, line_set word, line_set bit);

/// What drives an array: voltages at the ends of the rows, and currents from word line to bit line beside the cells, of
/// cells linearised around a voltage.
struct array_drive {
  const double* volts;             // [rows] V
  const double* beside = nullptr;  // as `g`, uA, or none
};

/// Voltages of the bit lines, as `g`; `bit` holds a first guess. The number of steps, or -1 if they did not suffice.
int solve_bit_lines(const array_lines& a, const array_drive& drive, const solve_limits& limits, column_strips& bit);
/// The same by sparse Cholesky factorisation. False where the array is too large for it or the factorisation fails.
bool factorised_bit_lines(const array_lines& a, const array_drive& drive, column_strips& bit);
/// Voltages of the word lines for given bit lines, and the currents that cells send into the bit lines; all as `g`.
void solve_word_lines(const array_lines& a, const array_drive& drive, const double* bit, double* word, double* into);
/// Voltages of the bit lines for given currents into them.
void solve_bits(const array_lines& a, const double* into, double* bit);

}  // namespace spinule

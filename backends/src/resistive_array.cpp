#include <spinule/backends/resistive_array.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <spinule/error.hpp>

#include "array_lines.hpp"

namespace spinule {
namespace {

constexpr const char* where = "resistive array";
constexpr double largest_number = 1e12;  // ohm of a wire, uS of a cell

bool is_conductance(double g) { return g >= 0 && g <= largest_number; }

void check_size(std::size_t rows, std::size_t columns, std::size_t conductances) {
  if (rows == 0 || columns == 0) throw spinule_error{where, "has no cells; it needs at least one row and one column"};
  if (conductances / rows != columns || conductances % rows != 0) {
    throw spinule_error{where, fmt::format("{} conductances for {} x {} cells; there must be one for each",
                                           conductances, rows, columns)};
  }
}

void check_wire(const char* name, double ohm) {
  if (!(ohm >= 0 && ohm <= largest_number))
    throw spinule_error{
        where, fmt::format("{} resistance is {:g} ohm; it must be 0 or more, up to {:g}", name, ohm, largest_number)};
}

void check_wires(const array_wires& w) {
  check_wire("row", w.row);
  check_wire("column", w.column);
  check_wire("driver", w.driver);
  check_wire("sense", w.sense);
}

std::vector<double> even(std::size_t positions) {
  std::vector<double> distance(positions, 1);
  distance.back() = 0;
  return distance;
}

line_set line(std::vector<double> distance, std::size_t end_at, double end_distance) {
  line_set set;
  set.positions = distance.size();
  set.distance = std::move(distance);
  set.end_at = end_at;
  set.end_distance = end_distance;
  return set;
}

[[noreturn]] void refuse_cell(std::span<const double> conductances, std::size_t columns) {
  const auto bad = std::find_if_not(conductances.begin(), conductances.end(), is_conductance);
  const auto k = static_cast<std::size_t>(bad - conductances.begin());
  throw spinule_error{where, fmt::format("the cell at row {}, column {} has {:g} uS; it must be 0 or more, up to {:g}",
                                         k / columns, k % columns, *bad, largest_number)};
}

void fill(array_lines& a, std::span<const double> conductances) {
  if (!std::all_of(conductances.begin(), conductances.end(), is_conductance)) refuse_cell(conductances, a.columns);
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t j = 0; j < a.columns; j += lanes)
      std::copy_n(conductances.data() + i * a.columns + j, std::min(lanes, a.columns - j), a.g.data() + a.at(i, j));
  a.factorise();
}

void check_rows(std::span<const std::uint32_t> selected, std::size_t rows) {
  for (std::size_t k = 0; k < selected.size(); ++k) {
    if (selected[k] >= rows || (k > 0 && selected[k] <= selected[k - 1]))
      throw spinule_error{where,
                          fmt::format("row {} is selected; rows must ascend and be below {}", selected[k], rows)};
  }
}

// Bit lines for a drive; throws where there is no answer.
int bits_for(const array_lines& a, const array_drive& drive, const solve_limits& limits, column_strips& bit,
             bool& factorised) {
  const int steps = solve_bit_lines(a, drive, limits, bit);
  factorised = steps < 0;
  if (factorised && !factorised_bit_lines(a, drive, bit)) {
    throw spinule_error{where,
                        fmt::format("{} x {} cells: {} steps did not reach a tolerance of {:g}, and it cannot be "
                                    "factorised; allow more steps or a larger tolerance",
                                    a.rows, a.columns, limits.most_steps, limits.tolerance)};
  }
  return factorised ? limits.most_steps : steps;
}

double into_sense(const array_lines& a, std::size_t j, const double* bit, const double* into) {
  if (a.bit.kind != line_kind::held) return a.bit.end * bit[a.at(a.bit.end_at, j)];
  double sum = 0;
  for (std::size_t i = 0; i < a.rows; ++i) sum += into[a.at(i, j)];
  return sum;
}

// Currents that the drivers give: what their cells pass on.
void add_drawn(const array_lines& a, const double* into, const double* bit, double* drawn) {
  for (std::size_t j = 0; j < a.columns; j += lanes)
    for (std::size_t i = 0; i < a.rows; ++i)
      for (std::size_t at = a.at(i, j); at < a.at(i, j) + std::min(lanes, a.columns - j); ++at)
        drawn[i] += into[at] - a.g[at] * bit[at];
}

std::vector<double> by_row(const array_lines& a, const column_strips& of) {
  std::vector<double> all(a.rows * a.columns);
  for (std::size_t i = 0; i < a.rows; ++i)
    for (std::size_t j = 0; j < a.columns; ++j) all[i * a.columns + j] = of[a.at(i, j)];
  return all;
}

// The last half step, word lines and then bit lines once more, makes the currents of columns those of their cells.
array_solution answer(const array_lines& a, const array_drive& drive, column_strips& bit) {
  column_strips word(a.size()), into(a.size());
  solve_word_lines(a, drive, bit.data(), word.data(), into.data());
  solve_bits(a, into.data(), bit.data());
  array_solution s;
  for (std::size_t j = 0; j < a.columns; ++j) s.currents.push_back(into_sense(a, j, bit.data(), into.data()));
  s.drawn.resize(a.rows);
  add_drawn(a, into.data(), bit.data(), s.drawn.data());
  s.word = by_row(a, word);
  s.bit = by_row(a, bit);
  return s;
}

// Cells at voltages v as conductances and currents beside them: the tangent of their law.
struct tangent {
  array_lines lines;
  column_strips beside;

  explicit tangent(const array_lines& a) : lines{a}, beside(a.size(), 0) {}
  void at(const array_lines& a, const column_strips& v, const cell_law& law) {
    for (std::size_t k = 0; k < a.size(); ++k) {
      lines.g[k] = a.g[k] * law.slope(v[k]);
      beside[k] = a.g[k] * law.shape(v[k]) - lines.g[k] * v[k];
    }
    lines.factorise();
  }
};

double largest(std::span<const double> x) {
  double most = 0;
  for (const double v : x) most = std::max(most, std::abs(v));
  return most;
}

}  // namespace

cell_law sinh_law(double v0) {
  if (!(v0 > 0) || !std::isfinite(v0))
    throw spinule_error{"cell law", fmt::format("v0 is {:g} V; it must be more than 0", v0)};
  return {.shape = [v0](double v) { return v0 * std::sinh(v / v0); },
          .slope = [v0](double v) { return std::cosh(v / v0); }};
}

resistive_array::resistive_array(std::size_t rows, std::size_t columns, std::span<const double> conductances,
                                 const array_wires& wires)
    : rows_{rows}, columns_{columns} {
  check_size(rows, columns, conductances.size());
  check_wires(wires);
  lines_ = std::make_shared<array_lines>(lines_of(wires, line(even(columns), 0, 1), line(even(rows), rows - 1, 1)));
  fill(*lines_, conductances);
}

void resistive_array::program(std::span<const double> conductances) {
  check_size(rows_, columns_, conductances.size());
  if (lines_.use_count() > 1) lines_ = std::make_shared<array_lines>(*lines_);
  fill(*lines_, conductances);
}

void resistive_array::check_volts(std::span<const double> volts) const {
  if (volts.size() != rows_)
    throw spinule_error{where, fmt::format("{} voltages for {} rows; there must be one for each", volts.size(), rows_)};
  for (std::size_t i = 0; i < rows_; ++i)
    if (!std::isfinite(volts[i])) throw spinule_error{where, fmt::format("the voltage of row {} is not finite", i)};
}

array_solution resistive_array::solve(std::span<const double> volts, const solve_limits& limits) const {
  check_volts(volts);
  column_strips bit(lines_->size(), 0);
  bool factorised = false;
  const int steps = bits_for(*lines_, {volts.data()}, limits, bit, factorised);
  array_solution s = answer(*lines_, {volts.data()}, bit);
  s.steps = steps;
  s.factorised = factorised;
  return s;
}

void resistive_array::read(std::span<const double> volts, std::span<double> currents,
                           const solve_limits& limits) const {
  check_volts(volts);
  if (currents.size() != columns_)
    throw spinule_error{where, fmt::format("room for {} currents of {} columns", currents.size(), columns_)};
  thread_local column_strips bit, into;
  const array_lines& a = *lines_;
  bit.assign(a.size(), 0);
  into.resize(a.size());
  bool factorised = false;
  bits_for(a, {volts.data()}, limits, bit, factorised);
  solve_word_lines(a, {volts.data()}, bit.data(), nullptr, into.data());
  solve_bits(a, into.data(), bit.data());
  for (std::size_t j = 0; j < columns_; ++j) currents[j] = into_sense(a, j, bit.data(), into.data());
}

array_solution resistive_array::solve(std::span<const double> volts, const cell_law& law,
                                      const solve_limits& limits) const {
  constexpr int most_newton_steps = 60;
  if (!law.shape || !law.slope)
    throw spinule_error{where, fmt::format("the law of the cells has no {}", law.shape ? "slope" : "shape")};
  check_volts(volts);
  const array_lines& a = *lines_;
  array_solution s = solve(volts, limits);
  tangent cells{a};
  column_strips v(a.size(), 0), bit(a.size(), 0);
  const double enough = std::max(limits.tolerance, 1e-14) * largest(volts);
  int steps = s.steps;
  for (int newton = 0; newton < most_newton_steps; ++newton) {
    double change = 0;
    for (std::size_t i = 0; i < rows_; ++i)
      for (std::size_t j = 0; j < columns_; ++j) {
        const std::size_t at = a.at(i, j), k = i * columns_ + j;
        const double next = s.word[k] - s.bit[k];
        change = std::max(change, std::abs(next - v[at]));
        v[at] = next;
        bit[at] = s.bit[k];
      }
    if (newton > 1 && change <= enough) return s;
    cells.at(a, v, law);
    const array_drive drive{volts.data(), cells.beside.data()};
    bool factorised = false;
    steps += bits_for(cells.lines, drive, limits, bit, factorised);
    s = answer(cells.lines, drive, bit);
    s.steps = steps;
    s.factorised = factorised;
  }
  throw spinule_error{where, fmt::format("Newton's method has not settled after {} steps; the law of the cells is too "
                                         "steep for these voltages",
                                         most_newton_steps)};
}

effective_array resistive_array::effective(const solve_limits& limits) const {
  effective_array e{std::vector<double>(rows_ * columns_), std::vector<double>(rows_),
                    std::vector<double>(rows_ * rows_)};
  std::vector<char> hard(rows_);  // solved by factorisation
  const array_lines& a = *lines_;
  tbb::parallel_for(tbb::blocked_range<std::size_t>{0, rows_, 1}, [&](const auto& range) {
    column_strips bit, into(a.size());
    std::vector<double> volts(rows_);
    for (std::size_t i = range.begin(); i != range.end(); ++i) {
      volts[i] = 1;
      bit.assign(a.size(), 0);
      bool factorised = false;
      bits_for(a, {volts.data()}, limits, bit, factorised);
      solve_word_lines(a, {volts.data()}, bit.data(), nullptr, into.data());
      solve_bits(a, into.data(), bit.data());
      for (std::size_t j = 0; j < columns_; ++j) {
        e.transfer[i * columns_ + j] = into_sense(a, j, bit.data(), into.data());
      }
      add_drawn(a, into.data(), bit.data(), e.admittance.data() + i * rows_);
      e.input[i] = e.admittance[i * rows_ + i];
      hard[i] = factorised;
      volts[i] = 0;
    }
  });
  e.factorised = static_cast<std::size_t>(std::count(hard.begin(), hard.end(), 1));
  return e;
}

resistive_array resistive_array::gated(std::size_t rows, std::span<const std::uint32_t> selected, std::size_t columns,
                                       std::span<const double> conductances, const array_wires& wires) {
  check_size(selected.size(), columns, conductances.size());
  check_wires(wires);
  check_rows(selected, rows);
  std::vector<double> distance;
  for (std::size_t k = 1; k < selected.size(); ++k) distance.push_back(selected[k] - selected[k - 1]);
  distance.push_back(0);
  const auto to_end = static_cast<double>(rows - selected.back());
  auto a = std::make_shared<array_lines>(
      lines_of(wires, line(even(columns), 0, 1), line(std::move(distance), selected.size() - 1, to_end)));
  fill(*a, conductances);
  return {selected.size(), columns, std::move(a)};
}

resistive_array resistive_array::transposed() const {
  const array_lines& all = *lines_;
  const array_wires turned{
      .row = all.wires.column, .column = all.wires.row, .driver = all.wires.driver, .sense = all.wires.sense};
  auto a = lines_of(turned, line(all.bit.distance, all.bit.end_at, all.bit.end_distance),
                    line(all.word.distance, all.word.end_at, all.word.end_distance));
  for (std::size_t i = 0; i < rows_; ++i)
    for (std::size_t j = 0; j < columns_; ++j) a.g[a.at(j, i)] = all.cell(i, j);
  a.factorise();
  return {columns_, rows_, std::make_shared<array_lines>(std::move(a))};
}

}  // namespace spinule

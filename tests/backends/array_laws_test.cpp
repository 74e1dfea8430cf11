// What holds of arrays of any size, from 64 x 64 to 2048 x 2048, of linear cells and of others. Nothing of the solver
// is used: currents and powers follow from the voltages that it gives.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/resistive_array.hpp>
#include <spinule/random.hpp>

namespace spinule::array_laws_test {

using numbers = std::vector<double>;

double sum(const numbers& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

/// n x n cells of 1 to 100 uS, 0 to 0.2 V.
struct square {
  std::size_t n;
  numbers g, volts;
  explicit square(std::size_t size) : n{size} {
    random_stream random{size, purpose::user, 0};
    for (std::size_t k = 0; k < n * n; ++k) g.push_back(1 + 99 * random.uniform());
    for (std::size_t i = 0; i < n; ++i) volts.push_back(0.2 * random.uniform());
  }
  resistive_array with(const array_wires& wires) const { return {n, n, g, wires}; }
};

/// What a solution lacks of the laws of circuits, each over what it should be.
struct failings {
  double node = 0;    ///< the largest current that a node keeps, over that of its line
  double charge = 0;  ///< what drivers give and columns do not take
  double power = 0;   ///< what drivers give and nothing dissipates
};

failings failings_of(const square& a, const array_wires& wires, const array_solution& s,
                     const std::function<double(double)>& shape) {
  constexpr double per_ohm = 1e6, ohm = 1e-6;  // uS, 1 / uS
  failings f;
  double given = 0, lost = 0;
  numbers into(a.n);  // of each column, so far
  const auto volts_at = [&](std::size_t i, std::size_t j) { return s.word[i * a.n + j] - s.bit[i * a.n + j]; };
  for (std::size_t i = 0; i < a.n; ++i) {
    given += a.volts[i] * s.drawn[i];
    double before = (a.volts[i] - s.word[i * a.n]) * per_ohm / (wires.row + wires.driver);
    lost += before * before * (wires.row + wires.driver) * ohm;
    const double line = before;
    f.charge = std::max(f.charge, std::abs(before / s.drawn[i] - 1));
    for (std::size_t j = 0; j < a.n; ++j) {
      const std::size_t k = i * a.n + j;
      const double v = volts_at(i, j), cell = a.g[k] * shape(v);
      const double after = j + 1 < a.n ? (s.word[k] - s.word[k + 1]) * per_ohm / wires.row : 0;
      f.node = std::max(f.node, std::abs(before - cell - after) / std::abs(line));
      lost += cell * v + after * after * wires.row * ohm;
      before = after;
      const bool last = i + 1 == a.n;
      const double down = last ? s.bit[k] * per_ohm / (wires.column + wires.sense)
                               : (s.bit[k] - s.bit[k + a.n]) * per_ohm / wires.column;
      f.node = std::max(f.node, std::abs(into[j] + cell - down) / s.currents[j]);
      lost += down * down * (last ? wires.column + wires.sense : wires.column) * ohm;
      into[j] = down;
    }
  }
  for (std::size_t j = 0; j < a.n; ++j) f.charge = std::max(f.charge, std::abs(into[j] / s.currents[j] - 1));
  f.charge = std::max(f.charge, std::abs(sum(s.drawn) / sum(s.currents) - 1));
  f.power = std::abs(lost / given - 1);
  return f;
}

/// The larger the array, the finer its wires, so that the drop is about the same: 64 x 64 cells have segments of 6.4
/// ohm.
array_wires wires_for(std::size_t n) {
  const double finer = 256 / static_cast<double>(n), segment = 0.4 * finer * finer;
  return {.row = segment, .column = 1.5 * segment, .driver = 20 * finer, .sense = 10 * finer};
}

class array_laws : public testing::TestWithParam<std::size_t> {};

double worst_of(const numbers& x, const numbers& expected) {
  double worst = 0;
  for (std::size_t j = 0; j < x.size(); ++j) worst = std::max(worst, std::abs(x[j] / expected[j] - 1));
  return worst;
}

TEST_P(array_laws, of_linear_cells) {
  const square a{GetParam()};
  const array_wires wires = wires_for(a.n);
  const auto array = a.with(wires);
  const auto s = array.solve(a.volts, {.tolerance = 1e-12});
  EXPECT_FALSE(s.factorised);
  const failings f = failings_of(a, wires, s, [](double v) { return v; });
  EXPECT_LT(f.node, 1e-9);
  EXPECT_LT(f.charge, 1e-9);
  EXPECT_LT(f.power, 1e-9);

  if (a.n > 1024) return;  // what follows takes three more solves

  // Voltages add up, and so do the currents.
  numbers even(a.volts), odd(a.volts), both(a.n), part(a.n);
  for (std::size_t i = 0; i < a.n; ++i) (i % 2 == 0 ? odd : even)[i] = 0;
  for (const numbers* rows : {&even, &odd}) {
    array.read(*rows, part);
    for (std::size_t j = 0; j < a.n; ++j) both[j] += part[j];
  }
  EXPECT_LT(worst_of(both, s.currents), 1e-9);

  // A volt at row i sends into column j what a volt at column j sends into row i, if drivers and sense amplifiers stay:
  // for voltages v at the rows and u at the columns, u I(v) = v I(u).
  const array_wires turned{.row = wires.row, .column = wires.column, .driver = wires.sense, .sense = wires.driver};
  const numbers at_columns(a.volts.rbegin(), a.volts.rend());
  a.with(turned).transposed().read(at_columns, part);
  const double there = std::inner_product(at_columns.begin(), at_columns.end(), s.currents.begin(), 0.0);
  EXPECT_NEAR(std::inner_product(a.volts.begin(), a.volts.end(), part.begin(), 0.0) / there, 1, 1e-9);
}

TEST_P(array_laws, of_nearly_perfect_wires_is_ohms) {
  const square a{GetParam()};
  numbers ideal(a.n), thin(a.n);
  for (std::size_t i = 0; i < a.n; ++i)
    for (std::size_t j = 0; j < a.n; ++j) ideal[j] += a.volts[i] * a.g[i * a.n + j];
  const double ohm = 1e-7 / static_cast<double>(a.n * a.n);
  a.with({.row = ohm, .column = ohm}).read(a.volts, thin);
  EXPECT_LT(worst_of(thin, ideal), 1e-9);
}

// Newton's method promises voltages to the tolerance; currents through wires are differences of them.
TEST_P(array_laws, of_cells_that_are_not_linear) {
  const square a{GetParam()};
  const array_wires wires = wires_for(a.n);
  const double tolerance = a.n > 1024 ? 1e-6 : 1e-8;
  const auto array = a.with(wires);
  const auto s = array.solve(a.volts, sinh_law(0.2), {.tolerance = tolerance});
  const failings f = failings_of(a, wires, s, [](double v) { return 0.2 * std::sinh(v / 0.2); });
  EXPECT_LT(f.node, 10 * tolerance);
  EXPECT_LT(f.charge, 10 * tolerance);
  EXPECT_LT(f.power, 10 * tolerance);
  const auto linear = array.solve(a.volts, {.tolerance = 1e-4});
  EXPECT_GT(sum(s.currents), 1.005 * sum(linear.currents)) << "the law of the cells does not show";
}

INSTANTIATE_TEST_SUITE_P(sizes, array_laws, testing::Values(64, 128, 256, 512, 1024, 2048),
                         [](const auto& size) { return std::to_string(size.param); });

}  // namespace spinule::array_laws_test

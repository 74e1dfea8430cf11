// Arrays with wires: published reference numbers, closed forms, the laws of circuits, and a factorisation.
#include <spinule/backends/resistive_array.hpp>

#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

#include "io/message.hpp"

namespace spinule::resistive_array_test {

using numbers = std::vector<double>;

struct random_array {
  std::size_t rows, columns;
  numbers g, volts;
  random_array(std::size_t m, std::size_t n, std::uint64_t seed = 1, double least = 1, double most = 100)
      : rows{m}, columns{n} {
    random_stream random{seed, purpose::user, 0};
    for (std::size_t k = 0; k < m * n; ++k) g.push_back(least + (most - least) * random.uniform());
    for (std::size_t i = 0; i < m; ++i) volts.push_back(0.2 * random.uniform());
  }
  resistive_array with(const array_wires& wires) const { return {rows, columns, g, wires}; }
};

double sum(const numbers& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

double largest_error(const numbers& a, const numbers& b) {
  double most = 0, scale = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    most = std::max(most, std::abs(a[k] - b[k]));
    scale = std::max(scale, std::abs(b[k]));
  }
  return most / scale;
}

numbers in_micro_siemens(const numbers& ohm) {
  numbers g;
  for (const double r : ohm) g.push_back(1e6 / r);
  return g;
}

TEST(resistive_array, one_cell_is_a_series_of_resistors) {
  const resistive_array a{1, 1, numbers{1e4}, {.row = 1, .column = 1}};
  EXPECT_NEAR(a.solve(numbers{1}).currents[0], 1e6 / 102, 1e-8);
}

// A word line of 64 equal cells to ground is a ladder: v_k = cosh((n + 1/2 - k) x) / cosh((n + 1/2) x).
TEST(resistive_array, a_ladder_follows_its_closed_form) {
  const std::size_t n = 64;
  const resistive_array a{1, n, numbers(n, 1000), {.row = 1}};
  const auto s = a.solve(numbers{1});
  const double x = std::acosh(1 + 1 / 2000.0);
  for (std::size_t k = 1; k <= n; ++k)
    EXPECT_NEAR(s.word[k - 1], std::cosh((n + 0.5 - static_cast<double>(k)) * x) / std::cosh((n + 0.5) * x), 1e-13);
  EXPECT_NEAR(s.word[0], 0.969925805878, 1e-12);
  EXPECT_NEAR(s.word[63], 0.255868430602, 1e-12);
  EXPECT_NEAR(sum(s.currents), 30074.194122, 1e-6);
}

// The example in the README of badcrossbar.
TEST(resistive_array, gives_the_currents_of_badcrossbar) {
  const numbers g = in_micro_siemens({345, 903, 755, 257, 646, 652, 401, 508, 166, 454, 442, 874, 190, 244, 635});
  const numbers volts{1.5, 2.3, 1.7};
  const auto expect = [&](const array_wires& wires, const numbers& amperes) {
    const auto s = resistive_array{3, 5, g, wires}.solve(volts);
    for (std::size_t j = 0; j < 5; ++j) EXPECT_NEAR(s.currents[j] * 1e-6, amperes[j], 1e-12) << wires.row << ' ' << j;
    return s;
  };
  expect({}, {0.011721587295, 0.009341870508, 0.015461682443, 0.026659210677, 0.010065226074});
  expect({.row = 0.5, .column = 0.5}, {0.011585025422, 0.009190641636, 0.015115681173, 0.025833208221, 0.009811792883});
  expect({.row = 5, .column = 5}, {0.010539401171, 0.008081443089, 0.012614163533, 0.020068512385, 0.008008538635});
  const auto s = expect({.row = 0.5, .column = 2},
                        {0.011404139198, 0.009087179836, 0.014895812662, 0.025023204499, 0.009694221870});
  EXPECT_NEAR(s.word[2 * 5 + 4], 1.6635624359559569, 1e-10);
  EXPECT_NEAR(s.bit[0], 0.04646258917, 1e-11);

  const numbers others{2.6, 1.1, 3.3};
  const auto one = resistive_array{3, 5, g, {.row = 0.5, .column = 0.5}}.solve(others);
  EXPECT_NEAR(g[3] * (one.word[3] - one.bit[3]) * 1e-3, 9.86, 0.005);  // mA through the cell at (0, 3)
}

struct deterministic_case {
  std::size_t n;
  double wire, first, middle, last, total;
};

TEST(resistive_array, gives_the_currents_of_a_nodal_solver_on_regular_patterns) {
  for (const auto& c :
       {deterministic_case{8, 1, 1.070118939e-5, 8.904251353e-6, 2.701266295e-5, 1.414540526e-4},
        deterministic_case{64, 1, 1.168148871e-4, 1.090727069e-4, 1.306363582e-4, 7.936815580e-3},
        deterministic_case{128, 2.12, 2.077498244e-4, 1.742242054e-4, 1.662380733e-4, 2.292135476e-2}}) {
    numbers g, volts;
    for (std::size_t i = 0; i < c.n; ++i) {
      volts.push_back(0.02 * static_cast<double>((5 * i) % 11));
      for (std::size_t j = 0; j < c.n; ++j) g.push_back(1e2 / (1 + static_cast<double>((7 * i + 13 * j) % 17)));
    }
    const auto s = resistive_array{c.n, c.n, g, {.row = c.wire, .column = c.wire}}.solve(volts);
    // Ten digits are published.
    EXPECT_NEAR(s.currents[0] * 1e-6 / c.first, 1, 1e-9);
    EXPECT_NEAR(s.currents[c.n / 2] * 1e-6 / c.middle, 1, 1e-9);
    EXPECT_NEAR(s.currents[c.n - 1] * 1e-6 / c.last, 1, 1e-9);
    EXPECT_NEAR(sum(s.currents) * 1e-6 / c.total, 1, 1e-9);
  }
}

TEST(resistive_array, drivers_and_sense_amplifiers_have_resistance_without_wires) {
  const resistive_array a{2, 2, numbers{1000, 2000, 3000, 4000}, {.driver = 100, .sense = 200}};
  const auto forward = a.solve(numbers{1, 0});
  EXPECT_NEAR(forward.currents[0], 543.933054393, 1e-8);
  EXPECT_NEAR(forward.currents[1], 836.820083682, 1e-8);
  const auto backward = a.transposed().solve(numbers{1, 0});
  EXPECT_NEAR(backward.currents[0], 564.971751412, 1e-8);
  EXPECT_NEAR(backward.currents[1], 1073.446327684, 1e-8);
}

// Every combination of perfect and real conductors.
std::vector<array_wires> all_wires() {
  std::vector<array_wires> all;
  for (const double row : {0.0, 0.7})
    for (const double column : {0.0, 1.3})
      for (const double driver : {0.0, 90.0})
        for (const double sense : {0.0, 150.0}) all.push_back({row, column, driver, sense});
  return all;
}

TEST(resistive_array, iterations_agree_with_a_factorisation) {
  for (const auto& [m, n] : {std::pair{1, 1}, {1, 40}, {40, 1}, {17, 33}, {48, 16}}) {
    const random_array r{static_cast<std::size_t>(m), static_cast<std::size_t>(n), 3};
    for (const auto& wires : all_wires()) {
      const auto a = r.with(wires);
      const auto iterated = a.solve(r.volts),
                 direct = a.solve(r.volts, solve_limits{.tolerance = 1e-10, .most_steps = 0});
      EXPECT_LT(largest_error(iterated.currents, direct.currents), 1e-11);
      EXPECT_LT(largest_error(iterated.word, direct.word), 1e-11);
    }
  }
}

TEST(resistive_array, says_that_it_has_factorised) {
  const random_array r{32, 32};
  const auto a = r.with({.row = 5, .column = 5});
  EXPECT_FALSE(a.solve(r.volts).factorised);
  EXPECT_TRUE(a.solve(r.volts, solve_limits{.tolerance = 1e-15, .most_steps = 1}).factorised);
  EXPECT_EQ(a.effective({.tolerance = 1e-15, .most_steps = 1}).factorised, 32u);
}

// Currents at every node add up to nothing, the drivers give what the columns take, and the power given is dissipated.
TEST(resistive_array, keeps_charge_and_power) {
  const random_array r{45, 70, 5};
  for (const auto& w : all_wires()) {
    const auto s = r.with(w).solve(r.volts);
    EXPECT_NEAR(sum(s.drawn) / sum(s.currents), 1, 1e-11);
    double given = 0, lost = 0;
    for (std::size_t i = 0; i < r.rows; ++i) {
      given += r.volts[i] * s.drawn[i];
      double along = s.drawn[i];  // through the driver and the first segment
      lost += along * along * w.driver * 1e-6;
      for (std::size_t j = 0; j < r.columns; ++j) {
        lost += along * along * w.row * 1e-6;
        const std::size_t k = i * r.columns + j;
        const double v = s.word[k] - s.bit[k], current = r.g[k] * v;
        lost += current * v;
        along -= current;
      }
    }
    for (std::size_t j = 0; j < r.columns; ++j) {
      double along = 0;
      for (std::size_t i = 0; i < r.rows; ++i) {
        const std::size_t k = i * r.columns + j;
        along += r.g[k] * (s.word[k] - s.bit[k]);
        lost += along * along * w.column * 1e-6;
      }
      EXPECT_NEAR(along / s.currents[j], 1, 1e-9);
      lost += along * along * w.sense * 1e-6;
    }
    EXPECT_NEAR(lost / given, 1, 1e-9);
  }
}

TEST(resistive_array, is_linear_in_its_voltages) {
  const random_array r{40, 24, 7}, other{40, 24, 8};
  const auto a = r.with({.row = 2, .column = 3, .driver = 50, .sense = 20});
  numbers both;
  for (std::size_t i = 0; i < r.rows; ++i) both.push_back(2 * r.volts[i] - 3 * other.volts[i]);
  const auto x = a.solve(r.volts), y = a.solve(other.volts), z = a.solve(both);
  for (std::size_t j = 0; j < r.columns; ++j)
    EXPECT_NEAR(z.currents[j], 2 * x.currents[j] - 3 * y.currents[j], 1e-9 * std::abs(x.currents[j]));
}

// What a volt at row i sends into column j, a volt at column j sends into row i, if drivers and sense amplifiers stay.
TEST(resistive_array, is_reciprocal) {
  const random_array r{20, 30, 9};
  const auto forward = r.with({.row = 2, .column = 3, .driver = 50, .sense = 20}).effective({.tolerance = 1e-13});
  const auto backward =
      r.with({.row = 2, .column = 3, .driver = 20, .sense = 50}).transposed().effective({.tolerance = 1e-13});
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t j = 0; j < 30; ++j)
      EXPECT_NEAR(forward.transfer[i * 30 + j] / backward.transfer[j * 20 + i], 1, 1e-9);
}

TEST(resistive_array, without_wires_is_ohms_law) {
  const random_array r{30, 50, 11};
  numbers ideal(50);
  for (std::size_t i = 0; i < 30; ++i)
    for (std::size_t j = 0; j < 50; ++j) ideal[j] += r.volts[i] * r.g[i * 50 + j];
  EXPECT_LT(largest_error(r.with({}).solve(r.volts).currents, ideal), 1e-14);
  EXPECT_LT(largest_error(r.with({.row = 1e-9, .column = 1e-9}).solve(r.volts).currents, ideal), 1e-10);
}

TEST(resistive_array, its_effective_matrix_answers_every_read) {
  const random_array r{37, 29, 13};
  const auto a = r.with({.row = 3, .column = 3, .driver = 30});
  const auto e = a.effective({.tolerance = 1e-12});
  numbers product(29);
  for (std::size_t i = 0; i < 37; ++i)
    for (std::size_t j = 0; j < 29; ++j) product[j] += r.volts[i] * e.transfer[i * 29 + j];
  EXPECT_LT(largest_error(product, a.solve(r.volts).currents), 1e-11);
  numbers one(37);
  one[5] = 1;
  const auto drawn = a.solve(one).drawn;
  for (std::size_t k = 0; k < 37; ++k) {
    EXPECT_NEAR(e.admittance[5 * 37 + k], drawn[k], 1e-10 * drawn[5]) << k;
    EXPECT_NEAR(e.admittance[5 * 37 + k], e.admittance[k * 37 + 5], 1e-10 * drawn[5]) << "not symmetric at " << k;
  }
  EXPECT_EQ(e.input[5], e.admittance[5 * 37 + 5]);
  EXPECT_EQ(e.factorised, 0u);
}

TEST(resistive_array, rows_that_are_not_selected_are_as_if_they_had_no_cells) {
  random_array r{40, 20, 15};
  const array_wires wires{.row = 2, .column = 4, .driver = 10, .sense = 5};
  const std::vector<std::uint32_t> selected{3, 4, 17, 38};
  numbers volts, cells;
  for (const auto i : selected) {
    volts.push_back(r.volts[i]);
    const auto row = r.g.begin() + 20 * static_cast<std::ptrdiff_t>(i);
    cells.insert(cells.end(), row, row + 20);
  }
  const auto gated = resistive_array::gated(40, selected, 20, cells, wires);
  for (std::size_t i = 0; i < 40; ++i)
    if (std::find(selected.begin(), selected.end(), i) == selected.end())
      std::fill_n(r.g.begin() + static_cast<std::ptrdiff_t>(i * 20), 20, 0.0);
  EXPECT_LT(largest_error(gated.solve(volts).currents, r.with(wires).solve(r.volts).currents), 1e-10);
  const auto back = gated.transposed().transposed();
  EXPECT_LT(largest_error(back.solve(volts).currents, gated.solve(volts).currents), 1e-12);
}

TEST(resistive_array, is_programmed_again_without_touching_its_copies) {
  const random_array r{20, 20, 17}, other{20, 20, 18};
  auto a = r.with({.row = 1, .column = 1});
  const auto copy = a;
  const auto before = copy.solve(r.volts).currents;
  a.program(other.g);
  EXPECT_EQ(copy.solve(r.volts).currents, before);
  EXPECT_EQ(a.solve(r.volts).currents, other.with({.row = 1, .column = 1}).solve(r.volts).currents);
}

TEST(resistive_array, solves_large_arrays_and_heavy_drops) {
  for (const auto& [n, wire, most] : {std::tuple{256, 0.1, 5}, {256, 1.0, 10}, {256, 2.12, 15}, {2048, 0.1, 15}}) {
    const random_array r{static_cast<std::size_t>(n), static_cast<std::size_t>(n), 19};
    const auto a = r.with({.row = wire, .column = wire});
    const auto s = a.solve(r.volts, {.tolerance = 1e-6});
    EXPECT_LE(s.steps, most);
    EXPECT_NEAR(sum(s.drawn) / sum(s.currents), 1, 1e-6);
    if (n == 2048) continue;
    EXPECT_LT(largest_error(s.currents, a.solve(r.volts, solve_limits{.tolerance = 1e-13}).currents), 1e-6);
  }
}

// One cell between a driver and a sense amplifier: V = I (R_d + R_s) + v, I = G shape(v).
TEST(resistive_array, one_nonlinear_cell_has_a_scalar_equation) {
  const double g = 500, series = 3000e-6, v0 = 0.2;
  const resistive_array a{1, 1, numbers{g}, {.driver = 1000, .sense = 2000}};
  const auto s = a.solve(numbers{0.8}, sinh_law(v0));
  const double v = s.word[0] - s.bit[0], current = g * v0 * std::sinh(v / v0);
  EXPECT_NEAR(s.currents[0], current, 1e-9);
  EXPECT_NEAR(v + current * series, 0.8, 1e-12);
}

TEST(resistive_array, nonlinear_cells_keep_kirchhoffs_law) {
  for (const std::size_t n : {std::size_t{64}, std::size_t{128}}) {
    const random_array r{n, n, 21};
    const double v0 = 0.08;
    const array_wires w{.row = 2, .column = 2, .driver = 50, .sense = 50};
    const auto s = r.with(w).solve(r.volts, sinh_law(v0));
    double worst = 0;
    for (std::size_t j = 0; j < n; ++j) {
      double into = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t k = i * n + j;
        into += r.g[k] * v0 * std::sinh((s.word[k] - s.bit[k]) / v0);
        const double down =
            i + 1 < n ? (s.bit[k] - s.bit[k + n]) / w.column * 1e6 : s.bit[k] / (w.column + w.sense) * 1e6;
        worst = std::max(worst, std::abs(into - down) / s.currents[j]);
      }
      EXPECT_NEAR(into / s.currents[j], 1, 1e-9);
    }
    EXPECT_LT(worst, 1e-6);
    EXPECT_NEAR(sum(s.drawn) / sum(s.currents), 1, 1e-9);
  }
}

TEST(resistive_array, a_linear_law_changes_nothing) {
  const random_array r{30, 30, 23};
  const auto a = r.with({.row = 2, .column = 2});
  const cell_law linear{[](double v) { return v; }, [](double) { return 1.0; }};
  EXPECT_LT(largest_error(a.solve(r.volts, linear).currents, a.solve(r.volts).currents), 1e-11);
}

TEST(resistive_array, refuses_what_is_no_array) {
  using testing::HasSubstr;
  EXPECT_THAT(message_of<spinule_error>([] { resistive_array(0, 3, numbers{}, {}); }), HasSubstr("has no cells"));
  EXPECT_THAT(message_of<spinule_error>([] {
                resistive_array(2, 2, numbers{1, 2, 3}, {});
              }),
              HasSubstr("3 conductances for 2 x 2 cells"));
  EXPECT_THAT(message_of<spinule_error>([] {
                resistive_array(1, 2, numbers{1, -2}, {});
              }),
              HasSubstr("row 0, column 1 has -2 uS"));
  EXPECT_THAT(message_of<spinule_error>([] {
                resistive_array(1, 2, numbers{NAN, 2}, {});
              }),
              HasSubstr("column 0 has nan uS"));
  EXPECT_THAT(message_of<spinule_error>([] { resistive_array(1, 1, numbers{1}, {.row = -1}); }),
              HasSubstr("row resistance is -1 ohm"));
  EXPECT_THAT(message_of<spinule_error>([] { resistive_array(1, 1, numbers{1}, {.sense = INFINITY}); }),
              HasSubstr("sense resistance"));
  const resistive_array a{2, 2, numbers{1, 2, 3, 4}, {.row = 1}};
  EXPECT_THAT(message_of<spinule_error>([&] { a.solve(numbers{1}); }), HasSubstr("1 voltages for 2 rows"));
  EXPECT_THAT(message_of<spinule_error>([&] { a.solve(numbers{1, INFINITY}); }), HasSubstr("row 1 is not finite"));
  const auto gated = [](const std::vector<std::uint32_t>& rows) {
    return message_of<spinule_error>([&] { resistive_array::gated(4, rows, 1, numbers(rows.size(), 1), {}); });
  };
  EXPECT_THAT(gated({1, 1}), HasSubstr("row 1 is selected; rows must ascend and be below 4"));
  EXPECT_THAT(gated({1, 4}), HasSubstr("row 4 is selected"));
  EXPECT_THAT(gated({}), HasSubstr("has no cells"));
  EXPECT_THAT(message_of<spinule_error>([] { sinh_law(0); }), HasSubstr("v0 is 0 V"));
}

TEST(resistive_array, refuses_what_no_machine_can_hold_and_laws_without_functions) {
  using testing::HasSubstr;
  const auto made = [](std::size_t m, std::size_t n, const numbers& g, const array_wires& wires) {
    return message_of<spinule_error>([&] { resistive_array(m, n, g, wires); });
  };
  EXPECT_THAT(made(std::size_t{1} << 33, std::size_t{1} << 31, {}, {}), HasSubstr("0 conductances for 8589934592 x"));
  EXPECT_THAT(made(1, 2, {1, 1e308}, {}), HasSubstr("column 1 has 1e+308 uS; it must be 0 or more, up to 1e+12"));
  EXPECT_THAT(made(1, 1, {1}, {.column = 1e308}),
              HasSubstr("column resistance is 1e+308 ohm; it must be 0 or more, up"));
  const resistive_array a{1, 1, numbers{1}, {.row = 1}};
  EXPECT_THAT(message_of<spinule_error>([&] { a.solve(numbers{1}, cell_law{}); }), HasSubstr("has no shape"));
  EXPECT_THAT(
      message_of<spinule_error>([&] { a.solve(numbers{1}, cell_law{.shape = sinh_law(1).shape, .slope = {}}); }),
      HasSubstr("has no slope"));
}

// Cells and wires of 24 decades apart may be beyond all methods, and then this is said.
TEST(resistive_array, answers_with_numbers_or_says_that_it_cannot_at_the_bounds_of_cells_and_wires) {
  for (const double g : {0.0, 1e-3, 1e12})
    for (const double ohm : {1e-12, 1.0, 1e12}) {
      const resistive_array a{8, 8, numbers(64, g), {.row = ohm, .column = ohm, .driver = ohm, .sense = ohm}};
      numbers currents{0};
      const auto refusal = message_of<spinule_error>([&] { currents = a.solve(numbers(8, 0.2)).currents; });
      EXPECT_TRUE(refusal.empty() || g == 1e12) << refusal;
      for (const double current : currents) EXPECT_TRUE(std::isfinite(current)) << g << ' ' << ohm;
    }
}

TEST(resistive_array, says_when_nothing_gives_an_answer) {
  const std::size_t n = 1100;  // more than 2^20 cells
  const resistive_array a{n, n, numbers(n * n, 10), {.row = 1, .column = 1}};
  EXPECT_THAT(
      message_of<spinule_error>([&] { a.solve(numbers(n, 1), solve_limits{.tolerance = 1e-10, .most_steps = 1}); }),
      testing::HasSubstr("1 steps did not reach a tolerance of 1e-10, and it cannot be factorised"));
}

}  // namespace spinule::resistive_array_test

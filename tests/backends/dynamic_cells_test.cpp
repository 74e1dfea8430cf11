// Cells as differential equations: closed forms, thresholds, pinched loops, switching.
#include <spinule/backends/dynamic_cells.hpp>

#include <cmath>
#include <numbers>

#include <gmock/gmock.h>

#include <spinule/error.hpp>

#include "io/message.hpp"

namespace spinule::dynamic_cells_test {

using numbers_t = std::vector<double>;
using corners = std::vector<std::pair<double, double>>;

template <class Model>
double state_after(const Model& m, double x, double v, double seconds) {
  dynamic_cells<Model> cell{1, m};
  cell.put(numbers_t{x});
  cell.apply(numbers_t{v}, seconds);
  return cell.states()[0];
}

TEST(dynamic_cells, vteam_moves_at_a_constant_speed_under_a_constant_voltage) {
  const vteam m;
  // 5e-4 m/s (0.5 / 0.02 - 1) and -10 m/s (0.25 / 0.2 - 1)^3
  EXPECT_NEAR(state_after(m, 1e-9, 0.5, 5e-8) * 1e9, 1 + 5e-4 * 24 * 5e-8 * 1e9, 1e-9);
  EXPECT_NEAR(state_after(m, 2e-9, -0.25, 1e-9) * 1e9, 2 - 10 * 0.015625 * 1e-9 * 1e9, 1e-9);
  EXPECT_EQ(state_after(m, 1e-9, 0.02, 1), 1e-9);
  EXPECT_EQ(state_after(m, 1e-9, -0.2, 1), 1e-9);
  EXPECT_EQ(state_after(m, 1e-9, 1, 1), 3e-9);
  EXPECT_EQ(state_after(m, 1e-9, -1, 1), 0);
}

TEST(dynamic_cells, vteam_has_a_linear_or_an_exponential_resistance) {
  const vteam linear, exponential{.exponential = true};
  for (const auto& m : {linear, exponential}) {
    EXPECT_NEAR(m.current(0.1, 0), 0.1 / 50, 1e-15);
    EXPECT_NEAR(m.current(0.1, 3e-9), 0.1 / 1000, 1e-15);
  }
  EXPECT_NEAR(linear.current(0.1, 1.5e-9), 0.1 / 525, 1e-15);
  EXPECT_NEAR(exponential.current(0.1, 1.5e-9), 0.1 / std::sqrt(50.0 * 1000), 1e-15);
}

// Without the window below x_p the state rises at a_p (e^v - e^v_p).
TEST(dynamic_cells, yakopcic_rises_freely_and_then_against_its_window) {
  const yakopcic m;
  const double speed = 4000 * (std::exp(0.5) - std::exp(0.16));
  EXPECT_NEAR(state_after(m, 0.01, 0.5, 1e-4), 0.01 + speed * 1e-4, 1e-12);
  EXPECT_LT(state_after(m, 0.5, 0.5, 1e-5) - 0.5, speed * 1e-5);
  EXPECT_EQ(m.rate(0.16, 0.5), 0);
  EXPECT_EQ(m.rate(-0.15, 0.5), 0);
  EXPECT_NEAR(m.rate(0.5, 1), 0, 1e-12);
  EXPECT_NEAR(m.rate(-0.5, 0), 0, 1e-12);
  EXPECT_NEAR(m.current(0.3, 0.5), 0.17 * 0.5 * std::sinh(0.015), 1e-15);
}

TEST(dynamic_cells, stanford_pku_follows_its_equations) {
  const stanford_pku m;
  const double x = 1e-9, v = 1.2, i = 1e-3 * std::exp(-4) * std::sinh(1.2 / 0.25);
  EXPECT_NEAR(m.current(v, x) / i, 1, 1e-12);
  const double kt = 1.380649e-23 * (298 + v * i * 2.1e3), q = 1.602176634e-19;
  const double rate = -10 * std::exp(-q * 0.6 / kt) * std::sinh((16 - 0.8) * 0.25e-9 * q * v / (12e-9 * kt));
  EXPECT_NEAR(m.rate(v, x) / rate, 1, 1e-9);
  EXPECT_LT(state_after(m, 1.7e-9, 1.6, 1e-3), 0.5e-9);
  EXPECT_GT(state_after(m, 0.3e-9, -1.6, 1e-3), 1.2e-9);
}

// The parts of the cell share the voltage, and the barrier's current is that of the resistors.
TEST(dynamic_cells, jart_switches_by_the_sign_of_its_voltage) {
  const jart_vcm m;
  EXPECT_EQ(m.current(0, 1), 0);
  const double low = m.current(0.2, m.n_min), high = m.current(0.2, m.n_max);
  EXPECT_GT(high, 10 * low);
  EXPECT_GT(m.rate(-1.2, 0.1), 0);  // SET
  EXPECT_LT(m.rate(1.2, 10), 0);    // RESET
  EXPECT_NEAR(m.rate(-1.2, m.n_max), 0, 1e-6 * m.rate(-1.2, m.n_max / 2));
  EXPECT_GT(state_after(m, m.n_min, -1.2, 1e-3), 1);
}

// The current rises with the voltage but for one fall, where the barrier jumps.
TEST(dynamic_cells, jart_has_one_jump_where_its_barrier_does) {
  for (const double x : {0.1, 1.0, 5.0, 20.0}) {
    const jart_vcm m;
    int falls = 0;
    double before = 0;
    for (double v = 0.005; v < 1; v += 0.005) {
      const double i = m.current(v, x);
      falls += i < before;
      before = i;
    }
    EXPECT_LE(falls, 1) << x;
    for (double v = -0.005; v > -1; v -= 0.005) EXPECT_LT(m.current(v, x), m.current(v + 0.004, x));
  }
}

template <class Model>
void expect_pinched_loop(const Model& m, double x, double amplitude, double period) {
  corners sine;
  for (int k = 0; k <= 40; ++k) sine.emplace_back(period * k / 40, amplitude * std::sin(2 * std::numbers::pi * k / 40));
  const auto points = sweep(m, x, sine, 5);
  double area = 0, least = INFINITY, largest = 0;
  for (std::size_t k = 1; k < points.size(); ++k) {
    area += std::abs((points[k].current + points[k - 1].current) / 2 * (points[k].voltage - points[k - 1].voltage));
    least = std::min(least, points[k].state);
    largest = std::max(largest, points[k].state);
    if (std::abs(points[k].voltage) < 1e-9) {
      EXPECT_NEAR(points[k].current, 0, 1e-9);
    }
  }
  EXPECT_GT(area, 0);
  EXPECT_GT(largest - least, 0.1 * (m.highest() - m.lowest()));
}

TEST(dynamic_cells, loops_of_current_and_voltage_are_pinched) {
  expect_pinched_loop(vteam{}, 1.5e-9, 0.5, 1e-6);
  expect_pinched_loop(yakopcic{}, 0.1, 0.5, 1e-2);
  expect_pinched_loop(stanford_pku{}, 1e-9, 1.6, 1e-2);
  expect_pinched_loop(jart_vcm{}, 1, 1.3, 1e-2);
}

TEST(dynamic_cells, finer_steps_give_the_same) {
  const stanford_pku m;
  double x = 1.5e-9;
  for (int k = 0; k < 100; ++k) x = state_after(m, x, 1.3, 1e-6);
  EXPECT_NEAR(state_after(m, 1.5e-9, 1.3, 1e-4) / x, 1, 1e-3);
}

TEST(dynamic_cells, each_cell_of_an_array_has_its_own_state) {
  dynamic_cells<vteam> cells{3, {}};
  cells.put(numbers_t{0, 1e-9, 9});
  EXPECT_THAT(cells.states(), testing::ElementsAre(0, 1e-9, 3e-9));
  const auto currents = cells.apply(numbers_t{0.01, 0.01, 0.01}, 1);
  EXPECT_GT(currents[0], currents[1]);
  EXPECT_GT(currents[1], currents[2]);
}

TEST(dynamic_cells, refuse_what_is_no_cell) {
  using testing::HasSubstr;
  EXPECT_THAT(message_of<spinule_error>([] { dynamic_cells<vteam>(1, {.k_on = 10}); }), HasSubstr("-k_on is -10"));
  EXPECT_THAT(message_of<spinule_error>([] { dynamic_cells<vteam>(1, {.alpha_on = 0}); }),
              HasSubstr("must be 1 to 16"));
  EXPECT_THAT(message_of<spinule_error>([] { dynamic_cells<vteam>(0, {}); }), HasSubstr("there are none"));
  EXPECT_THAT(message_of<spinule_error>([] { dynamic_cells<yakopcic>(1, {.x_p = 1}); }), HasSubstr("less than 1"));
  EXPECT_THAT(message_of<spinule_error>([] { dynamic_cells<stanford_pku>(1, {.gap_min = 2e-9}); }),
              HasSubstr("gap_min"));
  EXPECT_THAT(message_of<spinule_error>([] { dynamic_cells<jart_vcm>(1, {.radius = NAN}); }),
              HasSubstr("radius is nan"));
  dynamic_cells<vteam> two{2, {}};
  EXPECT_THAT(message_of<spinule_error>([&] { two.apply(numbers_t{1}, 1); }), HasSubstr("1 numbers for 2 cells"));
  EXPECT_THAT(message_of<spinule_error>([&] {
                two.apply(numbers_t{1, 1}, -1);
              }),
              HasSubstr("-1 s; it must be 0 s or more"));
  EXPECT_THAT(message_of<spinule_error>([&] {
                two.step(numbers_t{1, 1}, NAN);
              }),
              HasSubstr("nan s; it must be 0 s or more"));
  const std::string no_number = "the voltage of cell 1 is nan; it must be a finite number";
  EXPECT_THAT(message_of<spinule_error>([&] { two.apply(numbers_t{1, NAN}, 1); }), HasSubstr(no_number));
  EXPECT_THAT(message_of<spinule_error>([&] { two.step(numbers_t{1, NAN}, 1); }), HasSubstr(no_number));
  EXPECT_THAT(message_of<spinule_error>([&] { two.put(numbers_t{NAN, 1}); }), HasSubstr("the state of cell 0 is nan"));
  EXPECT_THAT(message_of<spinule_error>([] {
                sweep(vteam{}, 0, corners{{0, 0}, {0, 1}}, 3);
              }),
              HasSubstr("times must ascend"));
}

}  // namespace spinule::dynamic_cells_test

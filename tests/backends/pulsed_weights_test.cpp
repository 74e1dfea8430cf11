// Weights on pulsed cells that gradients change.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include <spinule/backends/hardware.hpp>
#include <spinule/backends/pulsed_weights.hpp>
#include <spinule/error.hpp>

#include "io/message.hpp"

namespace spinule::pulsed_weights_test {

constexpr std::size_t rows = 4, columns = 6;

/// Lines to be found from noisy examples.
struct regression {
  std::vector<float> truth = std::vector<float>(rows * columns), gradient = truth;
  random_stream random{7, purpose::user, 1};

  regression() {
    for (float& w : truth) w = static_cast<float>(random.uniform() - 0.5);
  }
  /// Of half the squared error of one example.
  const std::vector<float>& slope(std::span<const float> weights) {
    std::vector<float> x(columns);
    for (float& v : x) v = static_cast<float>(random.normal());
    for (std::size_t r = 0; r < rows; ++r) {
      double error = 0.3 * random.normal();
      for (std::size_t c = 0; c < columns; ++c)
        error += static_cast<double>(weights[r * columns + c] - truth[r * columns + c]) * double{x[c]};
      for (std::size_t c = 0; c < columns; ++c) gradient[r * columns + c] = static_cast<float>(error) * x[c];
    }
    return gradient;
  }
};

/// Root of the mean square of what is missed, over the last quarter of the steps.
double missed(const pulse_response& cells, const pulsed_update& how, double rate, int steps = 8000) {
  regression task;
  pulsed_weights net{rows, columns, cells, how, 1, 3};
  double squares = 0;
  for (int t = 0; t < steps; ++t) {
    net.step(task.slope(net.weights()), rate);
    for (std::size_t i = 0; 4 * t >= 3 * steps && i < task.truth.size(); ++i)
      squares += std::pow(net.weights()[i] - task.truth[i], 2);
  }
  return std::sqrt(squares / (rows * columns * steps / 4.0));
}

double missed_by_floats(double rate, int steps = 8000) {
  regression task;
  std::vector<float> w(rows * columns);
  double squares = 0;
  for (int t = 0; t < steps; ++t) {
    const auto& g = task.slope(w);
    for (std::size_t i = 0; i < w.size(); ++i) w[i] -= static_cast<float>(rate) * g[i];
    for (std::size_t i = 0; 4 * t >= 3 * steps && i < w.size(); ++i) squares += std::pow(w[i] - task.truth[i], 2);
  }
  return std::sqrt(squares / (rows * columns * steps / 4.0));
}

const pulse_response fine{.name = "fine", .law = pulse_law::constant, .step = 1e-4};
/// Pulses up do more than pulses down, and both less the farther a cell has gone.
const pulse_response uneven{.name = "uneven", .step = 0.01, .step_sd = 0.2, .up_down = 0.3, .cycle_sd = 0.3};

TEST(pulsed_weights, learn_as_floats_do_where_steps_are_fine) {
  const double floats = missed_by_floats(0.01);
  EXPECT_NEAR(missed(fine, pulsed_sgd{}, 0.01), floats, 0.01 * floats);
  EXPECT_NEAR(missed(fine, mixed_precision_sgd{}, 0.01), floats, 0.01 * floats);
}

TEST(pulsed_weights, of_uneven_cells_go_astray_by_plain_descent_and_not_by_the_other_updates) {
  const double floats = missed_by_floats(0.01), plain = missed(uneven, pulsed_sgd{}, 0.01);
  EXPECT_GT(plain, 3.5 * floats);
  EXPECT_LT(missed(uneven, mixed_precision_sgd{}, 0.01), 2 * floats);
  EXPECT_LT(missed(uneven, tiki_taka{.fast_rate = 0.05}, 0.01), 1.25 * floats);
}

TEST(pulsed_weights, are_the_same_for_the_same_seed_and_chip) {
  for (const pulsed_update& how :
       {pulsed_update{pulsed_sgd{}}, pulsed_update{mixed_precision_sgd{}}, pulsed_update{tiki_taka{}}}) {
    const auto weights = [&](std::uint32_t chip) {
      regression task;
      pulsed_weights net{rows, columns, pulse_response_named("reram_soft_bounds"), how, 1, 3, chip};
      for (int t = 0; t < 200; ++t) net.step(task.slope(net.weights()), 0.05);
      return std::vector<float>(net.weights().begin(), net.weights().end());
    };
    EXPECT_EQ(weights(0), weights(0));
    EXPECT_NE(weights(0), weights(1));
  }
}

TEST(pulsed_weights, take_whole_steps_and_count_them) {
  pulsed_weights mixed{
      1, 2, {.name = "steps", .law = pulse_law::constant, .step = 0.01}, mixed_precision_sgd{.threshold = 3}, 2, 1};
  const std::vector<float> g{1, -1};
  mixed.step(g, 0.05);  // 2.5 steps of 0.02
  EXPECT_EQ(mixed.ledger().pulses(), 0u);
  mixed.step(g, 0.05);  // 5
  EXPECT_EQ(mixed.ledger().pulses(), 10u);
  EXPECT_NEAR(mixed.weights()[0], -0.1, 1e-6);
  EXPECT_NEAR(mixed.weights()[1], 0.1, 1e-6);
  mixed.put(std::vector<float>{0.5f, -0.25f});
  EXPECT_EQ(mixed.ledger().pulses(), 10u);
  EXPECT_FLOAT_EQ(mixed.weights()[0], 0.5f);
}

TEST(pulsed_weights, read_the_columns_of_the_fast_matrix_in_turn) {
  pulsed_weights net{2,
                     3,
                     {.name = "steps", .law = pulse_law::constant, .step = 0.01},
                     tiki_taka{.fast_rate = 0.1, .transfer_every = 2},
                     1,
                     1};
  std::vector<float> g(6, -1);
  for (int t = 0; t < 4; ++t) net.step(g, 0.5);
  EXPECT_EQ(net.ledger().transfers, 2u);
  // After two steps A is 0.2, half of which goes to the first column, and after four 0.4 to the second.
  for (std::size_t i = 0; i < 6; ++i)
    EXPECT_NEAR(net.weights()[i], i % 3 == 0 ? 0.1 : i % 3 == 1 ? 0.2 : 0, 0.0101) << i;
}

TEST(pulsed_weights, keep_a_ledger_of_pulses_energy_and_time) {
  const pulse_cost cost = pulse_cost_of(load_hardware("isaac_32nm"));  // 10 pJ, 50 ns
  const pulse_response steps{.name = "steps", .law = pulse_law::constant, .step = 0.01};
  pulsed_weights mixed{2, 3, steps, mixed_precision_sgd{}, 1, 1, 0, cost};
  mixed.put(std::vector<float>(6, 0.1f));
  EXPECT_EQ(mixed.ledger().pulses(), 0u);
  // The rows take 3 up and 2 down, then 1 up, one after the other.
  mixed.step(std::vector<float>{-3.5f, -1.5f, 2.5f, 0, -1.5f, 0.5f}, 0.01);
  EXPECT_EQ(mixed.ledger().pulses(), 7u);
  EXPECT_DOUBLE_EQ(mixed.ledger().energy_pj(), 70);
  EXPECT_DOUBLE_EQ(mixed.ledger().time_ns(), 6 * 50);

  pulsed_weights tiki{2, 3, steps, tiki_taka{.fast_rate = 0.01}, 1, 1, 0, cost};
  tiki.step(std::vector<float>{-2, -1, 0, 0, 0, 1}, 0.9);  // the first column of the fast matrix is 0.02, 0
  EXPECT_EQ(tiki.ledger().fast, 4u);
  EXPECT_EQ(tiki.ledger().updates, 1u);
  EXPECT_EQ(tiki.ledger().transfers, 1u);
  EXPECT_DOUBLE_EQ(tiki.ledger().fast_pj() + tiki.ledger().update_pj(), tiki.ledger().energy_pj());
  EXPECT_DOUBLE_EQ(tiki.ledger().energy_pj(), 50);
  EXPECT_DOUBLE_EQ(tiki.ledger().time_ns(), 4 * 50) << "2 and 1 in the fast matrix, and 1";
}

TEST(pulsed_weights, count_as_many_pulses_in_turn_as_the_longest_row_takes) {
  const pulse_response cells = pulse_response_named("reram_soft_bounds");
  pulsed_weights one{1, 8, cells, pulsed_sgd{}, 1, 3, 0, {.energy_pj = 2, .time_ns = 3}};
  pulsed_weights column{8, 1, cells, pulsed_sgd{}, 1, 3, 0, {.energy_pj = 2, .time_ns = 3}};
  const std::vector<float> g{1, 2, 3, 4, 5, 6, 7, 8};
  for (auto* net : {&one, &column}) net->step(g, 0.01);
  EXPECT_EQ(one.ledger().pulses(), column.ledger().pulses()) << "the same cells";
  EXPECT_EQ(column.ledger().in_turn, column.ledger().pulses());
  EXPECT_EQ(one.ledger().in_turn, 40u);
}

TEST(pulsed_weights, refuse_what_makes_no_sense) {
  using testing::HasSubstr;
  const auto refusal = [](const pulsed_update& how, double scale, std::size_t slopes, double rate) -> std::string {
    try {
      pulsed_weights net{1, 2, {}, how, scale, 1};
      net.step(std::vector<float>(slopes), rate);
    } catch (const spinule_error& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refusal(pulsed_sgd{}, 1, 2, 0.1), "accepted");
  EXPECT_THAT(refusal(pulsed_sgd{}, 0, 2, 0.1), HasSubstr("scale is 0"));
  EXPECT_THAT(refusal(pulsed_sgd{}, 1, 3, 0.1), HasSubstr("a gradient of 3 for 2 weights"));
  EXPECT_THAT(refusal(pulsed_sgd{}, 1, 2, -1), HasSubstr("0 or more"));
  EXPECT_THAT(refusal(mixed_precision_sgd{.threshold = 0}, 1, 2, 0.1), HasSubstr("threshold is 0"));
  EXPECT_THAT(refusal(tiki_taka{.fast_rate = 0}, 1, 2, 0.1), HasSubstr("fast_rate is 0"));
  EXPECT_THAT(refusal(tiki_taka{.transfer_every = 0}, 1, 2, 0.1), HasSubstr("transfer_every is 0"));
  EXPECT_THAT(refusal(pulsed_sgd{}, 1e300, 2, 0.1), HasSubstr("scale is 1e+300"));
  EXPECT_THAT(refusal(pulsed_sgd{}, 1, 2, 1e300), HasSubstr("the rate is 1e+300"));
}

TEST(pulsed_weights, refuse_pulses_that_take_less_than_nothing) {
  using testing::HasSubstr;
  const auto made = [](const pulse_cost& c) {
    return message_of<spinule_error>([&] { pulsed_weights(1, 2, {}, pulsed_sgd{}, 1, 1, 0, c); });
  };
  EXPECT_THAT(made({.energy_pj = -1}), HasSubstr("a pulse takes -1 pJ; it must be 0 or more"));
  EXPECT_THAT(made({.time_ns = NAN}), HasSubstr("a pulse takes nan ns"));
  EXPECT_THAT(message_of<spinule_error>([] { pulse_cost_of(load_hardware("odin")); }),
              HasSubstr("hardware \"odin\": has no cells that take pulses"));
}

TEST(pulsed_weights, refuse_no_weights_and_too_many) {
  using testing::HasSubstr;
  const auto made = [](std::size_t m, std::size_t n) {
    return message_of<spinule_error>([&] { pulsed_weights(m, n, {}, pulsed_sgd{}, 1, 1); });
  };
  EXPECT_THAT(made(0, 7), HasSubstr("0 x 7 weights; there must be at least one row and one column"));
  EXPECT_THAT(made(7, 0), HasSubstr("7 x 0 weights"));
  EXPECT_THAT(made(std::size_t{1} << 33, std::size_t{1} << 31), HasSubstr("fewer than 2^32"));
}

TEST(pulsed_weights, refuse_slopes_and_weights_that_are_not_finite) {
  using testing::HasSubstr;
  for (const pulsed_update& how :
       {pulsed_update{pulsed_sgd{}}, pulsed_update{mixed_precision_sgd{}}, pulsed_update{tiki_taka{}}}) {
    pulsed_weights net{1, 2, {}, how, 1, 1};
    const auto stepped = [&](float slope, double rate) {
      return message_of<spinule_error>([&] { net.step(std::vector<float>{0, slope}, rate); });
    };
    EXPECT_THAT(stepped(NAN, 0.1), HasSubstr("the slope of weight 1 is nan; it must be a finite number"));
    EXPECT_THAT(stepped(-INFINITY, 0.1), HasSubstr("the slope of weight 1 is -inf"));
    EXPECT_THAT(stepped(1e20f, 1e20), HasSubstr("a change must be at most 1e30"));
    EXPECT_EQ(net.ledger().pulses(), 0u);
    EXPECT_THAT(message_of<spinule_error>([&] { net.put(std::vector<float>{NAN, 0}); }), HasSubstr("weight 0 is nan"));
    EXPECT_THAT(message_of<spinule_error>([&] { net.put(std::vector<float>{0}); }),
                HasSubstr("1 weights to put for 2"));
    for (int t = 0; t < 20; ++t) net.step(std::vector<float>{1e20f, -1e20f}, 1e9);
    EXPECT_TRUE(std::isfinite(net.weights()[0]) && std::isfinite(net.weights()[1]));
  }
}

}  // namespace spinule::pulsed_weights_test

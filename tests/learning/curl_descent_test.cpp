// Curl descent against its theory: critical curves, regimes, chaos, and what a flipped unit gains.
#include <cmath>
#include <complex>

#include <gmock/gmock.h>
#include <Eigen/Dense>

#include <spinule/error.hpp>
#include <spinule/learning/curl_analysis.hpp>

#include "../../examples/support/students.hpp"

namespace spinule::learning::curl_descent_test {

using testing::HasSubstr;
using testing::ThrowsMessage;

using students::near_teacher;

constexpr auto linear = transfer_function::identity;

TEST(critical_shares, are_those_of_the_tables) {
  const double inputs[][2] = {{0.2599, 0.889}, {0.2985, 0.568},  {0.3508, 0.314},
                              {0.4029, 0.171}, {0.4959, 0.0497}, {0.5964, 0.0061}};
  for (const auto& [c, share] : inputs) EXPECT_NEAR(critical_share_of_inputs(c), share, 6e-4) << c;
  const double hidden[][2] = {{0.001, 0.469},   {0.0297, 0.345},  {0.1009, 0.244}, {0.2017, 0.177},
                              {0.4959, 0.0979}, {0.9908, 0.0555}, {1.98, 0.0296},  {4.98, 0.0122}};
  for (const auto& [c, share] : hidden) EXPECT_NEAR(critical_share_of_hidden(c), share, 6e-4) << c;
  EXPECT_NEAR(critical_share_of_targets(0.3), 0.841, 5e-4);
  EXPECT_NEAR(critical_share_of_targets(0.5), 0.586, 5e-4);
  EXPECT_EQ(critical_share_of_targets(2), 0.5);
}

TEST(critical_shares, end_where_the_theory_says) {
  EXPECT_EQ(critical_share_of_inputs(0.25), 1);
  EXPECT_NEAR(critical_share_of_inputs(0.25 + 1e-9), 1, 1e-6);
  EXPECT_NEAR(critical_share_of_inputs(2.0 / 3 - 1e-6), 0, 1e-6);
  EXPECT_EQ(critical_share_of_inputs(0.7), 0);
  EXPECT_NEAR(critical_share_of_hidden(1e-9), 0.5, 1e-4);
  EXPECT_NEAR(critical_share_of_hidden(1000) * 16000, 1, 0.01);
  EXPECT_NEAR(critical_share_of_hidden(1), 0.0551, 5e-5);
}

/// `./dev bench curl_descent` has more points of both curves.
TEST(critical_shares, are_where_random_solutions_become_unstable) {
  EXPECT_NEAR(students::measured_share(200, 400, true), critical_share_of_inputs(0.5), 0.03);
  EXPECT_NEAR(students::measured_share(200, 800, false), critical_share_of_hidden(0.25), 0.02);
}

TEST(curl_index, is_0_for_a_gradient_and_not_with_flipped_units) {
  const auto start = two_layer_network::random(6, 9, 2, linear, 1, 3);
  const auto x = normal_inputs(40, 6, 1, 4), targets = two_layer_network::random(6, 9, 2, linear, 1, 5).answers(x);
  const auto index = [&](learning_signs first, learning_signs second) {
    return curl_index(jacobian({start, {.first = std::move(first), .second = std::move(second)}}, x, targets));
  };
  EXPECT_LT(index({}, {}), 1e-8);
  EXPECT_GT(index(learning_signs::flipped_sources(6, 3), {}), 0.2);
  EXPECT_GT(index({}, learning_signs::flipped_sources(9, 4)), 0.2);
  EXPECT_GT(index(learning_signs::flipped_targets(9, 4), {}), 0.2);
}

/// At W = 0, with s = W* <x x^T>: every hidden unit is a saddle, lambda = +-|s|, and one whose outgoing synapses learn
/// with the opposite sign a centre, lambda = +-i |s|.
TEST(curl_descent, has_centres_at_the_origin_where_hidden_units_are_flipped) {
  near_teacher t{6, 9, 2, 0};
  const auto teacher = t.start;
  double s = 0;  // |W2 W1| / 2
  for (std::size_t j = 0; j < 6; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < 9; ++i) sum += teacher.second[i] * teacher.first[i * 6 + j];
    s += sum * sum / 4;
  }
  s = std::sqrt(s);
  t.start.first.assign(54, 0.0), t.start.second.assign(9, 0.0);
  const auto pairs_of = [&](learning_signs first, learning_signs second) {
    const auto j = jacobian(t.student(std::move(first), std::move(second), false), t.x, t.targets);
    const Eigen::Map<const Eigen::Matrix<double, 63, 63, Eigen::RowMajor>> m{j.data()};
    int real = 0, imaginary = 0;
    for (const std::complex<double> l : Eigen::MatrixXd{m}.eigenvalues()) {
      if (std::abs(l) < 1e-6) continue;
      real += std::fabs(std::fabs(l.real()) - s) < 1e-6 && std::fabs(l.imag()) < 1e-6;
      imaginary += std::fabs(std::fabs(l.imag()) - s) < 1e-6 && std::fabs(l.real()) < 1e-6;
    }
    return std::pair{real / 2, imaginary / 2};
  };
  EXPECT_EQ(pairs_of({}, {}), std::pair(9, 0));
  EXPECT_EQ(pairs_of({}, learning_signs::flipped_sources(9, 4)), std::pair(5, 4));
}

/// The greatest loss on the way and the last one.
std::pair<double, double> course(curl_descent student, const near_teacher& t, int steps) {
  double most = 0;
  for (int n = 0; n < steps; ++n) {
    student.step(t.x, t.targets);
    if (n % 10 == 0) most = std::fmax(most, student.loss(t.x, t.targets));
  }
  return {most, student.loss(t.x, t.targets)};
}

TEST(curl_descent, rests_wanders_or_escapes_as_its_theory_says) {
  const near_teacher compressive{40, 100, 1}, expansive{20, 200, 1};
  const auto rests = course(compressive.student(learning_signs::flipped_sources(40, 4), {}), compressive, 4000);
  EXPECT_LT(rests.first, 1e-6);
  EXPECT_LT(rests.second, 1e-20);
  const auto wanders = course(compressive.student(learning_signs::flipped_sources(40, 40), {}), compressive, 4000);
  EXPECT_GT(wanders.second, 0.05);
  const auto escapes = course(expansive.student({}, learning_signs::flipped_sources(200, 70)), expansive, 8000);
  EXPECT_GT(escapes.first, 1e-2);
  EXPECT_LT(escapes.second, 1e-15);
}

TEST(curl_descent, is_chaotic_where_inputs_are_flipped_beyond_the_threshold) {
  const near_teacher square{60, 60, 1}, expansive{20, 200, 1};
  auto wandering = square.student(learning_signs::flipped_sources(60, 30), {});
  EXPECT_GT(lyapunov_exponent(wandering, square.x, square.targets, 4000, 4000), 0.01);
  EXPECT_GT(order_parameter(wandering, square.x, square.targets, 500), 1e-3);
  auto resting = expansive.student(learning_signs::flipped_sources(20, 20), {});
  EXPECT_LT(std::fabs(lyapunov_exponent(resting, expansive.x, expansive.targets, 2000, 4000)), 1e-3);
  EXPECT_LT(order_parameter(resting, expansive.x, expansive.targets, 500), 1e-20);
}

TEST(curl_descent, without_flips_is_gradient_descent_bit_for_bit) {
  const near_teacher t{8, 12, 4, 0.1};
  auto plain = t.student({}, {}),
       none = t.student(learning_signs::flipped_sources(8, 0), learning_signs::flipped_sources(12, 0));
  for (int n = 0; n < 100; ++n) plain.step(t.x, t.targets), none.step(t.x, t.targets);
  EXPECT_EQ(plain.weights(), none.weights());
  const double before = t.student({}, {}).loss(t.x, t.targets);
  auto moved = t.student({}, {}, false);
  const auto change = moved.change(t.x, t.targets), at = moved.weights();
  for (std::size_t i = 0; i < at.size(); i += 7) {  // minus the gradient
    auto to = at;
    to[i] += 1e-6;
    moved.set_weights(to);
    EXPECT_NEAR((moved.loss(t.x, t.targets) - before) / 1e-6, -change[i], 1e-5);
  }
}

TEST(curl_descent, refuses_what_cannot_be) {
  const auto start = two_layer_network::random(2, 3, 1, linear, 1, 1);
  const auto refused = [](auto act, const char* what) {
    EXPECT_THAT(act, ThrowsMessage<spinule_error>(HasSubstr(what)));
  };
  refused([] { learning_signs::flipped_sources(3, 4); }, "4 of 3 units cannot be flipped");
  refused([] { two_layer_network::random(0, 3, 1, linear, 1, 1); }, "0 inputs, 3 hidden units");
  refused([] { two_layer_network::random(2, 3, 1, linear, -1, 1); }, "range = -1");
  refused([&] { curl_descent(start, {.first = {.source = {1, 0}}}); }, "0 is no sign; give 1 or -1");
  refused([&] { curl_descent(start, {.second = {.source = {1, 1}}}); }, "2 signs of sources, where 3 are wanted");
  refused([&] { curl_descent(start, {.learning_rate = 0}); }, "learning_rate = 0");
  curl_descent student{start, {.learning_rate = 1e300, .keep_norms = false}};
  refused([&] { student.step(std::vector<double>{1, 2, 3}, std::vector<double>{1}); }, "3 numbers are no samples of 2");
  refused([&] { student.step(std::vector<double>{1, 2}, std::vector<double>{1, 2}); }, "2 targets, where 1 are wanted");
  refused(
      [&] {
        for (int n = 0; n < 9; ++n) student.step(std::vector<double>{1, 2}, std::vector<double>{9});
      },
      "weights that are not finite; take a lower learning_rate");
  refused([] { critical_share_of_inputs(0); }, "c = 0");
  refused([] { curl_index(std::vector<double>(5)); }, "5 numbers are no square matrix");
  refused([] { learning::stability(two_layer_network::random(2, 3, 1, transfer_function::tanh, 1, 1), {}, {}); },
          "linear networks");
}

}  // namespace spinule::learning::curl_descent_test

// Difference target propagation against Gauss-Newton steps and back propagation.
#include <cmath>

#include <gmock/gmock.h>
#include <Eigen/Dense>

#include <spinule/error.hpp>
#include <spinule/learning/target_propagation.hpp>

namespace spinule::learning::target_propagation_test {

using testing::HasSubstr;
using testing::ThrowsMessage;
using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using vector = Eigen::VectorXd;

constexpr Eigen::Index n = 6;
constexpr std::size_t size = 6, layers = 3;
constexpr double target_step = 0.3;

std::vector<double> numbers(const matrix& m) { return {m.data(), m.data() + m.size()}; }
vector column(const std::vector<double>& x) { return Eigen::Map<const vector>{x.data(), std::ssize(x)}; }

matrix random_matrix(std::uint64_t entity) {
  random_stream draw{7, purpose::user, entity};
  matrix m(n, n);
  for (double& x : m.reshaped()) x = draw.normal();
  return m;
}

/// W_1 ... W_L of a linear network, which is given their inverses.
struct exact_network {
  std::vector<matrix> w;
  difference_target_propagation learner{std::vector<std::size_t>(layers + 1, size), transfer_function::identity,
                                        target_step, 1};
  std::vector<double> x = numbers(random_matrix(50).row(0)), wanted = numbers(random_matrix(51).row(0));

  explicit exact_network(bool orthogonal) {
    for (std::size_t l = 1; l <= layers; ++l) {
      const matrix m = random_matrix(l);
      w.push_back(orthogonal ? matrix{m.householderQr().householderQ()} : m);
      learner.set_weights(l, numbers(w.back()));
      if (l > 1) learner.set_inverse_weights(l, numbers(w.back().inverse()));
    }
  }
  /// Derivatives of h_L with respect to h_l.
  matrix jacobian(std::size_t l) const {
    matrix j = matrix::Identity(n, n);
    for (std::size_t k = l; k < layers; ++k) j = w[k] * j;
    return j;
  }
  /// Expects W_l to change by `shift(l)` h_(l-1)^T.
  template <class Shift>
  void expect_changes(double tolerance, Shift shift) const {
    const auto h = learner.activity(x);
    const auto changes = learner.changes(x, wanted);
    for (std::size_t l = 1; l <= layers; ++l) {
      const matrix outer = shift(l) * column(h[l - 1]).transpose();
      const Eigen::Map<const matrix> change{changes[l - 1].data(), n, n};
      EXPECT_LT((change - outer).norm(), tolerance * outer.norm()) << l;
    }
  }
  vector error() const { return column(learner.activity(x).back()) - column(wanted); }
};

TEST(difference_target_propagation, takes_gauss_newton_steps_with_exact_inverses) {
  const exact_network network{false};
  network.expect_changes(1e-8, [&](std::size_t l) {
    const matrix j = network.jacobian(l);
    return vector{-target_step * (j.transpose() * j).ldlt().solve(j.transpose() * network.error())};
  });
}

TEST(difference_target_propagation, is_back_propagation_with_orthogonal_layers) {
  const exact_network network{true};
  network.expect_changes(
      1e-12, [&](std::size_t l) { return vector{-target_step * (network.jacobian(l).transpose() * network.error())}; });
}

TEST(difference_target_propagation, learns_inverses) {
  difference_target_propagation learner{{4, 4, 4}, transfer_function::identity, 0.1, 3};
  random_stream draw{8, purpose::user, 0};
  std::vector<double> x(4);
  for (int step = 0; step < 20'000; ++step) {
    for (double& value : x) value = draw.normal();
    learner.learn_inverses(x, 0.5, 0.02, draw);
  }
  using small = Eigen::Matrix<double, 4, 4, Eigen::RowMajor>;
  const Eigen::Map<const small> w{learner.weights(2).data()}, v{learner.inverse_weights(2).data()};
  EXPECT_LT((v * w - small::Identity()).norm(), 0.05);
}

TEST(difference_target_propagation, learns_what_a_teacher_knows) {
  const auto teacher = two_layer_network::random(5, 8, 2, transfer_function::tanh, 1.5, 4);
  const auto x = normal_inputs(50, 5, 1, 5), y = teacher.answers(x);
  difference_target_propagation learner{{5, 12, 12, 2}, transfer_function::tanh, 0.2, 6};
  random_stream draw{9, purpose::user, 0};
  const auto loss = [&] {
    double sum = 0;
    for (std::size_t s = 0; s < 50; ++s) {
      const auto h = learner.activity(std::span{x}.subspan(5 * s, 5));
      for (std::size_t i = 0; i < 2; ++i) sum += std::pow(h.back()[i] - y[2 * s + i], 2) / 100;
    }
    return sum;
  };
  const double before = loss();
  for (int epoch = 0; epoch < 200; ++epoch)
    for (std::size_t s = 0; s < 50; ++s) {
      const auto sample = std::span{x}.subspan(5 * s, 5);
      learner.learn_inverses(sample, 0.1, 0.05, draw);
      learner.step(sample, std::span{y}.subspan(2 * s, 2), 0.2);
    }
  EXPECT_LT(loss(), 0.05 * before);
}

TEST(difference_target_propagation, refuses_what_makes_no_sense) {
  const auto message = [](const char* why) { return ThrowsMessage<spinule_error>(HasSubstr(why)); };
  const auto build = [](std::vector<std::size_t> sizes, double step) {
    difference_target_propagation{std::move(sizes), transfer_function::tanh, step, 1};
  };
  EXPECT_THAT([&] { build({3}, 1); }, message("at least the sizes"));
  EXPECT_THAT([&] { build({3, 0}, 1); }, message("size of 0"));
  EXPECT_THAT([&] { build({3, 2}, 0); }, message("target step"));
  difference_target_propagation learner{{3, 2, 2}, transfer_function::relu, 1, 1};
  const std::vector<double> three(3), four(4);
  EXPECT_THAT([&] { learner.weights(0); }, message("layer 0"));
  EXPECT_THAT([&] { learner.inverse_weights(3); }, message("layer 3"));
  EXPECT_THAT([&] { learner.set_weights(1, three); }, message("3 weights: give 6"));
  EXPECT_THAT([&] { learner.set_inverse_weights(1, four); }, message("layer 1"));
  EXPECT_THAT([&] { learner.activity(four); }, message("4 inputs: give 3"));
  EXPECT_THAT([&] { learner.step(three, three, 1); }, message("3 wanted outputs: give 2"));
}

}  // namespace spinule::learning::target_propagation_test

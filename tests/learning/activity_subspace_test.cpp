// Lateral neurons that learn the subspace of activity, and what projection keeps of an earlier task.
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <Eigen/Dense>

#include <spinule/error.hpp>
#include <spinule/learning/activity_subspace.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::activity_subspace_test {

using testing::HasSubstr;
using testing::ThrowsMessage;
using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::size_t inputs = 100, batch = 64;

/// Activity in `dimensions` random directions, deviations from 1.5 down to 0.7, and isotropic noise of 0.02.
class task {
 public:
  task(Eigen::Index dimensions, std::uint64_t seed) : random_{seed, purpose::user, 0} {
    Eigen::MatrixXd columns(inputs, dimensions);
    for (auto& v : columns.reshaped()) v = random_.normal();
    basis =
        (Eigen::HouseholderQR<Eigen::MatrixXd>{columns}.householderQ() * Eigen::MatrixXd::Identity(inputs, dimensions))
            .transpose();
  }
  matrix draw(Eigen::Index samples = batch) {
    matrix x(samples, inputs);
    for (auto& v : x.reshaped()) v = 0.02 * random_.normal();
    for (Eigen::Index s = 0; s < samples; ++s)
      for (Eigen::Index d = 0; d < basis.rows(); ++d) {
        const double deviation = 1.5 - 0.8 * static_cast<double>(d) / static_cast<double>(basis.rows() - 1);
        x.row(s) += deviation * random_.normal() * basis.row(d);
      }
    return x;
  }
  Eigen::MatrixXd basis;  ///< [dimensions][inputs]

 private:
  random_stream random_;
};

std::span<const double> flat(const matrix& x) { return {x.data(), static_cast<std::size_t>(x.size())}; }

void learn(activity_subspace& lateral, task& from, int batches = 400) {
  for (int n = 0; n < batches; ++n) lateral.learn(flat(from.draw()));
}

Eigen::Map<const matrix> weights_of(const activity_subspace& s) {
  return {s.weights().data(), static_cast<Eigen::Index>(s.neurons()), inputs};
}
double worst_product(const activity_subspace& s) {
  const auto h = weights_of(s);
  return (h * h.transpose() - Eigen::MatrixXd::Identity(h.rows(), h.rows())).cwiseAbs().maxCoeff();
}
/// Share of the energy of a basis outside of what the rows span.
double outside(const activity_subspace& s, const Eigen::MatrixXd& basis) {
  const auto h = weights_of(s);
  const Eigen::MatrixXd q =
      Eigen::HouseholderQR<Eigen::MatrixXd>{h.transpose()}.householderQ() * Eigen::MatrixXd::Identity(inputs, h.rows());
  return (basis.transpose() - q * (q.transpose() * basis.transpose())).squaredNorm() / basis.squaredNorm();
}

TEST(activity_subspace, becomes_that_of_the_activity) {
  task first{10, 1}, second{8, 2};
  activity_subspace s{inputs, {}};
  s.begin_task(10);
  learn(s, first);
  EXPECT_LT(worst_product(s), 1e-3);
  EXPECT_LT(outside(s, first.basis), 1e-4);
  const std::vector<double> frozen(s.weights().begin(), s.weights().end());
  s.begin_task(8);
  learn(s, second);
  EXPECT_LT(outside(s, first.basis), 1e-4);
  EXPECT_LT(outside(s, second.basis), 1e-4);
  EXPECT_LT(worst_product(s), 1e-2);
  EXPECT_TRUE(std::equal(frozen.begin(), frozen.end(), s.weights().begin())) << "to the bit";
}

TEST(activity_subspace, is_learned_by_spiking_lateral_neurons_too) {
  for (const auto& [levels, product, share] : {std::tuple{40, 0.1, 3e-3}, {1000, 1e-3, 1e-4}}) {
    task first{10, 1};
    activity_subspace s{inputs, {.levels = levels}};
    s.begin_task(10);
    learn(s, first);
    EXPECT_LT(worst_product(s), product) << levels;
    EXPECT_LT(outside(s, first.basis), share) << levels;
  }
}

TEST(activity_subspace, takes_out_what_it_spans) {
  activity_subspace s{inputs, {}};
  s.begin_task(10);
  matrix x = weights_of(s).topRows(3);  // orthonormal from the start
  const matrix before = x;
  s.project({x.data(), static_cast<std::size_t>(x.size())});
  EXPECT_EQ(x, before) << "nothing in the first task";
  s.begin_task(0);
  s.project({x.data(), static_cast<std::size_t>(x.size())});
  EXPECT_LT(x.cwiseAbs().maxCoeff(), 1e-12);
}

/// A linear readout learns one task, then another with and without projection of its presynaptic factor.
TEST(activity_subspace, keeps_what_was_learned_before) {
  double changed[2] = {}, wrong[2] = {};
  for (const bool projects : {false, true}) {
    task first{10, 1}, second{8, 2}, teachers{2, 3};
    activity_subspace s{inputs, {}};
    matrix w = matrix::Zero(5, inputs), truth[2] = {teachers.draw(5), teachers.draw(5)};
    const auto train = [&](task& on, const matrix& teacher) {
      for (int n = 0; n < 1500; ++n) {
        const matrix x = on.draw();
        matrix factor = x;
        if (projects) s.project({factor.data(), static_cast<std::size_t>(factor.size())});
        w -= 0.05 / batch * (x * (w - teacher).transpose()).transpose() * factor;
      }
    };
    s.begin_task(10);
    learn(s, first);
    train(first, truth[0]);
    const matrix probe = first.draw(200), told = probe * w.transpose();
    s.begin_task(8);
    train(second, truth[1]);
    changed[projects] = (probe * w.transpose() - told).norm() / told.norm();
    const matrix fresh = second.draw(200), wanted = fresh * truth[1].transpose();
    wrong[projects] = (fresh * w.transpose() - wanted).norm() / wanted.norm();
  }
  EXPECT_GT(changed[0], 10 * changed[1]) << changed[0] << " and " << changed[1];
  EXPECT_LT(wrong[1], 1.5 * wrong[0] + 0.05) << "the second task is learned all the same";
}

TEST(activity_subspace, refuses_what_cannot_be) {
  const auto refused = [](auto act, const char* what) {
    EXPECT_THAT(act, ThrowsMessage<spinule_error>(HasSubstr(what)));
  };
  refused([] { activity_subspace(0, {}); }, "inputs = 0");
  refused([] { activity_subspace(3, {.learning_rate = std::numeric_limits<double>::quiet_NaN()}); },
          "learning_rate = nan");
  refused([] { activity_subspace(3, {.momentum = 1}); }, "momentum = 1");
  refused([] { activity_subspace(3, {.levels = -1}); }, "levels = -1");
  activity_subspace s{3, {}};
  s.begin_task(2);
  refused([&] { s.begin_task(2); }, "2 lateral neurons and 2 more are above the 3 inputs");
  refused([&] { s.learn(std::vector<double>(4)); }, "4 numbers are no samples of 3 inputs");
  refused([&] { s.learn(std::vector<double>{1, 2, std::numeric_limits<double>::infinity()}); }, "not finite");
  std::vector<double> x(5);
  refused([&] { s.project(x); }, "5 numbers");
}

}  // namespace spinule::learning::activity_subspace_test

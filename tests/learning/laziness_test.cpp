// Initial weights of low rank, measures of laziness, and that low rank makes learning richer.
#include <cmath>
#include <limits>
#include <numeric>

#include <gmock/gmock.h>
#include <Eigen/Dense>

#include <spinule/error.hpp>
#include <spinule/learning/laziness.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::laziness_test {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr auto linear = transfer_function::identity;

double norm(const std::vector<double>& x) { return std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0)); }

TEST(low_rank, keeps_the_largest_singular_values_and_the_norm) {
  const auto w = normal_inputs(7, 5, 1, 3);  // [7][5]
  using matrix = Eigen::Matrix<double, 7, 5, Eigen::RowMajor>;
  const auto singular_values = [](const std::vector<double>& x) {
    return Eigen::VectorXd{Eigen::Map<const matrix>{x.data()}.jacobiSvd().singularValues()};
  };
  const auto full = singular_values(w);
  for (std::size_t rank = 1; rank <= 5; ++rank) {
    const auto low = low_rank(w, 7, 5, rank);
    const auto r = static_cast<Eigen::Index>(rank);
    EXPECT_NEAR(norm(low), norm(w), 1e-12);
    const auto values = singular_values(low);
    const double scale = full.norm() / full.head(r).norm();
    EXPECT_NEAR((values.head(r) - scale * full.head(r)).norm(), 0, 1e-12) << rank;
    EXPECT_NEAR(values.tail(5 - r).norm(), 0, 1e-12) << rank;
  }
  for (std::size_t i = 0; i < w.size(); ++i) EXPECT_NEAR(low_rank(w, 7, 5, 5)[i], w[i], 1e-13);
  EXPECT_EQ(norm(low_rank(std::vector<double>(6), 2, 3, 1)), 0);
}

TEST(tangent_kernel, is_the_product_of_derivatives) {
  auto network = two_layer_network::random(3, 4, 2, linear, 1, 1);
  const auto x = normal_inputs(5, 3, 1, 2);
  const auto kernel = tangent_kernel(network, x);
  Eigen::MatrixXd derivatives(10, 20);
  const double h = 1e-3;  // y is linear in each weight: differences are exact
  for (Eigen::Index k = 0; k < 20; ++k) {
    double& w = k < 12 ? network.first[static_cast<std::size_t>(k)] : network.second[static_cast<std::size_t>(k - 12)];
    const double kept = w;
    w = kept + h;
    const auto above = network.answers(x);
    w = kept - h;
    const auto below = network.answers(x);
    w = kept;
    for (Eigen::Index i = 0; i < 10; ++i)
      derivatives(i, k) = (above[static_cast<std::size_t>(i)] - below[static_cast<std::size_t>(i)]) / (2 * h);
  }
  const Eigen::MatrixXd wanted = derivatives * derivatives.transpose();
  ASSERT_EQ(kernel.size(), 100);
  for (Eigen::Index i = 0; i < 100; ++i)
    EXPECT_NEAR(kernel[static_cast<std::size_t>(i)], wanted(i / 10, i % 10), 1e-10);
}

TEST(laziness, is_1_for_what_did_not_change) {
  const auto network = two_layer_network::random(3, 4, 2, linear, 1, 1);
  auto doubled = network;
  for (double& w : doubled.first) w *= 2;
  for (double& w : doubled.second) w *= 2;
  const auto x = normal_inputs(5, 3, 1, 2);
  const auto same = laziness_between(network, network, x), scaled = laziness_between(network, doubled, x);
  EXPECT_NEAR(same.kernel_alignment, 1, 1e-14);
  EXPECT_EQ(same.weight_change, 0);
  EXPECT_NEAR(scaled.kernel_alignment, 1, 1e-14);
  EXPECT_NEAR(scaled.representation_alignment, 1, 1e-14);
  EXPECT_NEAR(scaled.weight_change, std::hypot(norm(network.first), norm(network.second)), 1e-13);
  EXPECT_NEAR(kernel_alignment(std::vector<double>{1, 0}, std::vector<double>{1, 1}), std::sqrt(0.5), 1e-15);
}

/// Mean alignment of the tangent kernels before and after a linear student of rank `rank` learned a linear teacher; of
/// rank 0 the student's first layer looks along the teacher's only direction.
double mean_alignment(std::size_t rank) {
  constexpr std::size_t n = 20, seeds = 10;
  const auto x = normal_inputs(40, n, 1, 99);
  double sum = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto teacher = two_layer_network::random(n, n, 1, linear, 1.7, 1000 + seed);
    auto student = two_layer_network::random(n, n, 1, linear, 0.5, seed);
    const double size = norm(student.first);
    if (rank > 0) {
      student.first = low_rank(student.first, n, n, rank);
    } else {
      random_stream draw{seed, purpose::user, 0};
      for (std::size_t i = 0; i < n; ++i) {
        const double u = draw.normal();
        for (std::size_t j = 0; j < n; ++j) {
          double& w = student.first[i * n + j] = 0;
          for (std::size_t k = 0; k < n; ++k) w += u * teacher.second[k] * teacher.first[k * n + j];
        }
      }
      const double now = norm(student.first);
      for (double& w : student.first) w *= size / now;
    }
    const auto y = teacher.answers(x);
    curl_descent learner{student, {.learning_rate = 0.02, .keep_norms = false}};
    for (int step = 0; step < 1500; ++step) learner.step(x, y);
    EXPECT_LT(learner.loss(x, y), 1e-4) << rank << ' ' << seed;
    sum += laziness_between(student, learner.network(), x).kernel_alignment / seeds;
  }
  return sum;
}

TEST(laziness, grows_with_the_rank_of_initial_weights_and_with_alignment) {
  const double rank_1 = mean_alignment(1);
  double before = rank_1;
  for (const std::size_t rank : {2, 5, 10, 20}) {
    const double now = mean_alignment(rank);
    EXPECT_GT(now, before) << rank;
    before = now;
  }
  EXPECT_GT(before, rank_1 + 0.1);
  EXPECT_GE(mean_alignment(0), rank_1);
}

TEST(laziness, refuses_what_makes_no_sense) {
  const auto message = [](const char* why) { return ThrowsMessage<spinule_error>(HasSubstr(why)); };
  std::vector<double> w(6, 1.0);
  EXPECT_THAT([&] { low_rank(w, 2, 2, 1); }, message("6 weights are not 2 x 2"));
  EXPECT_THAT([&] { low_rank(w, 2, 3, 0); }, message("from 1 to 2"));
  EXPECT_THAT([&] { low_rank(w, 2, 3, 3); }, message("from 1 to 2"));
  w[4] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT([&] { low_rank(w, 2, 3, 1); }, message("not finite"));
  EXPECT_THAT([&] { kernel_alignment(std::vector<double>{1}, std::vector<double>{1, 2}); }, message("one size"));
  EXPECT_THAT([&] { kernel_alignment(std::vector<double>{0}, std::vector<double>{1}); }, message("no direction"));
  const auto network = two_layer_network::random(3, 4, 2, linear, 1, 1);
  EXPECT_THAT([&] { tangent_kernel(network, std::vector<double>(4)); }, message("4 numbers are no samples"));
  EXPECT_THAT([&] { tangent_kernel(two_layer_network::random(3, 4, 2, transfer_function::tanh, 1, 1), w); },
              message("not linear"));
  EXPECT_THAT(
      [&] { laziness_between(network, two_layer_network::random(3, 5, 2, linear, 1, 1), std::vector<double>(3, 1.0)); },
      message("differ in size"));
}

}  // namespace spinule::learning::laziness_test

// Numbers drawn many at a time are those drawn one by one.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include <spinule/distribution.hpp>
#include <spinule/engine/poisson_counts.hpp>
#include <spinule/math.hpp>
#include <spinule/wiring.hpp>

namespace spinule::batch_test {

random_stream stream(std::uint64_t entity) { return {12, purpose::user, entity}; }

TEST(batch, gives_the_numbers_drawn_one_by_one) {
  for (const std::size_t n : {1u, 7u, 16u, 33u, 1000u}) {
    auto one = stream(n), many = stream(n);
    one.bits();
    many.bits();  // begins in the middle of a block
    std::vector<double> u(n), z(n), g(n);
    many.open_uniforms(u);
    many.normals(z);
    many.geometrics(0.03, g);
    for (const double x : u) ASSERT_EQ(x, one.open_uniform());
    for (const double x : z) ASSERT_EQ(x, one.normal());
    for (const double x : g) ASSERT_EQ(x, static_cast<double>(one.geometric(0.03)));
    std::vector<std::uint32_t> b(n);
    many.bits(b);
    for (const std::uint32_t x : b) ASSERT_EQ(x, one.bits());
  }
}

TEST(batch, functions_of_arrays_are_those_of_numbers) {
  std::vector<double> x;
  auto random = stream(1);
  for (int i = 0; i < 5000; ++i) x.push_back(random.open_uniform());
  for (const double edge : {1e-300, 0x1p-53, 1e-8, 0.075, 0.925, 0.5, 1 - 0x1p-53}) x.push_back(edge);
  std::vector<double> logs(x.size()), quantiles(x.size());
  portable_logs(x.data(), logs.data(), x.size());
  normal_quantiles(x.data(), quantiles.data(), x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_EQ(logs[i], portable_log(x[i])) << x[i];
    ASSERT_EQ(quantiles[i], normal_quantile(x[i])) << x[i];
  }
}

TEST(batch, laws_draw_the_same) {
  const double infinite = std::numeric_limits<double>::infinity();
  for (const law& l : {law{law::shape::constant, 3, 0}, law{law::shape::normal, 1.5, 0.75},
                       law{law::shape::normal, 1.5, 0.75, 0.1, infinite}, law{law::shape::normal, 0, 1, 2, 3},
                       law{law::shape::uniform, 1, 4}, law{law::shape::lognormal, 1, 0.5, 0, 2}}) {
    auto one = stream(5), many = stream(5);
    std::vector<double> x(500);
    l.draw(many, x);
    for (const double v : x) {
      ASSERT_EQ(v, l.draw(one));
      ASSERT_LE(std::abs(v), l.greatest_magnitude());
    }
  }
}

TEST(batch, whole_numbers_below_a_bound_are_uniform) {
  auto random = stream(9);
  std::vector<std::uint32_t> x(60000), hits(6, 0);
  random.below(6, x);
  for (const auto v : x) {
    ASSERT_LT(v, 6u);
    ++hits[v];
  }
  for (const auto n : hits) EXPECT_NEAR(n, 10000, 5 * std::sqrt(10000 * 5.0 / 6));
}

TEST(poisson_counts, does_not_depend_on_where_a_slice_begins) {
  const poisson_counts law{2.5, 7, 0};
  std::vector<std::int32_t> whole(200, 0), parts(200, 0);
  law.add(3, 11, 0, 200, 5, whole.data());
  for (index_t first : {0u, 17u, 31u, 64u, 65u, 150u}) {
    const index_t next = first == 0    ? 17
                         : first == 17 ? 31
                         : first == 31 ? 64
                         : first == 64 ? 65
                         : first == 65 ? 150
                                       : 200;
    law.add(3, 11, first, next - first, 5, parts.data() + first);
  }
  EXPECT_EQ(whole, parts);
}

TEST(poisson_counts, whose_upper_bits_do_not_decide_are_the_same_in_whole_groups) {
  for (const double mean : {0.3, 23.0}) {
    const poisson_counts law{mean, 7, 1};
    std::vector<std::int32_t> whole(64000, 0), parts(64000, 0);
    law.add(0, 5, 0, 64000, 1, whole.data());
    for (index_t first = 0; first < 64000; first += 40) law.add(0, 5, first, 40, 1, parts.data() + first);
    EXPECT_EQ(whole, parts);
  }
}

TEST(poisson_counts, has_the_probabilities_of_the_law) {
  for (const double mean : {0.02, 2.0, 23.0}) {
    const poisson_counts law{mean, 1, 0};
    constexpr index_t n = 100000;
    std::vector<std::int32_t> x(n, 0);
    law.add(0, 0, 0, n, 1, x.data());
    std::vector<double> seen(law.greatest() + std::size_t{1}, 0);
    for (const auto k : x) ++seen[static_cast<std::size_t>(k)];
    double p = portable_exp(-mean), chi2 = 0;
    int bins = 0;
    for (std::size_t k = 0; k < seen.size(); ++k, p *= mean / static_cast<double>(k))
      if (p * n > 10) chi2 += (seen[k] - p * n) * (seen[k] - p * n) / (p * n), ++bins;
    EXPECT_LT(chi2, bins + 5 * std::sqrt(2.0 * bins)) << "mean " << mean;
  }
}

TEST(wiring, fixed_total_number_is_met_and_spread_evenly) {
  const fixed_total_number rule{100000};
  const endpoints ends{400, 50, false, {}, {}};
  auto random = stream(2);
  const auto sizes = rule.row_sizes(ends, random);
  ASSERT_EQ(sizes.size(), 400u);
  std::uint64_t total = 0;
  double chi2 = 0;
  std::vector<index_t> targets;
  for (index_t s = 0; s < 400; ++s) {
    total += sizes[s];
    chi2 += (sizes[s] - 250.0) * (sizes[s] - 250.0) / 250;
    auto row = stream(1000 + s);
    targets.clear();
    rule.row(s, ends, sizes[s], row, targets);
    ASSERT_EQ(targets.size(), sizes[s]);
    for (const index_t t : targets) ASSERT_LT(t, 50u);
  }
  EXPECT_EQ(total, 100000u);
  EXPECT_LT(chi2, 399 + 5 * std::sqrt(2.0 * 399));
}

}  // namespace spinule::batch_test

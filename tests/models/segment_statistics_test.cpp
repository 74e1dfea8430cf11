// Golden values of Ahmad & Hawkins 2016, recomputed in exact rationals where they have 16 digits, and what the formulas
// must agree on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/error.hpp>
#include <spinule/models/segment_statistics.hpp>

namespace spinule::segment_statistics_test {

void expect_digits(double value, double golden, double relative) { EXPECT_NEAR(value / golden, 1, relative) << golden; }

TEST(segment_statistics, has_the_published_false_positives) {
  struct row {
    std::int64_t n, a, s, theta;
    double golden;
  };
  for (const auto& [n, a, s, theta, golden] : {row{1024, 8, 4, 2, 3.182416654151462e-04},
                                               {10000, 300, 24, 12, 8.375845227098491e-13},
                                               {100000, 2000, 24, 12, 8.586941002765923e-15},
                                               {4100, 128, 24, 12, 1.006492390717996e-12},
                                               {4000, 128, 24, 12, 1.343239364725541e-12},
                                               {4100, 64, 24, 12, 1.662586382173908e-16},
                                               {700, 256, 24, 12, 1.210877247909446e-01},
                                               {500, 128, 24, 12, 7.367883033582889e-03},
                                               {10000, 300, 30, 12, 2.279079420265147e-11},
                                               {10000, 300, 30, 15, 1.049191825212369e-15},
                                               {200000, 2000, 10, 10, 9.779363371030453e-21},
                                               {200000, 2000, 20, 10, 1.649898752007993e-15}})
    expect_digits(false_positive(n, a, s, theta), golden, 2e-13);
  for (const auto& [n, a, s, theta, golden] : {row{100000, 2000, 6, 6, 6.353088729419165e-11},
                                               {100000, 2000, 8, 8, 2.525072392849606e-14},
                                               {100000, 2000, 10, 10, 1.001632161781133e-17},
                                               {100000, 2000, 12, 6, 5.293868362753690e-08},
                                               {100000, 2000, 16, 8, 2.817245283272718e-10},
                                               {100000, 2000, 20, 10, 1.541927672587196e-12}})
    expect_digits(false_positive(n, a, s, theta), golden, 2e-13);
  expect_digits(false_positive(700, 128, 24, 12), 3.20e-4, 2e-3);
}

TEST(segment_statistics, has_the_published_false_negatives) {
  expect_digits(false_negative(300, 30, 12, 60), 3.947436e-8, 2e-7);
  expect_digits(false_negative(128, 30, 8, 64), 7.354295e-4, 1e-7);
  expect_digits(false_negative(128, 30, 10, 38), 1.4377527e-7, 6e-8);
  expect_digits(false_negative(128, 30, 10, 64), 1.0382691e-2, 6e-8);
  expect_digits(false_negative(128, 30, 10, 90), 0.61259269, 1e-8);
  EXPECT_EQ(false_negative(128, 30, 10, 20), 0) << "v <= s - theta: enough of them are left";
  EXPECT_GT(false_negative(128, 30, 10, 21), 0);
}

TEST(segment_statistics, has_the_published_unions) {
  EXPECT_NEAR(union_size(20000, 25, 10), 248.598, 5e-4);
  EXPECT_NEAR(1 - union_size(20000, 25, 10) / 20000, 0.98757, 5e-6);
  expect_digits(union_false_positive(20000, 100, 25, 15, 10), 1.7347e-12, 3e-5);
  expect_digits(union_false_positive(1000, 200, 25, 15, 1), 1.0014e-5, 5e-5);
  EXPECT_NEAR(union_false_positive(1000, 200, 25, 15, 5), 0.991, 5e-4);
  expect_digits(union_false_positive(20000, 200, 25, 15, 10), 3.32e-8, 2e-3);
}

TEST(segment_statistics, has_the_published_classification) {
  EXPECT_NEAR(any_of(500, false_positive(100, 7, 7, 4)), 0.13473, 5e-6);
  EXPECT_NEAR(500 * false_positive(100, 7, 7, 4), 0.1447, 5e-5);
  EXPECT_NEAR(any_of(500, false_positive(100, 7, 7, 5)), 0.0028225, 5e-6);
  EXPECT_NEAR(any_of(500, false_positive(100, 7, 7, 6)), 2.037e-5, 5e-9);
}

TEST(segment_statistics, finds_dense_codes_no_better_however_many_inputs_there_are) {
  for (const std::int64_t n : {200, 2000, 200000}) EXPECT_GT(false_positive(n, n / 2, 24, 18), 7e-3) << n;
  EXPECT_LT(false_positive(200000, 4000, 24, 12), 1e-12);
}

TEST(segment_statistics, sums_to_one_and_is_symmetric_in_what_is_drawn_and_what_is_marked) {
  double none = 1;  // of 10 synapses none among the 20 active ones
  for (int i = 0; i < 10; ++i) none *= (30.0 - i) / (50 - i);
  EXPECT_NEAR(false_positive(50, 20, 10, 1), 1 - none, 1e-14);
  expect_digits(false_positive(1000, 30, 200, 12), false_positive(1000, 200, 30, 12), 1e-12);
  EXPECT_EQ(false_positive(20, 20, 10, 10), 1);
  EXPECT_EQ(false_positive(20, 3, 10, 4), 0);
  EXPECT_NEAR(exact_match(0.25, 3, 2), std::pow(1 - std::pow(0.75, 3), 2), 1e-15);
  EXPECT_NEAR(any_of(1'000'000, 1e-15), 1e-9, 1e-17) << "without cancellation";
  EXPECT_EQ(any_of(3, 1), 1);
}

TEST(segment_statistics, refuses_numbers_that_do_not_fit) {
  EXPECT_THROW(false_positive(10, 11, 5, 2), spinule_error);
  EXPECT_THROW(false_positive(10, 5, 11, 2), spinule_error);
  EXPECT_THROW(false_positive(10, 5, 5, 6), spinule_error);
  EXPECT_THROW(false_positive(10, 5, 5, 0), spinule_error);
  EXPECT_THROW(false_negative(10, 5, 3, 11), spinule_error);
  EXPECT_THROW(false_negative(10, 11, 3, 2), spinule_error);
  EXPECT_THROW(any_of(-1, 0.5), spinule_error);
  EXPECT_THROW(any_of(3, 1.5), spinule_error);
  EXPECT_THROW(any_of(3, std::nan("")), spinule_error);
  EXPECT_THROW(union_size(10, 11, 2), spinule_error);
  EXPECT_THROW(exact_match(0.5, 2, -1), spinule_error);
}

}  // namespace spinule::segment_statistics_test

// How recordings go into a network, and how answers come out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/error.hpp>
#include <spinule/io/network_file.hpp>

namespace spinule::network_use_test {

using testing::ElementsAre;

TEST(encoding, groups_cuts_and_caps_events) {
  const recording r{{{0, 0}, {0, 4}, {10, 5}, {1000, 4}, {1999, 3}, {2000, 9}, {5000, 0}}, 6_ms};
  const auto as = [&](const input_encoding& e) { return encoded(r, e, 1_ms).events; };
  EXPECT_THAT(as({.group = 5, .length = 5_ms}),
              ElementsAre(event{0, 0}, event{0, 0}, event{10, 1}, event{1000, 0}, event{1999, 0}, event{2000, 1}));
  EXPECT_THAT(as({.group = 5, .length = 5_ms, .most_events = 1}),
              ElementsAre(event{0, 0}, event{10, 1}, event{1000, 0}, event{2000, 1}));
  EXPECT_EQ(encoded(r, {.length = 6_ms}, 1_ms).length, 6_ms);
  EXPECT_EQ(as({.length = 6_ms}).size(), 7u);
  EXPECT_EQ(input_neurons(700, {.group = 5}), 140u);
  EXPECT_EQ(input_neurons(701, {.group = 5}), 141u);
  EXPECT_THROW(input_neurons(700, {.group = 0}), spinule_error);
  EXPECT_THROW(as({.group = 0}), spinule_error);
}

TEST(class_scores, follow_their_rule) {
  const double x[] = {1, 0, 3, -1, 0, 2};  // three ticks of two classes
  using enum readout_rule::law;
  EXPECT_THAT(class_scores(last, x, 2), ElementsAre(0, 2));
  EXPECT_THAT(class_scores(mean, x, 2), ElementsAre(testing::DoubleEq(4.0 / 3), testing::DoubleEq(1.0 / 3)));
  EXPECT_THAT(class_scores(maximum, x, 2), ElementsAre(3, 2));
  const auto p = [](double a, double b) { return 1 / (1 + std::exp(b - a)); };
  EXPECT_THAT(class_scores(sum_of_softmax, x, 2),
              ElementsAre(testing::DoubleNear(p(1, 0) + p(3, -1) + p(0, 2), 1e-14),
                          testing::DoubleNear(p(0, 1) + p(-1, 3) + p(2, 0), 1e-14)));
  const auto weight = [](int t) { return std::exp(-t / 3.0) / 3; };
  EXPECT_THAT(class_scores(exponential, x, 2), ElementsAre(testing::DoubleNear(weight(1) + 3 * weight(2), 1e-14),
                                                           testing::DoubleNear(-weight(2) + 2 * weight(3), 1e-14)));
  const double large[] = {2000, -2000};
  EXPECT_THAT(class_scores(sum_of_softmax, large, 2), ElementsAre(1, 0));
  EXPECT_THROW(class_scores(mean, x, 4), spinule_error);
  EXPECT_THROW(class_scores(mean, {}, 2), spinule_error);
}

}  // namespace spinule::network_use_test

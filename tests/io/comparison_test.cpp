#include <spinule/io/engine/comparison.hpp>

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <io/fake_results.hpp>
#include <spinule/error.hpp>

namespace spinule::comparison_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(mcnemar_test, is_the_sum_of_binomial_coefficients) {
  EXPECT_DOUBLE_EQ(mcnemar(0, 0), 1);
  EXPECT_NEAR(mcnemar(0, 1), 1, 1e-12);                                    // 2 / 2
  EXPECT_NEAR(mcnemar(0, 5), 2.0 / 32, 1e-12);                             // 2 (1) / 2^5
  EXPECT_NEAR(mcnemar(1, 9), 2.0 * (1 + 10) / 1024, 1e-12);                // 2 (1 + 10) / 2^10
  EXPECT_NEAR(mcnemar(3, 12), 2.0 * (1 + 15 + 105 + 455) / 32768, 1e-12);  // 2 (1 + 15 + 105 + 455) / 2^15
  EXPECT_NEAR(mcnemar(6, 16), 2.0 * (1 + 22 + 231 + 1540 + 7315 + 26334 + 74613) / 4194304, 1e-12);
}

TEST(mcnemar_test, does_not_depend_on_the_order_and_is_1_for_an_even_split) {
  for (std::uint64_t a = 0; a < 30; ++a) {
    EXPECT_DOUBLE_EQ(mcnemar(a, a), 1) << "P(X <= n / 2) is more than one half";
    for (std::uint64_t b = 0; b < 30; ++b) {
      EXPECT_DOUBLE_EQ(mcnemar(a, b), mcnemar(b, a));
      if (b > a) {
        EXPECT_LE(mcnemar(a, b + 1), mcnemar(a, b)) << a << ' ' << b;
      }
    }
  }
}

TEST(mcnemar_test, meets_the_normal_law_where_many_differ) {
  // With the correction for continuity, z = (|b - c| - 1) / sqrt(b + c); p = erfc(z / sqrt(2)).
  const double z = (5200.0 - 4800 - 1) / std::sqrt(10'000.0);
  EXPECT_NEAR(mcnemar(4800, 5200), std::erfc(z / std::sqrt(2.0)), 1e-6);
}

/// Answers to samples of class 0: right where the text has an x.
replay_result answering(const std::string& text) {
  replay_result r;
  r.labels = {"a", "b"};
  r.samples = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    r.sample_numbers.push_back(i);
    r.truths.push_back(0);
    r.answers.push_back(text[i] == 'x' ? 0 : 1);
    r.correct += text[i] == 'x';
  }
  r.confusion = {r.correct, r.samples - r.correct, 0, 0};
  return r;
}

TEST(comparison, counts_the_samples_that_just_one_answers_right) {
  const auto t = test_pair(answering("xx..x.x"), answering(".xx.xxx"));
  EXPECT_EQ(t.samples, 7u);
  EXPECT_EQ(t.only_first, 1u);
  EXPECT_EQ(t.only_second, 2u);
  EXPECT_DOUBLE_EQ(t.p, mcnemar(1, 2));
  EXPECT_FALSE(t.told_apart());
  EXPECT_TRUE(test_pair(answering("xxxxxx"), answering("......")).told_apart()) << "2 / 2^6";
}

TEST(comparison, tells_apart_what_overlapping_intervals_do_not) {
  // 80 and 90 of 100: their 95 % intervals overlap, and the same 80 samples are right in both.
  const auto a = answering(std::string(80, 'x') + std::string(20, '.'));
  const auto b = answering(std::string(90, 'x') + std::string(10, '.'));
  EXPECT_NEAR(test_pair(a, b).p, 2.0 / 1024, 1e-12);
}

TEST(comparison, of_runs_that_were_interrupted_is_on_the_samples_they_share) {
  std::vector<replay_result> all{answering("xxxx......"), answering("x.x"), answering("xxxxx")};
  all[0].backend = "cpu";
  all[1].backend = "crossbar";
  all[2].backend = "digital";
  const comparison how = compare(all);
  EXPECT_THAT(how.common, ElementsAre(0, 1, 2));
  EXPECT_TRUE(how.partial);
  EXPECT_DOUBLE_EQ(accuracy_among(all[0], how.common), 1) << "though 4 of all its 10";
  EXPECT_DOUBLE_EQ(accuracy_among(all[1], how.common), 2.0 / 3);
  ASSERT_EQ(how.tests.size(), 3u);
  EXPECT_EQ(how.tests[0].samples, 3u);
  EXPECT_EQ(how.tests[1].samples, 5u) << "cpu and digital";
  EXPECT_DOUBLE_EQ(nlohmann::json(json_of(how, all))["groups"][0]["accuracy"]["mean"].get<double>(), 1);
}

TEST(comparison, takes_chips_of_one_hardware_together) {
  auto all = fake::chips_of_random_rram(4);
  all.insert(all.begin(), fake::plain("cpu", 0.941));
  const comparison how = compare(all);
  ASSERT_EQ(how.groups.size(), 2u);
  EXPECT_THAT(how.groups[1].members, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(how.tests.size(), 4u) << "the CPU with each chip";
  const auto group = json_of(how, all)["groups"][1];
  std::vector<double> accuracies, totals;
  for (std::size_t i = 1; i < 5; ++i) {
    accuracies.push_back(all[i].accuracy());
    totals.push_back(all[i].energy->real_time_total_pj());
  }
  EXPECT_EQ(group["chips"], nlohmann::json({0, 1, 2, 3}));
  EXPECT_DOUBLE_EQ(group["accuracy"]["mean"], spread_of(accuracies).mean);
  EXPECT_DOUBLE_EQ(group["accuracy"]["deviation"], spread_of(accuracies).deviation);
  EXPECT_DOUBLE_EQ(group["energy_pj"]["total_real_time"]["mean"], spread_of(totals).mean);
  EXPECT_GT(group["latency_us"]["mean"], 0);
  EXPECT_TRUE(json_of(how, all)["groups"][0]["energy_pj"].is_null());
}

TEST(comparison, leaves_a_chip_that_was_interrupted_out_of_the_mean) {
  auto all = fake::chips_of_random_rram(3);
  all[2] = fake::ended_after(all[2], 7);
  const comparison how = compare(all);
  ASSERT_EQ(how.groups.size(), 1u);
  EXPECT_THAT(how.groups[0].members, ElementsAre(0, 1));
  EXPECT_THAT(how.groups[0].left_out, ElementsAre(2));
  EXPECT_FALSE(how.partial);
  EXPECT_EQ(how.common.size(), 1000u) << "and nothing is cut down to its 7 samples";
  const auto alone = compare(std::span{all}.last(1));
  EXPECT_THAT(alone.groups[0].members, ElementsAre(0)) << "where there is nothing else";
}

TEST(comparison, keeps_hardware_apart_that_was_changed) {
  auto all = fake::chips_of_random_rram(2);
  all[1].preset->constants[0].value *= 2;
  EXPECT_EQ(compare(all).groups.size(), 2u);
}

TEST(comparison, refuses_other_samples) {
  auto other = answering("xxx");
  other.truths[1] = 1;
  EXPECT_THAT([&] { test_pair(answering("xxx"), other); },
              ThrowsMessage<spinule_error>(HasSubstr("sample 1 is of class 0 in one result and of 1 in the other")));
  other.answers.clear();
  EXPECT_THAT([&] { test_pair(other, other); }, ThrowsMessage<spinule_error>(HasSubstr("holds no answers")));
  EXPECT_TRUE(compare(std::vector{other, other}).tests.empty()) << "a list of them is compared as far as it goes";
}

TEST(comparison, spread_is_that_of_a_sample) {
  const spread s = spread_of(std::vector{1.0, 2.0, 6.0});
  EXPECT_DOUBLE_EQ(s.mean, 3);
  EXPECT_DOUBLE_EQ(s.deviation, std::sqrt((4.0 + 1 + 9) / 2));
  EXPECT_EQ(s.least, 1);
  EXPECT_EQ(s.greatest, 6);
  EXPECT_EQ(spread_of(std::vector{4.0}).deviation, 0);
  EXPECT_THROW(spread_of({}), spinule_error);
}

}  // namespace spinule::comparison_test

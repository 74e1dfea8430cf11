#include <gtest/gtest.h>

#include <cmath>

#include <spinule/error.hpp>
#include <spinule/learning/contrastive_heads.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::contrastive_heads_test {

using side = contrastive_heads::side;

std::vector<float> drawn(std::size_t n, std::uint64_t seed) {
  random_stream draw{seed, purpose::user, 0};
  std::vector<float> x(n);
  for (float& v : x) v = static_cast<float>(draw.normal());
  return x;
}

/// A class decides the features of both modalities, in different ways, and the rest is noise.
struct pairs {
  std::vector<float> first, second;
  std::vector<std::size_t> classes;
  feature_table a() const { return {first, 12}; }
  feature_table b() const { return {second, 9}; }
};
pairs pairs_of(std::size_t n, std::size_t classes, std::uint64_t seed) {
  const auto one = drawn(classes * 12, 1), two = drawn(classes * 9, 2), noise = drawn(n * 21, seed);
  pairs p;
  for (std::size_t i = 0; i < n; ++i) {
    p.classes.push_back(i % classes);
    for (std::size_t k = 0; k < 12; ++k) p.first.push_back(one[p.classes[i] * 12 + k] + 0.3f * noise[i * 21 + k]);
    for (std::size_t k = 0; k < 9; ++k) p.second.push_back(two[p.classes[i] * 9 + k] + 0.3f * noise[i * 21 + 12 + k]);
  }
  return p;
}

TEST(contrastive_heads, have_the_gradient_that_differences_of_the_loss_give) {
  const pairs p = pairs_of(7, 7, 3);
  contrastive_heads heads{12, 9, {.dimensions = 5, .temperature = 0.7}};
  const auto gradient = heads.gradient(p.a(), p.b());
  std::vector<float> at(heads.parameters().begin(), heads.parameters().end());
  ASSERT_EQ(gradient.size(), (12u + 9u + 2u) * 5u);
  for (std::size_t i = 0; i < at.size(); ++i) {
    const float here = at[i], h = 0.01f;
    at[i] = here + h;
    heads.assign(at);
    const double up = heads.loss(p.a(), p.b());
    at[i] = here - h;
    heads.assign(at);
    const double down = heads.loss(p.a(), p.b());
    at[i] = here;
    EXPECT_NEAR(gradient[i], (up - down) / 0.02, 2e-4) << i;
  }
}

TEST(contrastive_heads, cannot_tell_pairs_apart_before_they_have_learned_and_lose_log_n_where_all_are_alike) {
  const std::vector<float> same(8 * 3, 0.5f);
  EXPECT_NEAR((contrastive_heads{3, 3}.loss({same, 3}, {same, 3})), std::log(8.0), 1e-6);
}

TEST(contrastive_heads, bring_pairs_of_one_class_together) {
  const pairs seen = pairs_of(60, 6, 4), others = pairs_of(60, 6, 5);
  contrastive_heads heads{12, 9, {.dimensions = 16, .rate = 1e-2}};
  for (int pass = 0; pass < 30; ++pass)
    for (std::size_t i = 0; i + 6 <= 60; i += 6)
      heads.learn({seen.a().values.subspan(i * 12, 72), 12}, {seen.b().values.subspan(i * 9, 54), 9});
  const auto queries = heads.project(side::second, others.b()), gallery = heads.project(side::first, others.a());
  const auto found = nearest({queries, 16}, {gallery, 16});
  int right = 0;
  for (std::size_t i = 0; i < 60; ++i) right += others.classes[found[i]] == others.classes[i];
  EXPECT_GE(right, 55);
}

TEST(contrastive_heads, learn_the_same_from_the_same_seed) {
  const pairs p = pairs_of(8, 4, 6);
  const auto learned = [&](std::uint64_t seed) {
    contrastive_heads heads{12, 9, {.dimensions = 4, .seed = seed}};
    for (int i = 0; i < 5; ++i) heads.learn(p.a(), p.b());
    return std::vector<float>(heads.parameters().begin(), heads.parameters().end());
  };
  EXPECT_EQ(learned(1), learned(1));
  EXPECT_NE(learned(1), learned(2));
}

TEST(contrastive_heads, refuse_what_is_no_batch_of_pairs) {
  const std::vector<float> x(12, 1), nan(12, NAN);
  EXPECT_THROW((contrastive_heads{0, 3}), spinule_error);
  EXPECT_THROW((contrastive_heads{3, 3, {.dimensions = 0}}), spinule_error);
  EXPECT_THROW((contrastive_heads{3, 3, {.temperature = 0}}), spinule_error);
  EXPECT_THROW((contrastive_heads{3, 3, {.rate = -1}}), spinule_error);
  contrastive_heads heads{3, 4};
  EXPECT_THROW(heads.learn({x, 3}, {x, 4}), spinule_error) << "4 rows and 3";
  EXPECT_THROW(heads.learn({x, 4}, {x, 4}), spinule_error) << "other widths";
  EXPECT_THROW(heads.learn({std::span{x}.first(3), 3}, {std::span{x}.first(4), 4}), spinule_error) << "one pair";
  EXPECT_THROW(heads.project(side::first, {nan, 3}), spinule_error);
  EXPECT_THROW(heads.assign(x), spinule_error);
  EXPECT_THROW(nearest({x, 3}, {x, 4}), spinule_error);
}

}  // namespace spinule::learning::contrastive_heads_test

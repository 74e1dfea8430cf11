#include <spinule/learning/readout.hpp>

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <spinule/error.hpp>
#include <spinule/learning/engine/softmax_loss.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::readout_test {

struct data {
  std::vector<float> values;
  std::vector<std::uint32_t> labels;
  std::size_t features;
  feature_table table() const { return {values, features}; }
};

/// Clouds around one random centre for each class, `distance` apart in units of their deviation.
data clouds(std::size_t samples, std::size_t features, std::uint32_t classes, double distance) {
  data result{{}, {}, features};
  random_stream draw{7, purpose::user, 0};
  std::vector<double> centre(features * classes);
  for (double& c : centre) c = distance * draw.normal();
  for (std::size_t s = 0; s < samples; ++s) {
    const auto label = static_cast<std::uint32_t>(s % classes);
    result.labels.push_back(label);
    for (std::size_t f = 0; f < features; ++f)
      result.values.push_back(static_cast<float>(centre[label * features + f] + draw.normal()));
  }
  return result;
}

std::size_t correct(const linear_readout& readout, const data& d) {
  std::size_t count = 0;
  for (std::size_t s = 0; s < d.labels.size(); ++s) count += readout.classify(d.table().row(s)) == d.labels[s];
  return count;
}

template <class Action>
std::string message(Action action) {
  try {
    action();
  } catch (const spinule_error& e) {
    return e.what();
  }
  return "no error";
}

TEST(softmax_loss, has_the_gradient_of_its_finite_differences) {
  const data d = clouds(70, 5, 3, 0.5);  // more than one block and shards of unequal size
  const auto scale = measure_scaling(d.table(), scaling::standardise);
  softmax_loss loss{d.table(), d.labels, 3, scale, 0.1};
  std::vector<double> x(loss.size()), gradient(loss.size()), ignored(loss.size());
  random_stream draw{1, purpose::user, 1};
  // multiples of 2^-10 and a step of 2^-7 are exact in the float that the products run in
  for (double& v : x) v = std::round(0.3 * draw.normal() * 1024) / 1024;
  loss(x, gradient);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double step = 0x1p-7, at = x[i];
    x[i] = at + step;
    const double above = loss(x, ignored);
    x[i] = at - step;
    const double below = loss(x, ignored);
    x[i] = at;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * step), 2e-5) << "unknown " << i;
  }
}

TEST(softmax_loss, of_all_zeros_is_the_logarithm_of_the_number_of_classes) {
  const data d = clouds(33, 4, 3, 1);
  const auto scale = measure_scaling(d.table(), scaling::none);
  softmax_loss loss{d.table(), d.labels, 3, scale, 1};
  std::vector<double> x(loss.size()), gradient(loss.size());
  EXPECT_NEAR(loss(x, gradient), std::log(3.0), 1e-7);
}

TEST(readout, learns_separable_classes_without_a_mistake) {
  const data d = clouds(300, 20, 10, 2);
  for (const auto kind : {scaling::none, scaling::standardise})
    EXPECT_EQ(correct(linear_readout::train(d.table(), d.labels, 10, {.penalty = 1e-4, .scaling = kind}), d), 300u);
}

// With a binary feature and no penalty the model can express any p(class | feature): maximum likelihood is the share.
TEST(readout, without_penalty_finds_the_shares_of_a_binary_feature) {
  data d{{}, {}, 1};
  const auto add = [&](float x, std::uint32_t label, int times) {
    for (int i = 0; i < times; ++i) {
      d.values.push_back(x);
      d.labels.push_back(label);
    }
  };
  add(0, 0, 10), add(0, 1, 30), add(0, 2, 60), add(1, 0, 50), add(1, 1, 40), add(1, 2, 10);
  for (const auto kind : {scaling::none, scaling::standardise, scaling::root_standardise}) {
    const auto readout =
        linear_readout::train(d.table(), d.labels, 3, {.penalty = 0, .tolerance = 1e-7, .scaling = kind});
    const auto off = readout.probabilities(std::vector<float>{0}), on = readout.probabilities(std::vector<float>{1});
    const double expected_off[] = {0.1, 0.3, 0.6}, expected_on[] = {0.5, 0.4, 0.1};
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(off[c], expected_off[c], 1e-5);
      EXPECT_NEAR(on[c], expected_on[c], 1e-5);
    }
  }
}

// Classes at -1 and +1, weights -w and +w: the derivative vanishes where penalty * w * (1 + exp(2 w)) = 1.
TEST(readout, weighs_by_the_closed_form_of_one_penalised_feature) {
  const data d{{-1, 1}, {0, 1}, 1};
  for (const double w : {0.25, 1.0, 2.0}) {
    const double penalty = 1 / (w * (1 + std::exp(2 * w)));
    const auto readout = linear_readout::train(d.table(), d.labels, 2,
                                               {.penalty = penalty, .tolerance = 1e-7, .scaling = scaling::none});
    EXPECT_NEAR(readout.parameters().weights[0], -w, 1e-5);
    EXPECT_NEAR(readout.parameters().weights[1], w, 1e-5);
    EXPECT_NEAR(readout.parameters().bias[0], 0, 1e-6);
  }
}

TEST(readout, does_not_see_the_units_of_a_standardised_feature) {
  data d = clouds(200, 6, 4, 0.7);
  const auto before = linear_readout::train(d.table(), d.labels, 4);
  data changed = d;
  for (std::size_t i = 0; i < changed.values.size(); i += 6) changed.values[i] = 1024 * changed.values[i] - 4096;
  const auto after = linear_readout::train(changed.table(), changed.labels, 4);
  for (std::size_t s = 0; s < 200; ++s) {
    const auto p = before.probabilities(d.table().row(s)), q = after.probabilities(changed.table().row(s));
    for (std::size_t c = 0; c < 4; ++c) EXPECT_NEAR(p[c], q[c], 1e-3);
  }
}

TEST(readout, scores_exactly_the_affine_map_that_its_parameters_state) {
  const readout_parameters p{2, {scaling::root_standardise, {1, 0}, {2, 4}}, {1, 0.5f, -1, 3}, {0.25f, 0}};
  const auto y = linear_readout{p}.scores(std::vector<float>{9, 0.25f});  // z = 2 (3 - 1), 4 (0.5 - 0)
  EXPECT_EQ(y, (std::vector<double>{1 * 4 + 0.5 * 2 + 0.25, -1 * 4 + 3 * 2}));
}

TEST(readout, names_the_first_of_equal_classes) {
  const linear_readout silent{{3, {scaling::none, {0}, {1}}, {0, 0, 0}, {0, 1, 1}}};
  EXPECT_EQ(silent.classify(std::vector<float>{5}), 1u);
}

TEST(readout, gives_a_feature_that_never_varied_no_weight) {
  const data d{{1, 7, 2, 7, 3, 7, 4, 7}, {0, 0, 1, 1}, 2};
  const auto readout = linear_readout::train(d.table(), d.labels, 2);
  EXPECT_EQ(readout.parameters().scaling.gain[1], 0);
  EXPECT_EQ(readout.parameters().weights[1], 0);
  EXPECT_EQ(readout.classify(std::vector<float>{4, 1e6f}), 1u);
}

TEST(readout, is_the_same_bit_for_bit_whatever_the_number_of_threads) {
  const data d = clouds(1003, 37, 7, 0.3);
  const auto once = linear_readout::train(d.table(), d.labels, 7, {.threads = 1}).parameters();
  for (const unsigned threads : {1u, 2u, 3u, 8u}) {
    const auto again = linear_readout::train(d.table(), d.labels, 7, {.threads = threads}).parameters();
    EXPECT_EQ(once.weights, again.weights) << threads;
    EXPECT_EQ(once.bias, again.bias) << threads;
  }
}

TEST(readout, comes_back_whole_from_its_parameters) {
  const data d = clouds(60, 4, 3, 1);
  const auto trained = linear_readout::train(d.table(), d.labels, 3);
  const linear_readout rebuilt{trained.parameters()};
  for (std::size_t s = 0; s < 60; ++s) EXPECT_EQ(trained.scores(d.table().row(s)), rebuilt.scores(d.table().row(s)));
}

TEST(readout, refuses_what_it_cannot_learn_from) {
  const std::vector<float> values{1, 2, 3, 4};
  const std::vector<std::uint32_t> labels{0, 1};
  const auto train = [&](const std::vector<float>& v, std::size_t features, const std::vector<std::uint32_t>& l,
                         std::uint32_t classes, readout_options options = {}) {
    return message([&] { linear_readout::train({v, features}, l, classes, options); });
  };
  EXPECT_EQ(train(values, 2, labels, 2), "no error");
  EXPECT_NE(train({}, 2, {}, 2).find("is empty"), std::string::npos);
  EXPECT_NE(train(values, 0, labels, 2).find("is empty"), std::string::npos);
  EXPECT_NE(train(values, 3, labels, 2).find("4 values do not make whole rows of 3"), std::string::npos);
  EXPECT_NE(train(values, 2, {0}, 2).find("1 labels for 2 samples"), std::string::npos);
  EXPECT_NE(train(values, 2, labels, 0).find("0 classes"), std::string::npos);
  EXPECT_NE(train(values, 2, {0, 2}, 2).find("label 2 of sample 1"), std::string::npos);
  EXPECT_NE(train(values, 2, labels, 3).find("class 2 has no sample"), std::string::npos);
  EXPECT_NE(train({1, 2, 3, NAN}, 2, labels, 2).find("feature 1 of sample 1"), std::string::npos);
  EXPECT_NE(train({1, INFINITY, 3, 4}, 2, labels, 2).find("feature 1 of sample 0"), std::string::npos);
  EXPECT_NE(train({1, -2, 3, 4}, 2, labels, 2, {.scaling = scaling::root_standardise}).find("none below 0"),
            std::string::npos);
  EXPECT_NE(train(values, 2, labels, 2, {.penalty = -1}).find("penalty"), std::string::npos);
  EXPECT_NE(train(values, 2, labels, 2, {.iterations = 0}).find("iterations"), std::string::npos);
  EXPECT_NE(train(values, 2, labels, 2, {.tolerance = NAN}).find("tolerance"), std::string::npos);
}

TEST(readout, refuses_parameters_that_do_not_fit_together) {
  const readout_parameters good{2, {scaling::none, {0}, {1}}, {1, 2}, {0, 0}};
  EXPECT_NO_THROW(linear_readout{good});
  auto few = good, infinite = good, none = good;
  few.weights.pop_back();
  infinite.bias[0] = std::numeric_limits<float>::infinity();
  none.classes = 0;
  for (const auto& bad : {few, infinite, none}) EXPECT_THROW(linear_readout{bad}, spinule_error);
  EXPECT_THROW(linear_readout{good}.classify(std::vector<float>{1, 2}), spinule_error);
}

}  // namespace spinule::learning::readout_test

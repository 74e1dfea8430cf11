// Losses of classification against closed forms and central differences.
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include <gmock/gmock.h>

#include <spinule/error.hpp>
#include <spinule/learning/classification_loss.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::classification_loss_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using kind = classification_loss_kind;

constexpr kind all_kinds[] = {kind::last_tick, kind::mean_over_ticks, kind::weighted_mean, kind::maximum,
                              kind::each_tick, kind::sum_of_softmax,  kind::squared_error, kind::spike_count};

/// Of 7 ticks, 5 samples and 4 classes.
struct batch {
  static constexpr std::size_t ticks = 7, samples = 5, classes = 4;
  std::vector<float> y = std::vector<float>(ticks * samples * classes);
  std::vector<std::uint32_t> labels{2, 0, 3, 1, 2};

  batch() {
    random_stream draw{5, purpose::user, 0};
    for (float& x : y) x = static_cast<float>(2 * draw.normal());
  }
  classification_result result(const classification_loss_options& how) const {
    return classification_loss{how, ticks, samples, classes}.evaluate(y, labels);
  }
};

std::vector<classification_loss_options> variants(kind k) {
  return {{.kind = k},
          {.kind = k, .label_smoothing = 0.2, .time_constant = 3, .scale = 0.4},
          {.kind = k, .first_tick = 2, .last_tick = 6},
          {.kind = k, .label_smoothing = 0.1, .first_tick = 6}};
}

TEST(classification_loss, has_the_gradient_of_central_differences) {
  for (const kind k : all_kinds)
    for (const auto& how : variants(k)) {
      batch data;
      const auto result = data.result(how);
      for (std::size_t i = 0; i < data.y.size(); ++i) {
        const float y = data.y[i], above = y + 1e-3f, below = y - 1e-3f;
        data.y[i] = above;
        const double more = data.result(how).loss;
        data.y[i] = below;
        const double less = data.result(how).loss;
        data.y[i] = y;
        const double difference = (more - less) / (static_cast<double>(above) - static_cast<double>(below));
        ASSERT_NEAR(result.gradient[i], difference, 1e-6) << static_cast<int>(k) << ' ' << i;
      }
    }
}

/// The mean over samples of `of_sample(sample, y(tick, class))`.
template <class OfSample>
double mean_loss(const batch& data, OfSample of_sample) {
  double sum = 0;
  for (std::size_t s = 0; s < batch::samples; ++s)
    sum += of_sample(data.labels[s], [&](std::size_t t, std::size_t c) {
      return static_cast<double>(data.y[(t * batch::samples + s) * batch::classes + c]);
    });
  return sum / batch::samples;
}

std::vector<double> softmax_of(const std::vector<double>& z) {
  double sum = 0;
  for (const double x : z) sum += std::exp(x);
  std::vector<double> p;
  for (const double x : z) p.push_back(std::exp(x) / sum);
  return p;
}

/// Mean cross entropy of the scores of classes that `score(y, c)` gives.
template <class Score>
double mean_cross_entropy(const batch& data, Score score) {
  return mean_loss(data, [&](std::uint32_t label, const auto& y) {
    std::vector<double> z;
    for (std::size_t c = 0; c < batch::classes; ++c) z.push_back(score(y, c));
    return -std::log(softmax_of(z)[label]);
  });
}

TEST(classification_loss, is_what_its_definition_says) {
  const batch data;
  const auto over_ticks = [](auto of_tick) {
    double sum = 0;
    for (std::size_t t = 0; t < batch::ticks; ++t) sum += of_tick(t);
    return sum;
  };
  const auto expect = [&](classification_loss_options how, double wanted) {
    EXPECT_NEAR(data.result(how).loss, wanted, 1e-12 * std::abs(wanted)) << static_cast<int>(how.kind);
  };
  expect({.kind = kind::last_tick}, mean_cross_entropy(data, [](const auto& y, auto c) { return y(6, c); }));
  expect({.kind = kind::last_tick, .first_tick = 1, .last_tick = 4},
         mean_cross_entropy(data, [](const auto& y, auto c) { return y(3, c); }));
  expect({.kind = kind::mean_over_ticks}, mean_cross_entropy(data, [&](const auto& y, auto c) {
           return over_ticks([&](auto t) { return y(t, c) / 7; });
         }));
  expect({.kind = kind::weighted_mean, .time_constant = 2}, mean_cross_entropy(data, [&](const auto& y, auto c) {
           return over_ticks([&](auto t) { return std::exp(-0.5 * t) * y(t, c); }) /
                  over_ticks([](auto t) { return std::exp(-0.5 * t); });
         }));
  expect({.kind = kind::maximum}, mean_cross_entropy(data, [](const auto& y, auto c) {
           double most = y(0, c);
           for (std::size_t t = 1; t < 7; ++t) most = std::max(most, y(t, c));
           return most;
         }));
  expect({.kind = kind::spike_count, .scale = 0.3}, mean_cross_entropy(data, [&](const auto& y, auto c) {
           return 0.3 * over_ticks([&](auto t) { return y(t, c); });
         }));
  const auto at_tick = [](const auto& y, std::size_t t) { return softmax_of({y(t, 0), y(t, 1), y(t, 2), y(t, 3)}); };
  expect({.kind = kind::sum_of_softmax}, mean_cross_entropy(data, [&](const auto& y, auto c) {
           return over_ticks([&](auto t) { return at_tick(y, t)[c]; });
         }));
  expect({.kind = kind::each_tick}, mean_loss(data, [&](std::uint32_t label, const auto& y) {
           return over_ticks([&](auto t) { return -std::log(at_tick(y, t)[label]) / 7; });
         }));
  expect({.kind = kind::squared_error}, mean_loss(data, [&](std::uint32_t label, const auto& y) {
           return over_ticks([&](auto t) {
             double sum = 0;
             for (std::size_t c = 0; c < 4; ++c) sum += std::pow(y(t, c) - (c == label ? 1 : 0), 2) / 28;
             return sum;
           });
         }));
}

TEST(classification_loss, smooths_labels) {
  const std::vector<float> y{1, 2, 4};
  const std::vector<std::uint32_t> label{1};
  const double log_sum = std::log(std::exp(1.0) + std::exp(2.0) + std::exp(4.0));
  const auto result = classification_loss{{.label_smoothing = 0.3}, 1, 1, 3}.evaluate(y, label);
  EXPECT_NEAR(result.loss, log_sum - (0.1 * 1 + 0.8 * 2 + 0.1 * 4), 1e-14);
  EXPECT_THAT(result.classes, ElementsAre(2));
}

TEST(classification_loss, knows_the_loss_of_ignorance) {
  const std::vector<float> y(3 * 2 * 20);
  const std::vector<std::uint32_t> labels{19, 4};
  for (const kind k : all_kinds) {
    if (k == kind::squared_error) continue;
    const auto result = classification_loss{{.kind = k}, 3, 2, 20}.evaluate(y, labels);
    EXPECT_NEAR(result.loss, std::log(20.0), 1e-14) << static_cast<int>(k);
    EXPECT_THAT(result.classes, ElementsAre(0, 0)) << static_cast<int>(k);
  }
}

TEST(classification_loss, puts_samples_where_their_scores_are_largest) {
  // One sample, two classes: class 1 ends on top and has the highest peak, class 0 has the larger mean.
  const std::vector<float> y{3, 0, 3, 0, 3, 4};
  const std::vector<std::uint32_t> label{0};
  const auto chosen = [&](kind k) { return classification_loss{{.kind = k}, 3, 1, 2}.evaluate(y, label).classes[0]; };
  for (const kind k : {kind::last_tick, kind::maximum}) EXPECT_EQ(chosen(k), 1) << static_cast<int>(k);
  for (const kind k : {kind::mean_over_ticks, kind::weighted_mean, kind::each_tick, kind::sum_of_softmax,
                       kind::squared_error, kind::spike_count})
    EXPECT_EQ(chosen(k), 0) << static_cast<int>(k);
}

TEST(classification_loss, bears_scores_of_any_size) {
  const std::vector<float> y{3e38f, -3e38f, -3e38f, 3e38f};
  const std::vector<std::uint32_t> labels{0, 0};
  for (const kind k : all_kinds) {
    const auto result = classification_loss{{.kind = k}, 1, 2, 2}.evaluate(y, labels);
    EXPECT_TRUE(std::isfinite(result.loss)) << static_cast<int>(k);
  }
}

TEST(classification_loss, gives_the_same_bits_sample_by_sample) {
  const batch data;
  for (const kind k : all_kinds) {
    const classification_loss_options how{.kind = k, .label_smoothing = 0.1, .first_tick = 1};
    const auto whole = data.result(how);
    const classification_loss loss{how, batch::ticks, batch::samples, batch::classes};
    constexpr float untouched = 77;
    std::vector<double> losses(batch::samples);
    std::vector<std::uint32_t> classes(batch::samples, 9);
    std::vector<float> gradient(data.y.size(), untouched);
    loss.evaluate(1, 2, data.y, data.labels, losses, classes, gradient);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      const std::size_t sample = i / batch::classes % batch::samples;
      EXPECT_EQ(gradient[i], sample == 1 || sample == 2 ? whole.gradient[i] : untouched);
    }
    {
      const auto part = [&](std::size_t first, std::size_t count) {
        loss.evaluate(first, count, data.y, data.labels, losses, classes, gradient);
      };
      const std::jthread one{part, 0, 1}, two{part, 3, 2};
    }
    EXPECT_EQ(gradient, whole.gradient);
    EXPECT_EQ(classes, whole.classes);
    EXPECT_EQ(std::accumulate(losses.begin(), losses.end(), 0.0) / batch::samples, whole.loss);
    std::vector<double> alone(batch::samples);
    loss.evaluate(0, batch::samples, data.y, data.labels, alone, classes, {});
    EXPECT_EQ(alone, losses);
  }
}

TEST(classification_loss, refuses_what_makes_no_sense) {
  const auto refuses = [](const classification_loss_options& how, const char* why) {
    EXPECT_THAT([&] { classification_loss(how, 7, 5, 4); }, ThrowsMessage<spinule_error>(HasSubstr(why)));
  };
  refuses({.kind = static_cast<kind>(8)}, "unknown kind 8");
  refuses({.label_smoothing = 1}, "label smoothing");
  refuses({.time_constant = -1}, "time constant");
  refuses({.scale = 0}, "scale");
  refuses({.first_tick = 7}, "window");
  refuses({.first_tick = 3, .last_tick = 3}, "window");
  refuses({.last_tick = 8}, "window");
  EXPECT_THAT([] { classification_loss({}, 0, 1, 1); }, ThrowsMessage<spinule_error>(HasSubstr("0 ticks")));

  batch data;
  const auto result_is_refused = [&](kind k, const char* why) {
    EXPECT_THAT([&] { data.result({.kind = k}); }, ThrowsMessage<spinule_error>(HasSubstr(why)));
  };
  for (const kind k : all_kinds)
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()}) {
      const float kept = std::exchange(data.y[(6 * batch::samples + 2) * batch::classes + 1], bad);
      result_is_refused(k, "sample 2 is not finite");
      data.y[(6 * batch::samples + 2) * batch::classes + 1] = kept;
    }
  data.labels[3] = 4;
  result_is_refused(kind::maximum, "label 4 of sample 3 must be below 4");
  data.labels.pop_back();
  result_is_refused(kind::maximum, "4 labels");
  data.y.pop_back();
  result_is_refused(kind::maximum, "139 numbers");
  const batch whole;
  std::vector<double> losses(5);
  std::vector<std::uint32_t> classes(5);
  const classification_loss loss{{}, 7, 5, 4};
  EXPECT_THAT([&] { loss.evaluate(4, 2, whole.y, whole.labels, losses, classes, {}); },
              ThrowsMessage<spinule_error>(HasSubstr("there are 5 in all")));
}

}  // namespace spinule::learning::classification_loss_test

// Epochs: the order of samples, validation, early stop, going on.
#include <gtest/gtest.h>

#include <spinule/learning/fit.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

namespace spinule::learning::fit_test {

/// Of two classes, whose events prefer one half of the channels.
training_sample sample_of(std::size_t i, std::uint64_t epoch) {
  random_stream random{4, purpose::user, i, epoch == no_epoch ? 0 : static_cast<std::uint32_t>(epoch + 1)};
  training_sample s;
  s.label = static_cast<std::uint32_t>(i % 2);
  for (std::uint32_t t = 0; t < 12; ++t)
    for (index_t c = 0; c < 8; ++c)
      if (random.uniform() < (c / 4 == s.label ? 0.3 : 0.1)) s.events.push_back({t, c});
  return s;
}

class fit_of_two_classes : public testing::Test {
 protected:
  trainer make() const {
    network net{2};
    const auto input = net.add("input", replay{}, 8);
    const auto hidden = net.add("hidden", lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 0_ms}, 10);
    const auto output = net.add("output", leaky_integrator{}, 2);
    net.connect(input, hidden, all_to_all{}, {.weight = normal{0.2_mV, 0.3_mV}});
    net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 1.0}});
    return {net, input, output, 1_ms, 12, {}, {.surrogate = {.width = 0.3}}};
  }
  static std::vector<std::size_t> numbers(std::size_t first, std::size_t count) {
    std::vector<std::size_t> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = first + i;
    return all;
  }
  const std::vector<std::size_t> training = numbers(0, 60), validation = numbers(60, 30);
  const fit_options options{.epochs = 8, .batch = 16, .schedule = constant_rate{0.01}};
};

TEST_F(fit_of_two_classes, learns) {
  trainer t = make();
  fit_progress progress;
  std::vector<epoch_report> reports;
  fit(t, sample_of, training, validation, options, progress, [&](const epoch_report& r) {
    reports.push_back(r);
    return true;
  });
  ASSERT_EQ(reports.size(), 8U);
  EXPECT_LT(reports.back().loss, 0.8 * reports.front().loss);
  EXPECT_GT(reports.back().validation_accuracy, 0.8);
  EXPECT_GT(reports.back().samples_per_s, 0);
  EXPECT_EQ(reports.back().layers.at(0).name, "hidden");
}

TEST_F(fit_of_two_classes, validation_changes_no_bit) {
  trainer with = make(), without = make();
  fit_progress a, b;
  fit(with, sample_of, training, validation, options, a);
  fit(without, sample_of, training, {}, options, b);
  EXPECT_EQ(with.state(), without.state());
}

TEST_F(fit_of_two_classes, goes_on_to_the_same_bits) {
  trainer whole = make(), first = make(), second = make();
  fit_progress once, broken;
  fit(whole, sample_of, training, validation, options, once);
  fit(first, sample_of, training, validation, options, broken, [](const epoch_report& r) { return r.epoch < 3; });
  EXPECT_EQ(broken.next_epoch, 4U);
  second.restore(first.state());
  fit(second, sample_of, training, validation, options, broken);
  EXPECT_EQ(second.state(), whole.state());
}

TEST_F(fit_of_two_classes, stops_between_batches_when_told_to) {
  trainer t = make();
  fit_options o = options;
  int batches = 0;
  o.go_on = [&] { return ++batches <= 6; };  // an epoch of four, and two
  fit_progress progress;
  std::vector<epoch_report> reports;
  fit(t, sample_of, training, {}, o, progress, [&](const epoch_report& r) {
    reports.push_back(r);
    return true;
  });
  EXPECT_EQ(batches, 7);
  EXPECT_EQ(progress.next_epoch, 1U);
  EXPECT_EQ(reports.size(), 1U);
}

TEST_F(fit_of_two_classes, hands_on_what_a_reader_throws_in_a_thread) {
  network net{2};
  const auto input = net.add("input", replay{}, 8);
  const auto output = net.add("output", leaky_integrator{}, 2);
  net.connect(input, output, all_to_all{}, {.weight = 1.0});
  trainer t{net, input, output, 1_ms, 12, {}, {.threads = 3}};
  fit_progress progress;
  const auto read = [](std::size_t i, std::uint64_t epoch) {
    if (i % 7 == 5) throw spinule_error{"sample", std::to_string(i)};
    return sample_of(i, epoch);
  };
  EXPECT_THROW(fit(t, read, training, {}, options, progress), spinule_error);
}

TEST_F(fit_of_two_classes, stops_early_and_keeps_the_best) {
  trainer t = make();
  fit_options o = options;
  o.epochs = 200;
  o.patience = 3;
  o.schedule = constant_rate{0.2};
  fit_progress progress;
  double best = 1e9, last = 0;
  fit(t, sample_of, training, validation, o, progress, [&](const epoch_report& r) {
    best = std::min(best, r.validation_loss);
    last = static_cast<double>(r.epoch);
    return true;
  });
  EXPECT_LT(last, 199);
  EXPECT_TRUE(progress.stopped);
  EXPECT_EQ(evaluate(t, sample_of, validation, 16).loss, best);
}

TEST_F(fit_of_two_classes, refuses_what_cannot_be) {
  trainer t = make();
  fit_progress progress;
  EXPECT_THROW(fit(t, sample_of, {}, validation, options, progress), spinule_error);
  fit_options o = options;
  o.batch = 0;
  EXPECT_THROW(fit(t, sample_of, training, validation, o, progress), spinule_error);
  o = options;
  o.patience = 2;
  EXPECT_THROW(fit(t, sample_of, training, {}, o, progress), spinule_error);
}

}  // namespace spinule::learning::fit_test

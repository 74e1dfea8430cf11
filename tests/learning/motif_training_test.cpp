// Motif layers that are learned, against plain loops and the rasters that they are made of.
#include <spinule/learning/motif_training.hpp>

#include <cmath>
#include <limits>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/error.hpp>
#include <spinule/learning/raster_motifs.hpp>
#include <spinule/random.hpp>

#include "core/statistics.hpp"

namespace spinule::learning::motif_training_test {

using testing::HasSubstr;

raster random_raster(index_t addresses, std::uint32_t bins, double rate, std::uint64_t seed) {
  random_stream draw{seed, purpose::user, 3};
  std::vector<raster_event> events;
  for (std::uint32_t t = 0; t < bins; ++t)
    for (index_t a = 0; a < addresses; ++a)
      if (draw.uniform() < rate) events.push_back({t, a});
  return {addresses, bins, std::move(events)};
}

/// Motifs without relation to the events; of exclusive ones at most one in a bin, in some bins none.
std::vector<motif_sample> random_samples(motif_loss loss) {
  std::vector<motif_sample> samples;
  for (std::uint64_t i = 0; i < 5; ++i) {
    const auto bins = static_cast<std::uint32_t>(8 + 3 * i);
    random_stream draw{i, purpose::user, 4};
    std::vector<raster_event> motifs;
    for (std::uint32_t t = 0; t < bins; ++t)
      if (draw.uniform() < 0.7) motifs.push_back({t, static_cast<index_t>(draw.below(std::uint64_t{3}))});
    raster given = loss == motif_loss::exclusive ? raster{3, bins, motifs} : random_raster(3, bins, 0.3, 50 + i);
    samples.push_back({random_raster(4, bins, 0.3, i), std::move(given)});
  }
  return samples;
}

/// The second implementation: double precision, by the definitions, all samples in one step.
class plain_training {
 public:
  plain_training(const std::vector<motif_sample>& samples, const motif_parameters& from, const motif_training& o)
      : samples_{samples}, shape_{from.shape}, o_{o}, w_(from.weights.begin(), from.weights.end()) {
    w_.insert(w_.end(), from.bias.begin(), from.bias.end());
    m_.resize(w_.size());
    v_.resize(w_.size());
    for (std::size_t i = 0; i < w_.size(); ++i) stays_.push_back(i < shape_.weights() && w_[i] == 0);
    for (int step = 0; step < o.epochs; ++step) learn(step);
  }
  plain_training(const std::vector<motif_sample>& samples, motif_shape shape, const motif_training& o)
      : samples_{samples},
        shape_{shape},
        o_{o},
        w_(shape.weights() + shape.motifs),
        m_(w_.size()),
        v_(w_.size()),
        stays_(w_.size()) {
    double bins = 2;
    std::vector<double> seen(shape.motifs, 1);
    for (const auto& s : samples) {
      bins += s.motifs.bins();
      for (const auto& e : s.motifs.events()) ++seen[e.address];
    }
    for (index_t b = 0; b < shape.motifs; ++b) bias(b) = std::log(seen[b] / (bins - seen[b]));
    for (int step = 0; step < o.epochs; ++step) learn(step);
  }
  const std::vector<double>& weights() const { return w_; }

 private:
  double& bias(index_t b) { return w_[shape_.weights() + b]; }

  void learn(int step) {
    std::vector<double> gradient(w_.size());
    double counted = 0;
    for (const auto& s : samples_)
      for (std::uint32_t t = 0; t < s.events.bins(); ++t) counted += add_gradient(s, t, gradient);
    for (std::size_t i = 0; i < w_.size(); ++i) {
      if (stays_[i]) continue;
      const double g = gradient[i] / counted + (i < shape_.weights() ? o_.penalty * w_[i] : 0);
      m_[i] = 0.9 * m_[i] + 0.1 * g;
      v_[i] = 0.999 * v_[i] + 0.001 * g * g;
      const double mean = m_[i] / (1 - std::pow(0.9, step + 1)), square = v_[i] / (1 - std::pow(0.999, step + 1));
      w_[i] -= o_.learning_rate * (1 - static_cast<double>(step) / o_.epochs) * mean / (std::sqrt(square) + 1e-8);
    }
  }

  double add_gradient(const motif_sample& s, std::uint32_t t, std::vector<double>& gradient) {
    std::vector<double> target(shape_.motifs), p;
    for (const auto& e : s.motifs.events())
      if (e.bin == t) target[e.address] = 1;
    std::vector<bool> swapped;
    for (index_t b = 0; b < shape_.motifs; ++b) {
      const double as_is = evidence(s.events, t, b, false), other = evidence(s.events, t, b, true);
      swapped.push_back(other > as_is);
      p.push_back(std::max(as_is, other));
    }
    if (o_.loss == motif_loss::exclusive) {
      if (std::accumulate(target.begin(), target.end(), 0.0) == 0) return 0;
      for (double& x : p) x = std::exp(x);
      const double sum = std::accumulate(p.begin(), p.end(), 0.0);
      for (double& x : p) x /= sum;
    } else {
      for (double& x : p) x = 1 / (1 + std::exp(-x));
    }
    for (index_t b = 0; b < shape_.motifs; ++b) {
      gradient[shape_.weights() + b] += p[b] - target[b];
      for (const auto& e : s.events.events())
        if (e.bin <= t && t - e.bin < shape_.delays)
          gradient[shape_.place(seen_as(e.address, swapped[b]), t - e.bin, b)] += p[b] - target[b];
    }
    return 1;
  }

  index_t seen_as(index_t a, bool swapped) const { return swapped && !o_.mirror.empty() ? o_.mirror[a] : a; }

  double evidence(const raster& events, std::uint32_t t, index_t b, bool swapped) {
    double sum = bias(b);
    for (const auto& e : events.events())
      if (e.bin <= t && t - e.bin < shape_.delays) sum += w_[shape_.place(seen_as(e.address, swapped), t - e.bin, b)];
    return sum;
  }

  const std::vector<motif_sample>& samples_;
  motif_shape shape_;
  motif_training o_;
  std::vector<double> w_, m_, v_;  ///< weights, then biases
  std::vector<bool> stays_;        ///< at 0
};

class motif_losses : public testing::TestWithParam<motif_loss> {};
INSTANTIATE_TEST_SUITE_P(all, motif_losses, testing::Values(motif_loss::independent, motif_loss::exclusive),
                         [](const auto& p) { return p.param == motif_loss::exclusive ? "exclusive" : "independent"; });

TEST_P(motif_losses, are_descended_as_by_plain_loops) {
  const auto samples = random_samples(GetParam());
  const motif_training options{.loss = GetParam(), .epochs = 60, .batch = 5, .learning_rate = 0.02, .penalty = 0.01};
  const motif_layer layer = train_motifs(samples, 6, options);
  const plain_training plain{samples, layer.shape(), options};
  double largest = 0;
  for (std::size_t i = 0; i < layer.shape().weights(); ++i) {
    EXPECT_NEAR(layer.parameters().weights[i], plain.weights()[i], 2e-4) << i;
    largest = std::max(largest, std::fabs(plain.weights()[i]));
  }
  for (std::size_t b = 0; b < 3; ++b)
    EXPECT_NEAR(layer.parameters().bias[b], plain.weights()[layer.shape().weights() + b], 2e-4);
  EXPECT_GT(largest, 0.3);
}

TEST_P(motif_losses, leave_the_same_bits_for_any_number_of_threads) {
  const auto samples = random_samples(GetParam());
  motif_training options{.loss = GetParam(), .epochs = 5, .batch = 2};
  const auto once = train_motifs(samples, 6, options).parameters();
  for (const unsigned threads : {0u, 2u, 3u, 8u}) {
    options.threads = threads;
    const auto again = train_motifs(samples, 6, options).parameters();
    EXPECT_EQ(once.weights, again.weights) << threads;
    EXPECT_EQ(once.bias, again.bias) << threads;
  }
  options.seed = 2;
  EXPECT_NE(once.weights, train_motifs(samples, 6, options).parameters().weights);
}

/// From random weights, a third of which is no synapse.
motif_parameters random_parameters(motif_shape shape) {
  random_stream draw{7, purpose::user, 6};
  motif_parameters p{shape, std::vector<float>(shape.weights()), {}};
  for (float& w : p.weights) w = draw.uniform() < 0.67 ? static_cast<float>(0.3 * draw.normal()) : 0.0f;
  for (index_t b = 0; b < shape.motifs; ++b) p.bias.push_back(-0.5f);
  return p;
}

TEST_P(motif_losses, go_on_from_given_weights_with_a_mirror_as_by_plain_loops) {
  const auto samples = random_samples(GetParam());
  const motif_layer from{random_parameters({4, 6, 3})};
  motif_training options{.loss = GetParam(), .epochs = 20, .batch = 5, .learning_rate = 0.02};
  for (const auto& mirror : {std::vector<index_t>{}, std::vector<index_t>{2, 1, 0, 3}}) {
    options.mirror = mirror;
    const motif_layer layer = train_motifs(samples, from, options);
    const plain_training plain{samples, from.parameters(), options};
    double moved = 0;
    for (std::size_t i = 0; i < layer.shape().weights(); ++i) {
      const float before = from.parameters().weights[i], after = layer.parameters().weights[i];
      EXPECT_NEAR(after, plain.weights()[i], 2e-4) << i;
      EXPECT_TRUE(before != 0 || after == 0) << i;
      moved = std::max(moved, std::fabs(static_cast<double>(after - before)));
    }
    EXPECT_GT(moved, 0.1);
  }
}

TEST_P(motif_losses, leave_the_same_bits_for_any_number_of_threads_with_a_mirror) {
  const auto samples = random_samples(GetParam());
  motif_training options{.loss = GetParam(), .epochs = 5, .batch = 2, .mirror = {2, 1, 0, 3}};
  const auto once = train_motifs(samples, 6, options);
  const auto on = train_motifs(samples, once.pruned(20), options);
  EXPECT_LE(on.synapses(), 20u);
  for (const unsigned threads : {2u, 3u, 8u}) {
    options.threads = threads;
    EXPECT_EQ(once.parameters().weights, train_motifs(samples, 6, options).parameters().weights) << threads;
    EXPECT_EQ(on.parameters().weights, train_motifs(samples, once.pruned(20), options).parameters().weights) << threads;
  }
}

/// Sweeps over six addresses, up or down, at one or two bins an address, amid noise: what a whole sweep is.
TEST(train_motifs, tells_directions_and_speeds_apart) {
  const auto sweeps = [](std::uint64_t first, std::size_t n) {
    std::vector<motif_sample> samples;
    for (std::uint64_t i = first; i < first + n; ++i) {
      random_stream draw{i, purpose::user, 5};
      const raster noise = random_raster(6, 60, 0.03, 1000 + i);
      std::vector<raster_event> events(noise.events().begin(), noise.events().end()), motifs;
      for (std::uint32_t begin = 3; begin < 40; begin += 20) {
        const auto kind = static_cast<index_t>(draw.below(std::uint64_t{4}));
        const std::uint32_t speed = 1 + kind % 2;
        for (index_t k = 0; k < 6; ++k) events.push_back({begin + speed * k, kind < 2 ? k : 5 - k});
        motifs.push_back({begin + speed * 5, kind});
      }
      samples.push_back({raster{6, 60, std::move(events)}, raster{4, 60, std::move(motifs)}});
    }
    return samples;
  };
  const motif_layer layer = train_motifs(sweeps(0, 150), 12, {.epochs = 40, .batch = 10, .learning_rate = 0.1});
  std::size_t found = 0, detected = 0, present = 0;
  for (const auto& s : sweeps(150, 50)) {
    const raster d = layer.detect(s.events);
    found += common_events(d, s.motifs);
    detected += d.events().size();
    present += s.motifs.events().size();
  }
  EXPECT_GT(static_cast<double>(found), 0.97 * static_cast<double>(present));
  EXPECT_GT(static_cast<double>(found), 0.97 * static_cast<double>(detected));
}

TEST(train_motifs, gives_a_class_to_every_bin) {
  const motif_sample s = labelled(random_raster(4, 7, 0.3, 1), 2, 5);
  ASSERT_EQ(s.motifs.events().size(), 7u);
  for (const auto& e : s.motifs.events()) EXPECT_EQ(e.address, 2u);
  EXPECT_THAT(error_of([] { labelled(random_raster(4, 7, 0.3, 1), 5, 5); }), HasSubstr("label 5 must be below 5"));
}

TEST(train_motifs, refuses_what_cannot_be_trained) {
  const auto samples = random_samples(motif_loss::independent);  // 8 bins and more
  const auto with = [&](const motif_training& o, std::uint32_t delays = 3) {
    return error_of([&] { train_motifs(samples, delays, o); });
  };
  EXPECT_THAT(with({}, 9), HasSubstr("a layer of 9 delays is longer than sample 0 of 8 bins"));
  EXPECT_THAT(with({}, 0), HasSubstr("0 delays"));
  EXPECT_THAT(with({.epochs = 0}), HasSubstr("0 epochs"));
  EXPECT_THAT(with({.batch = 0}), HasSubstr("a batch of 0"));
  EXPECT_THAT(with({.learning_rate = 0}), HasSubstr("learning rate 0 must be positive"));
  EXPECT_THAT(with({.learning_rate = std::nan("")}), HasSubstr("learning rate nan"));
  EXPECT_THAT(with({.penalty = -1}), HasSubstr("penalty -1"));
  EXPECT_THAT(with({.penalty = std::numeric_limits<double>::infinity()}), HasSubstr("penalty inf"));
  EXPECT_THAT(with({.loss = motif_loss::exclusive}), HasSubstr("more than one motif in bin"));
  EXPECT_THAT(with({.mirror = {1, 0}}), HasSubstr("a mirror of 2 addresses, not of 4"));
  EXPECT_THAT(with({.mirror = {1, 2, 0, 3}}), HasSubstr("exchanges address 0 with 1"));
  EXPECT_THAT(with({.mirror = {0, 1, 2, 4}}), HasSubstr("exchanges address 3 with 4"));
  EXPECT_THAT(with({.start = 0}), HasSubstr("start 0 must be positive"));
  const motif_layer other{random_parameters({4, 3, 2})};
  EXPECT_THAT(error_of([&] { train_motifs(samples, other); }),
              HasSubstr("the samples have 4 addresses and 3 motifs, the layer 4 and 2"));
  EXPECT_THAT(error_of([&] { learn_motif_kernels(samples, 3, {.mirror = {0, 1, 2, 3}}); }), HasSubstr("no mirror"));
  EXPECT_THAT(error_of([&] { train_motifs({}, 3); }), HasSubstr("no samples"));
  const std::vector<motif_sample> uneven{{random_raster(4, 9, 0.3, 1), random_raster(3, 8, 0.3, 1)}};
  EXPECT_THAT(error_of([&] { train_motifs(uneven, 3); }), HasSubstr("9 bins of events and 8 of motifs"));
  auto mixed = samples;
  mixed.push_back({random_raster(5, 9, 0.3, 1), random_raster(3, 9, 0.3, 1)});
  EXPECT_THAT(error_of([&] { train_motifs(mixed, 3); }), HasSubstr("sample 5 has 5 addresses and 3 motifs"));
  EXPECT_THAT(error_of([&] { learn_motif_kernels(samples, 3, {.loss = motif_loss::exclusive}); }),
              HasSubstr("take the independent loss"));
}

/// A learning rate beyond all reason ends in numbers that are not finite, which no layer may have.
TEST(train_motifs, says_so_where_training_diverges) {
  const auto samples = random_samples(motif_loss::independent);
  EXPECT_THAT(error_of([&] { train_motifs(samples, 3, {.learning_rate = 1e39}); }), HasSubstr("give finite ones"));
}

}  // namespace spinule::learning::motif_training_test

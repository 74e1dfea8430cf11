// Synthetic rasters have the statistics of their model, and their motifs are found: with given and with learned
// kernels.
#include <spinule/learning/raster_motifs.hpp>

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/error.hpp>

#include "core/statistics.hpp"

namespace spinule::learning::raster_motifs_test {

using testing::HasSubstr;

/// Four motifs at a time, somewhat stronger than the notebook's.
const raster_motifs few{.addresses = 128, .motifs = 12, .delays = 25, .bins = 250, .strength = 5, .p_motif = 0.015};

std::vector<motif_sample> trials(const raster_motifs& r, const motif_parameters& kernels, std::uint64_t first, int n) {
  std::vector<motif_sample> all;
  for (int i = 0; i < n; ++i) all.push_back(r.trial(kernels, first + static_cast<std::uint64_t>(i)));
  return all;
}

/// Part of the motifs found in their very bin where as many are detected as there are.
double found(const motif_layer& layer, const std::vector<motif_sample>& tests) {
  std::vector<double> evidence;
  std::size_t present = 0, right = 0;
  for (const auto& t : tests) {
    const auto e = layer.evidence(t.events);
    evidence.insert(evidence.end(), e.begin(), e.end());
    present += t.motifs.events().size();
  }
  const double threshold = threshold_for(evidence, present);
  for (const auto& t : tests) right += common_events(layer.detect(t.events, threshold), t.motifs);
  return static_cast<double>(right) / static_cast<double>(present);
}

TEST(raster_motifs, have_kernels_of_zero_mean_whose_positive_part_is_as_dense_as_given) {
  const motif_parameters k = few.kernels();
  double sum = 0, size = 0;
  std::size_t positive = 0;
  for (const float w : k.weights) {
    sum += static_cast<double>(w);
    size += std::fabs(static_cast<double>(w));
    positive += w > 0;
  }
  EXPECT_LT(std::fabs(sum), 0.02 * size);
  // the envelope is 0 at the first of 25 bins, and a second one within two bins outweighs some
  EXPECT_NEAR(static_cast<double>(positive) / static_cast<double>(k.weights.size()), 0.05 * 24 / 25, 0.003);
  EXPECT_EQ(few.kernels().weights, k.weights);
  raster_motifs other = few;
  other.seed = 2;
  EXPECT_NE(other.kernels().weights, k.weights);
}

TEST(raster_motifs, are_complete_where_all_of_them_fits_and_as_often_as_given) {
  const auto all = trials(few, few.kernels(), 0, 20);
  double count = 0;
  std::uint32_t first = 250, last = 0;
  for (const auto& t : all) {
    count += static_cast<double>(t.motifs.events().size());
    for (const auto& e : t.motifs.events()) first = std::min(first, e.bin), last = std::max(last, e.bin);
  }
  EXPECT_EQ(first, 24u);
  EXPECT_EQ(last, 249u);
  const double expected = 20 * 226 * 12 * 0.015;
  EXPECT_NEAR(count, expected, 4 * std::sqrt(expected));
}

TEST(raster_motifs, fire_by_the_logistic_law) {
  motif_parameters kernels = few.kernels();
  std::fill(kernels.weights.begin(), kernels.weights.end(), 0.0f);
  kernels.weights[kernels.shape.place(7, 3, 5)] = 8;  // three bins before the end of motif 5
  double hits = 0, chances = 0, rest = 0, p = 0;
  for (const auto& t : trials(few, kernels, 0, 30)) {
    std::vector<double> times(250);
    for (const auto& e : t.motifs.events())
      if (e.address == 5) ++times[e.bin - 3];
    std::vector<char> active(250);
    for (const auto& e : t.events.events()) {
      if (e.address == 7) active[e.bin] = 1;
      rest += e.address != 7;
    }
    for (std::size_t b = 0; b < 250; ++b)
      if (times[b] == 1) {
        ++chances;
        hits += active[b];
      }
  }
  p = 1 / (1 + std::exp(std::log(0.999 / 0.001) - 8));
  EXPECT_NEAR(hits / chances, p, 4 * std::sqrt(p * (1 - p) / chances));
  const double expected = 30 * 127 * 250 * 0.001;
  EXPECT_NEAR(rest, expected, 4 * std::sqrt(expected));
}

/// The notebook's comparison, smaller: evidence finds more than correlation, kernels that were learned nearly as many.
TEST(raster_motifs, are_found_by_evidence_better_than_by_correlation_and_by_learned_kernels) {
  const motif_parameters kernels = few.kernels();
  const auto tests = trials(few, kernels, 0, 5);
  motif_parameters correlation = kernels;
  for (float& w : correlation.weights)
    w = static_cast<float>(1 / (1 + std::exp(std::log(0.999 / 0.001) - static_cast<double>(w))));
  const double given = found(motif_layer{kernels}, tests), plain = found(motif_layer{correlation}, tests);
  EXPECT_GE(given, 0.95);
  EXPECT_LT(plain, given - 0.01);
  raster_motifs other = few;
  other.seed = 9;
  EXPECT_LT(found(motif_layer{other.kernels()}, tests), 0.1);
  const motif_layer learned =
      learn_motif_kernels(trials(few, kernels, 100, 60), 25, {.epochs = 8, .batch = 8, .learning_rate = 0.1});
  EXPECT_GE(found(learned, tests), 0.90);
}

TEST(raster_motifs, refuse_numbers_out_of_range) {
  const auto with = [](auto change) {
    raster_motifs r = few;
    change(r);
    return error_of([&] { r.kernels(); });
  };
  EXPECT_THAT(with([](auto& r) { r.addresses = 0; }), HasSubstr("0 addresses, 12 motifs and 25 delays"));
  EXPECT_THAT(with([](auto& r) { r.bins = 24; }), HasSubstr("motifs of 25 bins do not fit into 24 bins"));
  EXPECT_THAT(with([](auto& r) { r.strength = std::nan(""); }), HasSubstr("strength nan"));
  EXPECT_THAT(with([](auto& r) { r.density = 1; }), HasSubstr("density 1 must be between 0 and 1"));
  EXPECT_THAT(with([](auto& r) { r.p_motif = 0; }), HasSubstr("p_motif 0 must be between 0 and 1"));
  raster_motifs other = few;
  other.motifs = 3;
  EXPECT_THAT(error_of([&] { few.trial(other.kernels(), 0); }), HasSubstr("the kernels are not those of"));
}

}  // namespace spinule::learning::raster_motifs_test

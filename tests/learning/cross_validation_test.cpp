#include <spinule/learning/cross_validation.hpp>

#include <algorithm>

#include <gtest/gtest.h>

#include <spinule/error.hpp>

namespace spinule::learning::cross_validation_test {

std::vector<std::uint32_t> some_labels() {
  std::vector<std::uint32_t> labels;
  for (std::uint32_t c = 0; c < 4; ++c) labels.insert(labels.end(), 7 + 3 * c, c);  // 7 10 13 16
  return labels;
}

TEST(k_fold, deals_folds_and_classes_evenly) {
  const auto labels = some_labels();
  const auto fold = k_fold(labels, 5, 3);
  std::vector<std::size_t> size(5);
  std::vector<std::vector<std::size_t>> of_class(4, std::vector<std::size_t>(5));
  for (std::size_t s = 0; s < labels.size(); ++s) {
    ASSERT_LT(fold[s], 5u);
    ++size[fold[s]];
    ++of_class[labels[s]][fold[s]];
  }
  const auto even = [](const std::vector<std::size_t>& n) {
    const auto [low, high] = std::minmax_element(n.begin(), n.end());
    return *high - *low <= 1;
  };
  EXPECT_TRUE(even(size));
  for (const auto& n : of_class) EXPECT_TRUE(even(n));
}

TEST(k_fold, depends_on_the_seed_alone) {
  const auto labels = some_labels();
  EXPECT_EQ(k_fold(labels, 5, 3), k_fold(labels, 5, 3));
  EXPECT_NE(k_fold(labels, 5, 3), k_fold(labels, 5, 4));
}

TEST(k_fold, refuses_what_cannot_be_split) {
  const std::vector<std::uint32_t> labels{0, 0, 1, 1}, lonely{0, 0, 0, 1};
  EXPECT_THROW(k_fold(labels, 1, 0), spinule_error);
  EXPECT_THROW(k_fold(labels, 5, 0), spinule_error);
  EXPECT_THROW(k_fold(lonely, 2, 0), spinule_error);
}

TEST(cross_validate, judges_every_sample_once_and_knows_nothing_of_it) {
  // The label is a feature of its own in the first table and unknowable in the second.
  std::vector<float> telling, silent;
  const auto labels = some_labels();
  for (const auto label : labels) {
    for (std::uint32_t c = 0; c < 4; ++c) telling.push_back(c == label ? 1.0f : 0.0f);
    silent.push_back(1.0f);
  }
  const auto known = cross_validate({telling, 4}, labels, 4, 5, 1);
  EXPECT_EQ(known.total(), labels.size());
  EXPECT_EQ(known.accuracy(), 1.0);
  const auto unknown = cross_validate({silent, 1}, labels, 4, 5, 1);
  EXPECT_EQ(unknown.total(), labels.size());
  EXPECT_EQ(unknown.at(3, 3), 16u);  // nothing but the largest class is ever answered
  EXPECT_EQ(unknown.correct(), 16u);
}

TEST(confusion_matrix, counts_and_adds_up) {
  confusion_matrix m{3};
  EXPECT_EQ(m.accuracy(), 0);
  m.add(0, 0);
  m.add(1, 2, 3);
  EXPECT_EQ(m.at(1, 2), 3u);
  EXPECT_EQ(m.total(), 4u);
  EXPECT_EQ(m.accuracy(), 0.25);
  m.add(m);
  EXPECT_EQ(m.total(), 8u);
  EXPECT_THROW(m.add(3, 0), spinule_error);
  EXPECT_THROW(m.add(confusion_matrix{2}), spinule_error);
  EXPECT_THROW(confusion_matrix{0}, spinule_error);
}

}  // namespace spinule::learning::cross_validation_test

// Training two projection heads on pairs of some classes, and finding one sense by the other in those and in others.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include <spinule/learning/contrastive_heads.hpp>
#include <spinule/learning/cross_validation.hpp>
#include <spinule/random.hpp>

namespace spinule {

using class_choice = std::function<bool(std::uint32_t)>;

/// Samples of one sense: [samples][features], class and fold of each; fold 0 is for tests.
struct sense {
  std::vector<float> features;
  std::size_t width = 0;
  std::vector<std::uint32_t> labels, folds;

  learning::feature_table table() const { return {features, width}; }
  std::vector<std::size_t> chosen(const class_choice& classes, bool test) const {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (classes(labels[i]) && (folds[i] == 0) == test) all.push_back(i);
    return all;
  }
  std::vector<float> rows(std::span<const std::size_t> of) const {
    std::vector<float> all;
    for (const auto i : of) all.insert(all.end(), table().row(i).begin(), table().row(i).end());
    return all;
  }
};

inline sense sense_of(std::vector<float> features, std::vector<std::uint32_t> labels) {
  sense s{.features = std::move(features), .width = 0, .labels = std::move(labels), .folds = {}};
  s.width = s.features.size() / s.labels.size();
  s.folds = learning::k_fold(s.labels, 5, 1);
  return s;
}

/// Who is the partner of a sample in training: one of its class, or, where both senses have the same samples in the
/// same order, itself.
enum class partner { of_its_class, itself };

struct pair_training {
  std::size_t epochs = 100, batch = 8;
  partner with = partner::of_its_class;
  learning::contrastive_options heads = {};
};

/// `first` is looked for, `second` asks.
inline learning::contrastive_heads train_on(const sense& first, const sense& second, const class_choice& seen,
                                            const pair_training& how) {
  learning::contrastive_heads heads{first.width, second.width, how.heads};
  auto askers = second.chosen(seen, false);
  std::vector<std::vector<std::size_t>> of_class(10);
  for (const auto i : first.chosen(seen, false)) of_class[first.labels[i]].push_back(i);
  for (std::uint64_t epoch = 0; epoch < how.epochs; ++epoch) {
    random_stream draw{how.heads.seed, purpose::user, epoch};
    for (std::size_t i = askers.size(); i > 1; --i) std::swap(askers[i - 1], askers[draw.below(i)]);
    for (std::size_t at = 0; at + how.batch <= askers.size(); at += how.batch) {
      const auto asking = std::span{askers}.subspan(at, how.batch);
      std::vector<std::size_t> partners;
      for (const auto i : asking) {
        const auto& same = of_class[second.labels[i]];
        partners.push_back(how.with == partner::itself ? i : same[draw.below(same.size())]);
      }
      const auto a = first.rows(partners), b = second.rows(asking);
      heads.learn({a, first.width}, {b, second.width});
    }
  }
  return heads;
}

/// Share of the test samples of `asked` for which the nearest of a gallery, as many test samples of each of `among`, is
/// of their class.
inline double found(const learning::contrastive_heads& heads, const sense& first, const sense& second,
                    const class_choice& asked, const class_choice& among) {
  using side = learning::contrastive_heads::side;
  std::vector<std::vector<std::size_t>> of_class(10);
  for (const auto i : first.chosen(among, true)) of_class[first.labels[i]].push_back(i);
  std::size_t each = first.labels.size();
  for (const auto& c : of_class)
    if (!c.empty()) each = std::min(each, c.size());
  std::vector<std::size_t> shown;
  for (const auto& c : of_class)
    if (!c.empty()) shown.insert(shown.end(), c.begin(), c.begin() + static_cast<std::ptrdiff_t>(each));
  const auto asking = second.chosen(asked, true);
  const auto gallery = first.rows(shown), queries = second.rows(asking);
  const auto z = heads.project(side::first, {gallery, first.width}),
             q = heads.project(side::second, {queries, second.width});
  const auto best = learning::nearest({q, heads.dimensions()}, {z, heads.dimensions()});
  std::size_t right = 0;
  for (std::size_t k = 0; k < asking.size(); ++k) right += first.labels[shown[best[k]]] == second.labels[asking[k]];
  return static_cast<double>(right) / static_cast<double>(asking.size());
}

}  // namespace spinule

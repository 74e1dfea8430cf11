#include <spinule/learning/cross_validation.hpp>

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

namespace spinule::learning {

std::vector<std::uint32_t> k_fold(std::span<const std::uint32_t> labels, std::uint32_t folds, std::uint64_t seed) {
  if (folds < 2 || labels.size() < folds)
    throw spinule_error{"k_fold", fmt::format("{} folds of {} samples: give at least 2 folds and a sample for each",
                                              folds, labels.size())};
  std::map<std::uint32_t, std::vector<std::size_t>> members;
  for (std::size_t s = 0; s < labels.size(); ++s) members[labels[s]].push_back(s);

  std::vector<std::uint32_t> fold(labels.size());
  std::uint32_t next = 0;  // goes on from class to class, so that the folds stay equally large
  for (auto& [label, samples] : members) {
    if (samples.size() < 2)
      throw spinule_error{
          "k_fold", fmt::format("class {} has one sample only: it cannot be trained and tested, give two", label)};
    random_stream draw{seed, purpose::split, label};
    for (std::size_t i = samples.size(); i > 1; --i) std::swap(samples[i - 1], samples[draw.below(i)]);
    for (const std::size_t s : samples) fold[s] = next++ % folds;
  }
  return fold;
}

confusion_matrix cross_validate(const feature_table& table, std::span<const std::uint32_t> labels,
                                std::uint32_t classes, std::uint32_t folds, std::uint64_t seed,
                                const readout_options& options) {
  check(table, "cross_validate");
  if (labels.size() != table.samples())
    throw spinule_error{"cross_validate",
                        fmt::format("{} labels for {} samples: give one label each", labels.size(), table.samples())};
  const std::vector<std::uint32_t> fold = k_fold(labels, folds, seed);
  confusion_matrix result{classes};
  for (std::uint32_t k = 0; k < folds; ++k) {
    std::vector<float> rows;
    std::vector<std::uint32_t> answers;
    rows.reserve(table.values.size());
    for (std::size_t s = 0; s < labels.size(); ++s) {
      if (fold[s] == k) continue;
      rows.insert(rows.end(), table.row(s).begin(), table.row(s).end());
      answers.push_back(labels[s]);
    }
    const auto readout = linear_readout::train({rows, table.features}, answers, classes, options);
    for (std::size_t s = 0; s < labels.size(); ++s)
      if (fold[s] == k) result.add(labels[s], readout.classify(table.row(s)));
  }
  return result;
}

}  // namespace spinule::learning

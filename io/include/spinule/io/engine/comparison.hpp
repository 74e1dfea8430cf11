// Results of the same samples held against each other: chips of one hardware together, and paired tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <spinule/io/result.hpp>

namespace spinule {

/// Exact test of McNemar (Psychometrika 12, 153, 1947), two-sided. Of n samples that just one of two answers right, the
/// first answers `only_first`. If each were as likely to be the one, the number would be binomial(n, 1/2); what comes
/// back is the probability of a split at least as uneven: min(1, 2 P(X <= smaller)). 1 where there are none.
double mcnemar(std::uint64_t only_first, std::uint64_t only_second);

/// Below this p two results are said to be told apart.
inline constexpr double told_apart_below = 0.05;

/// Two results, by their places in a list, on the samples that both have.
struct paired_test {
  std::size_t first = 0, second = 0;
  std::uint64_t samples = 0;
  std::uint64_t only_first = 0, only_second = 0;  ///< right in the one and wrong in the other
  double p = 1;
  bool told_apart() const { return p < told_apart_below; }
};

/// Throws `spinule_error` when a sample has another class in the one than in the other, or answers were not kept.
paired_test test_pair(const replay_result& first, const replay_result& second);

/// Standard deviation over n - 1; 0 for a single value.
struct spread {
  double mean = 0, deviation = 0, least = 0, greatest = 0;
};

/// Of `values`, not empty (else throws `spinule_error`).
spread spread_of(std::span<const double> values);

/// Results of one back end and hardware that differ in their chip, by their places in a list.
struct chip_group {
  std::vector<std::size_t> members;   ///< at least one
  std::vector<std::size_t> left_out;  ///< ended early, where others did all samples: in no mean
};

struct comparison {
  std::vector<chip_group> groups;
  std::vector<std::uint64_t>
      common;                      ///< samples that all members of all groups have; empty where answers were not kept
  bool partial = false;            ///< a member has samples that are not common
  std::vector<paired_test> tests;  ///< of each pair of groups: each member with each, or of two groups of chips the
                                   ///< n-th with the n-th
};

/// Throws as `test_pair`.
comparison compare(std::span<const replay_result> results);

/// Share of these samples that were answered right; of all, where none are given.
double accuracy_among(const replay_result& result, std::span<const std::uint64_t> samples);

/// `groups`, `samples`, `partial` and `tests` as docs/formats.md says.
nlohmann::json json_of(const comparison& how, std::span<const replay_result> results);

}  // namespace spinule

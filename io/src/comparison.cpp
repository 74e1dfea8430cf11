#include <spinule/io/engine/comparison.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

bool chips_of_one(const replay_result& a, const replay_result& b) {
  return a.chip && b.chip && a.chip != b.chip && a.backend == b.backend && a.hardware == b.hardware &&
         a.preset == b.preset;
}

std::vector<chip_group> grouped(std::span<const replay_result> results) {
  std::vector<chip_group> groups;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto fits = [&](const chip_group& g) {
      return std::all_of(g.members.begin(), g.members.end(),
                         [&](std::size_t k) { return chips_of_one(results[k], results[i]); });
    };
    const auto found = std::find_if(groups.begin(), groups.end(), fits);
    if (found == groups.end())
      groups.push_back({{i}, {}});
    else
      found->members.push_back(i);
  }
  for (auto& g : groups) {
    const auto whole = std::stable_partition(g.members.begin(), g.members.end(),
                                             [&](std::size_t k) { return !results[k].interrupted; });
    if (whole == g.members.begin()) continue;
    g.left_out.assign(whole, g.members.end());
    g.members.erase(whole, g.members.end());
  }
  return groups;
}

std::vector<std::uint64_t> in_both(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::vector<std::uint64_t> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  return common;
}

/// Calls `each(i of a, i of b)` for the samples that both have.
template <class Each>
void for_common(const replay_result& a, const replay_result& b, Each each) {
  for (std::size_t i = 0, k = 0; i < a.sample_numbers.size() && k < b.sample_numbers.size();) {
    if (a.sample_numbers[i] == b.sample_numbers[k])
      each(i++, k++);
    else if (a.sample_numbers[i] < b.sample_numbers[k])
      ++i;
    else
      ++k;
  }
}

bool kept_answers(const replay_result& r) { return r.answers.size() == r.samples; }

}  // namespace

double mcnemar(std::uint64_t only_first, std::uint64_t only_second) {
  const double n = static_cast<double>(only_first + only_second);
  double p = 0;
  for (std::uint64_t k = 0; k <= std::min(only_first, only_second); ++k) {
    const double x = static_cast<double>(k);
    p += std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1) - n * std::log(2.0));
  }
  return std::min(1.0, 2 * p);
}

paired_test test_pair(const replay_result& first, const replay_result& second) {
  if (!kept_answers(first) || !kept_answers(second))
    throw spinule_error{"comparison", "a result holds no answers to its samples; replay it again"};
  paired_test t;
  for_common(first, second, [&](std::size_t i, std::size_t k) {
    if (first.truths[i] != second.truths[k])
      throw spinule_error{"comparison",
                          fmt::format("sample {} is of class {} in one result and of {} in the other; compare results "
                                      "of the same samples",
                                      first.sample_numbers[i], first.truths[i], second.truths[k])};
    const bool a = first.answers[i] == first.truths[i], b = second.answers[k] == second.truths[k];
    ++t.samples;
    t.only_first += a && !b;
    t.only_second += b && !a;
  });
  t.p = mcnemar(t.only_first, t.only_second);
  return t;
}

spread spread_of(std::span<const double> values) {
  if (values.empty()) throw spinule_error{"spread", "no values; give at least one"};
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double x : values) squares += (x - mean) * (x - mean);
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  return {mean, n > 1 ? std::sqrt(squares / (n - 1)) : 0, *least, *greatest};
}

comparison compare(std::span<const replay_result> results) {
  comparison c{.groups = grouped(results), .common = {}, .partial = false, .tests = {}};
  if (!std::all_of(results.begin(), results.end(), kept_answers) || results.empty()) return c;
  c.common = results[c.groups.front().members.front()].sample_numbers;
  for (const auto& g : c.groups)
    for (const std::size_t i : g.members) c.common = in_both(c.common, results[i].sample_numbers);
  for (const auto& g : c.groups)
    for (const std::size_t i : g.members) c.partial |= results[i].samples != c.common.size();
  const auto test = [&](std::size_t i, std::size_t k) {
    c.tests.push_back(test_pair(results[i], results[k]));
    c.tests.back().first = i;
    c.tests.back().second = k;
  };
  for (auto a = c.groups.begin(); a != c.groups.end(); ++a)
    for (auto b = std::next(a); b != c.groups.end(); ++b)
      if (a->members.size() > 1 && b->members.size() > 1) {
        for (std::size_t n = 0; n < std::min(a->members.size(), b->members.size()); ++n)
          test(a->members[n], b->members[n]);
      } else {
        for (const std::size_t i : a->members)
          for (const std::size_t k : b->members) test(i, k);
      }
  return c;
}

double accuracy_among(const replay_result& r, std::span<const std::uint64_t> samples) {
  if (samples.empty() || !kept_answers(r)) return r.accuracy();
  std::size_t right = 0, i = 0;
  for (const std::uint64_t sample : samples) {
    while (i < r.sample_numbers.size() && r.sample_numbers[i] < sample) ++i;
    right += i < r.sample_numbers.size() && r.sample_numbers[i] == sample && r.answers[i] == r.truths[i];
  }
  return static_cast<double>(right) / static_cast<double>(samples.size());
}

}  // namespace spinule

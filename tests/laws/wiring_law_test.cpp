// What every wiring rule promises. A rule joins by one line: how many synapses it makes of a pair on average, and which
// sums are exact.
#include <algorithm>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/simulation.hpp>

namespace spinule::laws {
namespace {

constexpr index_t size = 120;  ///< of both populations

struct wiring_trial {
  std::string name;
  wiring rule;
  std::function<double(index_t, index_t)> mean;  ///< synapses from i to j, before autapses are left out
  bool exact_in = false, exact_out = false, exact_total = false;
  bool autapses = false, multapses = false;
  double dealt_in = 1, dealt_out = 1;  ///< what leaving out an autapse multiplies the means of other pairs by

  friend std::ostream& operator<<(std::ostream& out, const wiring_trial& t) { return out << t.name; }
};

const auto places = grid(6, 5, 4);
double kernel(index_t i, index_t j) {
  const auto a = places[i], b = places[j];
  const double square = (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y) + (a.z - b.z) * (a.z - b.z);
  return 0.7 * std::exp(-square / 4);
}
std::function<double(index_t, index_t)> equally(double p) {
  return [p](index_t, index_t) { return p; };
}
constexpr double n = size, others = n / (n - 1);

// clang-format off
const std::vector<wiring_trial> all_rules{
    {"all_to_all_rule", all_to_all{}, equally(1), true, true, true},
    {"all_to_all_with_autapses", all_to_all{.autapses = true}, equally(1), true, true, true, true},
    {"one_to_one_rule", one_to_one{}, [](auto i, auto j) { return i == j ? 1.0 : 0.0; }, true, true, true, true},
    {"fixed_probability_rule", fixed_probability{.p = 0.13}, equally(0.13)},
    {"fixed_probability_with_autapses", fixed_probability{.p = 0.4, .autapses = true}, equally(0.4), false, false, false, true},
    {"fixed_probability_sparse", fixed_probability{.p = 0.004}, equally(0.004)},
    {"fixed_indegree_rule", fixed_indegree{.k = 17}, equally(17 / n), true, false, true, false, false, others},
    {"fixed_indegree_with_all", fixed_indegree{.k = 30, .autapses = true, .multapses = true}, equally(30 / n), true, false, true, true, true},
    {"fixed_outdegree_rule", fixed_outdegree{.k = 17}, equally(17 / n), false, true, true, false, false, 1, others},
    {"fixed_outdegree_with_all", fixed_outdegree{.k = 30, .autapses = true, .multapses = true}, equally(30 / n), false, true, true, true, true},
    {"fixed_outdegree_with_multapses", fixed_outdegree{.k = 30, .multapses = true}, equally(30 / n), false, true, true, false, true, 1, others},
    {"fixed_total_number_rule", fixed_total_number{2000}, equally(2000 / (n * n)), false, false, true, true, true},
    {"distance_dependent_rule", distance_dependent{.c = 0.7, .lambda = 2}, kernel},
};
// clang-format on

class wiring_law : public testing::TestWithParam<wiring_trial> {
 protected:
  /// Within one population, or between two.
  static network make(bool same, std::uint64_t seed = 5) {
    network net{seed};
    const auto a = net.add("a", lif{}, size, {.positions = places}),
               b = net.add("b", lif{}, size, {.positions = places});
    net.connect(a, same ? a : b, GetParam().rule, {.weight = normal{1_mV, 0.1_mV}, .delay = uniform{1_ms, 4_ms}});
    return net;
  }
  static double expected(bool same, index_t i, index_t j) {
    const auto& t = GetParam();
    if (!same) return t.mean(i, j);
    return i == j && !t.autapses ? 0 : t.mean(i, j) * t.dealt_in * t.dealt_out;
  }
  /// [size * size] synapses of each pair.
  static std::vector<double> pairs(const network& net) {
    const connectivity c = lower(net, 1_ms)->draw(0);
    std::vector<double> count(std::size_t{size} * size, 0);
    for (index_t i = 0; i < c.sources; ++i)
      for (std::size_t k = 0; k < c.delays.size(); ++k)
        for (const index_t j : c.targets_of(c.line(i, k))) ++count[std::size_t{i} * size + j];
    return count;
  }
};
INSTANTIATE_TEST_SUITE_P(all, wiring_law, testing::ValuesIn(all_rules), [](const auto& one) { return one.param.name; });

void expect_sum(double found, double expected, double variance, bool exact, const std::string& of) {
  if (exact)
    EXPECT_NEAR(found, expected, 1e-6) << of;
  else
    EXPECT_NEAR(found, expected, 5 * std::sqrt(variance) + 1) << of;
}

TEST_P(wiring_law, has_its_degrees_exactly_or_within_a_binomial_error) {
  const auto& t = GetParam();
  for (const bool same : {false, true}) {
    const auto count = pairs(make(same));
    std::vector<double> in(size, 0), out(size, 0), means_in(size, 0), means_out(size, 0);
    double total = 0, mean_total = 0;
    for (index_t i = 0; i < size; ++i)
      for (index_t j = 0; j < size; ++j) {
        const double found = count[std::size_t{i} * size + j], mean = expected(same, i, j);
        out[i] += found, in[j] += found, total += found;
        means_out[i] += mean, means_in[j] += mean, mean_total += mean;
      }
    for (index_t i = 0; i < size; ++i) {
      expect_sum(out[i], means_out[i], means_out[i], t.exact_out, "out of " + std::to_string(i));
      expect_sum(in[i], means_in[i], means_in[i], t.exact_in, "into " + std::to_string(i));
    }
    expect_sum(total, mean_total, mean_total, t.exact_total, "in all");
  }
}

TEST_P(wiring_law, makes_autapses_and_multapses_only_where_they_are_allowed) {
  const auto& t = GetParam();
  const auto within = pairs(make(true)), between = pairs(make(false));
  double autapses = 0;
  for (index_t i = 0; i < size; ++i) autapses += within[std::size_t{i} * size + i];
  EXPECT_EQ(autapses > 0, t.autapses) << autapses;
  double paired = 0;
  for (index_t i = 0; i < size; ++i) paired += between[std::size_t{i} * size + i];
  double expected_pairs = 0;
  for (index_t i = 0; i < size; ++i) expected_pairs += t.mean(i, i);
  EXPECT_NEAR(paired, expected_pairs, 5 * std::sqrt(expected_pairs) + 1) << "neurons of equal number are no autapse";
  for (const auto& count : {within, between})
    EXPECT_EQ(*std::ranges::max_element(count) > 1, t.multapses) << *std::ranges::max_element(count);
}

TEST_P(wiring_law, treats_every_pair_as_its_mean_says) {
  // Over many seeds: Pearson's sum over pairs, each with its variance of a binomial law.
  constexpr int seeds = 40;
  std::vector<double> sum(std::size_t{size} * size, 0);
  for (int s = 0; s < seeds; ++s) {
    const auto count = pairs(make(true, 100 + static_cast<std::uint64_t>(s)));
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += count[k];
  }
  double squares = 0, spread = 0, cells = 0;
  for (index_t i = 0; i < size; ++i)
    for (index_t j = 0; j < size; ++j) {
      const double p = expected(true, i, j), found = sum[std::size_t{i} * size + j];
      const double variance = seeds * (GetParam().multapses ? p : p * (1 - p));
      if (variance < 1e-9) {
        EXPECT_NEAR(found, seeds * p, 1e-9) << i << " to " << j;
        continue;
      }
      if (variance < 0.01) continue;  // pairs so rare that one synapse decides
      squares += (found - seeds * p) * (found - seeds * p) / variance;
      spread += 2 + 1 / variance;  // variance of the square: the fourth moment of a law that is near to Poisson
      cells += 1;
    }
  EXPECT_NEAR(squares, cells, 5 * std::sqrt(spread) + 0.01 * cells);
}

TEST_P(wiring_law, draws_a_row_alike_in_any_order_and_as_often_as_asked) {
  for (const bool same : {false, true}) {
    const auto net = lower(make(same), 1_ms);
    row_drawer forward{*net, 0}, backward{*net, 0};
    using row = std::tuple<std::vector<index_t>, std::vector<double>, std::vector<ticks>>;
    const auto taken = [](const drawn_row& r) {
      return row{{r.partners.begin(), r.partners.end()},
                 {r.weights.begin(), r.weights.end()},
                 {r.delays.begin(), r.delays.end()}};
    };
    std::vector<row> first(forward.rows());
    for (index_t i = 0; i < forward.rows(); ++i) first[i] = taken(forward.row(i));
    for (index_t i = forward.rows(); i-- > 0;) ASSERT_EQ(first[i], taken(backward.row(i))) << i;
    for (const index_t i : {7u, 7u, 0u, size - 1, 7u}) ASSERT_EQ(first[i], taken(backward.row(i))) << i;
  }
}

TEST_P(wiring_law, gives_rows_that_are_the_connectivity) {
  for (const bool same : {false, true}) {
    const auto net = lower(make(same), 1_ms);
    row_drawer drawer{*net, 0};
    using synapse_at = std::tuple<index_t, ticks, index_t, double>;
    std::vector<synapse_at> rows, kept;
    const connectivity& c = net->synapses(0);
    for (index_t i = 0; i < drawer.rows(); ++i) {
      const auto r = drawer.row(i);
      for (std::size_t k = 0; k < r.partners.size(); ++k) {
        const index_t from = drawer.by_source() ? i : r.partners[k], to = drawer.by_source() ? r.partners[k] : i;
        rows.push_back({from, r.delay(k), to, std::round(r.weight(k) / c.quantum)});
      }
    }
    for (index_t i = 0; i < c.sources; ++i)
      for (std::size_t k = 0; k < c.delays.size(); ++k)
        for (auto s = c.offsets[c.line(i, k)]; s < c.offsets[c.line(i, k) + 1]; ++s)
          kept.push_back({i, c.delays[k], c.target[s], c.weight(s)});
    EXPECT_EQ(kept.size(), net->summaries[0].synapses);
    EXPECT_EQ(GetParam().rule.by_source(), drawer.by_source());
    std::ranges::sort(rows);
    std::ranges::sort(kept);
    ASSERT_EQ(rows.size(), kept.size());
    for (std::size_t k = 0; k < rows.size(); ++k) {
      ASSERT_EQ(std::get<0>(rows[k]), std::get<0>(kept[k]));
      ASSERT_EQ(std::get<1>(rows[k]), std::get<1>(kept[k]));
      ASSERT_EQ(std::get<2>(rows[k]), std::get<2>(kept[k]));
      ASSERT_NEAR(std::get<3>(rows[k]), std::get<3>(kept[k]), 1);
    }
  }
}

TEST_P(wiring_law, is_another_draw_for_another_seed_and_the_same_for_the_same) {
  const bool chance = !(GetParam().exact_in && GetParam().exact_out);
  EXPECT_EQ(pairs(make(true, 1)), pairs(make(true, 1)));
  EXPECT_EQ(pairs(make(true, 1)) != pairs(make(true, 2)), chance);
}

}  // namespace
}  // namespace spinule::laws

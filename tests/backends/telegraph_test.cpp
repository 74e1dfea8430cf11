// Random telegraph noise against its closed forms: share of time, correlation and spectrum of a two-state process.
#include <cmath>
#include <complex>
#include <numbers>
#include <set>

#include <gtest/gtest.h>

#include <spinule/backends/engine/tile.hpp>
#include <spinule/error.hpp>

#include "ks_distance.hpp"

namespace spinule::telegraph_test {

using changes = std::vector<std::string>;

hardware trapped(changes more) {
  hardware hw = load_hardware("ideal");
  more.insert(more.begin(),
              {"device.telegraph_cells=1", "device.telegraph_amplitude=0.1", "device.telegraph_spread=0"});
  override_hardware(hw, more);
  return hw;
}

connectivity one_row(index_t targets, std::int32_t weight = 10000) {
  connectivity c{.sources = 1, .targets = targets, .delays = {1}, .offsets = {0}, .target = {}, .code = {}};
  for (index_t t = 0; t < targets; ++t) {
    c.target.push_back(t);
    c.code.push_back(weight);
  }
  c.offsets.push_back(targets);
  return c;
}

constexpr index_t cells = 400;
constexpr int reads = 512;

/// [reads][cells] whether the trap is full.
std::vector<std::vector<double>> states(const hardware& hw, std::uint64_t presentation = 0) {
  tiled_projection tiles{one_row(cells), hw, 1, 0, 0};
  tiles.present(presentation);
  std::vector<std::vector<double>> all;
  for (int t = 0; t < reads; ++t) {
    std::vector<std::int32_t> input(cells);
    tiles.read(std::vector<std::uint32_t>{0}, t, input);
    auto& now = all.emplace_back();
    for (const auto x : input) now.push_back((10000 - x) / 1000.0);
  }
  return all;
}

TEST(telegraph, cells_are_full_or_empty_for_their_share_of_the_time) {
  const auto all = states(trapped({"device.telegraph_shortest=10ms", "device.telegraph_longest=10ms"}));
  double sum = 0;
  std::set<double> seen;
  for (const auto& now : all)
    for (const double x : now) {
      seen.insert(std::round(x * 100) / 100);
      sum += x;
    }
  EXPECT_EQ(seen, (std::set<double>{0, 1}));
  EXPECT_NEAR(sum / (cells * reads), 0.5, 0.01) << "as long to fill as to empty";
}

TEST(telegraph, is_correlated_as_two_states_are) {
  const auto all = states(trapped({"device.telegraph_shortest=10ms", "device.telegraph_longest=10ms"}));
  for (const int lag : {1, 3, 8, 15}) {
    double sum = 0;
    for (int t = 0; t + lag < reads; ++t)
      for (index_t j = 0; j < cells; ++j)
        sum += (all[static_cast<std::size_t>(t)][j] - 0.5) * (all[static_cast<std::size_t>(t + lag)][j] - 0.5);
    EXPECT_NEAR(sum / (cells * (reads - lag)), 0.25 * std::exp(-lag * 2 / 10.0), 0.012) << lag << " ms";
  }
}

TEST(telegraph, has_the_spectrum_of_two_states) {
  // Of x sampled every tick, correlated as r^|k| / 4, r = exp(-0.2): (1 - r^2) / (1 - 2 r cos w + r^2) / 4.
  const auto all = states(trapped({"device.telegraph_shortest=10ms", "device.telegraph_longest=10ms"}));
  const double r = std::exp(-0.2);
  for (const int k : {2, 8, 20, 60, 200}) {
    const double w = 2 * std::numbers::pi * k / reads;
    double power = 0;
    for (index_t j = 0; j < cells; ++j) {
      std::complex<double> sum = 0;
      for (int t = 0; t < reads; ++t) sum += (all[static_cast<std::size_t>(t)][j] - 0.5) * std::polar(1.0, -w * t);
      power += std::norm(sum) / reads / cells;
    }
    const double expected = 0.25 * (1 - r * r) / (1 - 2 * r * std::cos(w) + r * r);
    EXPECT_NEAR(power, expected, 0.25 * expected) << k;
  }
}

TEST(telegraph, of_fast_traps_is_white_with_the_same_mean_and_variance) {
  const auto all = states(trapped({"device.telegraph_shortest=10us", "device.telegraph_longest=10us"}));
  double sum = 0, squares = 0, next = 0;
  for (std::size_t t = 0; t < all.size(); ++t)
    for (index_t j = 0; j < cells; ++j) {
      sum += all[t][j];
      squares += std::pow(all[t][j] - 0.5, 2);
      if (t > 0) next += (all[t][j] - 0.5) * (all[t - 1][j] - 0.5);
    }
  EXPECT_NEAR(sum / (cells * reads), 0.5, 0.01);
  EXPECT_NEAR(squares / (cells * reads), 0.25, 0.01);
  EXPECT_NEAR(next / (cells * (reads - 1)), 0, 0.01);
}

TEST(telegraph, takes_lognormal_shares_of_the_conductance) {
  // Traps that keep their state: of the half that is full, the shares. A share of more than 1 is all there is.
  constexpr std::int32_t whole = 100'000'000;
  constexpr index_t targets = 20000;
  tiled_projection tiles{one_row(targets, whole),
                         trapped({"device.telegraph_amplitude=0.02", "device.telegraph_spread=0.5",
                                  "device.telegraph_longest=1e6", "device.telegraph_shortest=1e6"}),
                         1, 0, 0};
  tiles.present(0);
  std::vector<std::int32_t> input(targets);
  tiles.read(std::vector<std::uint32_t>{0}, 0, input);
  std::vector<double> logarithms;
  for (const auto x : input)
    if (x < whole - 1000) logarithms.push_back(std::log((whole - double{1} * x) / whole / 0.02) / 0.5);
  EXPECT_NEAR(static_cast<double>(logarithms.size()) / targets, 0.5, 0.012);
  EXPECT_LT(ks_distance(logarithms, normal_law), ks_limit(logarithms.size()));
}

TEST(telegraph, is_the_same_for_the_same_recording_and_in_copies) {
  const hardware hw = trapped({});
  EXPECT_EQ(states(hw, 3), states(hw, 3));
  EXPECT_NE(states(hw, 3), states(hw, 4));
}

TEST(telegraph, of_dwell_times_in_the_wrong_order_is_refused) {
  EXPECT_THROW(trapped({"device.telegraph_shortest=2s"}), spinule_error);
  EXPECT_THROW(trapped({"array.wires=exact"}), spinule_error);
}

}  // namespace spinule::telegraph_test

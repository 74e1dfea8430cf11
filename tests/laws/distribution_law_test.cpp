// What every law promises, drawn by itself and as weights, delays and start values. A law joins by one line.
#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <spinule/backends/reference.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/simulation.hpp>

#include "core/statistics.hpp"

namespace spinule::laws {
namespace {

using numbers = value<number>;
constexpr double endless = std::numeric_limits<double>::infinity();

double phi(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * M_PI); }
double cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// A law with the mean and the standard deviation of its closed form.
struct law_trial {
  std::string name;
  numbers drawn;
  double mean, sd;
  double low = -endless, high = endless;  ///< bounds that no draw passes

  friend std::ostream& operator<<(std::ostream& out, const law_trial& t) { return out << t.name; }
};

/// The normal law (mean, sd) given [low, high].
law_trial clipped_normal(std::string name, double mean, double sd, double low, double high) {
  const double a = (low - mean) / sd, b = (high - mean) / sd, z = cdf(b) - cdf(a);
  const auto times = [](double x, double p) { return p == 0 ? 0 : x * p; };
  const double shift = (phi(a) - phi(b)) / z;
  const double variance = 1 + (times(a, phi(a)) - times(b, phi(b))) / z - shift * shift;
  return {
      std::move(name), clipped{normal{mean, sd}, low, high}, mean + sd * shift, sd * std::sqrt(variance), low, high};
}

law_trial a_lognormal(std::string name, double median, double sigma) {
  const double mean = median * std::exp(sigma * sigma / 2);
  return {
      std::move(name),           lognormal{median, sigma}, mean, std::fabs(mean) * std::sqrt(std::expm1(sigma * sigma)),
      median > 0 ? 0 : -endless, median > 0 ? endless : 0};
}

// clang-format off
const std::vector<law_trial> all_laws{
    {"constant", 2.5, 2.5, 0, 2.5, 2.5},
    {"normal_law", normal{4.0, 0.5}, 4, 0.5},
    {"normal_without_spread", normal{4.0, 0.0}, 4, 0, 4, 4},
    {"uniform_law", uniform{-1.0, 5.0}, 2, 6 / std::sqrt(12.0), -1, 5},
    {"uniform_of_one_value", uniform{3.0, 3.0}, 3, 0, 3, 3},
    a_lognormal("lognormal_law", 3, 0.4),
    a_lognormal("lognormal_negative", -3, 0.4),
    clipped_normal("normal_clipped_far_out", 4, 0.5, 1.5, 7),
    clipped_normal("normal_clipped_near", 4, 1, 3.5, 5),
    clipped_normal("normal_clipped_in_its_tail", 0, 1, 2, 9),
    clipped_normal("normal_clipped_below", 1, 1, 0, endless),
    {"uniform_clipped", clipped{uniform{-1.0, 5.0}, 0.0, 3.0}, 1.5, 3 / std::sqrt(12.0), 0, 3},
    {"clipped_to_a_point", clipped{normal{4.0, 0.5}, 3.0, 3.0}, 3, 0, 3, 3},
};
// clang-format on

class distribution_law : public testing::TestWithParam<law_trial> {
 protected:
  static void expect_moments(const std::vector<double>& x, double rounding = 0) {
    const auto& t = GetParam();
    const auto m = moments_of(x);
    const double n = static_cast<double>(x.size()), heavy = t.name.starts_with("lognormal") ? 3 : 1;
    EXPECT_NEAR(m.mean, t.mean, 4.5 * t.sd / std::sqrt(n) + 1e-12 * n + rounding);
    EXPECT_NEAR(std::sqrt(m.variance), t.sd, heavy * 4.5 * t.sd / std::sqrt(2 * n) + 1e-6 + rounding);
    for (const double v : x) {
      ASSERT_GE(v, t.low - rounding);
      ASSERT_LE(v, t.high + rounding);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(all, distribution_law, testing::ValuesIn(all_laws),
                         [](const auto& one) { return one.param.name; });

TEST_P(distribution_law, is_accepted) { EXPECT_NO_THROW(GetParam().drawn.check("law")); }

TEST_P(distribution_law, has_the_moments_and_bounds_of_its_closed_form) {
  random_stream random{5, purpose::user, 0};
  std::vector<double> x(40000);
  for (double& v : x) v = GetParam().drawn.draw(random);
  expect_moments(x);
}

TEST_P(distribution_law, draws_arrays_as_one_by_one) {
  random_stream one{6, purpose::user, 0}, many{6, purpose::user, 0};
  for (const std::size_t n : {0, 1, 2, 63, 64, 65, 129, 1000, 1}) {
    std::vector<double> x(n), y(n);
    for (double& v : x) v = GetParam().drawn.draw(one);
    GetParam().drawn.draw(many, y);
    ASSERT_EQ(x, y) << n;
  }
}

TEST_P(distribution_law, knows_a_bound_of_what_it_gives_and_whether_it_is_constant) {
  random_stream random{7, purpose::user, 0};
  const double most = GetParam().drawn.greatest_magnitude();
  std::vector<double> x(10000);
  GetParam().drawn.draw(random, x);
  for (const double v : x) ASSERT_LE(std::fabs(v), most);
  const auto [least, greatest] = std::ranges::minmax(x);
  EXPECT_TRUE(least == greatest || !GetParam().drawn.is_constant());
  EXPECT_EQ(least<greatest, GetParam().sd> 0);
}

/// Two populations joined by weights or delays of the law, by source or by target.
struct joined {
  network net{3};
  population_of<leaky_integrator> a = net.add("a", leaky_integrator{}, 200), b = net.add("b", leaky_integrator{}, 200);
};

TEST_P(distribution_law, keeps_its_moments_as_weights) {
  for (const wiring& rule :
       {wiring{all_to_all{}}, wiring{fixed_indegree{.k = 150}}, wiring{fixed_total_number{30000}}}) {
    joined j;
    const auto p = j.net.connect(j.a, j.b, rule, {.weight = GetParam().drawn, .delay = 1_ms});
    const simulation sim{j.net, reference{1_ms}};
    expect_moments(sim.weights(p), 1e-4);
  }
}

TEST_P(distribution_law, keeps_its_moments_as_start_values) {
  network net{3};
  const auto cells = net.add("cells", leaky_integrator{}, 20000);
  std::vector<double> given(20000);
  random_stream random{9, purpose::user, 0};
  GetParam().drawn.draw(random, given);
  net.initialise(cells, "m", given);
  const simulation sim{net, reference{1_ms}};
  std::vector<double> x;
  for (index_t i = 0; i < 20000; ++i) x.push_back(sim.read(cells, "m", i));
  EXPECT_EQ(x, given);
  expect_moments(x);
}

TEST_P(distribution_law, is_rounded_to_ticks_as_delays) {
  const auto& t = GetParam();
  value<milliseconds> delay{1_ms};
  static_cast<law&>(delay) = t.drawn;
  if (t.high <= 0) {
    joined j;
    EXPECT_THROW(j.net.connect(j.a, j.b, all_to_all{}, {.weight = 1, .delay = delay}), spinule_error);
    return;
  }
  delay.low = std::fmax(delay.low, 1);  // what lies below half a tick is refused
  joined j;
  const auto p = j.net.connect(j.a, j.b, all_to_all{}, {.weight = 1, .delay = delay});
  const simulation sim{j.net, reference{0.125_ms}};
  std::vector<double> ms, direct(40000);
  for (const auto& s : sim.synapses(p)) ms.push_back(s.delay.value());
  ASSERT_EQ(ms.size(), 40000u);
  random_stream random{11, purpose::user, 0};
  delay.draw(random, direct);
  for (double& x : direct) x = std::round(x / 0.125) * 0.125;
  const auto a = moments_of(ms), b = moments_of(direct);
  const double spread = std::sqrt(b.variance / 20000);
  EXPECT_NEAR(a.mean, b.mean, 4.5 * spread + 1e-9);
  EXPECT_NEAR(std::sqrt(a.variance), std::sqrt(b.variance), 9 * spread + 1e-6);
  EXPECT_GE(*std::ranges::min_element(ms), delay.low - 0.0625);
  EXPECT_LE(*std::ranges::max_element(ms), t.high + 0.0625);
}

}  // namespace
}  // namespace spinule::laws

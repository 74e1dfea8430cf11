// Phase-change memory: how it is written, how its conductances drift, and what its pulses do.
#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include <spinule/backends/engine/device.hpp>
#include <spinule/backends/engine/tile.hpp>
#include <spinule/backends/pulsed_cells.hpp>
#include <spinule/error.hpp>

#include "ks_distance.hpp"
#include "weight_ramp.hpp"

namespace spinule::pcm_test {

using testing::HasSubstr;

constexpr std::size_t many = 40000;

hardware pcm(const std::vector<std::string>& changes = {}) {
  hardware hw = load_hardware("pcm_90nm");
  override_hardware(hw, changes);
  return hw;
}

/// Cells that were written to `target` exactly, `seconds` ago.
std::vector<written_cell> cells_of(device d, double target, double seconds, bool exactly = true) {
  if (exactly) d.error = {};
  d.age = seconds;
  std::vector<written_cell> all;
  for (std::size_t i = 0; i < many; ++i) {
    random_stream random{9, purpose::device, i};
    all.push_back(d.program(target, random));
  }
  return all;
}

/// Nandakumar et al., ICECS 2019: the exponents of cells of x of 25 uS.
double published_mean(double x) { return std::clamp(0.0244 - 0.0155 * std::log(x), 0.049, 0.1); }
double published_sd(double x) { return std::clamp(-0.0059 - 0.0125 * std::log(x), 0.008, 0.045); }

/// Both ends of each line and its middle, of 25 uS.
const std::vector<double> states{0.004, 0.0168, 0.05, 0.12, 0.2, 0.33, 0.6, 1};

TEST(pcm, exponents_of_drift_have_the_published_mean_and_deviation) {
  const device d = device::of(pcm());
  for (const double x : states) {
    EXPECT_NEAR(d.drift_mean(25 * x), published_mean(x), 1e-12) << x;
    EXPECT_NEAR(d.drift_sd(25 * x), published_sd(x), 1e-12) << x;
  }
  EXPECT_NEAR(d.drift_mean(0), 0.1, 1e-12);
}

TEST(pcm, exponents_of_drift_are_normal_and_not_below_0) {
  const double elapsed = 86400;
  for (const double x : states) {
    std::vector<double> exponents;
    double sum = 0, squares = 0;
    for (const auto& cell : cells_of(device::of(pcm()), 25 * x, 20 * elapsed)) {
      const double nu = -std::log(cell.conductance / cell.fresh) / std::log(elapsed);
      sum += nu;
      squares += nu * nu;
      if (nu > 1e-12) exponents.push_back((nu - published_mean(x)) / published_sd(x));
    }
    const double below = normal_law(-published_mean(x) / published_sd(x)), n = many, mean = sum / n;
    EXPECT_NEAR(static_cast<double>(n - static_cast<double>(exponents.size())) / n, below, 0.003) << x;
    EXPECT_LT(ks_distance(exponents, [&](double z) { return (normal_law(z) - below) / (1 - below); }),
              ks_limit(exponents.size()))
        << x;
    if (below > 1e-3) continue;  // else the cut at 0 moves both
    EXPECT_NEAR(mean, published_mean(x), 4 * published_sd(x) / std::sqrt(n)) << x;
    EXPECT_NEAR(std::sqrt(squares / n - mean * mean) / published_sd(x), 1, 0.02) << x;
  }
}

TEST(pcm, the_median_conductance_falls_as_a_power_of_time) {
  for (const double x : {0.02, 0.2, 0.8})
    for (const double seconds : {20.0, 100.0, 3600.0, 86400.0, 3.156e7}) {
      auto cells = cells_of(device::of(pcm()), 25 * x, seconds);
      const auto middle = cells.begin() + many / 2;
      std::ranges::nth_element(cells, middle, {}, &written_cell::conductance);
      const double law = std::pow(seconds / 20, -published_mean(x));
      const double spread = published_sd(x) * std::log(seconds / 20) * std::sqrt(1.5708 / many);  // of a median
      EXPECT_NEAR(middle->conductance / (25 * x) / law, 1, 4 * spread + 1e-9) << x << ", " << seconds << " s";
    }
}

TEST(pcm, misses_its_target_by_the_published_error) {
  for (const double target : {0.5, 5.0, 15.0, 25.0}) {
    const double x = target / 25, sigma = 0.2635 + 1.965 * x - 1.1731 * x * x;
    EXPECT_NEAR(device::of(pcm()).residual(target), sigma, 1e-9);
    std::vector<double> errors;
    for (const auto& cell : cells_of(device::of(pcm()), target, 20, false))
      if (cell.conductance > 0) errors.push_back((cell.conductance - target) / sigma);
    const double lost = normal_law(-target / sigma);  // clipped at 0 uS
    EXPECT_NEAR(1 - static_cast<double>(errors.size()) / many, lost, 0.005);
    EXPECT_LT(ks_distance(errors, [&](double z) { return (normal_law(z) - lost) / (1 - lost); }),
              ks_limit(errors.size()))
        << target;
  }
}

/// Weak cells drift faster than strong ones, so one factor for all does not give everything back.
TEST(pcm, compensation_gives_back_most_of_a_day) {
  const connectivity c = weight_ramp();
  const auto error_of = [&](std::vector<std::string> changes) {
    changes.insert(changes.end(), {"device.error_0=0", "device.error_1=0", "device.error_2=0"});
    const tiled_projection tiles{c, pcm(changes), 1, 0, 0};
    double error = 0;
    for (std::size_t line = 0; line < c.lines(); ++line)
      for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s)
        error += std::abs(tiles.weight(line, c.target[s]) - c.weight(s)) / 1e6 / static_cast<double>(c.synapses());
    return error;
  };
  const double fresh = error_of({}), left = error_of({"device.age=1d"}),
               all = error_of({"device.age=1d", "device.compensation=none"});
  EXPECT_LT(fresh, 0.01);
  EXPECT_GT(all, 0.15);
  EXPECT_LT(left, all / 3);
  EXPECT_GT(left, 0.01);
}

TEST(pcm, pulses_raise_a_cell_in_ever_smaller_steps_and_empty_it_at_once) {
  const auto r = pulse_response_named("pcm");
  // States 0 to 2 in the fit: 0.01 (1 + 27.235 exp(-2.5 w)).
  for (const double w : {0.0, 0.5, 1.0, 2.0})
    EXPECT_NEAR(r.change(w - 1, true), 0.01 * (1 + 27.235 * std::exp(-2.5 * w)), 1e-12) << w;
  EXPECT_LT(r.change(1, false), -2) << "one pulse down takes a full cell over its whole window";
}

TEST(pcm, other_published_errors_are_a_few_numbers) {
  const device milo = device::of(pcm({"device.g_min=50", "device.g_max=225", "device.pristine=50",
                                      "device.error_0=4.782", "device.error_1=-0.009107", "device.error_2=0"}));
  EXPECT_NEAR(milo.residual(50) / 50, 0.087, 0.0005);
  EXPECT_NEAR(milo.residual(225) / 225, 0.012, 0.0005);
}

std::string refusal(const std::vector<std::string>& changes) {
  try {
    pcm(changes);
  } catch (const spinule_error& e) {
    return e.what();
  }
  return "accepted";
}

TEST(pcm, laws_of_drift_that_are_none_are_refused) {
  EXPECT_THAT(refusal({"device.drift_nu_least=0.2"}),
              HasSubstr("device.drift_nu_least is 0.2, but device.drift_nu_most is 0.1"));
  EXPECT_THAT(refusal({"device.drift_nu_sd_slope=0"}), HasSubstr("device.drift_nu_sd is -0.0059; it must be from"));
  EXPECT_THAT(refusal({"device.drift_nu_slope=0"}), HasSubstr("device.drift_nu is 0.0244; it must be from"));
  EXPECT_THAT(refusal({"device.drift_nu_sd_least=-1"}), HasSubstr("0 or more"));
}

}  // namespace spinule::pcm_test

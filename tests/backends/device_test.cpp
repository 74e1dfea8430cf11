// Cells obey their published statistics.
#include <spinule/backends/engine/device.hpp>

#include <cmath>

#include <gtest/gtest.h>

#include "ks_distance.hpp"

namespace spinule::device_test {

struct moments {
  double n = 0, sum = 0, squares = 0;
  void operator()(double x) {
    ++n;
    sum += x;
    squares += x * x;
  }
  double mean() const { return sum / n; }
  double sd() const { return std::sqrt(squares / n - mean() * mean()); }
};

constexpr std::uint64_t many = 100000;

random_stream cell_stream(std::uint64_t cell) { return {7, purpose::device, cell}; }

TEST(device, programs_exactly_when_ideal) {
  const device d{.g_max = 40};
  EXPECT_TRUE(d.exact());
  auto random = cell_stream(0);
  EXPECT_EQ(d.program(12.34, random).conductance, 12.34);
}

TEST(device, leaves_the_published_residual_error_of_neurram) {
  const auto d = device::of(load_hardware("neurram_130nm"));
  for (const double target : {5.0, 10.0, 20.0, 40.0}) {
    const double sigma = 1.053 + 0.2374 * target - 0.01167 * target * target + 1.536e-4 * target * target * target;
    EXPECT_NEAR(d.residual(target), sigma, 1e-12);
    moments m;
    std::vector<double> errors;
    for (std::uint64_t i = 0; i < many; ++i) {
      auto random = cell_stream(i);
      const double g = d.program(target, random).conductance;
      m(g);
      if (g > 0) errors.push_back((g - target) / sigma);
    }
    EXPECT_NEAR(m.mean(), target, 0.05);
    EXPECT_NEAR(m.sd(), sigma, 0.05) << target;
    const double lost = normal_law(-target / sigma);  // clipped at 0 uS
    EXPECT_LT(ks_distance(errors, [&](double x) { return (normal_law(x) - lost) / (1 - lost); }), ks_limit(many))
        << target;
  }
}

TEST(device, aims_at_the_nearest_of_its_levels) {
  const device d{.g_min = 10, .g_max = 40, .levels = 4};
  auto random = cell_stream(0);
  EXPECT_EQ(d.program(24, random).conductance, 20);
  EXPECT_EQ(d.program(26, random).conductance, 30);
  EXPECT_EQ(d.program(3, random).conductance, 10);
  EXPECT_EQ(d.program(99, random).conductance, 40);
}

TEST(device, sticks_the_stated_fractions_of_cells) {
  const device d{.g_min = 1, .g_max = 40, .stuck_on = 0.1, .stuck_off = 0.2};
  double on = 0, off = 0;
  for (std::uint64_t i = 0; i < many; ++i) {
    auto random = cell_stream(i);
    const double g = d.program(20, random).conductance;
    on += g == 40;
    off += g == 1;
  }
  EXPECT_NEAR(on / many, 0.1, 0.004);
  EXPECT_NEAR(off / many, 0.2, 0.005);
}

TEST(device, keeps_its_other_cells_when_a_fraction_changes) {
  const device one{.g_max = 40, .error = {1}}, other{.g_max = 40, .error = {1}, .stuck_on = 0.1};
  int different = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    auto a = cell_stream(i), b = cell_stream(i);
    const double g = other.program(20, b).conductance;
    different += one.program(20, a).conductance != g && g != 40;
  }
  EXPECT_EQ(different, 0);
}

TEST(device, drifts_by_a_power_law) {
  const device d{
      .drift = drift_law::power, .g_max = 40, .drift_nu = 0.05, .drift_start = 20, .age = 20 * std::exp(2.0)};
  auto random = cell_stream(0);
  EXPECT_NEAR(d.program(20, random).conductance, 20 * std::exp(-0.1), 1e-12);
}

TEST(device, relaxes_by_the_logarithm_of_time) {
  const device d{.drift = drift_law::logarithmic,
                 .g_max = 88,
                 .relaxation = -0.089,
                 .relaxation_sd = 0.412,
                 .relaxation_sd_growth = 0.042,
                 .age = 86400};
  moments m;
  std::vector<double> changes;
  const double mean = -0.089 * std::log(86400), sd = 0.412 + 0.042 * std::log(86400);
  for (std::uint64_t i = 0; i < many; ++i) {
    auto random = cell_stream(i);
    const double g = d.program(40, random).conductance;
    m(g);
    changes.push_back((g - 40 - mean) / sd);
  }
  EXPECT_LT(ks_distance(changes, normal_law), ks_limit(many));
  EXPECT_NEAR(m.mean(), 40 + mean, 0.01);
  EXPECT_NEAR(m.sd(), sd, 0.01);
}

TEST(device, forms_pairs_with_the_published_spread) {
  const auto d = device::of(load_hardware("random_rram_40nm"));
  const auto spread = [&](double voltage) {
    moments m;
    for (std::uint64_t i = 0; i < many; ++i) {
      auto plus = cell_stream(2 * i), minus = cell_stream(2 * i + 1);
      m(d.form_at(voltage, plus).conductance - d.form_at(voltage, minus).conductance);
    }
    EXPECT_NEAR(m.mean(), 0, 0.1);
    return m.sd();
  };
  EXPECT_NEAR(spread(5), 2.4624 * std::sqrt(2.0), 0.03);  // all broken: 3.482 uS
  // Half broken: 10.372 uS for pristine cells of 0 uS; they have 0.1.
  const double p = 0.5, step = 14.2473 - 0.1;
  EXPECT_NEAR(spread(3.433), std::sqrt(2 * (p * 2.4624 * 2.4624 + p * (1 - p) * step * step)), 0.05);
  auto without = d;
  without.pristine = 0;
  moments m;
  for (std::uint64_t i = 0; i < many; ++i) {
    auto plus = cell_stream(2 * i), minus = cell_stream(2 * i + 1);
    m(without.form_at(3.433, plus).conductance - without.form_at(3.433, minus).conductance);
  }
  EXPECT_NEAR(m.sd(), 10.372, 0.05);
}

TEST(device, forms_the_fraction_that_the_voltage_says) {
  const auto d = device::of(load_hardware("random_rram_40nm"));
  for (const double voltage : {3.3, 3.433, 3.6}) {
    double formed = 0;
    for (std::uint64_t i = 0; i < many; ++i) {
      auto random = cell_stream(i);
      formed += d.form_at(voltage, random).conductance > 1;
    }
    EXPECT_NEAR(formed / many, 0.5 * std::erfc((3.433 - voltage) / 0.114 / std::sqrt(2.0)), 0.006) << voltage;
  }
}

TEST(device, forms_normal_conductances_at_normal_voltages) {
  auto d = device::of(load_hardware("random_rram_40nm"));
  d.forming_start = 2;
  d.forming_step = 1e-5;
  std::vector<double> conductances, voltages;
  for (std::uint64_t i = 0; i < many; ++i) {
    auto random = cell_stream(i);
    const auto cell = d.form(random);
    conductances.push_back((cell.conductance - 14.2473) / 2.4624);
    voltages.push_back((2 + 1e-5 * (cell.pulses - 1.5) - 3.433) / 0.114);
  }
  EXPECT_LT(ks_distance(conductances, normal_law), ks_limit(many));
  EXPECT_LT(ks_distance(voltages, normal_law), ks_limit(many));
}

TEST(device, counts_the_steps_of_a_forming_sweep) {
  device d = device::of(load_hardware("random_rram_40nm"));
  d.breakdown_sd = 0;
  auto random = cell_stream(3);
  EXPECT_EQ(d.form(random).pulses, 10u);  // 3.00, 3.05 ... 3.45 V
}

}  // namespace spinule::device_test

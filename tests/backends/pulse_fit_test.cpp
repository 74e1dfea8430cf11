// What is fitted to cells of a known response is that response.
#include <spinule/backends/pulse_fit.hpp>

#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <spinule/backends/hardware.hpp>
#include <spinule/error.hpp>
#include <spinule/random.hpp>

#include "io/message.hpp"
#include "io/scratch.hpp"

namespace spinule::pulse_fit_test {

constexpr double g_min = 4, g_max = 44;

// Cells go from end to end in both directions, `cycles` times, and are read after each pulse.
std::vector<measured_pulse> measure(const pulse_response& r, std::size_t cells, int cycles, int pulses) {
  const auto conductance = [](float w) { return g_min + (w + 1) / 2 * (g_max - g_min); };
  pulsed_cells all{cells, r, 5};
  all.put(std::vector<float>(cells, -1));
  std::vector<measured_pulse> measured;
  for (int k = 0; k < 2 * cycles * pulses; ++k) {
    const bool up = k / pulses % 2 == 0;
    const std::vector<float> before(all.states().begin(), all.states().end());
    all.pulse(std::vector<std::int16_t>(cells, up ? 1 : -1));
    for (std::size_t i = 0; i < cells; ++i)
      measured.push_back({static_cast<std::uint32_t>(i), up, conductance(before[i]), conductance(all.states()[i])});
  }
  return measured;
}

void expect_same_changes(const pulse_fit& fit, const pulse_response& r, double tolerance) {
  for (const double w : {-0.8, -0.3, 0.2, 0.7})
    for (const bool up : {false, true}) {
      const double g = g_min + (w + 1) / 2 * (g_max - g_min), expected = r.change(w, up) * (g_max - g_min) / 2;
      EXPECT_NEAR(fit.change(g, up) / expected, 1, tolerance) << w << ' ' << up;
    }
}

TEST(pulse_fit, finds_each_law_and_its_changes) {
  const pulse_response constant{.law = pulse_law::constant, .step = 0.02, .up_down = 0.1, .cycle_sd = 0.3};
  const pulse_response linear{.step = 0.03, .up_down = -0.1, .cycle_sd = 0.3, .slope_up = 0.9, .slope_down = 0.5};
  const pulse_response exponential{.law = pulse_law::exponential,
                                   .step = 0.03,
                                   .cycle_sd = 0.2,
                                   .amplitude_up = 0.05,
                                   .amplitude_down = 0.1,
                                   .rate_up = 2.9,
                                   .rate_down = 2.2,
                                   .scale = 1};
  for (const auto& r : {constant, linear, exponential}) {
    const auto fit = fit_pulses(measure(r, 30, 4, 120));
    EXPECT_EQ(fit.response.law, r.law);
    EXPECT_NEAR(fit.g_min, g_min, 2);
    EXPECT_NEAR(fit.g_max, g_max, 2);
    expect_same_changes(fit, r, 0.08);
    EXPECT_NEAR(fit.response.cycle_sd / r.cycle_sd, 1, 0.2);
    EXPECT_LT(fit.response.step_sd, 0.03);
    EXPECT_EQ(fit.laws.size(), 3u);
    EXPECT_GT(fit.explained, 0.8);
  }
}

TEST(pulse_fit, finds_how_cells_differ) {
  const pulse_response r{
      .step = 0.03, .step_sd = 0.2, .cycle_sd = 0.5, .highest_sd = 0, .slope_up = 0.5, .slope_down = 0.5};
  const auto fit = fit_pulses(measure(r, 200, 3, 100));
  EXPECT_NEAR(fit.response.step_sd / 0.2, 1, 0.25);
  EXPECT_NEAR(fit.response.cycle_sd / 0.5, 1, 0.2);
}

TEST(pulse_fit, is_a_hardware_file_that_loads) {
  const scratch folder;
  const auto fit = fit_pulses(measure({.step = 0.03, .cycle_sd = 0.3}, 20, 3, 100));
  const auto path = folder / "lot7.toml";
  std::ofstream{path} << hardware_of(fit, "lot7", "random_rram_40nm", "lot7.csv");
  const hardware hw = load_hardware(path.string());
  EXPECT_EQ(hw.name, "lot7");
  EXPECT_EQ(hw.device.programming, programming_mode::pulses);
  EXPECT_NEAR(hw.device.g_max.value, fit.g_max, 1e-4);
  EXPECT_EQ(hw.device.g_max.source, "lot7.csv");
  EXPECT_NEAR(hw.pulses.step.value, fit.response.step, 1e-6);
  EXPECT_EQ(hw.pulses.step.kind, "fit");
}

TEST(pulse_fit, draws_what_it_fitted) {
  const auto pulses = measure({.step = 0.03, .cycle_sd = 0.3}, 20, 3, 100);
  const auto picture = picture_of(fit_pulses(pulses), pulses);
  EXPECT_THAT(picture, testing::StartsWith("<svg"));
  EXPECT_THAT(picture, testing::HasSubstr("12000 pulses of 20 cells"));
  EXPECT_EQ(picture.find("nan"), picture.npos);
}

class pulse_file : public testing::Test {
 protected:
  std::vector<measured_pulse> read(const std::string& text) {
    std::ofstream{folder_ / "p.csv", std::ios::trunc} << text;
    return read_pulses(folder_ / "p.csv");
  }
  std::string refusal(const std::string& text) {
    return message_of<spinule_error>([&] { read(text); });
  }
  scratch folder_;
};

TEST_F(pulse_file, names_its_units_and_directions) {
  const auto one = read("cell,direction,conductance_uS\na,start,5\nb,start,7\na,up,6\nb,down,6.5\na,up,6.5\n");
  ASSERT_EQ(one.size(), 3u);
  EXPECT_EQ(one[0].cell, 0u);
  EXPECT_TRUE(one[0].up);
  EXPECT_EQ(one[0].before, 5);
  EXPECT_EQ(one[0].after, 6);
  EXPECT_FALSE(one[1].up);
  EXPECT_EQ(one[2].before, 6);
  const auto other = read("# a comment\n voltage_V , resistance_kohm\n0,100\n1.5,50\n-1.2,200\n");
  ASSERT_EQ(other.size(), 2u);
  EXPECT_NEAR(other[0].before, 10, 1e-12);
  EXPECT_NEAR(other[0].after, 20, 1e-12);
  EXPECT_FALSE(other[1].up);
}

TEST_F(pulse_file, says_what_is_wrong_and_where) {
  using testing::HasSubstr;
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(refusal("cell,conductance_uS\n1,2\n"), HasSubstr("p.csv:1: no column says the direction"));
  EXPECT_THAT(refusal("direction,g\nup,2\n"), HasSubstr("conductance_nS, conductance_uS"));
  EXPECT_THAT(refusal("direction,conductance_uS,resistance_ohm\n"), HasSubstr("are both there"));
  EXPECT_THAT(refusal("direction,direction,conductance_uS\n"), HasSubstr("is there twice"));
  EXPECT_THAT(refusal("direction,conductance_uS\nup,2,3\n"), HasSubstr("p.csv:2: 3 fields; the header has 2"));
  EXPECT_THAT(refusal("direction,conductance_uS\nsideways,2\n"), HasSubstr("direction is \"sideways\""));
  EXPECT_THAT(refusal("direction,conductance_uS\n" + std::string(5000, '1')), HasSubstr("p.csv:2: is 5000 bytes long"));
  EXPECT_THAT(refusal(std::string{"direction,conductance_uS\nup,\0002\n", 32}),
              HasSubstr("p.csv:2: has a byte of value 0"));
  EXPECT_THAT(refusal("direction,conductance_uS\nup,two\n"), HasSubstr("conductance_uS is \"two\""));
  EXPECT_THAT(refusal("direction,conductance_uS\nup,-2\n"), HasSubstr("it must be 0 or more"));
  EXPECT_THAT(refusal("direction,conductance_uS\nup,inf\n"), HasSubstr("must be a number"));
  EXPECT_THAT(refusal("direction,resistance_ohm\nup,0\n"), HasSubstr("more than 0"));
  EXPECT_THAT(refusal("direction,conductance_uS\nup,2\nup,1e308\n"), HasSubstr("p.csv:3: conductance_uS is 1e+308"));
  EXPECT_THAT(refusal("direction,resistance_ohm\nup,1e-300\n"), HasSubstr("it must be at most 1e+09 uS"));
  EXPECT_THAT(refusal("direction,voltage_V,conductance_uS\nup,1,2\ndown,1.2,2\n"),
              HasSubstr("p.csv:3: direction is down, but voltage_V is 1.2"));
  EXPECT_EQ(refusal("direction,voltage_V,conductance_uS\nstart,0,2\nup,1,3\nup,,4\ndown,-1.2,2\n"), "");
  EXPECT_THAT(refusal("direction,conductance_uS\nup,2\n"), HasSubstr("holds no pulse"));
}

TEST_F(pulse_file, survives_damage_and_a_byte_order_mark) {
  const std::string good = "cell,direction,conductance_uS\na,start,5\na,up,6\na,down,5.5\n";
  EXPECT_EQ(read("\xEF\xBB\xBF" + good).size(), 2u);
  EXPECT_THAT(refusal(""), testing::HasSubstr("is empty"));
  EXPECT_THROW(read_pulses(folder_.path()), spinule_error);
  random_stream random{1, purpose::user, 0};
  for (int k = 0; k < 300; ++k) {
    std::string damaged = good;
    damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    const std::string said = refusal(damaged.substr(0, 1 + random.below(damaged.size())));
    EXPECT_THAT(said, testing::AnyOf("", testing::HasSubstr("p.csv")));
  }
}

TEST(pulse_fit, refuses_too_little_and_what_does_not_change) {
  const auto refusal = [](const std::vector<measured_pulse>& pulses) {
    return message_of<spinule_error>([&] { fit_pulses(pulses); });
  };
  using testing::HasSubstr;
  EXPECT_THAT(refusal({}), HasSubstr("0 up and 0 down; at least 10 of each"));
  std::vector<measured_pulse> same, wrong;
  for (int k = 0; k < 40; ++k) {
    same.push_back({0, k % 2 == 0, 5, 5});
    wrong.push_back({0, k % 2 == 0, k % 2 == 0 ? 6.0 : 5.0, k % 2 == 0 ? 5.0 : 6.0});
  }
  EXPECT_THAT(refusal(same), HasSubstr("do not change"));
  EXPECT_THAT(refusal(wrong), HasSubstr("do not raise the conductance"));
}

}  // namespace spinule::pulse_fit_test

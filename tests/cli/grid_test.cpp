// The values of --vary, and what is refused of them before anything runs.
#include "grid.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "usage_error.hpp"

namespace spinule::grid_test {

using testing::ElementsAre;
using testing::HasSubstr;

using texts = std::vector<std::string>;

sweep_grid grid_of(const texts& vary, const texts& fixed = {}) {
  return {load_hardware("random_rram_40nm"), vary, fixed};
}

texts values_of(const std::string& vary) { return grid_of({vary}).axes().front().values; }

TEST(grid, takes_every_whole_number_of_a_range_where_there_are_no_others) {
  EXPECT_THAT(values_of("adc.bits=2..10"), ElementsAre("2", "3", "4", "5", "6", "7", "8", "9", "10"));
  EXPECT_THAT(values_of("adc.bits=2..10/3"), ElementsAre("2", "6", "10"));
  EXPECT_THAT(values_of("array.rows = 64, 128"), ElementsAre("64", "128"));
}

TEST(grid, takes_even_steps_of_a_range_elsewhere) {
  EXPECT_THAT(values_of("device.read_noise=0..0.05"), ElementsAre("0", "0.01", "0.02", "0.03", "0.04", "0.05"));
  EXPECT_EQ(values_of("device.read_noise=0..0.05/11").size(), 11u);
  EXPECT_THAT(values_of("device.read_noise=0..0.02/3,0.1"), ElementsAre("0", "0.01", "0.02", "0.1"));
}

TEST(grid, knows_units_as_set_does) {
  EXPECT_THAT(values_of("device.read_noise=0..5%/2"), ElementsAre("0", "0.05"));
  EXPECT_THAT(values_of("adc.energy=100fJ..1 pJ/2"), ElementsAre("0.1", "1"));
  EXPECT_THAT(values_of("device.age=1 s,1 d"), ElementsAre("1", "86400"));
  EXPECT_EQ(grid_of({"device.g_max=18,20"}).axes().front().unit, "uS");
  hardware set = load_hardware("random_rram_40nm");
  override_hardware(set, "device.read_noise=7%");
  EXPECT_EQ(grid_of({"device.read_noise=7%"}).axes().front().numbers.front(), set.device.read_noise.value);
}

TEST(grid, knows_one_zero) { EXPECT_THAT(values_of("device.read_noise=-0,0.1"), ElementsAre("0", "0.1")); }

TEST(grid, takes_choices) { EXPECT_THAT(values_of("adc.range=cells,expected"), ElementsAre("cells", "expected")); }

TEST(grid, has_every_value_with_every_other_the_last_key_changing_first) {
  const sweep_grid g = grid_of({"adc.bits=4,6", "adc.range=cells,rows,expected"});
  ASSERT_EQ(g.points(), 6u);
  EXPECT_THAT(g.overrides(0), ElementsAre("adc.bits=4", "adc.range=cells"));
  EXPECT_THAT(g.overrides(1), ElementsAre("adc.bits=4", "adc.range=rows"));
  EXPECT_THAT(g.overrides(5), ElementsAre("adc.bits=6", "adc.range=expected"));
}

struct wrong {
  texts vary;
  std::vector<const char*> said;
  texts fixed = {};
};

TEST(grid, refuses_what_is_wrong_naming_key_and_remedy) {
  const std::vector<wrong> all{
      {{}, {"is missing", "adc.bits=2..10"}},
      {{""}, {"give a key", "adc.bits=2..10"}},
      {{"adc.bits"}, {"adc.bits: give a key of the hardware and its values"}},
      {{"adc.bits="}, {"adc.bits=: give a key of the hardware and its values"}},
      {{"adc.bitz=2..4"}, {"unknown key \"adc.bitz\"", "adc.bits"}},
      {{"synapse.energy=1..2"}, {"unknown key \"synapse.energy\" of hardware \"random_rram_40nm\""}},
      {{"device=ideal"}, {"unknown key \"device\""}},
      {{"adc.bits=10..2"}, {"adc.bits=10..2: the range is empty", "the smaller value first"}},
      {{"adc.bits=2..2"}, {"the range is empty"}},
      {{"adc.bits=..4"}, {"says where it begins and where it ends"}},
      {{"adc.bits=2.."}, {"says where it begins and where it ends"}},
      {{"adc.bits=2..10/1"}, {"from 2 to 10000 values"}},
      {{"adc.bits=2..10/4"}, {"takes whole numbers"}},
      {{"adc.bits=4,,6"}, {"a value is empty"}},
      {{"adc.bits=4,4.0"}, {"adc.bits: the value 4 is there twice"}},
      {{"adc.bits=one"}, {"adc.bits must be a number"}},
      {{"adc.bits=1..4"}, {"adc.bits is 1 bits", "from 2 to 32"}},
      {{"adc.bits=4.5"}, {"a whole number from 2 to 32"}},
      {{"device.read_noise=0..5 uS"}, {"has unit \"uS\"", "it must be one of"}},
      {{"device.read_noise=-0.1..0"}, {"device.read_noise is -0.1", "0 or more"}},
      {{"device.read_noise=nan"}, {"device.read_noise"}},
      {{"adc.energy=1..1e999"}, {"adc.energy"}},
      {{"adc.range=cells,all"}, {"\"all\" is none of cells, rows, expected"}},
      {{"adc.range=cells..rows"}, {"is none of cells, rows, expected"}},
      {{"array.rows=1..1000000000"}, {"10000 are the most", "say how many"}},
      {{"adc.energy=0..1/200", "adc.time=0..1/200"}, {"the grid has 40000 points", "give fewer values"}},
      {{"adc.bits=4,5", "adc.bits=6,7"}, {"adc.bits is varied twice"}},
      {{"adc.bits=4,5"}, {"adc.bits is fixed by --set too"}, {"adc.bits=8"}},
      {{"device.stuck_on=0,0.6", "device.stuck_off=0,0.6"},
       {"at device.stuck_on=0.6, device.stuck_off=0.6", "add up to more than 1", "leave such values out"}},
      {{"device.g_max=5..20"}, {"at device.g_max=5", "g_min must be the smaller"}},
  };
  for (const auto& [vary, said, fixed] : all) try {
      grid_of(vary, fixed);
      ADD_FAILURE() << testing::PrintToString(vary) << " was taken";
    } catch (const usage_error& e) {
      EXPECT_THAT(e.what(), HasSubstr("--vary"));
      for (const char* part : said) EXPECT_THAT(e.what(), HasSubstr(part)) << testing::PrintToString(vary);
    }
}

}  // namespace spinule::grid_test

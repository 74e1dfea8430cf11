// Converters whose full scale comes from recordings: what is said of it, the same on any threads, in every command.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/world.hpp"

namespace spinule::calibrate_test {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int usage = 2;
const words from_data{"--set", "adc.range=data", "--set", "adc.bits=5"};

class calibrating : public command {
 protected:
  words on_crossbar(const words& more) const { return replay() + words{"--backend", "crossbar"} + more; }
  json result_of(const words& call) const {
    const outcome o = spinule(call + words{"--json", in("r.json")});
    EXPECT_EQ(o.code, 0) << o.err;
    return json::parse(text("r.json"));
  }
  static std::string digest(const json& of) { return of.at("spike_digest"); }
};

TEST_F(calibrating, says_the_full_scale_of_every_projection) {
  const outcome o = spinule(on_crossbar(from_data));
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, AllOf(HasSubstr("Converters of crossbar random_rram_40nm, chip 0, calibrated on 10 recordings"),
                           HasSubstr("input->excitatory ")));
  EXPECT_THAT(spinule(on_crossbar(from_data + words{"--calibrate", "1"})).out, HasSubstr("calibrated on 1 recording;"));
  EXPECT_THAT(spinule(on_crossbar({})).out, Not(HasSubstr("calibrated")));
}

TEST_F(calibrating, gives_the_same_on_any_threads_and_another_range_than_expected) {
  const json one = result_of(on_crossbar(from_data + words{"--threads", "1"}));
  const json three = result_of(on_crossbar(from_data + words{"--threads", "3"}));
  const json expected = result_of(on_crossbar({"--set", "adc.range=expected", "--set", "adc.bits=5"}));
  EXPECT_EQ(digest(one), digest(three));
  EXPECT_NE(digest(one), digest(expected));
}

TEST_F(calibrating, is_part_of_every_point_of_a_sweep_and_of_every_run_of_an_explanation) {
  const words vary{"--vary", "adc.range=expected,data", "--set", "adc.bits=5"};
  const json sweep = result_of(words{"sweep", model()} + test_digits() + vary);
  const json one = result_of(on_crossbar(from_data));
  EXPECT_EQ(sweep.at("points").at(1).at("runs").at(0).at("spike_digest"), digest(one));
  const json explained = result_of(words{"explain", model()} + test_digits() + from_data);
  EXPECT_EQ(explained.at("full").at("runs").at(0).at("spike_digest"), digest(one));
}

TEST_F(calibrating, is_refused_where_it_changes_nothing) {
  for (const auto& more : {words{}, words{"--set", "adc.range=rows"}, from_data + words{"--set", "adc=none"}}) {
    const outcome o = spinule(on_crossbar(more + words{"--calibrate", "5"}));
    EXPECT_EQ(o.code, usage);
    EXPECT_THAT(o.err, HasSubstr("--calibrate: no converter takes its full scale from data"));
  }
  EXPECT_EQ(spinule(on_crossbar(from_data + words{"--calibrate", "0"})).code, usage);
}

}  // namespace spinule::calibrate_test

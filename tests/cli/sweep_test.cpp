// Accuracy against energy over a grid: the same numbers as replay gives, on any threads, and after any interruption.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/world.hpp"

namespace spinule::sweep_test {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int failed = 1, usage = 2, stopped = 130;

class sweeping : public command {
 protected:
  words sweep() const { return words{"sweep", model()} + test_digits(); }
  words four_points() const {
    return sweep() + words{"--vary", "adc.bits=3,8", "--vary", "device.read_noise=0..5%/2", "--chips", "2"};
  }
  json parsed(const std::string& name) const { return json::parse(text(name)); }
  json without_provenance(const std::string& name) const {
    json all = parsed(name);
    all.erase("provenance");
    return all;
  }
  void expect(int code, const words& call, const std::vector<std::string>& said) const {
    const std::size_t before = files();
    const outcome o = spinule(call);
    EXPECT_EQ(o.code, code) << testing::PrintToString(call) << o.err;
    for (const auto& part : said) EXPECT_THAT(o.err, HasSubstr(part)) << testing::PrintToString(call);
    EXPECT_EQ(files(), before) << "something was left behind by " << testing::PrintToString(call);
  }
  /// Ends a sweep by a signal as soon as it has kept a run, without --resume and with, until none is left to end.
  void interrupt_often(const words& call, const std::string& state, int signal) const {
    words next = call;
    for (int times = 0; times < 3; ++times) {
      const std::string before = std::filesystem::exists(state) ? text(std::filesystem::path{state}.filename()) : "";
      const running under_way{next};
      for (int ms = 0; ms < 20'000; ms += 5) {
        if (std::filesystem::exists(state) && text(std::filesystem::path{state}.filename()) != before) break;
        std::this_thread::sleep_for(5ms);
      }
      under_way.send(signal);
      const outcome o = under_way.wait();
      if (o.code == 0) return;
      EXPECT_EQ(o.code, signal == SIGINT ? stopped : 128 + signal) << o.err;
      EXPECT_EQ(o.out.find("give the same with --resume to go on") != o.out.npos, signal == SIGINT);
      next = call + words{"--resume"};
    }
    const outcome o = spinule(next);
    EXPECT_EQ(o.code, 0) << o.err;
    EXPECT_THAT(o.out, HasSubstr("runs are done already"));
  }
};

TEST_F(sweeping, over_one_point_equals_replay_with_set) {
  ASSERT_EQ(spinule(sweep() + words{"--vary", "adc.bits=5", "--set", "device.read_noise=7%", "--chip", "3", "--json",
                                    in("s.json")})
                .code,
            0);
  ASSERT_EQ(spinule(replay() + words{"--backend", "crossbar", "--set", "adc.bits=5", "--set", "device.read_noise=7%",
                                     "--chip", "3", "--json", in("r.json")})
                .code,
            0);
  const json all = parsed("s.json"), r = parsed("r.json"), point = all.at("points").at(0), run = point["runs"].at(0);
  EXPECT_EQ(all.at("points").size(), 1u);
  EXPECT_EQ(run.at("spike_digest"), r.at("spike_digest"));
  for (const char* same : {"chip", "samples", "correct", "accuracy"}) EXPECT_EQ(run.at(same), r.at(same)) << same;
  for (const char* same : {"static", "static_real_time"})
    EXPECT_EQ(run.at("energy_pj").at(same), r.at("energy_pj").at(same)) << same;
  EXPECT_DOUBLE_EQ(point.at("energy_pj").at("mean").get<double>(), r.at("energy_pj").at("total").get<double>());
  EXPECT_EQ(run.at("latency_us"), r.at("latency_us").at("mean"));
  EXPECT_EQ(point.at("pareto"), true);
}

TEST_F(sweeping, says_what_it_is_of) {
  const outcome o = spinule(four_points() + words{"--json", in("s.json")});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, AllOf(HasSubstr("crossbar random_rram_40nm, 2 chips, 10 samples: 4 points"), HasSubstr("adc.bits"),
                           HasSubstr("+-"), HasSubstr("*"), HasSubstr("Pareto front")));
  const json all = parsed("s.json");
  EXPECT_EQ(all.at("format"), "spinule-sweep");
  EXPECT_EQ(all.at("format_version"), 1);
  EXPECT_THAT(all.at("provenance").at("command").get<std::string>(), HasSubstr("spinule sweep"));
  EXPECT_EQ(all.at("vary").at(1).at("key"), "device.read_noise");
  EXPECT_EQ(all.at("vary").at(1).at("values"), (json{0, 0.05}));
  EXPECT_EQ(all.at("chips"), (json{0, 1}));
  EXPECT_EQ(all.at("interrupted"), false);
  EXPECT_EQ(all.at("points").at(1).at("at"), (json{0, 1}));
  EXPECT_EQ(all.at("preset").at("name"), "random_rram_40nm");
  for (const auto& point : all.at("points"))
    EXPECT_NEAR(point["accuracy"]["mean"].get<double>(),
                (point["runs"][0]["accuracy"].get<double>() + point["runs"][1]["accuracy"].get<double>()) / 2, 1e-12);
}

TEST_F(sweeping, finds_the_front_of_points_that_none_beats) {
  ASSERT_EQ(spinule(four_points() + words{"--json", in("s.json")}).code, 0);
  const json points = parsed("s.json").at("points");
  const auto of = [](const json& p) {
    return std::pair{p["accuracy"]["mean"].get<double>(), -p["energy_pj"]["mean"].get<double>()};
  };
  for (const auto& p : points) {
    bool beaten = false;
    for (const auto& other : points)
      beaten |= of(other) != of(p) && of(other).first >= of(p).first && of(other).second >= of(p).second;
    EXPECT_EQ(p.at("pareto"), !beaten);
  }
}

TEST_F(sweeping, gives_the_same_bytes_on_any_threads) {
  for (const char* threads : {"1", "2", "3"})
    ASSERT_EQ(spinule(four_points() + words{"--threads", threads, "--csv", in(std::string{threads} + ".csv"), "--json",
                                            in(std::string{threads} + ".json")})
                  .code,
              0);
  EXPECT_THAT(text("1.csv"), HasSubstr("adc.bits,device.read_noise,chips,samples,accuracy,accuracy_sd,energy_pj,"));
  for (const char* other : {"2", "3"}) {
    EXPECT_EQ(text("1.csv"), text(std::string{other} + ".csv"));
    EXPECT_TRUE(without_provenance("1.json") == without_provenance(std::string{other} + ".json"));
  }
}

TEST_F(sweeping, goes_on_after_any_interruption_to_the_same_files) {
  const words files_of = words{"--threads", "1"};
  ASSERT_EQ(spinule(four_points() + files_of + words{"--csv", in("whole.csv"), "--json", in("whole.json")}).code, 0);
  for (const int signal : {SIGINT, SIGKILL}) {
    const std::string name = "cut" + std::to_string(signal);
    interrupt_often(four_points() + files_of + words{"--csv", in(name + ".csv"), "--json", in(name + ".json")},
                    in(name + ".csv.state"), signal);
    EXPECT_EQ(text(name + ".csv"), text("whole.csv"));
    EXPECT_TRUE(without_provenance(name + ".json") == without_provenance("whole.json"));
    EXPECT_FALSE(std::filesystem::exists(in(name + ".csv.state"))) << "all is done";
  }
}

TEST_F(sweeping, goes_on_only_with_what_it_was_of) {
  ASSERT_EQ(spinule({"train", "--dataset", "nmnist", "--data", digits()[3], "--part", "train", "--liquid", "150", "-o",
                     in("other.spn")})
                .code,
            0);
  const words call = words{"--vary", "adc.bits=2..9", "--state", in("s.state"), "--threads", "1"};
  const running under_way{sweep() + call};
  for (int ms = 0; ms < 20'000 && !std::filesystem::exists(in("s.state")); ms += 5) std::this_thread::sleep_for(5ms);
  under_way.send(SIGKILL);
  under_way.wait();
  ASSERT_TRUE(std::filesystem::exists(in("s.state")));
  const words again = call + words{"--resume"};
  expect(usage, sweep() + call, {"--resume", in("s.state") + " holds ", "of 8 runs", "remove that file"});
  expect(usage, words{"sweep", in("other.spn")} + test_digits() + again, {"--resume: the model was another"});
  expect(usage, words{"sweep", model()} + digits() + words{"--part", "train"} + again, {"the data was another"});
  expect(usage, sweep() + again + words{"--set", "device.read_noise=0.1"},
         {"the hardware was another: device.read_noise is 0.1, and was 0.02"});
  expect(usage, sweep() + again + words{"--hardware", "isaac_32nm"}, {"the hardware was another"});
  expect(usage, sweep() + words{"--vary", "adc.bits=2..8", "--state", in("s.state"), "--resume"},
         {"the grid was another"});
  expect(usage, sweep() + again + words{"--chip", "1"}, {"the chips were others"});
  expect(usage, sweep() + again + words{"--chips", "2"}, {"the chips were others"});
}

TEST_F(sweeping, refuses_a_state_that_is_none) {
  for (const char* bytes : {"", "{", "[]", "{\"format\": \"spinule-result\", \"format_version\": 1}",
                            "{\"format\": \"spinule-sweep-state\", \"format_version\": 2}",
                            "{\"format\": \"spinule-sweep-state\", \"format_version\": 1, \"runs\": [1]}"}) {
    std::ofstream{in("bad.state")} << bytes;
    expect(failed, sweep() + words{"--vary", "adc.bits=4,6", "--state", in("bad.state"), "--resume"},
           {in("bad.state"), "is no state of a sweep"});
    EXPECT_THAT(spinule(sweep() + words{"--vary", "adc.bits=4,6", "--state", in("bad.state")}).err,
                Not(HasSubstr("json.exception")));
  }
}

TEST_F(sweeping, runs_on_digital_hardware_too) {
  const outcome o = spinule(
      sweep() + words{"--hardware", "loihi_davies2018", "--vary", "synapse.energy=10..30 pJ/3", "--csv", in("s.csv")});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("digital loihi_davies2018, 10 samples: 3 points"));
  expect(usage, sweep() + words{"--hardware", "loihi_davies2018", "--vary", "synapse.energy=1,2", "--chips", "2"},
         {"--chips", "only a crossbar differs from chip to chip"});
}

TEST_F(sweeping, writes_a_page) {
  ASSERT_EQ(spinule(four_points() + words{"--report", in("s.html")}).code, 0);
  EXPECT_THAT(text("s.html"), AllOf(HasSubstr("Spinule sweep report"), HasSubstr("\"spinule-sweep\"")));
}

TEST_F(sweeping, refuses_wrong_usage_before_anything_runs) {
  const words bits{"--vary", "adc.bits=4,6"};
  expect(usage, sweep(), {"--vary"});
  expect(usage, {"sweep", "--vary", "adc.bits=4,6"}, {"model"});
  expect(usage, sweep() + words{"--vary", "adc.bitz=4,6"}, {"--vary", "unknown key \"adc.bitz\""});
  expect(usage, sweep() + words{"--vary", "device.g_max=1..20"}, {"g_min must be the smaller"});
  expect(usage, sweep() + bits + words{"--set", "adc.bits=8"}, {"fixed by --set too"});
  expect(usage, sweep() + bits + words{"--set", "adc.bitz=8"}, {"--set", "unknown key"});
  expect(usage, sweep() + bits + words{"--hardware", "abacus"}, {"--hardware", "abacus: unknown hardware"});
  expect(usage, sweep() + bits + words{"--resume"}, {"--resume", "give --state FILE"});
  expect(usage, sweep() + words{"--vary", "adc.energy=0..1/5000", "--chips", "3"}, {"--chips", "15000 runs"});
  expect(usage, words{"sweep", model()} + bits, {"--dataset", "is required"});
  for (const char* option : {"--csv", "--report", "--state"})
    for (const char* path : {"", "-"}) expect(usage, sweep() + bits + words{option, path}, {option});
  expect(usage, sweep() + bits + words{"--json", ""}, {"--json"});
  expect(usage, sweep() + bits + words{"--csv", model()}, {"is already in use"});
  expect(usage, sweep() + bits + words{"--csv", in("x"), "--json", in("x")}, {"is already in use"});
  expect(failed, sweep() + bits + words{"--csv", in("no/such/folder.csv")}, {"folder.csv"});
  expect(failed, words{"sweep", in("none.spn")} + test_digits() + bits, {"none.spn"});
  for (const auto& [option, wrong] : {std::pair{"--chips", "0"},
                                      {"--chips", "10001"},
                                      {"--chips", "two"},
                                      {"--chip", "-1"},
                                      {"--threads", "-1"},
                                      {"--threads", "two"}})
    expect(usage, sweep() + bits + words{option, wrong}, {option});
}

TEST_F(sweeping, prints_json_and_nothing_else_where_the_path_is_a_dash) {
  const outcome o = spinule(sweep() + words{"--vary", "adc.bits=4,6", "--json", "-"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(json::parse(o.out).at("points").size(), 2u);
  EXPECT_THAT(o.err, HasSubstr("accuracy"));
}

}  // namespace spinule::sweep_test

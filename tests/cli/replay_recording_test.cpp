// One recording through a model: what it answers, with which scores, and what that costs.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/world.hpp"

namespace spinule::replay_recording_test {

using nlohmann::json;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class one_recording : public command {
 protected:
  std::string digit(const char* name) const { return digits()[3] + "/" + name; }
  static std::string said(const words& call, int code = 0) {
    const outcome o = spinule(call);
    EXPECT_EQ(o.code, code) << testing::PrintToString(call) << o.err;
    return code == 0 ? o.out : o.err;
  }
};

TEST_F(one_recording, is_answered_for_with_scores_spikes_and_costs) {
  const std::string file = digit("Train/7/00008.bin");
  const std::string out = said({"replay", model(), file, "--backend", "cpu,crossbar", "--hardware", "isaac_32nm"});
  EXPECT_THAT(out, ContainsRegex("00008.bin: [0-9]+ events"));
  EXPECT_THAT(out, ContainsRegex("cpu: 7, right\n  scores   7 [-0-9.]+   [0-9] [-0-9.]+   [0-9]"));
  EXPECT_THAT(out, ContainsRegex("  spikes   input [0-9]+ of 2312 units, excitatory [0-9]+ of 160 units, inhibitory"));
  EXPECT_THAT(out, ContainsRegex("crossbar isaac_32nm: .*\n.*\n.*\n  costs    .* nJ dynamic .* latency .* us"));
  EXPECT_THAT(out, HasSubstr("The model was trained on this recording."));
  EXPECT_THAT(said({"replay", model(), digit("Test/7/00008.bin")}), Not(HasSubstr("was trained on")));
}

TEST_F(one_recording, of_a_data_set_is_answered_for_as_among_the_others) {
  said(replay() + words{"--json", in("all.json")});
  const json all = json::parse(text("all.json"));
  std::uint64_t spikes = 0, correct = 0;
  for (int i = 0; i < 10; ++i) {
    said(replay() + words{"--sample", std::to_string(i), "--json", in("one.json")});
    const json one = json::parse(text("one.json"));
    EXPECT_EQ(one.at("samples"), 1);
    EXPECT_EQ(one.at("example").at("sample"), i);
    spikes += one.at("spikes").get<std::uint64_t>();
    correct += one.at("correct").get<std::uint64_t>();
  }
  EXPECT_EQ(spikes, all.at("spikes"));
  EXPECT_EQ(correct, all.at("correct"));
}

TEST_F(one_recording, whose_class_nothing_says_is_answered_for_all_the_same) {
  std::filesystem::copy(digit("Test/3/00004.bin"), in("unknown.bin"));
  const std::string out = said({"replay", model(), in("unknown.bin")});
  EXPECT_THAT(out, ContainsRegex("cpu: [0-9]\n"));
  EXPECT_THAT(said({"replay", model(), in("unknown.bin"), "--json", in("r.json")}, 2),
              HasSubstr("--json: counts right answers, and nothing says the class of"));
  EXPECT_FALSE(std::filesystem::exists(in("r.json")));
}

TEST_F(one_recording, may_be_an_event_list) {
  for (const char* way : {"left", "right"}) {
    std::filesystem::create_directories(in(std::string{"bars/"} + way));
    for (int n = 0; n < 4; ++n) {
      std::ofstream file{in(std::string{"bars/"} + way + "/" + std::to_string(n) + ".csv")};
      file << "# channels = 10\ntime_ms,channel\n";
      for (int k = 0; k < 1000; ++k)
        file << k / 10 << ',' << (way[0] == 'r' ? (k / 10 + n) / 10 % 10 : 9 - (k / 10 + n) / 10 % 10) << '\n';
    }
  }
  said({"train", "--dataset", "csv", "--data", in("bars"), "--liquid", "100", "-o", in("m.spn")});
  EXPECT_THAT(said({"replay", in("m.spn"), in("bars/right/2.csv")}),
              AllOf(HasSubstr("cpu: right, right"), HasSubstr("left ")));
  std::filesystem::copy(in("bars/right/2.csv"), in("new.csv"));
  EXPECT_THAT(said({"replay", in("m.spn"), in("new.csv")}), HasSubstr("cpu: right\n"));
  EXPECT_THAT(said({"replay", in("m.spn"), in("new.csv"), "--sample", "1"}, 2), HasSubstr("there is no sample 1"));
}

TEST_F(one_recording, is_refused_for_what_is_wrong_with_it) {
  const std::string trained = model(), file = digit("Test/3/00004.bin");
  EXPECT_THAT(said({"replay", trained, in("none.bin")}, 1), HasSubstr("none.bin: is no file"));
  EXPECT_THAT(said({"replay", trained, in("digits")}, 1), HasSubstr("is no file"));
  std::ofstream{in("cut.bin")} << "1234567";
  EXPECT_THAT(said({"replay", trained, in("cut.bin")}, 1), HasSubstr("cut.bin"));
  std::ofstream{in("empty.bin")};
  EXPECT_THAT(said({"replay", trained, in("empty.bin")}, 1), HasSubstr("has 0 bytes"));
  std::ofstream{in("camera.aedat")} << "#!AER-DAT2.0\r\n";
  EXPECT_THAT(said({"replay", trained, in("camera.aedat")}, 1),
              HasSubstr("camera.aedat: is AEDAT 2.0 (jAER), not read by Spinule; export its events as"));
  EXPECT_THAT(said({"replay", trained, ""}, 2), HasSubstr("the path is empty"));
  EXPECT_THAT(said({"replay", trained, file, "--data", in("digits")}, 2), HasSubstr("leave one of them out"));
  EXPECT_THAT(said({"replay", trained, file, "--example", "0"}, 2), HasSubstr("--example"));
  EXPECT_THAT(said({"replay", trained, file, "--dataset", "shd"}, 2), HasSubstr("--sample N"));
  EXPECT_THAT(said({"replay", trained}, 2), HasSubstr("--dataset: is required; or give a recording"));
  EXPECT_THAT(said(replay() + words{"--sample", "10"}, 2), HasSubstr("there is no sample 10; give 0 to 9"));
}

}  // namespace spinule::replay_recording_test

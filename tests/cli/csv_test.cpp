// One's own events through the command: from files to a model and its answers.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/classifier_file.hpp>
#include <spinule/io/own_recordings.hpp>
#include <spinule/models/catalogue.hpp>
#include <spinule/models/liquid_recipe.hpp>

#include "cli/world.hpp"

namespace spinule::csv_test {

using nlohmann::json;
using testing::HasSubstr;

class own_events : public command {
 protected:
  /// A bar that moves to the right or to the left, in parts, with or without x and y.
  void record(bool picture) const {
    for (const char* part : {"train", "test"})
      for (const char* way : {"left", "right"})
        for (int n = 0; n < (part[1] == 'r' ? 6 : 2); ++n) {
          const auto folder = std::filesystem::path{in("bars")} / part / way;
          std::filesystem::create_directories(folder);
          std::ofstream file{folder / (std::to_string(n) + ".csv")};
          file << (picture ? "time_ms,x,y\n" : "time_ms,channel\n");
          for (int k = 0; k < 1000; ++k) {
            const int t = k / 10;
            const int place = (t + n) / 10 % 10, x = way[0] == 'r' ? place : 9 - place;
            if (picture)
              file << t << ',' << x << ',' << k % 4 << '\n';
            else
              file << t << ',' << x << '\n';
          }
        }
  }
  words bars(const words& sensor) const { return words{"--dataset", "csv", "--data", in("bars")} + sensor; }
};

TEST_F(own_events, are_learned_and_answered_for) {
  for (const bool picture : {true, false}) {
    record(picture);
    const words data = bars(picture ? words{"--width", "10", "--height", "4"} : words{"--channels", "10"});
    const outcome trained =
        spinule(words{"train"} + data + words{"--part", "train", "--liquid", "100", "-o", in("m.spn")});
    ASSERT_EQ(trained.code, 0) << trained.err;
    const outcome o = spinule(words{"replay", in("m.spn")} + data + words{"--part", "test", "--json", in("r.json")});
    ASSERT_EQ(o.code, 0) << o.err;
    const json r = json::parse(text("r.json"));
    EXPECT_EQ(r.at("samples"), 4);
    EXPECT_EQ(r.at("correct"), 4);
    EXPECT_EQ(r.at("labels"), (json{"left", "right"}));
    std::filesystem::remove_all(in("bars"));
  }
}

TEST_F(own_events, are_answered_for_by_a_program_that_is_not_told_the_picture) {
  record(true);
  const words sensor{"--width", "10", "--height", "4"};
  ASSERT_EQ(spinule(words{"train"} + bars(sensor) + words{"--liquid", "100", "-o", in("m.spn")}).code, 0);
  const classifier known = load_classifier(in("m.spn"), model_catalogue(), build_liquid);
  simulation sim = known.on(cpu{.threads = 1});
  const csv_events bars_again{in("bars"), {.width = 10, .height = 4}};
  for (std::size_t i = 0; i < bars_again.size(); ++i)
    EXPECT_EQ(known.classify(sim, bars_again.read(i).events).label, bars_again.label(i)) << i;
}

TEST_F(own_events, of_one_class_are_refused_for_training) {
  record(false);
  std::filesystem::remove_all(in("bars/train/left"));
  std::filesystem::remove_all(in("bars/test/left"));
  const outcome o = spinule(words{"train"} + bars({"--channels", "10"}) + words{"-o", in("m.spn")});
  EXPECT_EQ(o.code, 1);
  EXPECT_THAT(o.err, HasSubstr("holds samples of one class"));
}

TEST_F(own_events, of_some_of_the_classes_are_answered_for_too) {
  record(false);
  const words data = bars({"--channels", "10"});
  ASSERT_EQ(spinule(words{"train"} + data + words{"--part", "train", "--liquid", "100", "-o", in("m.spn")}).code, 0);
  std::filesystem::remove_all(in("bars/test/left"));
  std::filesystem::remove_all(in("bars/train"));
  const outcome o = spinule(words{"replay", in("m.spn")} + data + words{"--part", "test", "--json", in("r.json")});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(json::parse(text("r.json")).at("confusion"), (json{{0, 0}, {0, 2}}));
}

TEST_F(own_events, are_refused_with_file_and_line_and_what_would_do) {
  record(true);
  const words call = words{"train"} + bars({}) + words{"--liquid", "100", "-o", in("m.spn")};
  const auto said = [](const words& call_, int code) {
    const outcome o = spinule(call_);
    EXPECT_EQ(o.code, code) << o.out;
    return o.err;
  };
  EXPECT_THAT(said(call, 1), HasSubstr("--width 10 --height 4"));
  EXPECT_THAT(said(call + words{"--width", "9", "--height", "4"}, 1), HasSubstr(".csv:"));
  EXPECT_THAT(said(call + words{"--width", "0", "--height", "4"}, 2), HasSubstr("--width"));
  EXPECT_THAT(said(call + words{"--time-unit", "hours"}, 2), HasSubstr("--time-unit"));
  EXPECT_THAT(said(call + words{"--width", "10", "--height", "4", "--time-unit", "us"}, 1), HasSubstr("contradicts"));
  EXPECT_THAT(said(words{"train"} + digits() + words{"--width", "10", "-o", in("m.spn")}, 2),
              HasSubstr("--width: describes the files of csv; leave it out for nmnist"));
  EXPECT_FALSE(std::filesystem::exists(in("m.spn")));
}

}  // namespace spinule::csv_test

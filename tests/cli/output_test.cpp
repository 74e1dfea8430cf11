// Standard output that is full or closed, JSON on it, and paths that name nothing.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/world.hpp"

namespace spinule::output_test {

using testing::AllOf;
using testing::HasSubstr;

constexpr int failed = 1, usage = 2;

using output = command;

TEST_F(output, that_cannot_be_written_is_a_failure_of_every_command) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this system";
  const std::string folder = digits()[3], trained = model();
  const std::vector<words> calls{{"--version"},
                                 {"--help"},
                                 {"train", "--help"},
                                 {"info", folder},
                                 {"info", "--json", folder},
                                 {"info", "--json", trained},
                                 replay(),
                                 replay() + words{"--json", "-"}};
  for (const words& call : calls)
    for (const char* place : {"/dev/full", ""}) {
      const outcome o = spinule_into(place, call);
      EXPECT_EQ(o.code, failed) << testing::PrintToString(call);
      EXPECT_THAT(o.err, HasSubstr("standard output: cannot be written"));
      const char* reason = place[0] == '/' ? "No space left" : "Bad file descriptor";
      EXPECT_THAT(o.err, HasSubstr(call[0] == "info" ? reason : "cannot be written"));
    }
}

TEST_F(output, that_is_closed_is_not_taken_for_a_file_that_is_written) {
  const std::string trained = model();
  const words call = words{"train"} + digits() + words{"--part", "train", "--liquid", "200", "-o", in("m.spn")};
  EXPECT_EQ(spinule_into("", call).code, failed) << "the screen was not written";
  EXPECT_EQ(text("m.spn"), text("model.spn")) << "and nothing of it into the model";
}

TEST_F(output, that_nobody_reads_loses_no_file) {
  std::string line = SPINULE_COMMAND;
  for (const auto& word : replay() + words{"--json", "-", "--report", in("r.html")}) line += " '" + word + "'";
  std::system(("sh -c \"" + line + "; echo \\$? > " + in("status") + "\" 2> " + in("said") + " | head -c 1 > /dev/null")
                  .c_str());
  EXPECT_EQ(text("status"), "1\n");
  EXPECT_THAT(text("said"), HasSubstr("standard output: cannot be written"));
  EXPECT_TRUE(std::filesystem::exists(in("r.html")));
}

TEST_F(output, of_warnings_that_cannot_be_written_stops_nothing) {
  std::string line = SPINULE_COMMAND " train";
  for (const auto& word : digits() + words{"--liquid", "50", "--number", "threshold=1000000", "-o", in("m.spn")})
    line += " '" + word + "'";
  EXPECT_EQ(std::system((line + " > /dev/null 2> /dev/full").c_str()), 0);
  EXPECT_TRUE(std::filesystem::exists(in("m.spn")));
}

TEST_F(output, and_warnings_stand_in_the_order_in_which_they_come) {
  std::string line = SPINULE_COMMAND " train";
  for (const auto& word : digits() + words{"--liquid", "50", "--number", "threshold=1000000", "-o", in("m.spn")})
    line += " '" + word + "'";
  EXPECT_EQ(std::system((line + " > " + in("said") + " 2>&1").c_str()), 0);
  const std::string said = text("said");
  EXPECT_LT(said.find("40 samples, "), said.find("Warning: no neuron"));
  EXPECT_LT(said.find("Warning: no neuron"), said.find("Wrote "));
}

TEST_F(output, takes_json_and_nothing_else_where_the_path_is_a_dash) {
  for (const words& on : {words{}, words{"--backend", "cpu,crossbar"}}) {
    const outcome o = spinule(replay() + on + words{"--json", "-", "--report", in("r.html")});
    EXPECT_EQ(o.code, 0) << o.err;
    EXPECT_THAT(o.err, AllOf(HasSubstr("% correct"), HasSubstr("Wrote " + in("r.html"))));
    spinule(replay() + on + words{"--json", in("r.json"), "--report", in("again.html")});
    auto printed = nlohmann::json::parse(o.out), written = nlohmann::json::parse(text("r.json"));
    for (auto* whole : {&printed, &written}) {
      auto* all = whole->contains("results") ? &whole->at("results") : nullptr;
      for (auto* one : all ? std::vector{&(*all)[0], &(*all)[1]} : std::vector{whole})
        for (const char* its_own : {"wall_s", "samples_per_s", "provenance"}) one->erase(its_own);
    }
    EXPECT_EQ(printed, written);
  }
  EXPECT_FALSE(std::filesystem::exists("-"));
}

TEST_F(output, goes_to_no_file_named_by_a_dash) {
  const words training = words{"train"} + digits() + words{"--liquid", "50"};
  const std::vector<words> calls{
      training + words{"-o", "-"}, replay() + words{"--report", "-"}, {"demo", "--report", "-"}};
  for (const words& call : calls) {
    const outcome o = spinule(call);
    EXPECT_EQ(o.code, usage) << testing::PrintToString(call);
    EXPECT_THAT(o.err, HasSubstr("- stands for standard output"));
  }
  EXPECT_FALSE(std::filesystem::exists("-"));
}

TEST_F(output, and_input_of_an_empty_path_are_refused) {
  const words training = words{"train"} + digits() + words{"--liquid", "50", "-o", in("new.spn")};
  const words network = words{"train"} + digits() + words{"--network", "some.toml"};
  const std::vector<words> calls{{"train", "--dataset", "nmnist", "--data", "", "-o", in("new.spn")},
                                 {"replay", "", "--dataset", "nmnist"},
                                 {"replay", model(), "--dataset", "nmnist", "--data", ""},
                                 {"info", ""},
                                 {"demo", "--data", ""},
                                 {"demo", "--report", ""},
                                 words{"train"} + digits() + words{"-o", ""},
                                 training + words{"--backend", "crossbar", "--hardware", ""},
                                 replay() + words{"--report", ""},
                                 replay() + words{"--json", ""},
                                 replay() + words{"--backend", "crossbar", "--hardware", ""},
                                 words{"train"} + digits() + words{"--network", "", "-o", in("new.spn")},
                                 network + words{"--checkpoint", ""},
                                 network + words{"--resume", ""},
                                 network + words{"--report", ""},
                                 network + words{"--json", ""}};
  const std::size_t before = files();
  for (const words& call : calls) {
    const outcome o = spinule(call);
    EXPECT_EQ(o.code, usage) << testing::PrintToString(call) << o.err;
    EXPECT_THAT(o.err, HasSubstr("the path is empty"));
  }
  EXPECT_EQ(files(), before);
}

}  // namespace spinule::output_test

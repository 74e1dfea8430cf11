// What the command shows on a terminal, and what Ctrl-C does at each of its stages.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/terminal.hpp"
#include "cli/world.hpp"
#include "stage.hpp"

namespace spinule::terminal_test {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class on_terminal : public command {
 protected:
  /// Presses Ctrl-C when the stage is shown: the command ends soon, with status 130, naming it, and writes nothing.
  void stops_at(const std::string& stage, const words& call) {
    SCOPED_TRACE(stage);
    const std::size_t before = files();
    terminal t{call, 80};
    ASSERT_TRUE(t.shows(stage)) << t.shown();
    const auto pressed = std::chrono::steady_clock::now();
    t.press_control_c();
    EXPECT_EQ(t.ends(), 130) << t.shown();
    EXPECT_LT(std::chrono::steady_clock::now() - pressed, 5s);
    EXPECT_THAT(t.shown(), HasSubstr("Interrupted"));
    EXPECT_EQ(files(), before);
  }
  words train_with(const words& options) const {
    return words{"train"} + digits() + words{"--part", "train", "-o", in("new.spn")} + options;
  }
};

TEST_F(on_terminal, control_c_ends_every_stage_at_once) {
  stops_at("Building the network", train_with({"--liquid", "30000"}));
  stops_at("Fitting the readout", train_with({"--liquid", "6000", "--cross-validate", "3"}));
  stops_at("Replaying", train_with({"--windows", "1000000", "2000000"}));
}

TEST_F(on_terminal, control_c_while_recordings_are_generated_leaves_none) {
  const std::filesystem::path place = in("temporary");
  std::filesystem::create_directory(place);
  ::setenv("TMPDIR", place.c_str(), 1);
  const auto count = [&] {
    std::size_t folders = 0;
    for (const auto& entry : std::filesystem::directory_iterator{place})
      folders += !entry.path().filename().string().starts_with("spinule-test-");
    return folders;
  };
  for (const int ms : {20, 40, 80, 160}) {
    const outcome o = interrupted_after(std::chrono::milliseconds{ms},
                                        {"train", "--dataset", "shd", "--liquid", "3000", "-o", in("new.spn")});
    EXPECT_EQ(o.code, 130) << o.err;
    EXPECT_EQ(count(), 0u) << "after " << ms << " ms";
  }
  ::unsetenv("TMPDIR");
}

TEST_F(on_terminal, control_c_while_another_network_is_built_keeps_what_was_replayed) {
  ASSERT_EQ(spinule(train_with({"--liquid", "12000"})).code, 0);
  terminal t{
      words{"replay", in("new.spn")} + test_digits() + words{"--backend", "cpu,reference", "--json", in("r.json")}, 80};
  ASSERT_TRUE(t.shows("Building the network  1 s")) << t.shown();
  ASSERT_TRUE(t.shows("Building the network  0 s")) << "of the second back end\n" << t.shown();
  t.press_control_c();
  EXPECT_EQ(t.ends(), 130);
  EXPECT_THAT(text("r.json"), HasSubstr("\"backend\": \"cpu\""));
  EXPECT_THAT(t.shown(), AllOf(HasSubstr("% correct"), HasSubstr("Interrupted at: Building the network")));
}

TEST_F(on_terminal, what_is_drawn_fits_terminals_of_any_width) {
  for (const unsigned short columns : {20, 80, 200}) {
    terminal t{train_with({"--liquid", "10000", "--threads", "1"}), columns};
    EXPECT_EQ(t.ends(), 0) << t.shown();
    EXPECT_THAT(t.drawn(), Not(SizeIs(0)));
    for (const auto& line : t.drawn()) EXPECT_LT(line.size(), columns) << line;
    std::filesystem::remove(in("new.spn"));
  }
}

TEST(stage_line, gives_up_the_speed_then_the_bar_and_then_the_end_of_the_name) {
  const auto line = [](std::size_t width) { return stage_line("crossbar random_rram_40nm", 30, 120, 10, width); };
  EXPECT_EQ(line(100), "crossbar random_rram_40nm [=======                       ]  30/120  30 s left  3/s");
  for (std::size_t width = 1; width < 120; ++width) EXPECT_LT(line(width).size(), width) << width;
  EXPECT_THAT(line(60), HasSubstr("30/120  30 s left"));
  EXPECT_EQ(line(20), "crossbar random_...");
  EXPECT_EQ(line(34), "crossbar random_rram_40nm  30/120");
}

TEST(stage_line, tells_the_time_of_what_counts_nothing) {
  EXPECT_EQ(stage_line("Fitting the readout", 0, 0, 65, 80), "Fitting the readout  1:05");
  EXPECT_EQ(stage_line("Fitting the readout", 0, 0, 65, 20), "Fitting th...  1:05");
}

}  // namespace spinule::terminal_test

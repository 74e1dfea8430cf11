// Whatever is wrong with a call: a message that names it and what would be right, the documented exit code, and
// nothing left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>

#include <spinule/backends/hardware.hpp>

#include "cli/world.hpp"

namespace spinule::refusal_test {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int failed = 1, usage = 2, stopped = 130;

class refusal : public command {
 protected:
  void expect(int code, const words& call, const std::vector<std::string>& said) const {
    const std::size_t before = files();
    const outcome o = spinule(call);
    EXPECT_EQ(o.code, code) << testing::PrintToString(call) << o.err;
    for (const auto& part : said) EXPECT_THAT(o.err, HasSubstr(part));
    EXPECT_THAT(o.err, Not(HasSubstr("terminate")));
    EXPECT_EQ(files(), before) << "something was left behind by " << testing::PrintToString(call);
  }
  words train() const { return words{"train"} + digits() + words{"-o", in("new.spn"), "--liquid", "50"}; }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream{in(name), std::ios::binary} << bytes;
  }
};

TEST_F(refusal, of_wrong_usage) {
  for (const char* shown : {"train", "replay", "info", "demo", "Usage:"}) expect(usage, {}, {shown});
  expect(usage, {"walk"},
         {"command: \"walk\" is none of train, replay, sweep, explain, info, presets, device, demo", "--help"});
  expect(usage, {"repaly", "model.spn", "--dataset", "nmnist"}, {"\"repaly\" is none of"});
  expect(usage, {""}, {"\"\" is none of"});
  expect(usage, {"train"}, {"--data"});
  expect(usage, {"replay", "--dataset", "nmnist", "--data", "x"}, {"model"});
  expect(usage, {"train", "--dataset", "cifar", "--data", "x", "-o", in("new.spn")},
         {"--dataset", "cifar", "nmnist", "shd", "mnist"});
}

TEST_F(refusal, to_train_on_data_that_cannot_be_made_up) {
  for (const char* set : {"mnist", "fashion-mnist"})
    expect(usage, {"train", "--dataset", set, "-o", in("new.spn")}, {"--data: give the folder of " + std::string{set}});
}

TEST_F(refusal, of_every_number_that_an_option_cannot_take) {
  struct option {
    const char* name;
    std::vector<const char*> wrong;
  };
  const std::vector<option> of_both{{"--threads", {"-1", "1025", "two", "1.5", "nan", "", "99999999999999999999"}},
                                    {"--chip", {"-1", "one", "4294967296"}},
                                    {"--chips", {"-1", "0", "many", "4294967296"}},
                                    {"--first", {"-1", "one", "4294967296"}},
                                    {"--last", {"-1", "one", "4294967296"}},
                                    {"--data-seed", {"-1", "one", "1e400"}},
                                    {"--part", {"", "Train", "both"}}};
  const std::vector<option> of_train{{"--liquid", {"-1", "1000001", "many", "10.5", "nan"}},
                                     {"--recipe", {"", "jelly", "grid,nalsm"}},
                                     {"--seed", {"-1", "one", "18446744073709551616"}},
                                     {"--penalty", {"-1", "nan", "inf", "much"}},
                                     {"--scaling", {"", "log"}},
                                     {"--cross-validate", {"-1", "0", "1", "1.5", "4294967296", "some"}},
                                     {"--windows", {"0", "-5", "nan", "inf", "1e8", "soon"}},
                                     {"--number",
                                      {"", "weight", "weight=", "=1", "weight=1e10", "weight=nan", "density=1.5",
                                       "density=-1", "patch=-1", "patch=0.5"}},
                                     {"--backend", {"", "gpu"}}};
  const std::vector<option> of_replay{{"--example", {"-1", "10", "first"}}, {"--backend", {"gpu", "cpu,gpu"}}};
  const words training = train(), replaying = replay() + words{"--json", in("r.json")};
  const auto refused = [&](const words& call, const std::vector<option>& options) {
    for (const auto& [name, wrong] : options)
      for (const char* value : wrong) expect(usage, call + words{name, value}, {name});
  };
  refused(training, of_both);
  refused(training, of_train);
  refused(replaying, of_both);
  refused(replaying, of_replay);
}

TEST_F(refusal, of_options_of_train_out_of_range) {
  digits();
  expect(usage, words{"train"} + digits(), {"nothing to do", "-o", "--cross-validate"});
  for (const char* folds : {"0", "1"})
    expect(usage, train() + words{"--cross-validate", folds}, {"--cross-validate", "at least 2"});
  expect(usage, train() + words{"--cross-validate", "41"}, {"--cross-validate", "41 folds of 40 samples"});
  expect(usage, train() + words{"--threads", "-1"}, {"--threads", "at least 0"});
  expect(usage, train() + words{"--penalty", "nan"}, {"--penalty", "at least 0"});
  expect(usage, train() + words{"--chips", "0"}, {"--chips", "at least 1"});
  expect(usage, train() + words{"--part", "some"}, {"--part", "train"});
  expect(usage, train() + words{"--windows", "100", "50"}, {"--windows", "after the one before"});
  for (const char* end : {"0.2", "1.5", "99.9"})
    expect(usage, train() + words{"--windows", end}, {"--windows", "whole ticks (1 ms)"});
  expect(usage, train() + words{"--number", "wait=1"}, {"--number wait=1", "weight="});
  expect(usage, train() + words{"--number", "weight=much"}, {"--number weight=much", "is not a number"});
  expect(usage, train() + words{"--number", "tau=-1"}, {"tau = -1 ms; it must be positive"});
  expect(usage, words{"train"} + digits() + words{"-o", in("new.spn"), "--liquid", "3"}, {"at least 5 neurons"});
  expect(usage, train() + words{"--recipe", "nalsm"}, {"--liquid", "50 neurons fill no cube"});
  expect(usage, train() + words{"--recipe", "maass"}, {"--liquid", "50 neurons fill no column of 3 x 3; give 135"});
  expect(usage, words{"train"} + digits() + words{"-o", in("new.spn"), "--liquid", "0", "--recipe", "grid"},
         {"--recipe", "leave one of them out"});
}

TEST_F(refusal, to_write_over_the_hardware_that_is_read) {
  const std::string base = in("base.toml"), mine = in("mine.toml");
  std::ofstream{base} << "base = \"ideal\"\n";
  std::ofstream{mine} << "base = \"base.toml\"\n";
  for (const auto& file : {base, mine}) {
    const words on{"--backend", "crossbar", "--hardware", mine, "--json", file};
    expect(usage, words{"replay", model()} + test_digits() + on, {file, "is already in use"});
  }
  EXPECT_EQ(load_hardware(mine).files.size(), 2u);
}

TEST_F(refusal, of_back_ends_and_hardware_that_do_not_exist) {
  const auto on = [&](const words& more) { return replay() + words{"--json", in("r.json")} + more; };
  on({});
  expect(usage, on({"--backend", "gpu"}), {"--backend", "\"gpu\" is none of cpu, crossbar, digital"});
  expect(usage, on({"--backend", "crossbar", "--hardware", "abacus"}),
         {"--hardware", "abacus", "isaac_32nm", "TOML file"});
  expect(usage, on({"--backend", "crossbar", "--hardware", "odin"}), {"--hardware", "digital hardware"});
  expect(usage, on({"--hardware", "ideal"}), {"--hardware", "ideal"});
  expect(usage, on({"--backend", "crossbar", "--set", "adc.bytes=6"}), {"--set", "adc.bytes", "adc.bits"});
  expect(usage, on({"--backend", "crossbar", "--set", "adc.bits=many"}), {"--set", "adc.bits must be a number"});
  expect(usage, on({"--backend", "crossbar", "--set", "adc.bits"}), {"--set", "key=value"});
  expect(usage, on({"--set", "adc.bits=6"}), {"--set", "--backend crossbar"});
  const words isaac{"--backend", "crossbar", "--hardware", "isaac_32nm"};
  expect(usage, on(isaac + words{"--set", "adc.bits=6", "--set", "adc.bits = 8"}), {"--set: adc.bits is set twice"});
  expect(usage, on(isaac + words{"--set", "array.columns=1"}), {"--set: array.columns=1: array.columns is 1"});
  expect(usage, on({"--last", "20", "--last", "12"}), {"--last: is given 2 times; give it once"});
  expect(usage, on({"--example", "10"}), {"--example", "give 0 to 9"});
  expect(failed, on({"--backend", "crossbar", "--hardware", in("none.toml")}), {in("none.toml")});
}

TEST_F(refusal, of_options_that_the_back_end_has_no_use_for) {
  const auto replay_on = [&](const words& more) { return replay() + words{"--json", in("r.json")} + more; };
  replay_on({});
  for (const words& none : {words{}, words{"--backend", "digital"}, words{"--backend", "cpu,digital"}}) {
    expect(usage, replay_on(none + words{"--chips", "3"}), {"--chips: only a crossbar differs", "--backend crossbar"});
    expect(usage, replay_on(none + words{"--chip", "3"}), {"--chip: only a crossbar differs", "--backend crossbar"});
  }
  for (const words& none : {words{}, words{"--backend", "digital"}}) {
    expect(usage, train() + none + words{"--chips", "3"}, {"--chips: only a crossbar differs"});
    expect(usage, train() + none + words{"--chip", "3"}, {"--chip: only a crossbar differs"});
  }
  expect(usage, replay() + words{"--example", "1"}, {"--example: ", "--report FILE or --json FILE"});
  expect(usage, replay_on({"--report", in("r.html"), "--sensitivity", "5"}), {"--sensitivity: is of crossbars"});
  expect(usage, replay_on({"--backend", "crossbar", "--place-by", "3"}),
         {"--place-by: nothing is placed by spikes", "--set mesh.placement=greedy"});
  expect(usage, replay_on({"--place-by", "3", "--sample", "1"}), {"--place-by: counts the spikes of several samples"});
  expect(usage, train() + words{"--set", "adc.bits=6"}, {"--set: the back end cpu emulates no hardware"});
  expect(usage, train() + words{"--hardware", "ideal"}, {"--hardware: the back end cpu emulates no hardware"});
  expect(usage, replay_on({"--backend", "cpu,digital", "--set", "adc.bits=6"}),
         {"--set: of several back ends it concerns the crossbars"});
}

TEST_F(refusal, of_options_that_the_kind_of_data_has_no_use_for) {
  const auto from = [&](const words& data, const words& more) {
    return words{"train"} + data + more + words{"-o", in("new.spn")};
  };
  const words mnist = pictures("mnist");
  expect(usage, from(mnist, {"--last", "5"}), {"--last: only nmnist and shd number their samples"});
  expect(usage, from(mnist, {"--first", "5"}), {"--first: only nmnist and shd"});
  digits();
  expect(usage, from(digits(), {"--data-seed", "2"}), {"--data-seed: only mnist and fashion-mnist"});
}

TEST_F(refusal, of_data_that_is_not_there_or_wrong) {
  std::filesystem::create_directory(in("empty"));
  const auto from = [&](const std::string& set, const std::string& path) {
    return words{"train", "--dataset", set, "--data", path, "-o", in("new.spn")};
  };
  for (const char* set : {"nmnist", "shd", "mnist"}) {
    expect(failed, from(set, in("missing")), {in("missing")});
    expect(failed, from(set, in("empty")), {in("empty")});
  }
  expect(failed, {"info", in("missing")}, {in("missing")});
  expect(failed, {"info", in("empty")}, {in("empty")});
  write("poem.txt", "Two roads diverged in a yellow wood");
  expect(failed, {"info", in("poem.txt")}, {in("poem.txt"), "no known format"});
  expect(failed, from("shd", in("poem.txt")), {in("poem.txt")});
  expect(failed, words{"train"} + digits() + words{"--first", "9", "--last", "2", "-o", in("new.spn")}, {in("digits")});
}

TEST_F(refusal, to_demonstrate_on_data_that_is_not_whole_comes_before_the_work) {
  const std::string folder = digits()[3];
  const auto refused = [&](const std::string& data) {
    const words call{"demo", "--data", data, "--report", in("demo.html")};
    expect(failed, call, {data});
    EXPECT_EQ(spinule(call).out, "");
  };
  refused(in("missing"));
  std::filesystem::remove_all(folder + "/Test");
  refused(folder);
}

TEST_F(refusal, of_one_truncated_recording_among_many) {
  const std::filesystem::path victim = digits()[3] + "/Train/0/00001.bin";
  ASSERT_TRUE(std::filesystem::exists(victim));
  std::filesystem::resize_file(victim, std::filesystem::file_size(victim) - 1);
  expect(failed, train(), {"00001.bin"});
  expect(failed, {"info", in("digits")}, {"00001.bin"});
}

TEST_F(refusal, to_train_without_samples_of_every_class_comes_before_the_work) {
  const std::string folder = digits()[3];
  std::filesystem::remove_all(folder + "/Train/7");
  const auto call = words{"train"} + digits() + words{"--part", "train", "-o", in("new.spn"), "--windows", "10000000"};
  expect(failed, call, {folder, "holds no sample of class 7 in", "at least 1 of each"});
  std::filesystem::remove_all(folder + "/Train/3");
  std::filesystem::create_directory(folder + "/Train/3");
  expect(failed, call, {"holds no sample of classes 3, 7 in"});
  expect(usage, call + words{"--cross-validate", "50"}, {"--cross-validate"});
  const auto one_each =
      words{"train"} + digits() + words{"--part", "test", "--cross-validate", "2", "--windows", "10000000"};
  expect(failed, one_each, {"holds too few samples of classes 0, 1, 2", "at least 2 of each"});
}

TEST_F(refusal, of_models_that_are_none) {
  const words rest = test_digits() + words{"--json", in("r.json")};
  const std::string whole = [&] { return model(), text("model.spn"); }();
  write("text.spn", "no model at all");
  write("half.spn", whole.substr(0, whole.size() / 2));
  std::string changed = whole;
  changed[whole.size() / 2] = static_cast<char>(changed[whole.size() / 2] ^ 1);
  write("changed.spn", changed);
  write("none.spn", "");
  expect(failed, words{"replay", in("text.spn")} + rest, {in("text.spn"), "is not a Spinule model"});
  expect(failed, words{"replay", in("half.spn")} + rest, {in("half.spn"), "cut short or damaged"});
  expect(failed, words{"replay", in("changed.spn")} + rest, {in("changed.spn")});
  expect(failed, words{"replay", in("none.spn")} + rest, {in("none.spn")});
  expect(failed, words{"replay", in("missing.spn")} + rest, {in("missing.spn")});
}

TEST_F(refusal, of_data_that_the_model_was_not_trained_on) {
  write_shd(in("words.h5"), 20);
  const auto call = words{"replay", model(), "--dataset", "shd", "--data", in("words.h5"), "--json", in("r.json")};
  expect(failed, call, {in("model.spn"), "was trained on 2312 channels of nmnist; this data has 700"});
}

TEST_F(refusal, of_places_that_cannot_be_written_to_comes_before_the_work) {
  const auto call = replay();
  for (const char* option : {"--json", "--report"}) {
    expect(failed, call + words{option, in("nowhere/r")}, {in("nowhere/r"), "create the folder first"});
    expect(failed, call + words{option, in("digits")}, {in("digits"), "a folder has this name"});
  }
  expect(failed, words{"train"} + digits() + words{"-o", in("nowhere/m.spn")},
         {in("nowhere/m.spn"), "create the folder first"});
}

TEST_F(refusal, of_a_full_disk) {
  const auto call = replay();
  for (const char* option : {"--json", "--report"})
    expect(failed, call + words{option, "/dev/full"}, {"/dev/full", "No space left", "free some space"});
  expect(failed, words{"train"} + digits() + words{"--liquid", "50", "-o", "/dev/full"},
         {"/dev/full", "No space left"});
}

TEST_F(refusal, keeps_the_results_there_were) {
  write("r.json", "old");
  const auto call = replay() + words{"--json", in("r.json"), "--report", "/dev/full"};
  spinule(replay() + words{"--json", in("r.json"), "--backend", "gpu"});
  EXPECT_EQ(text("r.json"), "old");
  EXPECT_EQ(spinule(call).code, failed);
  EXPECT_THAT(text("r.json"), HasSubstr("\"samples\": 10")) << "what could be written was";
}

/// Under load a command may be stopped before its first sample; then it gets more time.
TEST_F(refusal, to_go_on_after_an_interrupt_keeps_what_is_done) {
  const auto call = replay() + words{"--backend", "crossbar", "--chips", "100000", "--json", in("r.json")};
  for (int seconds = 1; seconds <= 16 && !std::filesystem::exists(in("r.json")); seconds *= 2)
    ASSERT_EQ(interrupted_after(std::chrono::seconds{seconds}, call).code, stopped);
  const auto results = nlohmann::json::parse(text("r.json"));
  const auto& last = results.contains("results") ? results.at("results").back() : results;
  EXPECT_GE(last.at("samples").get<int>(), 1);
  EXPECT_LE(last.at("samples").get<int>(), 10);
  EXPECT_EQ(files(), 3u) << "digits, model and result";
}

TEST_F(refusal, to_go_on_after_a_signal_writes_no_half_trained_model) {
  const outcome o =
      interrupted_after(std::chrono::seconds{1}, train() + words{"--windows", "1000000", "2000000"}, SIGTERM);
  EXPECT_EQ(o.code, stopped);
  EXPECT_THAT(o.err, AllOf(HasSubstr("Interrupted after"), HasSubstr("no model was written")));
  EXPECT_EQ(files(), 1u) << "the digits";
}

}  // namespace spinule::refusal_test

// Networks trained by the command: what is written, going on, several tasks, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <regex>

#include "cli/network_training_world.hpp"

namespace spinule::train_network_test {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

TEST_F(train_network, writes_a_model_that_replay_answers_alike) {
  const outcome o = spinule(call({"-o", in("m.spn"), "--json", in("t.json"), "--validation", "0.34"}));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("hidden"));
  EXPECT_THAT(o.out, HasSubstr("of memory for batches of 8"));
  EXPECT_FALSE(std::filesystem::exists(in("m.spn.checkpoint")));
  const json t = json::parse(text("t.json"));
  EXPECT_EQ(t["format_version"], 1);
  EXPECT_EQ(t["epochs"].size(), 3U);
  EXPECT_EQ(t["training"]["samples"], 20);
  EXPECT_EQ(t["validation"]["samples"], 10);
  EXPECT_EQ(t["epochs"][2]["layers"][0]["name"], "hidden");
  EXPECT_GT(t["epochs"][0]["gradient_norm"], 0);
  const outcome r = spinule(words{"replay", in("m.spn"), "--part", "train", "--json", in("r.json")} + digits());
  ASSERT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(json::parse(text("r.json"))["correct"],
            t["training"]["correct"].get<int>() + t["validation"]["correct"].get<int>());
}

TEST_F(train_network, lines_of_epochs_fit_a_screen) {
  std::istringstream lines{spinule(call({"--json", in("t.json"), "--validation", "0.34"})).out};
  for (std::string line; std::getline(lines, line);)
    if (line.find("/3 ") != line.npos) {
      EXPECT_LE(line.size(), 80U) << line;
    }
}

TEST_F(train_network, validation_changes_no_bit) {
  // The same samples learn, whether the others are tested on or not.
  const json with = record({"--validation", "0.34", "--patience", "9"}), again = record({"--validation", "0.34"});
  EXPECT_EQ(with["epochs"][2]["loss"], again["epochs"][2]["loss"]);
  EXPECT_EQ(with["epochs"][2]["gradient_norm"], again["epochs"][2]["gradient_norm"]);
}

TEST_F(train_network, goes_on_to_the_same_bytes) {
  const words how{"--validation", "0.34", "--shift", "2",   "--blend",    "0.5",
                  "--jitter",     "1",    "--drop",  "0.1", "--schedule", "cosine"};
  ASSERT_EQ(spinule(call(how + words{"-o", in("whole.spn")})).code, 0);
  // Interrupted over and over, whenever it happens to be, it comes to the same end.
  words more;
  int breaks = 0;
  for (; breaks < 200; ++breaks) {
    const outcome o = interrupted_after(std::chrono::milliseconds{60 + 20 * breaks},
                                        call(how + words{"-o", in("broken.spn")} + more));
    if (o.code == 0) break;
    ASSERT_EQ(o.code, 130) << o.err;  // also by the signal itself, before it listens
    EXPECT_FALSE(std::filesystem::exists(in("broken.spn")));
    if (std::filesystem::exists(in("broken.spn.checkpoint"))) more = {"--resume", in("broken.spn.checkpoint")};
  }
  EXPECT_EQ(text("broken.spn"), text("whole.spn"));
  EXPECT_FALSE(std::filesystem::exists(in("broken.spn.checkpoint")));
}

TEST_F(train_network, goes_on_with_the_same_options_alone) {
  words more{"--epochs", "100000", "-o", in("m.spn")};
  for (int wait = 500; !std::filesystem::exists(in("m.spn.checkpoint")) && wait < 20000; wait *= 2)
    interrupted_after(std::chrono::milliseconds{wait}, call(more));
  ASSERT_TRUE(std::filesystem::exists(in("m.spn.checkpoint")));
  const auto refused = [&](const words& changed, const std::string& said) {
    const outcome o = spinule(call(more + changed + words{"--resume", in("m.spn.checkpoint")}));
    EXPECT_EQ(o.code, 2);
    EXPECT_THAT(o.err, HasSubstr(said));
  };
  refused({"--clip", "3"}, "--clip is 3.0, and was 0.0");
  refused({"--seed", "3"}, "--seed is 3, and was 1");
  EXPECT_THAT(spinule(call(more)).err, HasSubstr("go on with --resume"));
  std::ofstream{in("network.toml"), std::ios::app} << "# another\n";
  words other = call(more + words{"--resume", in("m.spn.checkpoint")});
  std::ofstream{in("other.toml")} << text("network.toml") << "# another\n";
  other[2] = in("other.toml");
  EXPECT_THAT(spinule(other).err, HasSubstr("the description of the network was another one"));
  std::filesystem::resize_file(in("m.spn.checkpoint"), 100);
  EXPECT_EQ(spinule(call(more + words{"--resume", in("m.spn.checkpoint")})).code, 1);
}

TEST_F(train_network, cross_validates) {
  const outcome o = spinule(call({"--cross-validate", "3"}));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("3-fold cross-validation"));
}

TEST_F(train_network, says_where_subspaces_protect_little) {
  const outcome adam = spinule(call({"--hlop", "4", "--json", in("t.json")}));
  EXPECT_THAT(adam.err, AllOf(HasSubstr("with --optimiser sgd only"), HasSubstr("there is one")));
  const outcome sgd =
      spinule(call({"--hlop", "4", "--json", in("t.json"), "--optimiser", "sgd", "--data", digits()[3]}));
  EXPECT_EQ(sgd.err, "");
}

TEST_F(train_network, learns_tasks_one_after_the_other) {
  const json t = record(words{"--hlop", "4", "--hlop-later", "2"} + words{"--data", digits()[3]});
  EXPECT_EQ(t["tasks"]["accuracies"].size(), 2U);
  EXPECT_EQ(t["epochs"].size(), 6U);
  EXPECT_EQ(t["epochs"][5]["task"], 1);
  EXPECT_TRUE(t["tasks"]["BWT"].is_number());
}

TEST_F(train_network, takes_every_option) {
  for (const words& more : std::vector<words>{
           {"--rule", "eprop", "--feedback", "adaptive"},
           {"--rule", "ottt"},
           {"--rule", "decolle"},
           {"--optimiser", "sgd", "--schedule", "step"},
           {"--optimiser", "eg", "--schedule", "one-cycle"},
           {"--loss", "each-tick", "--label-smoothing", "0.1"},
           {"--surrogate", "triangle", "--surrogate-height", "0.5", "--keep-reset"},
           {"--truncate", "5", "--checkpoint-states", "7", "--clip", "1", "--patience", "1", "--validation", "0.3"},
           {"--rate-penalty", "0.01", "--spikes", "1:5"},
           {"--learn", "hidden.tau=0.1", "--learn", "hidden.v=0.1"},
           {"--curl", "hidden->digits=2", "--curl", "pixels->hidden=1:targets", "--keep-norms"}})
    EXPECT_EQ(record(more)["epochs"].size(), 3U) << testing::PrintToString(more);
}

TEST_F(train_network, learns_delays_of_axons) {
  words all = call({"--json", in("t.json")});
  all[2] = in("axons.toml");
  const auto train = [&](const std::string& delay) {
    const std::regex projection{"(to = \"hidden\"\nwiring = \"all_to_all\")"};
    std::ofstream{in("axons.toml")} << std::regex_replace(
        text("network.toml"), projection, "$1\nlearn = [\"weight\", \"axonal_delay\"]\ndelay = " + delay);
    return spinule(all);
  };
  const outcome alike = train("20"), drawn = train("{ uniform = [10, 90] }");
  EXPECT_EQ(alike.code, 0) << alike.err;
  EXPECT_THAT(alike.out, HasSubstr("weights and delays are learned"));
  EXPECT_EQ(drawn.code, 1);
  EXPECT_THAT(drawn.err, HasSubstr("share a learned delay must begin with the same"));
}

TEST_F(train_network, reports) {
  const outcome o = spinule(call({"--report", in("t.html"), "--validation", "0.34"}));
  ASSERT_EQ(o.code, 0) << o.err;
  const std::string page = text("t.html");
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr("Spinule training report"));
  EXPECT_THAT(page, Not(HasSubstr("src=\"http")));
}

TEST_F(train_network, warns_of_dead_layers) {
  words dead = call({"--json", in("t.json")});
  network("soft_reset_lif", "-5");
  const outcome o = spinule(dead);
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.err, HasSubstr("no unit of \"hidden\" fired"));
}

TEST_F(train_network, refuses_what_is_no_number_or_out_of_range) {
  const std::vector<std::pair<const char*, std::vector<const char*>>> wrong{
      {"--rule", {"", "hebb"}},
      {"--epochs", {"0", "-1", "many", "1.5"}},
      {"--batch", {"0", "-1", "x"}},
      {"--rate", {"-1", "nan", "x"}},
      {"--schedule", {"", "linear"}},
      {"--optimiser", {"rmsprop"}},
      {"--loss", {"hinge"}},
      {"--label-smoothing", {"-0.1", "1", "nan"}},
      {"--surrogate", {"step"}},
      {"--surrogate-width", {"0", "-1", "nan"}},
      {"--surrogate-height", {"0", "inf"}},
      {"--feedback", {"none", "random"}},
      {"--truncate", {"-1", "0.5"}},
      {"--checkpoint-states", {"-1", "0.5"}},
      {"--clip", {"-1", "nan"}},
      {"--rate-penalty", {"-1", "1"}},
      {"--spikes", {"1:2", "x"}},
      {"--delay-rate", {"-1"}},
      {"--longest-delay", {"-1", "nan"}},
      {"--learn", {"", "tau", "hidden.tau", "hidden.tau=x", "hidden.tau=0", "hidden.mass=1", "nobody.tau=1"}},
      {"--curl", {"", "hidden->digits", "hidden->digits=0", "hidden->digits=99", "a->b=1", "hidden->digits=1:cells"}},
      {"--hlop", {"-1", "x"}},
      {"--hlop-later", {"-1", "2"}},
      {"--shift", {"-1", "1.5"}},
      {"--blend", {"-1", "2"}},
      {"--jitter", {"-1", "nan"}},
      {"--drop", {"-0.1", "1.1"}},
      {"--move", {"-1", "x"}},
      {"--turn", {"-1", "46"}},
      {"--zoom", {"-0.1", "1"}},
      {"--validation", {"-0.1", "1", "0.01"}},
      {"--patience", {"-1", "2"}},
      {"--cross-validate", {"1", "31"}},
      {"--liquid", {"100"}}};
  for (const auto& [option, values] : wrong)
    for (const char* value : values) expect_refused(2, {option, value}, {option});
  expect_refused(2, {"--rate-penalty", "1", "--spikes", "5:1"}, {"--spikes"});
}

TEST_F(train_network, refuses_what_cannot_be_trained) {
  expect_refused(2, {"--rule", "eventprop"}, {"\"hidden\"", "current_lif", "--rule bptt"});
  expect_refused(2, {"--loss", "spike-count"}, {"--loss", "by = \"spikes\""});
  expect_refused(2, {"--cross-validate", "3", "--data", digits()[3]}, {"--cross-validate"});
  expect_refused(1, {"--resume", in("none.spn")}, {"none.spn"});
  std::string many = std::regex_replace(text("network.toml"), std::regex{"most_events = 1"}, "");
  std::ofstream{in("many.toml")} << std::regex_replace(many, std::regex{"tick = 10.0"}, "tick = 100.0");
  words crowded = call({"-o", in("new.spn")});
  crowded[2] = in("many.toml");
  EXPECT_THAT(spinule(crowded).err, HasSubstr("most_events = 32"));
  words with = call({"-o", in("new.spn")});
  network("threshold_unit");
  EXPECT_EQ(spinule(with).code, 1);
  std::filesystem::remove_all(digits()[3] + "/Train/7");
  network();
  expect_refused(1, {}, {"no sample of class 7"});
  const outcome of_liquids = spinule(words{"train", "--epochs", "3", "--liquid", "100"} + digits());
  EXPECT_EQ(of_liquids.code, 2);
  EXPECT_THAT(of_liquids.err, HasSubstr("--epochs: is of networks"));
}

TEST_F(train_network, stops_where_numbers_are_no_longer_finite) {
  const words diverging{"--optimiser", "sgd", "--rate", "1e8", "--loss", "squared-error", "--threads", "2"};
  const outcome o = spinule(call(words{"-o", in("new.spn")} + diverging));
  EXPECT_EQ(o.code, 1);
  for (const char* part : {"epoch ", "step ", "lower --rate or --surrogate-height, or give --clip"})
    EXPECT_THAT(o.err, HasSubstr(part));
  EXPECT_EQ(o.err.find("lower"), o.err.rfind("lower")) << "advice comes once: " << o.err;
  const std::string kept = in("new.spn.checkpoint");
  EXPECT_EQ(std::filesystem::exists(kept), o.err.find("first remove " + kept) != o.err.npos) << o.err;
}

TEST_F(train_network, says_what_to_do_where_weights_are_too_large_to_be_written) {
  const outcome o =
      spinule(call({"-o", in("new.spn"), "--optimiser", "sgd", "--rate", "1e4", "--loss", "squared-error"}));
  EXPECT_EQ(o.code, 1);
  EXPECT_THAT(o.err, HasSubstr("training has diverged: lower --rate, or give --clip; first remove "));
  EXPECT_FALSE(std::filesystem::exists(in("new.spn")));
}

}  // namespace spinule::train_network_test

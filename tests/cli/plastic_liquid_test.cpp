// Liquids whose synapses learn: `train --rule nalsm`, and what `info` and `replay` make of its models.
#include <functional>
#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <spinule/io/model_file.hpp>

#include "cli/world.hpp"

namespace spinule::plastic_liquid_test {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class plastic_liquid : public command {
 protected:
  words train_with(const words& options) const {
    return words{"train"} + digits() + words{"--part", "train", "-o", in("m.spn"), "--rule", "nalsm"} + options;
  }
  outcome trained(const char* snapshots) const {
    return spinule(train_with({"--liquid", "64", "--snapshots", snapshots}));
  }
  outcome replayed(const words& options) const {
    return spinule(words{"replay", in("m.spn")} + test_digits() + options);
  }
  json result() const { return json::parse(text("r.json")); }
  /// What `by` says of the model with other learned weights.
  std::string said_of(const std::function<void(std::vector<float>&)>& change, const words& by) const {
    const auto good = model_file::load(in("m.spn"));
    {
      model_writer changed{in("changed.spn")};
      for (const auto& s : good.sections()) {
        if (s.type == section_type::uint32) changed.add_array(s.name, good.array<std::uint32_t>(s.name));
        if (s.type == section_type::uint64) changed.add_array(s.name, good.array<std::uint64_t>(s.name));
        if (s.type != section_type::float32) continue;
        const auto values = good.array<float>(s.name);
        std::vector<float> all(values.begin(), values.end());
        if (s.name == "liquid/weights") change(all);
        changed.add_array(s.name, std::span<const float>{all});
      }
      changed.add_text("about", good.text("about"));
      changed.commit();
    }
    const outcome o = spinule(words{by[0], in("changed.spn")} + words{by.begin() + 1, by.end()});
    if (o.code == 0) return "accepted";
    EXPECT_EQ(o.code, 1) << o.err;
    EXPECT_THAT(o.err, HasSubstr(in("changed.spn")));
    return o.err;
  }
  void refuses(const words& call, const std::string& said) const {
    const outcome o = spinule(call);
    EXPECT_EQ(o.code, 2) << testing::PrintToString(call);
    EXPECT_THAT(o.err, HasSubstr(said));
    EXPECT_FALSE(std::filesystem::exists(in("m.spn")));
  }
};

TEST_F(plastic_liquid, is_trained_and_each_sample_of_a_replay_starts_from_what_the_snapshots_left) {
  const outcome o = trained("20");
  ASSERT_EQ(o.code, 0) << o.err;
  for (const char* line : {"\n2 snapshots: branching factor ", "\n18 snapshots: ", "\n20 snapshots: branching factor "})
    EXPECT_THAT("\n" + o.out, HasSubstr(line));
  EXPECT_EQ(files(), 2u) << "the digits and the model";
  std::set<std::string> answers;
  for (const char* on : {"cpu", "reference"})
    for (const char* threads : {"1", "3"}) {
      const outcome r = replayed({"--backend", on, "--threads", threads, "--json", in("r.json")});
      ASSERT_EQ(r.code, 0) << r.err;
      if (on == std::string{"cpu"}) answers.insert(result().at("confusion").dump());
    }
  EXPECT_EQ(answers.size(), 1u);
}

TEST_F(plastic_liquid, says_what_it_is) {
  ASSERT_EQ(trained("3").code, 0);
  const json about = json::parse(spinule({"info", "--json", in("m.spn")}).out).at("liquid");
  EXPECT_EQ(about.at("kind"), "nalsm");
  EXPECT_GT(about.at("learned_weights"), 2312 * 64 * 15 / 100 - 1) << "those of the input and more";
  ASSERT_EQ(replayed({"--json", in("r.json")}).code, 0);
  EXPECT_THAT(text("r.json"), HasSubstr("nalsm liquid of 64 neurons and " + about.at("learned_weights").dump() +
                                        " synapses that learn"));
}

TEST_F(plastic_liquid, learns_from_snapshots) {
  ASSERT_EQ(trained("0").code, 0);
  const std::string as_drawn = text("m.spn");
  ASSERT_EQ(trained("5").code, 0);
  EXPECT_NE(text("m.spn"), as_drawn);
  const std::string once = text("m.spn");
  ASSERT_EQ(trained("5").code, 0);
  EXPECT_EQ(text("m.spn"), once);
}

TEST_F(plastic_liquid, has_a_report_without_a_baseline_that_cannot_learn) {
  ASSERT_EQ(trained("3").code, 0);
  const outcome o = replayed({"--report", in("r.html")});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("no baseline"));
  const outcome chip = replayed({"--backend", "crossbar"});
  EXPECT_EQ(chip.code, 1);
  EXPECT_THAT(chip.err, HasSubstr("device.programming=pulses"));
  const outcome learns = replayed({"--backend", "crossbar", "--set", "device.programming=pulses"});
  EXPECT_EQ(learns.code, 0) << learns.err;
  EXPECT_THAT(learns.out, HasSubstr("learning, which is no part of these"));
}

TEST_F(plastic_liquid, is_refused_with_weights_that_cannot_be) {
  ASSERT_EQ(trained("3").code, 0);
  const words replay = words{"replay"} + test_digits(), info{"info"};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(said_of([](auto&) {}, replay), "accepted");
  EXPECT_THAT(said_of([](auto& w) { w.pop_back(); }, replay), HasSubstr("weights are given for"));
  EXPECT_THAT(said_of([](auto& w) { w.push_back(1); }, replay), HasSubstr("weights are given for"));
  EXPECT_THAT(said_of([](auto& w) { w.clear(); }, replay), HasSubstr("digest"));
  EXPECT_THAT(said_of([](auto& w) { w[0] = w[0] > 1 ? 0.5f : 2; }, replay), HasSubstr("digest"));
  EXPECT_THAT(said_of([](auto& w) { w[7] = 1e6f; }, replay), HasSubstr("cannot be built"));
  EXPECT_THAT(said_of([&](auto& w) { w[7] = nan; }, replay), HasSubstr("not finite"));
  EXPECT_THAT(said_of([&](auto& w) { w[7] = nan; }, info), HasSubstr("not finite"));

  std::string bytes = text("m.spn");
  const auto middle = bytes.size() / 2;  // most of the file is weights
  bytes[middle] = static_cast<char>(bytes[middle] ^ 1);
  std::ofstream{in("m.spn"), std::ios::binary} << bytes;
  EXPECT_EQ(replayed({}).code, 1);
}

TEST_F(plastic_liquid, is_refused_with_options_that_do_not_go_with_it) {
  refuses(train_with({"--snapshots", "-1"}), "--snapshots");
  refuses(train_with({"--snapshots", "many"}), "--snapshots");
  refuses(train_with({"--recipe", "grid"}), "leave out --recipe");
  refuses(train_with({"--liquid", "0"}), "--liquid");
  refuses(train_with({"--liquid", "65"}), "fill no cube");
  refuses(train_with({"--number", "weight=4"}), "weight");
  refuses(train_with({"--network", "n.toml"}), "--rule nalsm: is of liquids");
  refuses(train_with({"--epochs", "3"}), "--epochs: is of networks");
  for (const char* hardware : {"crossbar", "digital"})
    refuses(train_with({"--backend", hardware}), "choose --backend cpu or reference");
  const words without = words{"train"} + digits() + words{"-o", in("m.spn")};
  refuses(without + words{"--snapshots", "5"}, "--snapshots: is of liquids that learn; give --rule nalsm too");
  refuses(without + words{"--rule", "eprop"}, "--rule eprop: is of networks");
  refuses(without + words{"--rule", "hebb"}, "nalsm");
}

TEST_F(plastic_liquid, leaves_nothing_when_it_is_interrupted) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const outcome o =
        interrupted_after(std::chrono::seconds{2}, train_with({"--liquid", "64", "--snapshots", "100000000"}), signal);
    EXPECT_EQ(o.code, 130);
    EXPECT_THAT(o.err, AllOf(HasSubstr("Interrupted"), HasSubstr("of 100000000 snapshots; no model was written")));
    EXPECT_THAT(o.out, Not(HasSubstr("Wrote")));
    EXPECT_EQ(files(), 1u) << "the digits";
  }
}

}  // namespace spinule::plastic_liquid_test

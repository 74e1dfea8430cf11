// What each non-ideality takes: the ends are those of replay, and the parts stand in between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/world.hpp"
#include "explanation.hpp"
#include "non_idealities.hpp"

namespace spinule::explain_test {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr int usage = 2;

class explaining : public command {
 protected:
  words explain() const { return words{"explain", model()} + test_digits(); }
  json explained(const words& options, const std::string& name = "e.json") const {
    const outcome o = spinule(explain() + options + words{"--json", in(name)});
    EXPECT_EQ(o.code, 0) << o.err;
    return json::parse(text(name));
  }
  json replayed(const words& options) const {
    EXPECT_EQ(spinule(replay() + options + words{"--json", in("r.json")}).code, 0);
    return json::parse(text("r.json"));
  }
  void refuses(const words& call, const std::vector<std::string>& said) const {
    const std::size_t before = files();
    const outcome o = spinule(call);
    EXPECT_EQ(o.code, usage) << testing::PrintToString(call) << o.err;
    for (const auto& part : said) EXPECT_THAT(o.err, HasSubstr(part)) << testing::PrintToString(call);
    EXPECT_EQ(files(), before);
  }
};

const words noisy{"--set", "device.read_noise=20%", "--set", "device.stuck_on=2%"};

TEST_F(explaining, begins_at_replay_and_ends_at_the_cpu) {
  const json e = explained(noisy), full = e.at("full").at("runs").at(0), ideal = e.at("ideal").at("runs").at(0);
  const json r = replayed(words{"--backend", "crossbar"} + noisy), cpu = replayed({"--backend", "cpu"});
  for (const char* same : {"correct", "spike_digest"}) EXPECT_EQ(full.at(same), r.at(same)) << same;
  EXPECT_EQ(full.at("latency_us"), r.at("latency_us").at("mean"));
  EXPECT_DOUBLE_EQ(e.at("full").at("energy_pj").at("mean").get<double>(), r["energy_pj"]["total"].get<double>());
  for (const char* same : {"correct", "spike_digest"}) EXPECT_EQ(ideal.at(same), cpu.at(same)) << same;
}

TEST_F(explaining, tells_each_part_of_the_hardware_and_each_projection) {
  const json e = explained(noisy + words{"--chips", "2", "--cells", "3"});
  EXPECT_EQ(e.at("format"), "spinule-explanation");
  std::vector<std::string> parts, layers;
  for (const auto& p : e.at("non_idealities")) parts.push_back(p.at("name"));
  for (const auto& p : e.at("projections")) layers.push_back(p.at("name"));
  EXPECT_THAT(parts, testing::UnorderedElementsAre("forming", "on/off ratio", "stuck cells", "read noise",
                                                   "converter bits", "converter range", "row converter bits"));
  EXPECT_THAT(e.at("absent").get<std::vector<std::string>>(),
              ElementsAre("pulse by pulse", "residual error", "levels", "weight digits", "drift", "1/f noise",
                          "telegraph noise", "wire resistance", "one-bit converter"));
  EXPECT_THAT(layers, Contains("input->excitatory"));
  double last = 1;
  for (const auto& p : e.at("non_idealities")) {
    const double mean = p.at("without").at("difference").at("mean");
    EXPECT_LE(mean, last) << "sorted by loss";
    last = mean;
    EXPECT_NEAR(mean, p["without"]["accuracy"]["mean"].get<double>() - e["full"]["accuracy"]["mean"].get<double>(),
                1e-12);
    EXPECT_NEAR(p["alone"]["difference"]["mean"].get<double>(),
                p["alone"]["accuracy"]["mean"].get<double>() - e["ideal"]["accuracy"]["mean"].get<double>(), 1e-12);
    EXPECT_EQ(p.at("alone").at("runs").size(), 2u);
    EXPECT_EQ(p.at("alone").at("difference").at("tests").size(), 2u);
  }
}

TEST_F(explaining, names_the_cells_that_are_farthest_off) {
  const json cells = explained(noisy + words{"--cells", "4"}).at("cells");
  ASSERT_EQ(cells.size(), 4u);
  double last = cells[0].at("error");
  EXPECT_GT(last, 0.5) << "a stuck cell";
  for (const auto& c : cells) {
    EXPECT_LE(c.at("error").get<double>(), last);
    last = c.at("error");
    EXPECT_NE(c.at("asked"), c.at("held"));
  }
}

TEST_F(explaining, finds_nothing_in_ideal_hardware) {
  const json e = explained({"--hardware", "ideal"});
  EXPECT_TRUE(e.at("non_idealities").empty());
  EXPECT_EQ(e.at("absent").size(), non_idealities().size());
  EXPECT_EQ(e.at("full").at("difference").at("mean"), 0);
  EXPECT_TRUE(e.at("cells").empty());
}

TEST_F(explaining, gives_the_same_bytes_on_any_threads) {
  json one = explained(noisy + words{"--threads", "1"}, "1.json");
  json two = explained(noisy + words{"--threads", "2"}, "2.json");
  one.erase("provenance");
  two.erase("provenance");
  EXPECT_TRUE(one == two);
}

TEST_F(explaining, prints_and_writes_a_page) {
  const outcome o = spinule(explain() + noisy + words{"--report", in("e.html")});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out,
              AllOf(HasSubstr("ideal "), HasSubstr("read noise"), HasSubstr("ideal, but for"),
                    HasSubstr("input->excitatory"), HasSubstr("not in this hardware: pulse by pulse, residual error"),
                    HasSubstr("farthest from what was asked for"), HasSubstr("Wrote " + in("e.html"))));
  EXPECT_THAT(text("e.html"), HasSubstr("Spinule explanation"));
}

TEST_F(explaining, refuses_wrong_usage) {
  refuses(explain() + words{"--hardware", "loihi_davies2018"}, {"--hardware", "there is nothing to explain"});
  refuses(explain() + words{"--hardware", "abacus"}, {"unknown hardware"});
  refuses(explain() + words{"--set", "adc.bitz=3"}, {"--set", "unknown key"});
  refuses(words{"explain", model()}, {"--dataset", "is required"});
  refuses(words{"explain"} + test_digits(), {"model"});
  refuses(explain() + words{"--json", model()}, {"is already in use"});
  for (const auto& [option, wrong] : {std::pair{"--cells", "-1"},
                                      {"--cells", "many"},
                                      {"--chips", "0"},
                                      {"--chip", "-1"},
                                      {"--threads", "x"},
                                      {"--report", "-"},
                                      {"--report", ""},
                                      {"--json", ""}})
    refuses(explain() + words{option, wrong}, {option});
}

TEST_F(explaining, writes_nothing_when_interrupted) {
  const running under_way{explain() + words{"--chips", "20", "--json", in("e.json")}};
  std::this_thread::sleep_for(std::chrono::milliseconds{600});
  under_way.send(SIGINT);
  const outcome o = under_way.wait();
  EXPECT_EQ(o.code, 130) << o.err;
  EXPECT_FALSE(std::filesystem::exists(in("e.json")));
}

TEST(non_idealities, switched_off_leave_none_on_any_preset) {
  for (const char* preset : {"ideal", "isaac_32nm", "random_rram_40nm", "neurram_130nm", "pcm_90nm"}) {
    hardware hw = load_hardware(preset);
    for (const auto& part : non_idealities_of(hw)) override_hardware(hw, part.off);
    EXPECT_TRUE(non_idealities_of(hw).empty()) << preset;
  }
}

replay_result answers(const std::vector<std::uint32_t>& given, std::uint32_t chip) {
  replay_result r;
  r.chip = chip;
  r.samples = given.size();
  r.answers = given;
  r.truths.assign(given.size(), 0);
  for (std::size_t i = 0; i < given.size(); ++i) {
    r.sample_numbers.push_back(i);
    r.correct += given[i] == 0;
  }
  return r;
}

TEST(paired_difference, of_one_chip_has_the_error_that_mcnemar_gives) {
  const std::vector a{answers({0, 0, 0, 0, 1, 1}, 0)}, b{answers({0, 0, 1, 1, 0, 1}, 0)};
  const auto d = difference_of(a, b);
  EXPECT_NEAR(d.mean, (2.0 - 1.0) / 6, 1e-12);
  const double n = 6, differ = 3, mean = 1.0 / 6;
  EXPECT_NEAR(d.standard_error, std::sqrt((differ / n - mean * mean) * n / (n - 1) / n), 1e-12);
  EXPECT_EQ(d.tests.front().only_first, 2u);
  EXPECT_EQ(d.tests.front().p, mcnemar(2, 1));
}

TEST(paired_difference, of_several_chips_is_that_of_their_means) {
  const std::vector full{answers({0, 1}, 0), answers({1, 1}, 1)}, ideal{answers({0, 0}, 0)};
  const auto d = difference_of(full, ideal);
  EXPECT_NEAR(d.mean, 1.0 / 4 - 1, 1e-12);
  EXPECT_EQ(d.tests.size(), 2u);
}

}  // namespace spinule::explain_test

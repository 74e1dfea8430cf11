#include <cmath>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/classifier_file.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/models/catalogue.hpp>
#include <spinule/models/liquid_recipe.hpp>

#include "cli/world.hpp"

namespace spinule::command_test {

using nlohmann::json;
using testing::HasSubstr;
using testing::MatchesRegex;

json parsed(const std::string& text) { return json::parse(text); }

TEST_F(command, has_a_version_and_help_for_every_subcommand) {
  EXPECT_EQ(spinule({"--version"}).out, SPINULE_VERSION "\n");
  EXPECT_THAT(spinule({"--help"}).out, HasSubstr("Exit codes: 0 done, 1 failed"));
  for (const char* sub : {"train", "replay", "sweep", "explain", "info", "demo"}) {
    const outcome o = spinule({sub, "--help"});
    EXPECT_EQ(o.code, 0);
    EXPECT_THAT(o.out, HasSubstr(std::string{"Usage: spinule "} + sub)) << sub;
    std::istringstream lines{o.out};
    for (std::string written; std::getline(lines, written);) EXPECT_LE(written.size(), 80u) << written;
  }
}

TEST_F(command, trains_quietly_when_not_on_a_terminal_and_leaves_only_the_model) {
  const outcome o =
      spinule(words{"train"} + digits() + words{"--liquid", "200", "--cross-validate", "2", "-o", in("m.spn")});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.err, "");
  EXPECT_THAT(o.out, HasSubstr("2-fold cross-validation: "));
  EXPECT_THAT(o.out, HasSubstr("Wrote " + in("m.spn")));
  EXPECT_EQ(files(), 2u) << "the digits and the model";
}

TEST_F(command, warns_of_liquids_that_tell_nothing) {
  const auto said = [&](const words& numbers) {
    const outcome o = spinule(words{"train"} + digits() + words{"--liquid", "100", "-o", in("m.spn")} + numbers);
    EXPECT_EQ(o.code, 0) << o.err;
    return o.err;
  };
  EXPECT_THAT(said({"--number", "threshold=1000000"}), HasSubstr("fired in any of 40 samples"));
  EXPECT_THAT(said({"--number", "threshold=0.01", "--number", "refractory=0", "--number", "tau=1000"}),
              HasSubstr("% of all ticks, so they tell little"));
  EXPECT_EQ(said({}), "");
}

TEST_F(command, names_the_chip_in_warnings) {
  const outcome o = spinule(words{"train"} + digits() +
                            words{"--liquid", "100", "-o", in("m.spn"), "--number", "threshold=1000000", "--backend",
                                  "crossbar", "--chip", "3", "--chips", "2"});
  EXPECT_EQ(o.code, 0) << o.err;
  for (const char* chip : {"3", "4"})
    EXPECT_THAT(o.err, HasSubstr(std::string{"Warning: on chip "} + chip + ", no neuron of \"excitatory\" fired"));
}

TEST_F(command, warns_once_of_weights_that_faults_take) {
  const outcome o =
      spinule(replay() + words{"--backend", "crossbar", "--hardware", "isaac_32nm", "--set", "device.stuck_on=60%"});
  ASSERT_EQ(o.code, 0) << o.err;
  const std::string warning = "are kept as 0; lower device.stuck_on, which is 0.6,";
  const auto first = o.err.find(warning);
  ASSERT_NE(first, std::string::npos) << o.err;
  EXPECT_EQ(o.err.find(warning, first + 1), std::string::npos) << o.err;
}

TEST_F(command, says_in_words_that_hardware_has_nothing_to_do) {
  const outcome o =
      spinule(words{"train"} + digits() + words{"--liquid", "0", "-o", in("m.spn"), "--backend", "crossbar"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("no spike meets a synapse, so the hardware only stands by: "));
  EXPECT_THAT(o.out, testing::Not(HasSubstr("0 pJ")));
}

TEST_F(command, trains_the_same_model_again) {
  for (const char* threads : {"1", "3"})
    spinule(words{"train"} + digits() +
            words{"--liquid", "100", "--threads", threads, "-o", in(std::string{threads} + ".spn")});
  EXPECT_FALSE(text("1.spn").empty());
  EXPECT_EQ(text("1.spn"), text("3.spn"));
}

TEST_F(command, trains_every_liquid_by_name) {
  const std::pair<const char*, const char*> liquids[] = {
      {"grid", "64"}, {"nalsm", "64"}, {"tonotopic", "64"}, {"maass", "63"}};
  for (const auto& [name, neurons] : liquids) {
    const outcome o = spinule(words{"train"} + digits() +
                              words{"--recipe", name, "--liquid", neurons, "-o", in(std::string{name} + ".spn")});
    EXPECT_EQ(o.code, 0) << name << ": " << o.err;
  }
  const outcome replayed = spinule(words{"replay", in("maass.spn")} + digits() +
                                   words{"--backend", "cpu,crossbar,digital", "--hardware", "ideal,loihi_davies2018"});
  EXPECT_EQ(replayed.code, 0) << replayed.err << "values of its terminals run on emulated hardware too";
  const json nalsm = parsed(spinule({"info", "--json", in("nalsm.spn")}).out).at("liquid");
  EXPECT_EQ(nalsm.at("kind"), "grid");
  EXPECT_EQ(nalsm.at("numbers").at("patch"), 0);
  EXPECT_NEAR(nalsm.at("numbers").at("weight").get<double>(), 1.05 / (1 - std::exp(-1)), 1e-5);
}

TEST_F(command, answers_as_a_program_does_that_loads_the_model) {
  ASSERT_EQ(spinule(replay() + words{"--json", in("r.json")}).code, 0);
  const json r = parsed(text("r.json"));
  const classifier digits = load_classifier(model(), model_catalogue(), build_liquid);
  simulation sim = digits.on(cpu{});
  std::vector<int> confusion(100);
  const nmnist shown{place() / "digits", {.part = data_part::test}};
  for (const auto& [events, label] : shown) ++confusion[label * 10 + digits.classify(sim, events).label];
  std::vector<int> told;
  for (const auto& row : r.at("confusion"))
    for (const auto& n : row) told.push_back(n);
  EXPECT_EQ(confusion, told);
}

TEST_F(command, replay_writes_every_field_of_the_result) {
  for (const char* backend : {"cpu", "crossbar", "digital"}) {
    const outcome o = spinule(replay() + words{"--backend", backend, "--threads", "2", "--json", in("r.json")});
    ASSERT_EQ(o.code, 0) << o.err;
    EXPECT_EQ(o.err, "");
    const json r = parsed(text("r.json"));
    const bool priced = std::string{backend} != "cpu";
    EXPECT_EQ(r.at("backend"), backend);
    EXPECT_EQ(r.at("hardware").is_string(), priced);
    EXPECT_EQ(r.at("threads"), 2);
    EXPECT_EQ(r.at("samples"), 10);
    EXPECT_DOUBLE_EQ(r.at("accuracy").get<double>(), r.at("correct").get<double>() / 10);
    EXPECT_GT(r.at("spikes").get<std::uint64_t>(), 1000u);
    EXPECT_GT(r.at("synaptic_events").get<std::uint64_t>(), r.at("spikes").get<std::uint64_t>());
    EXPECT_THAT(r.at("spike_digest").get<std::string>(), MatchesRegex("[0-9a-f]{64}"));
    EXPECT_GT(r.at("wall_s").get<double>(), 0);
    EXPECT_NEAR(r.at("samples_per_s").get<double>(), 10 / r.at("wall_s").get<double>(),
                1e-6 * r.at("samples_per_s").get<double>());
    EXPECT_EQ(r.at("seed"), 1);
    EXPECT_EQ(r.at("version"), SPINULE_VERSION);
    EXPECT_EQ(r.at("energy_pj").is_object(), priced);
    EXPECT_EQ(r.at("latency_us").is_object(), priced);
    if (!priced) continue;
    double dynamic = 0;
    for (const auto& [component, pj] : r["energy_pj"].at("dynamic").items()) dynamic += pj.get<double>();
    EXPECT_GT(dynamic, 0);
    EXPECT_GT(r["energy_pj"].at("static").get<double>(), 0);
    EXPECT_NEAR(r["energy_pj"].at("total").get<double>(), dynamic + r["energy_pj"]["static"].get<double>(),
                1e-9 * dynamic);
    EXPECT_GT(r["latency_us"].at("mean").get<double>(), 0);
    EXPECT_LE(r["latency_us"].at("p50").get<double>(), r["latency_us"].at("p99").get<double>());
  }
}

TEST_F(command, spikes_are_the_same_on_all_ideal_hardware) {
  const outcome o = spinule(
      replay() + words{"--backend", "cpu,crossbar,digital", "--hardware", "ideal,truenorth", "--json", in("r.json")});
  ASSERT_EQ(o.code, 0) << o.err;
  const json r = parsed(text("r.json")).at("results");
  ASSERT_EQ(r.size(), 3u);
  EXPECT_EQ(r[1].at("hardware"), "ideal");
  EXPECT_EQ(r[2].at("hardware"), "truenorth");
  for (const char* same : {"spike_digest", "spikes", "synaptic_events", "correct"}) {
    EXPECT_EQ(r[0].at(same), r[1].at(same)) << same;
    EXPECT_EQ(r[0].at(same), r[2].at(same)) << same;
  }
}

TEST_F(command, spikes_do_not_depend_on_the_number_of_threads) {
  for (const words& on : {words{}, words{"--backend", "crossbar", "--hardware", "random_rram_40nm"}}) {
    std::vector<json> all;
    for (const char* threads : {"1", "2", "3"}) {
      ASSERT_EQ(spinule(replay() + on + words{"--threads", threads, "--json", in("r.json")}).code, 0);
      all.push_back(parsed(text("r.json")));
    }
    for (const char* same : {"spike_digest", "confusion", "energy_pj", "latency_us"}) {
      EXPECT_EQ(all[0].at(same), all[1].at(same)) << same;
      EXPECT_EQ(all[0].at(same), all[2].at(same)) << same;
    }
  }
}

TEST_F(command, chips_differ_and_are_compared) {
  const outcome o = spinule(replay() + words{"--backend", "crossbar", "--chips", "2", "--json", in("r.json")});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("2 chips of random_rram_40nm: "));
  EXPECT_THAT(o.out, HasSubstr("crossbar random_rram_40nm, chip 1"));
  const json all = parsed(text("r.json")), r = all.at("results"), chips = all.at("groups").at(0);
  ASSERT_EQ(r.size(), 2u);
  EXPECT_NE(r[0].at("spike_digest"), r[1].at("spike_digest"));
  EXPECT_EQ(r[0].at("chip"), 0);
  EXPECT_EQ(r[1].at("chip"), 1);
  EXPECT_EQ(chips.at("chips"), json({0, 1}));
  EXPECT_NEAR(chips.at("accuracy").at("mean").get<double>(),
              (r[0].at("accuracy").get<double>() + r[1].at("accuracy").get<double>()) / 2, 1e-12);
  EXPECT_NEAR(chips.at("energy_pj").at("total").at("mean").get<double>(),
              (r[0].at("energy_pj").at("total").get<double>() + r[1].at("energy_pj").at("total").get<double>()) / 2,
              1e-6);
  EXPECT_GT(chips.at("latency_us").at("deviation").get<double>(), 0);
}

TEST_F(command, replay_keeps_the_answer_to_each_sample) {
  ASSERT_EQ(spinule(replay() + words{"--json", in("r.json")}).code, 0);
  const json r = parsed(text("r.json"));
  ASSERT_EQ(r.at("answers").size(), 10u);
  std::vector<std::vector<int>> confusion(10, std::vector<int>(10));
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(r.at("sample_numbers").at(i), i);
    ++confusion[r.at("truths").at(i).get<std::size_t>()][r.at("answers").at(i).get<std::size_t>()];
  }
  EXPECT_EQ(r.at("confusion"), json(confusion));
  EXPECT_TRUE(r.at("chip").is_null());
}

TEST_F(command, replay_tells_which_back_ends_can_be_told_apart) {
  const outcome o =
      spinule(replay() + words{"--backend", "cpu,crossbar,digital", "--hardware", "ideal", "--json", in("r.json")});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("cpu, crossbar ideal: right on the same samples"));
  for (const json& test : parsed(text("r.json")).at("tests")) {
    EXPECT_EQ(test.at("samples"), 10);
    EXPECT_EQ(test.at("p"), 1);
    EXPECT_EQ(test.at("told_apart"), false);
  }
}

TEST_F(command, static_energy_has_two_readings) {
  const outcome o = spinule(replay() + words{"--backend", "crossbar", "--json", in("r.json")});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("as fast as possible: "));
  EXPECT_THAT(o.out, HasSubstr("in real time (340 ms): "));
  const json r = parsed(text("r.json")), energy = r.at("energy_pj");
  double power_uw = 0;
  for (const json& s : energy.at("standing")) power_uw += s.at("power_uw").get<double>();
  EXPECT_EQ(r.at("duration_us"), 340'000);
  EXPECT_NEAR(energy.at("static").get<double>(), power_uw * r.at("latency_us").at("mean").get<double>(),
              1e-6 * power_uw);
  EXPECT_NEAR(energy.at("static_real_time").get<double>(), power_uw * 340'000, 1e-6 * power_uw);
}

TEST_F(command, energies_and_times_are_in_the_unit_that_fits) {
  const outcome o = spinule(replay() + words{"--backend", "crossbar,crossbar,digital", "--hardware",
                                             "random_rram_40nm,neurram_130nm,loihi_davies2018"});
  ASSERT_EQ(o.code, 0) << o.err;
  const std::regex quantity{"([0-9.e+]+) ([afpnum]?J|[num]?s)\\b"};
  int seen = 0;
  for (std::sregex_iterator at{o.out.begin(), o.out.end(), quantity}, end; at != end; ++at, ++seen) {
    const double value = std::stod((*at)[1]);
    EXPECT_TRUE(value >= 1 && value < 1000) << (*at)[0];
  }
  EXPECT_EQ(seen, 3 * 7) << o.out;
}

TEST_F(command, hardware_slower_than_the_sensor_is_said_to_be) {
  const outcome o =
      spinule(replay() + words{"--backend", "crossbar", "--set", "tick.minimum=2 ms", "--json", in("r.json")});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("slower than the sensor for 10 of 10 samples"));
  const json energy = parsed(text("r.json")).at("energy_pj");
  EXPECT_EQ(energy.at("static"), energy.at("static_real_time"));
}

TEST_F(command, results_say_where_they_come_from) {
  ASSERT_EQ(spinule(replay() + words{"--json", in("a result.json")}).code, 0);
  const json from = parsed(text("a result.json")).at("provenance");
  EXPECT_EQ(from.at("model"), in("model.spn"));
  EXPECT_EQ(from.at("network"), "grid liquid of 200 neurons, linear readout of 600 counts");
  EXPECT_THAT(from.at("command").get<std::string>(), testing::StartsWith("spinule replay " + in("model.spn")));
  EXPECT_THAT(from.at("command").get<std::string>(),
              HasSubstr(std::string{"'"}.append(in("a result.json")).append("'")))
      << "as a shell takes it";
  EXPECT_THAT(from.at("date").get<std::string>(), MatchesRegex("20..-..-..T..:..:..Z"));
  EXPECT_NE(from.at("processor"), "");
  EXPECT_EQ(from.at("trained_on"), "nmnist, part train: 30 samples");
}

TEST_F(command, replay_says_when_the_data_are_of_another_kind_than_those_trained_on) {
  ASSERT_EQ(spinule(words{"train"} + pictures("mnist") + words{"--liquid", "50", "-o", in("m.spn")}).code, 0);
  const auto replayed = [&](const std::string& kind) {
    const outcome o = spinule(words{"replay", in("m.spn")} + pictures(kind) +
                              words{"--json", in("r.json"), "--report", in("r.html")});
    EXPECT_EQ(o.code, 0) << o.err;
    return o.out;
  };
  EXPECT_THAT(replayed("mnist"), testing::Not(HasSubstr("these samples are")));
  EXPECT_THAT(parsed(text("r.json")).at("remark").get<std::string>(),
              testing::StartsWith("The model was trained on 20 of the 20 samples"));
  const std::string said = "The model was trained on mnist and these samples are fashion-mnist";
  const std::string out = replayed("fashion-mnist");
  EXPECT_THAT(out, testing::StartsWith(said));
  EXPECT_EQ(out.find(said), out.rfind(said)) << "once, though the report replays on a second back end";
  EXPECT_THAT(parsed(text("r.json")).at("remark").get<std::string>(), HasSubstr(said));
  EXPECT_THAT(text("r.html"), HasSubstr(said));
}

TEST_F(command, a_key_of_the_hardware_can_be_overridden) {
  const auto energy = [&](const words& more) {
    EXPECT_EQ(spinule(replay() + words{"--backend", "crossbar", "--json", in("r.json")} + more).code, 0);
    return parsed(text("r.json")).at("energy_pj").at("total").get<double>();
  };
  EXPECT_NE(energy({}), energy({"--set", "adc.bits=4"}));
}

TEST_F(command, replay_places_arrays_by_the_spikes_of_samples) {
  const auto result = [&](const words& more) {
    const outcome o = spinule(replay() +
                              words{"--backend", "crossbar", "--hardware", "ideal", "--set", "array.rows=16", "--set",
                                    "array.columns=16", "--set", "mesh.per_node=1", "--set", "mesh.hop_x_energy=1000",
                                    "--set", "mesh.hop_y_energy=1000", "--json", in("r.json")} +
                              more);
    EXPECT_EQ(o.code, 0) << o.err;
    return parsed(text("r.json"));
  };
  const words greedy{"--set", "mesh.placement=greedy"};
  const json order = result({}), measured = result(greedy + words{"--place-by", "10"});
  EXPECT_EQ(order.at("spike_digest"), measured.at("spike_digest"));
  const auto routing = [](const json& r) { return r.at("energy_pj").at("dynamic").at("routing").get<double>(); };
  EXPECT_LT(routing(measured), routing(order));
}

TEST_F(command, replay_writes_a_report_that_needs_no_network) {
  const outcome o = spinule(
      replay() + words{"--backend", "crossbar", "--hardware", "ideal", "--report", in("r.html"), "--example", "3"});
  ASSERT_EQ(o.code, 0) << o.err;
  const std::string page = text("r.html");
  const auto holds = [&](const char* part) { return page.find(part) != std::string::npos; };
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(holds("loihi_davies2018")) << "the digital baseline is added";
  EXPECT_THAT(o.out, HasSubstr("For the report: digital loihi_davies2018 as a baseline"));
  EXPECT_THAT(o.out, HasSubstr("short runs of 10 samples"));
  EXPECT_FALSE(holds("src=\"http") || holds("<link rel=\"stylesheet\""));
}

TEST_F(command, short_runs_say_what_would_change_a_result) {
  const auto changes = [&](const words& more) {
    const outcome o =
        spinule(replay() + words{"--backend", "crossbar", "--json", in("r.json"), "--report", in("r.html")} + more);
    EXPECT_EQ(o.code, 0) << o.err;
    return parsed(text("r.json")).at("sensitivity");
  };
  EXPECT_TRUE(changes({"--sensitivity", "0"}).is_null());
  const json s = changes({"--sensitivity", "5"});
  EXPECT_EQ(s.at("samples"), json({0, 2, 4, 6, 8}));
  std::set<std::string> what;
  for (const json& c : s.at("changed")) what.insert(c.at("what"));
  EXPECT_EQ(what, (std::set<std::string>{"adc.bits", "device.read_noise", "tick"}));
  // With all samples, and without a change, it is the result itself.
  const json all = changes({"--sensitivity", "10"}), r = parsed(text("r.json"));
  EXPECT_EQ(all.at("unchanged").at("correct"), r.at("correct"));
  EXPECT_NEAR(all.at("unchanged").at("energy_pj").at("dynamic").get<double>() +
                  all.at("unchanged").at("energy_pj").at("static").get<double>(),
              r.at("energy_pj").at("total").get<double>(), 1e-6 * r.at("energy_pj").at("total").get<double>());
  const outcome alone =
      spinule(replay() + words{"--backend", "crossbar", "--set", "adc.bits=6", "--json", in("b.json")});
  ASSERT_EQ(alone.code, 0);
  for (const json& c : all.at("changed")) {
    if (c.at("what") != "adc.bits" || c.at("value") != 6) continue;
    EXPECT_EQ(c.at("correct"), parsed(text("b.json")).at("correct")) << "as replayed by hand";
  }
}

TEST_F(command, info_says_what_a_folder_a_file_and_a_model_hold) {
  const std::string folder = digits()[3];
  const outcome o = spinule({"info", folder, "--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  const json i = parsed(o.out);
  EXPECT_EQ(i.at("format"), "N-MNIST folder");
  EXPECT_EQ(i.at("samples"), 40);
  EXPECT_GT(i.at("events").get<std::uint64_t>(), 40u * 2000);
  EXPECT_GT(i.at("duration_us").get<std::int64_t>(), 200000);
  EXPECT_EQ(i.at("width"), 34);
  EXPECT_EQ(i.at("height"), 34);
  EXPECT_EQ(i.at("channels"), 2312);
  ASSERT_EQ(i.at("labels").size(), 10u);
  EXPECT_EQ(i.at("labels").at("7"), 4);
  EXPECT_THAT(spinule({"info", folder}).out, HasSubstr("34 x 34"));
  const json m = parsed(spinule({"info", model(), "--json"}).out);
  EXPECT_EQ(m.at("dataset"), "nmnist");
  EXPECT_EQ(m.at("labels").size(), 10u);
}

}  // namespace spinule::command_test

#include <spinule/io/result.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <io/fake_results.hpp>
#include <io/scratch.hpp>
#include <spinule/error.hpp>
#include <spinule/io/engine/atomic_file.hpp>

namespace spinule::result_test {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(result, comes_back_from_its_json_unchanged) {
  auto all = fake::four_back_ends();
  all.push_back(fake::spoken_digits());
  all.push_back({});
  for (const auto& result : all)
    EXPECT_EQ(json::parse(json(result).dump()).get<replay_result>(), result) << result.backend;
}

TEST(result, comes_back_from_a_file_unchanged) {
  const scratch folder;
  const auto all = fake::four_back_ends();
  write_result(folder / "one.json", all[2]);
  EXPECT_EQ(read_results(folder / "one.json"), std::vector{all[2]});
  write_whole(folder / "all.json", json(all).dump());
  EXPECT_EQ(read_results(folder / "all.json"), all);
  write_results(folder / "compared.json", all);
  EXPECT_EQ(read_results(folder / "compared.json"), all);
  write_results(folder / "single.json", std::span{all}.first(1));
  EXPECT_EQ(folder.text("single.json").substr(0, 14), folder.text("one.json").substr(0, 14));
}

TEST(result, has_the_fields_that_scripts_rely_on) {
  const auto result = fake::random_rram();
  const json j = result;
  EXPECT_EQ(j["backend"], "crossbar");
  EXPECT_EQ(j["hardware"], "random_rram_40nm");
  EXPECT_EQ(j["threads"], 2);
  EXPECT_EQ(j["samples"], 1000);
  EXPECT_EQ(j["correct"], result.correct);
  EXPECT_DOUBLE_EQ(j["accuracy"], static_cast<double>(result.correct) / 1000);
  EXPECT_EQ(j["spikes"], 7'633'120);
  EXPECT_EQ(j["synaptic_events"], 401'882'640);
  EXPECT_EQ(j["spike_digest"].get<std::string>().size(), 64u);
  EXPECT_DOUBLE_EQ(j["samples_per_s"], 1000 / 14.2);
  EXPECT_EQ(j["seed"], 1);
  EXPECT_EQ(j["version"], "0.1.0");
  EXPECT_EQ(j["wall_s"], 14.2);
}

TEST(result, keeps_dynamic_and_static_energy_apart_and_adds_them_up) {
  const json energy = json(fake::random_rram())["energy_pj"];
  double dynamic = 0;
  for (const auto& [component, pj] : energy["dynamic"].items()) dynamic += pj.get<double>();
  EXPECT_DOUBLE_EQ(energy["dynamic"]["conversion"], 145'500);
  EXPECT_DOUBLE_EQ(energy["static"], 54'495 + 19'215 + 6930);
  EXPECT_DOUBLE_EQ(energy["total"], dynamic + energy["static"].get<double>());
}

TEST(result, has_null_where_no_hardware_is_emulated) {
  const json j = fake::plain("cpu", 0.9);
  for (const char* field : {"hardware", "energy_pj", "latency_us", "preset"})
    EXPECT_TRUE(j.at(field).is_null()) << field;
}

TEST(result, divides_the_ledgers_of_a_run_by_its_samples) {
  cost_report run;
  run.dynamic = {{"liquid", "conversion", 400, 20.0, 12}, {"input", "conversion", 100, 6.0}};
  run.standing = {{"leakage", 3.0, 8.0, 80.0}};
  run.ranges = {{"adc.energy", {8, 4, 40}, {80, 4, 40}}};
  run.programming = {{"liquid", "programming pulses", 1000, 500.0}};
  run.areas = {{"cells", 16384, 268, 67, 268}};
  run.quantised = {.bits = 8,
                   .operations = 2000,
                   .energy_pj = 3100,
                   .events = 400,
                   .chances = 20000,
                   .event_pj = 800,
                   .fixed_pj = 100};
  const auto account = energy_per_sample(run, 4);
  EXPECT_EQ(account.dynamic[0], (energy_share{"liquid", "conversion", 100, 5.0, 3}));
  EXPECT_EQ(account.standing[0], (standing_share{"leakage", 3.0, 2.0, 20.0}));
  EXPECT_EQ(account.ranges[0], (cost_range{"adc.energy", {2, 1, 10}, {20, 1, 10}}));
  EXPECT_EQ(account.areas, run.areas) << "they stand once";
  EXPECT_EQ(account.quantised.ticks, 10);
  EXPECT_EQ(account.quantised.rate, 0.02);
  EXPECT_DOUBLE_EQ(account.quantised.break_even, 0.075) << "(3100 - 100) / 800 of the rate that there was";
  EXPECT_DOUBLE_EQ(account.quantised.break_even_5, 0.1525)
      << "half of what does not follow spikes, twice the spikes a tick";
  EXPECT_EQ(account.programming[0], (energy_share{"liquid", "programming pulses", 1000, 500, 0}))
      << "once, not a sample";
  EXPECT_DOUBLE_EQ(account.dynamic_pj(), 6.5);
  EXPECT_DOUBLE_EQ(account.total_pj(), 8.5);
  EXPECT_DOUBLE_EQ(account.real_time_total_pj(), 26.5);
  EXPECT_THROW(energy_per_sample(run, 0), spinule_error);
}

TEST(result, percentiles_are_the_least_value_that_enough_values_do_not_exceed) {
  std::vector<double> values;
  for (int i = 200; i > 0; --i) values.push_back(i);
  const auto summary = summarise(values);
  EXPECT_DOUBLE_EQ(summary.mean, 100.5);
  EXPECT_EQ(summary.p50, 100);
  EXPECT_EQ(summary.p99, 198);
  const auto single = summarise(std::vector{7.0});
  EXPECT_EQ(single.p50, 7);
  EXPECT_EQ(single.p99, 7);
  EXPECT_THROW(summarise({}), spinule_error);
}

TEST(result, every_missing_field_is_named) {
  const json whole = fake::random_rram();
  for (const auto& [key, value] : whole.items()) {
    if (key == "accuracy" || key == "samples_per_s" || key == "latency_us") continue;  // follow from the others
    auto part = whole;
    part.erase(key);
    EXPECT_THAT([&] { part.get<replay_result>(); },
                ThrowsMessage<spinule_error>(HasSubstr('"' + key + "\" is missing")))
        << key;
  }
}

TEST(result, every_field_of_a_wrong_type_is_named) {
  const json whole = fake::random_rram();
  for (const auto& [key, value] : whole.items()) {
    if (key == "accuracy" || key == "samples_per_s" || key == "latency_us") continue;
    auto wrong = whole;
    wrong[key] = json::object({{"a", 1}});
    EXPECT_THAT([&] { wrong.get<replay_result>(); }, ThrowsMessage<spinule_error>(HasSubstr("result." + key))) << key;
  }
}

TEST(result, refuses_values_that_contradict_each_other) {
  const json whole = fake::random_rram();
  const auto refused = [&](const char* pointer, const json& value, const char* why) {
    auto wrong = whole;
    wrong[json::json_pointer{pointer}] = value;
    EXPECT_THAT([&] { wrong.get<replay_result>(); }, ThrowsMessage<spinule_error>(HasSubstr(why))) << pointer;
  };
  refused("/samples", -1, "result.samples: is number -1, expected a whole number");
  refused("/samples", 1.5, "expected a whole number");
  refused("/threads", 5'000'000'000, "expected a whole number from 0 to 4294967295");
  refused("/correct", 1001, "more than the 1000 samples");
  refused("/labels", json::array({"a"}), "has 100 cells, expected 1 x 1");
  refused("/answers", json::array({1}), "has 1 answers and 1000 true labels");
  refused("/answers/3", 10, "class 3 or 10 of entry 3 is none; there are 10");
  refused("/sample_numbers/1", 0, "0 follows 0, expected ascending numbers");
  refused("/energy_pj/ranges/0/low/dynamic", "little", "result.energy_pj.ranges[0].low.dynamic: is string");
  refused("/arrays/0/error/levels", "AAAA", "is no base64 of the levels of 40 x 20 pixels");
  refused("/arrays/1/conductance/levels", "!", "result.arrays[1].conductance.levels: is no base64");
  refused("/arrays/0/drop/rows", 41, "of 41 x 20 pixels");
  refused("/sample_latencies_us/17", "fast", "result.sample_latencies_us[17]: is string \"fast\", expected a number");
  refused("/energy_pj/shares/2/pj", nullptr, "result.energy_pj.shares[2].pj: is null");
  refused("/example/label", 10, "is no class");
  refused("/example/events/x/3", 34, "outside the input");
  refused("/example/events/y", json::array({1}), "expected");
  refused("/example/layers/0/neurons/0", 1000, "outside layer \"liquid\"");
  refused("/format", "other", "expected \"spinule-result\"");
  refused("/format_version", 2, "reads version 1");
}

TEST(result, a_bad_file_is_named) {
  const scratch folder;
  write_whole(folder / "bad.json", "{\"format\": ");
  EXPECT_THAT([&] { read_results(folder / "bad.json"); },
              ThrowsMessage<file_error>(AllOf(HasSubstr("bad.json"), HasSubstr("is not JSON"))));
  write_whole(folder / "bad.json", "3");
  EXPECT_THAT([&] { read_results(folder / "bad.json"); },
              ThrowsMessage<file_error>(AllOf(HasSubstr("bad.json"), HasSubstr("expected an object"))));
  EXPECT_THAT([&] { read_results(folder / "none.json"); }, ThrowsMessage<file_error>(HasSubstr("cannot be opened")));
}

TEST(result, survives_names_that_are_no_text) {
  const scratch folder;
  auto result = fake::plain("cpu\xff", 0.9);
  result.dataset = "</script>\n\"";
  write_result(folder / "a.json", result);
  EXPECT_EQ(read_results(folder / "a.json")[0].dataset, result.dataset);
}

}  // namespace spinule::result_test

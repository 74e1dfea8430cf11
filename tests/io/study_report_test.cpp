// The pages of a sweep and of an explanation, as a browser shows them.
#include <spinule/io/engine/study_report.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <io/browser.hpp>

namespace spinule::study_report_test {

using nlohmann::json;

json spread(double mean, double deviation) { return {{"mean", mean}, {"deviation", deviation}}; }

json head(const std::string& format, int chips) {
  json numbers = json::array();
  for (int c = 0; c < chips; ++c) numbers.push_back(c);
  return {{"format", format},
          {"format_version", 1},
          {"version", "0.1.0"},
          {"provenance",
           {{"model", "digits.spn"},
            {"network", "grid liquid of 1000 neurons"},
            {"trained_on", "nmnist, part train: 1000 samples"},
            {"command", "spinule sweep digits.spn --vary adc.bits=2..10"},
            {"date", "2026-11-29T12:00:00Z"},
            {"processor", "a processor, 2 cores"}}},
          {"dataset", "N-MNIST"},
          {"samples", 75},
          {"duration_us", 340000},
          {"remark", ""},
          {"backend", "crossbar"},
          {"hardware", "random_rram_40nm"},
          {"chips", numbers},
          {"preset",
           {{"name", "random_rram_40nm"},
            {"summary", "An array."},
            {"constants",
             {{{"key", "adc.bits"},
               {"value", 8},
               {"unit", "bits"},
               {"node", "40 nm"},
               {"source", "assumed"},
               {"kind", "assumption"},
               {"band", "8 .. 14"}}}}}}};
}

json outcome(double accuracy, double pj, double deviation) {
  return {{"accuracy", spread(accuracy, deviation)},
          {"energy_pj", spread(pj, deviation * pj)},
          {"real_time_energy_pj", spread(100 * pj, 0)},
          {"latency_us", spread(150, 0)},
          {"runs", json::array()}};
}

/// Accuracy and energy grow along every axis.
json sweep(const json& axes, int chips) {
  json all = head("spinule-sweep", chips);
  all["interrupted"] = false;
  all["vary"] = axes;
  all["points"] = json::array();
  std::size_t points = 1;
  for (const auto& axis : axes) points *= axis.at("values").size();
  for (std::size_t p = 0; p < points; ++p) {
    json one = outcome(0.5 + 0.4 * static_cast<double>(p) / static_cast<double>(points),
                       2e6 + 1e5 * static_cast<double>(p), chips > 1 ? 0.01 : 0);
    std::vector<std::size_t> at(axes.size());
    for (std::size_t a = axes.size(), rest = p; a-- > 0; rest /= axes[a].at("values").size())
      at[a] = rest % axes[a].at("values").size();
    one["at"] = at;
    one["pareto"] = p % 2 == 0;
    all["points"].push_back(one);
  }
  return all;
}

const json bits{{"key", "adc.bits"}, {"unit", "bits"}, {"values", {2, 3, 4, 5, 6, 7, 8, 9, 10}}};
const json age{{"key", "device.age"}, {"unit", "s"}, {"values", {1, 60, 3600, 86400, 2592000, 31557600}}};
const json noise{{"key", "device.read_noise"}, {"unit", "1"}, {"values", {0, 0.01, 0.02, 0.05}}};
const json range{{"key", "adc.range"}, {"unit", ""}, {"values", {"cells", "rows", "expected"}}};

json explanation(int chips) {
  const auto compared = [&](double accuracy, double mean) {
    json one = outcome(accuracy, 3e6, chips > 1 ? 0.01 : 0);
    json tests = json::array();
    for (int c = 0; c < chips; ++c) tests.push_back({{"only_first", 1}, {"only_second", 2}, {"p", 0.02}});
    one["difference"] = {{"mean", mean}, {"standard_error", 0.01}, {"told_apart", 1}, {"tests", tests}};
    return one;
  };
  json all = head("spinule-explanation", chips);
  all["ideal"] = outcome(0.9, 3e6, 0);
  all["full"] = compared(0.8, -0.1);
  for (const char* parts : {"non_idealities", "projections"})
    for (const char* name : {"read noise", "a projection of a name that is rather long->of another that is too"})
      all[parts].push_back({{"name", name},
                            {"what", std::string{parts} == "projections" ? "" : "what it is, in a few words"},
                            {"without", compared(0.85, 0.05)},
                            {"alone", compared(0.88, -0.02)}});
  all["absent"] = {"drift"};
  all["cells"] = {{{"projection", "input->excitatory"},
                   {"source", "input"},
                   {"source_neuron", 17},
                   {"target", "excitatory"},
                   {"target_neuron", 3},
                   {"delay_ms", 1},
                   {"asked", -1.05},
                   {"held", 1.3},
                   {"error", 2.2}}};
  return all;
}

class study_report : public report_browser {
 protected:
  /// On a wide screen and on a phone.
  void expect_page(const std::string& file, int canvases, const std::vector<std::string>& said) const {
    for (const char* size : {"--window-size=1400,4000", "--window-size=420,4000"}) {
      const auto page = dumped(file + "#check", size);
      if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
      expect_sound(page, canvases);
      EXPECT_EQ(number_after(page, "data-wide"), 0) << "elements beyond the right edge, " << size;
      for (const auto& text : said) EXPECT_TRUE(has(page, text)) << text;
    }
  }
};

TEST_F(study_report, draws_a_sweep_over_one_key) {
  for (const json& axis : {bits, noise, range})
    for (const int chips : {1, 10}) {
      write_sweep_report(folder_ / "sweep.html", sweep(json::array({axis}), chips));
      expect_page("sweep.html", 3, {"Right most often", "Over " + axis.at("key").get<std::string>()});
    }
}

TEST_F(study_report, draws_accuracy_over_the_logarithm_of_time) {
  write_sweep_report(folder_ / "sweep.html", sweep(json::array({age}), 10));
  expect_page("sweep.html", 3,
              {"Over device.age", "device.age 1&nbsp;min", "device.age 30&nbsp;d", "device.age 1&nbsp;y"});
}

TEST_F(study_report, draws_a_sweep_over_two_keys_as_a_heat_table) {
  write_sweep_report(folder_ / "sweep.html", sweep({bits, noise}, 10));
  expect_page("sweep.html", 3, {"Over adc.bits and device.read_noise", "Every point of the grid"});
}

TEST_F(study_report, draws_a_sweep_over_three_keys) {
  write_sweep_report(folder_ / "sweep.html", sweep({bits, noise, range}, 1));
  expect_page("sweep.html", 1, {"108 points", "Pareto front"});
}

TEST_F(study_report, says_what_is_missing_of_a_sweep) {
  auto cut = sweep(json::array({bits}), 1);
  cut["interrupted"] = true;
  cut["points"] = json::array();
  write_sweep_report(folder_ / "sweep.html", cut);
  expect_page("sweep.html", 0, {"No point of the grid is done yet", "was interrupted"});
}

TEST_F(study_report, draws_an_explanation) {
  for (const int chips : {1, 10}) {
    write_explain_report(folder_ / "explain.html", explanation(chips));
    expect_page("explain.html", 2,
                {"Most is given back by switching off", "read noise", "Worst cells", "excitatory 3"});
  }
}

TEST_F(study_report, draws_an_explanation_of_ideal_hardware) {
  auto ideal = explanation(1);
  for (const char* part : {"non_idealities", "projections", "cells"}) ideal[part] = json::array();
  write_explain_report(folder_ / "explain.html", ideal);
  expect_page("explain.html", 0, {"Nothing about this hardware is less than ideal"});
}

}  // namespace spinule::study_report_test

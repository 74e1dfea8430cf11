// The report as a browser shows it: Chromium draws it, and the page itself counts its errors and its drawn charts.
#include <spinule/io/result.hpp>

#include <cstdio>
#include <cstdlib>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <io/fake_results.hpp>
#include <io/scratch.hpp>
#include <spinule/io/engine/atomic_file.hpp>

namespace spinule {
namespace {

// The output of a shell command; empty when it fails.
std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return {};
  std::string text;
  char piece[4096];
  while (const auto n = std::fread(piece, 1, sizeof piece, pipe)) text.append(piece, n);
  return ::pclose(pipe) == 0 ? text : std::string{};
}

std::string browser() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"})
    if (!output_of(std::string{"command -v "} + name).empty()) return name;
  return {};
}

class report_browser : public testing::Test {
 protected:
  void SetUp() override {
    if (browser().empty()) GTEST_SKIP() << "no Chromium is installed";
  }

  // The page after its scripts have run.
  std::string shown(const std::vector<replay_result>& results, const std::string& options = "") const {
    write_report(folder_ / "report.html", results);
    return dumped("report.html#check", options);
  }

  std::string dumped(const std::string& name, const std::string& options = "") const {
    const auto profile = (folder_ / "profile").string(), place = folder_.path().string() + "/" + name;
    return output_of("timeout 120 " + browser() +
                     " --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --no-first-run"
                     " --disable-background-networking --disable-sync --virtual-time-budget=5000"
                     " --window-size=1280,4000 " +
                     options + " --user-data-dir='" + profile + "' --dump-dom 'file://" + place + "' 2>/dev/null");
  }

  // Not every browser that is installed may open files of the temporary folder (snap packages may not).
  bool opens_files() const {
    write_whole(folder_ / "plain.html", "<p>open</p>");
    return has(dumped("plain.html"), "<p>open</p>");
  }

  static bool has(const std::string& page, const std::string& text) { return page.find(text) != page.npos; }

  static int number_after(const std::string& page, const std::string& name) {
    std::smatch found;
    return std::regex_search(page, found, std::regex{name + "=\"([0-9]+)\""}) ? std::stoi(found[1]) : -1;
  }

  // What follows a number and the gap before a unit, each once.
  static std::set<std::string> units(const std::string& page, const std::string& unit, const std::string& before = "") {
    const std::regex pattern{before + "[0-9]&nbsp;(" + unit + ")(?![a-zA-Z])"};
    std::set<std::string> all;
    for (std::sregex_iterator at{page.begin(), page.end(), pattern}, end; at != end; ++at) all.insert((*at)[1]);
    return all;
  }

  static void expect_sound(const std::string& page, int canvases) {
    EXPECT_EQ(number_after(page, "data-errors"), 0);
    EXPECT_EQ(number_after(page, "data-canvases"), canvases);
    EXPECT_EQ(number_after(page, "data-charts"), canvases);
    const auto seen = page.substr(0, page.find("<script id=\"data\""));
    for (const char* slip : {"NaN", "undefined", "[object", "Infinity"}) EXPECT_FALSE(has(seen, slip)) << slip;
  }

  scratch folder_;
};

TEST_F(report_browser, draws_every_chart_of_four_back_ends_without_errors) {
  const auto page = shown(fake::four_back_ends());
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  // Accuracy, 4 confusions, energy overview, 3 x 2 ledgers, 3 latencies, throughput, 2 of activity, 3 event images,
  // raster.
  expect_sound(page, 1 + 4 + 1 + 6 + 3 + 1 + 2 + 3 + 1);
  EXPECT_TRUE(has(page, "exactly the same spikes"));
  EXPECT_TRUE(has(page, "Wan et al., Nature 2022"));
}

TEST_F(report_browser, draws_in_dark_colours_too) {
  const auto page = shown(fake::four_back_ends(), "--force-dark-mode --blink-settings=preferredColorScheme=0");
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  if (has(page, "data-theme=\"light\"")) GTEST_SKIP() << "this browser cannot be told to prefer dark colours";
  expect_sound(page, 22);
}

TEST_F(report_browser, draws_a_run_without_hardware_and_without_an_image_sensor) {
  const auto page = shown({fake::spoken_digits()});
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  expect_sound(page, 1 + 1 + 1 + 2 + 1);
  EXPECT_TRUE(has(page, "No run here emulates hardware"));
}

TEST_F(report_browser, draws_a_run_that_was_ended_before_its_first_sample) {
  auto result = fake::plain("cpu", 1.0);
  result.samples = result.correct = result.spikes = result.synaptic_events = 0;
  result.confusion.assign(100, 0);
  result.layers.clear();
  result.example.reset();
  result.interrupted = true;
  result.wall_s = 0;
  const auto page = shown({result});
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  expect_sound(page, number_after(page, "data-canvases"));
  EXPECT_TRUE(has(page, "ended before its last sample"));
}

TEST_F(report_browser, gives_each_quantity_in_one_unit) {
  const auto results = fake::four_back_ends();  // static energy from 0.08 to 208 uJ, latency from 31.5 us to 1.95 ms
  const auto page = shown(results);
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  const auto seen = page.substr(0, page.find("<script id=\"data\""));
  EXPECT_THAT(units(seen, "[afpnµmk]*J"), testing::ElementsAre("µJ"));
  EXPECT_THAT(units(seen, "(?:n|µ|m)?s", "(?:mean|p50|p99|in <b>|<td class=\"n\">)[^a-z<]*"),
              testing::ElementsAre("s", "µs"))
      << "latency, and the wall time of the runs";
  EXPECT_TRUE(has(seen, "0.0806&nbsp;µJ")) << "the least of them";
}

TEST_F(report_browser, shows_hostile_names_as_text) {
  auto result = fake::random_rram();
  result.dataset = "</script><img src=x onerror=alert(1)>";
  result.labels[3] = "<b>";
  result.hardware = "\"><i>";
  const auto page = shown({result});
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  EXPECT_EQ(number_after(page, "data-errors"), 0);
  EXPECT_TRUE(has(page, "<h1>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;</h1>"));
  EXPECT_FALSE(has(page, "<img"));
}

}  // namespace
}  // namespace spinule

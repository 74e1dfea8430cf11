// The report as a browser shows it: Chromium draws it, and the page itself counts its errors and its drawn charts.
#include <spinule/io/result.hpp>

#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <io/browser.hpp>
#include <io/fake_results.hpp>

namespace spinule::report_browser_test {

TEST_F(report_browser, draws_every_chart_of_four_back_ends_without_errors) {
  const auto page = shown(fake::four_back_ends());
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  // Accuracy, energy, 4 confusions, 3 flows, 3 x 2 of constants, 3 x 2 ledgers, 3 latencies, throughput, 2 of activity,
  // 3 event images, raster, 3 + 2 array maps.
  expect_sound(page, 1 + 1 + 4 + 3 + 6 + 6 + 3 + 1 + 2 + 3 + 1 + 5);
  EXPECT_TRUE(has(page, "Where the energy goes"));
  EXPECT_TRUE(has(page, "tile 3 of 12, 400 word lines × 200 pairs, mean error 1.25&nbsp;µS"));
  EXPECT_TRUE(has(page, "<span>31.0&nbsp;%</span>")) << "the largest voltage drop";
  EXPECT_TRUE(has(page, "exactly the same spikes"));
  EXPECT_TRUE(has(page, "Wan et al., Nature 2022"));
  EXPECT_TRUE(has(page, "What the devices keep of the weights"));
}

TEST_F(report_browser, draws_in_dark_colours_too) {
  const auto page = shown(fake::four_back_ends(), "--force-dark-mode --blink-settings=preferredColorScheme=0");
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  if (has(page, "data-theme=\"light\"")) GTEST_SKIP() << "this browser cannot be told to prefer dark colours";
  expect_sound(page, 36);
}

TEST_F(report_browser, draws_a_run_without_hardware_and_without_an_image_sensor) {
  const auto page = shown({fake::spoken_digits()});
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  expect_sound(page, 1 + 1 + 1 + 2 + 1);
  EXPECT_TRUE(has(page, "No run here emulates hardware"));
}

TEST_F(report_browser, draws_a_run_that_was_ended_before_its_first_sample) {
  auto result = fake::ended_after(fake::plain("cpu", 1.0), 0);
  result.spikes = result.synaptic_events = 0;
  result.layers.clear();
  result.example.reset();
  result.wall_s = 0;
  const auto page = shown({result});
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  expect_sound(page, number_after(page, "data-canvases"));
  EXPECT_TRUE(has(page, "ended before its last sample"));
}

TEST_F(report_browser, gives_each_number_in_the_unit_that_fits) {
  const auto page = shown(fake::four_back_ends());
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  const auto seen = page.substr(0, page.find("<script id=\"data\""));
  const std::regex energy{"([0-9.]+)&nbsp;(?:[afpnµm]?J)(?![a-zA-Z])"};
  int numbers = 0;
  for (std::sregex_iterator at{seen.begin(), seen.end(), energy}, end; at != end; ++at, ++numbers) {
    const double value = std::stod((*at)[1]);
    EXPECT_TRUE(value == 0 || (value >= 1 && value < 1000)) << (*at)[0];
  }
  EXPECT_GT(numbers, 40);
  EXPECT_TRUE(has(seen, "80.6&nbsp;nJ")) << "static energy of the resistive memory, as fast as possible";
  EXPECT_TRUE(has(seen, "87.0&nbsp;µJ")) << "and in real time: 256 uW for 340 ms";
}

TEST_F(report_browser, names_the_best_by_what_it_claims) {
  auto results = fake::four_back_ends();
  auto page = shown(results);
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  const auto text = [&] {
    const auto from = page.find("class=\"verdict\"");
    const auto verdict = page.substr(from, page.find("</header>", from) - from);
    return std::regex_replace(verdict.substr(0, verdict.find("<table")), std::regex{"<[^>]*>"}, "");
  };
  EXPECT_TRUE(has(text(), "Right most often: cpu, crossbar · ideal and digital · loihi_davies2018, 9")) << text();
  EXPECT_TRUE(has(text(), "with exactly the same spikes")) << text();
  EXPECT_TRUE(has(text(), "dynamic and static in total: crossbar · random_rram_40nm")) << text();
  EXPECT_TRUE(has(text(), "times less than digital · loihi_davies2018")) << text();
  results[2] = fake::random_rram();  // the best in both
  fake::judge(results[2], 0.99, {1, purpose::user, 9});
  page = shown(results);
  EXPECT_TRUE(has(text(), "Right most often: crossbar · random_rram_40nm, 9")) << text();
  EXPECT_TRUE(has(text(), "tells it apart from all others")) << text();
}

TEST_F(report_browser, takes_24_chips_as_one_row) {
  auto results = fake::chips_of_random_rram(24);
  results.insert(results.begin(), fake::plain("cpu", 0.941));
  results.back() = fake::ended_after(results.back(), 5);
  const auto page = shown(results);
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  expect_sound(page, 1 + 1 + 2 + 1 + 2 + 2 + 1 + 1 + 2 + 3 + 1 + 5);
  EXPECT_TRUE(has(page, "crossbar · random_rram_40nm, 23 chips"));
  EXPECT_TRUE(has(page, "told apart on "));
  EXPECT_TRUE(has(page, "Chip 23 of random_rram_40nm was ended before its last sample and is in no mean"));
  EXPECT_FALSE(has(page, "(run 1)"));
}

TEST_F(report_browser, compares_common_samples_where_a_run_was_interrupted) {
  std::vector<replay_result> results{fake::plain("cpu", 0.941), fake::ended_after(fake::random_rram(), 250)};
  const auto page = shown(results);
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  EXPECT_TRUE(has(page, "Accuracies and tests are of the 250 samples that all runs share"));
  const auto right = fake::ended_after(results[0], 250).correct;
  std::string share = std::to_string(right * 1000 / 250);
  share.insert(share.size() - 1, ".");
  EXPECT_TRUE(has(page, "<b>" + share + "&nbsp;%</b>")) << share;
}

TEST_F(report_browser, gives_a_component_its_colour_by_its_name) {
  const auto colour = [&](const std::vector<replay_result>& results) {
    const auto page = shown(results);
    std::smatch found;
    return std::regex_search(page, found, std::regex{"--c:(#[0-9a-f]{6})\"></span>neuron update"}) ? found[1].str()
                                                                                                   : "";
  };
  const auto all = fake::four_back_ends();
  const auto both = colour(all);
  if (both.empty() && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  EXPECT_EQ(both, colour({all[1]}));
  EXPECT_EQ(both, colour({all[3]}));
}

TEST_F(report_browser, fits_a_phone) {
  auto results = fake::four_back_ends();
  for (const auto& more : fake::chips_of_random_rram(3)) results.push_back(more);
  const auto page = shown(results, "--window-size=420,4000");
  if (!has(page, "data-errors") && !opens_files()) GTEST_SKIP() << "the browser may not open files here";
  expect_sound(page, number_after(page, "data-canvases"));
  EXPECT_EQ(number_after(page, "data-wide"), 0) << "elements beyond the right edge";
}

TEST_F(report_browser, fits_paper) {
  const auto pages = printed(fake::four_back_ends());
  if (pages.empty()) GTEST_SKIP() << "no PDF: pdftotext is missing, or the browser may not write here";
  EXPECT_LE(pages.size(), 12u);
  for (const char* summary : {"Right most often", "Least energy", "simulated at", "digits.spn", "Energy of a sample"})
    EXPECT_TRUE(has(pages[0], summary)) << summary;
  EXPECT_FALSE(has(pages[0], "Which can be told apart")) << "details begin on the second page";
  EXPECT_TRUE(has(pages[1], "Which can be told apart"));
  for (const auto& page : pages) {
    const auto last = page.find_last_not_of(" \n");
    const auto line = page.substr(page.rfind('\n', last) + 1, last - page.rfind('\n', last));
    for (const char* heading : {"Accuracy", "Energy", "Time", "Activity", "Hardware", "Runs", "Confusion"})
      EXPECT_NE(line, heading) << "a heading stands alone at the foot of a page";
  }
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

}  // namespace spinule::report_browser_test

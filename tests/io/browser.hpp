// Reports as Chromium shows them: the page itself counts its errors and its drawn charts.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <io/scratch.hpp>
#include <spinule/io/engine/atomic_file.hpp>
#include <spinule/io/result.hpp>

namespace spinule {

// The output of a shell command; empty when it fails.
inline std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return {};
  std::string text;
  char piece[4096];
  while (const auto n = std::fread(piece, 1, sizeof piece, pipe)) text.append(piece, n);
  return ::pclose(pipe) == 0 ? text : std::string{};
}

inline std::string browser() {
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
    return output_of(call(name, "--dump-dom --window-size=1400,4000 " + options));
  }

  // The report on paper: the text of each page; empty where that cannot be had.
  std::vector<std::string> printed(const std::vector<replay_result>& results) const {
    write_report(folder_ / "report.html", results);
    const auto pdf = (folder_ / "report.pdf").string();
    output_of(call("report.html", "--no-pdf-header-footer --print-to-pdf='" + pdf + "'"));
    std::vector<std::string> pages;
    const auto text = output_of("pdftotext -layout '" + pdf + "' - 2>/dev/null");
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find('\f', at), text.size());
      pages.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return pages;
  }

  std::string call(const std::string& name, const std::string& options) const {
    return "timeout 120 " + browser() +
           " --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --no-first-run"
           " --disable-background-networking --disable-sync --virtual-time-budget=5000 " +
           options + " --user-data-dir='" + (folder_ / "profile").string() + "' 'file://" + folder_.path().string() +
           "/" + name + "' 2>/dev/null";
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

  static void expect_sound(const std::string& page, int canvases) {
    EXPECT_EQ(number_after(page, "data-errors"), 0);
    EXPECT_EQ(number_after(page, "data-canvases"), canvases);
    EXPECT_EQ(number_after(page, "data-charts"), canvases);
    const auto seen = page.substr(0, page.find("<script id=\"data\""));
    for (const char* slip : {"NaN", "undefined", "[object", "Infinity"}) EXPECT_FALSE(has(seen, slip)) << slip;
  }

  scratch folder_;
};

}  // namespace spinule

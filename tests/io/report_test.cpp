#include <spinule/io/result.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <io/fake_results.hpp>
#include <io/scratch.hpp>
#include <spinule/error.hpp>

namespace spinule::report_test {

using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

std::string report_of(const std::vector<replay_result>& results) {
  const scratch folder;
  write_report(folder / "report.html", results);
  return folder.text("report.html");
}

std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
  return n;
}

nlohmann::json data_in(const std::string& page) {
  const std::string open = "<script id=\"data\" type=\"application/json\">";
  const auto start = page.find(open) + open.size();
  return nlohmann::json::parse(page.substr(start, page.find("</script>", start) - start));
}

TEST(report, is_one_file_that_names_no_other) {
  const auto page = report_of(fake::four_back_ends());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* reference :
       {"src=\"", "<link rel=\"stylesheet", "@import", "url(", "fetch(", "XMLHttpRequest", "{{"})
    EXPECT_THAT(page, Not(HasSubstr(reference))) << reference;
}

TEST(report, carries_the_licence_of_the_chart_library) {
  EXPECT_THAT(report_of(fake::four_back_ends()), HasSubstr("Released under the MIT License"));
}

TEST(report, carries_the_results_as_json) {
  const auto results = fake::four_back_ends();
  const auto data = data_in(report_of(results))["results"];
  ASSERT_EQ(data.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    auto read = data[i].get<replay_result>();
    ASSERT_EQ(read.sample_latencies_us.size(), results[i].sample_latencies_us.size());
    for (std::size_t k = 0; k < read.sample_latencies_us.size(); ++k)
      EXPECT_NEAR(read.sample_latencies_us[k], results[i].sample_latencies_us[k],
                  6e-5 * results[i].sample_latencies_us[k]);
    read.sample_latencies_us = results[i].sample_latencies_us;
    read.sample_energies_pj = results[i].sample_energies_pj;
    EXPECT_EQ(read, results[i]);
  }
}

TEST(report, names_cannot_become_markup) {
  auto result = fake::plain("cpu", 0.9);
  const auto elements = occurrences(report_of({result}), "</script>");
  result.dataset = "</script><script>alert(1)</script><!-- \xff & \"'";
  result.labels[3] = "<!--<script>";
  const auto page = report_of({result});
  EXPECT_EQ(occurrences(page, "</script>"), elements);
  EXPECT_EQ(occurrences(page, "<!--"), 0u);
  EXPECT_THAT(page, HasSubstr("<title>&lt;/script&gt;&lt;script&gt;alert(1)"));
  EXPECT_EQ(data_in(page)["results"][0]["labels"][3], "<!--<script>");
}

TEST(report, needs_a_result_and_a_folder) {
  const scratch folder;
  EXPECT_THAT([&] { write_report(folder / "a.html", {}); },
              ThrowsMessage<file_error>(HasSubstr("at least one result")));
  EXPECT_THROW(write_report(folder / "none" / "a.html", fake::four_back_ends()), file_error);
  EXPECT_EQ(folder.count(), 0u);
}

}  // namespace spinule::report_test

#include <spinule/io/result.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/error.hpp>
#include <spinule/io/engine/atomic_file.hpp>
#include <spinule/io/engine/comparison.hpp>
#include <spinule/io/engine/study_report.hpp>
#include "embedded.hpp"

namespace spinule {

std::span<const embedded_file> embedded_report();

namespace {

using nlohmann::json;

// In the order in which they build on each other.
constexpr std::array of_results{"format.js", "theme.js",    "chart_base.js", "charts.js",      "ranges.js",
                                "rows.js",   "pictures.js", "raster.js",     "verdict.js",     "outcome.js",
                                "flow.js",   "energy.js",   "costs.js",      "sensitivity.js", "time.js",
                                "arrays.js", "details.js",  "page.js",       "frame.js"};
constexpr std::array of_sweep{"format.js",  "theme.js", "chart_base.js", "charts.js", "pictures.js",
                              "details.js", "study.js", "sweep.js",      "frame.js"};
constexpr std::array of_explanation{"format.js",  "theme.js", "chart_base.js", "charts.js", "pictures.js",
                                    "details.js", "study.js", "explain.js",    "frame.js"};
constexpr std::array of_training{"format.js",   "theme.js",  "chart_base.js", "charts.js",
                                 "pictures.js", "raster.js", "training.js",   "frame.js"};

std::string_view part(std::string_view name) {
  const auto files = embedded_report();
  const auto found = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.name == name; });
  if (found == files.end())
    throw spinule_error{"report",
                        fmt::format("{} was not built into the library; build it again with Chart.js installed", name)};
  return found->text;
}

// Bytes that are no UTF-8 become the replacement character.
std::string as_utf8(const std::string& text) {
  return json::parse(json(text).dump(-1, ' ', false, json::error_handler_t::replace)).get<std::string>();
}

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  return html;
}

// Single samples are only counted into bins: five digits show the same picture in a third of the bytes.
void round_values(json& values) {
  for (auto& value : values) value = std::stod(fmt::format("{:.5g}", value.get<double>()));
}

// The results and how they compare. A preset stands with the first of the results that have it.
json data_of(std::span<const replay_result> results) {
  auto all = json::array();
  std::vector<const hardware_description*> seen;
  for (const auto& result : results) {
    json one = result;
    round_values(one["sample_latencies_us"]);
    round_values(one["sample_energies_pj"]);
    if (result.preset && std::any_of(seen.begin(), seen.end(), [&](const auto* p) { return *p == *result.preset; }))
      one["preset"] = nullptr;
    else if (result.preset)
      seen.push_back(&*result.preset);
    all.push_back(std::move(one));
  }
  json data = json_of(compare(results), results);
  data["results"] = std::move(all);
  return data;
}

// Fills each {{name}} of the template once; what is filled in is not searched again.
std::string filled(std::string_view page, std::span<const std::pair<std::string_view, std::string>> values) {
  std::string text;
  while (!page.empty()) {
    const auto open = page.find("{{"), close = page.find("}}", open);
    text += page.substr(0, open);
    if (close == page.npos) return text;
    const auto name = page.substr(open + 2, close - open - 2);
    for (const auto& [key, value] : values)
      if (key == name) text += value;
    page.remove_prefix(close + 2);
  }
  return text;
}

// In a script element only "<" can end the data or begin a comment; as \u003c it is the same JSON.
std::string as_script(const json& data) {
  std::string text;
  for (const char c : data.dump(-1, ' ', true, json::error_handler_t::replace))
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  return text;
}

void write_page(const std::filesystem::path& path, const std::string& title, const json& data,
                std::span<const char* const> scripts) {
  std::string script;
  for (const char* name : scripts) script += part(name);
  const std::array<std::pair<std::string_view, std::string>, 6> values{{
      {"title", escaped(as_utf8(title)) + " · Spinule"},
      {"style", std::string{part("report.css")}},
      {"data", as_script(data)},
      {"errors", std::string{part("errors.js")}},
      {"chart_library", std::string{part("chart.min.js")}},
      {"script", script},
  }};
  write_whole(path, filled(part("report.html"), values));
}

}  // namespace

void write_report(const std::filesystem::path& path, std::span<const replay_result> results) {
  if (results.empty()) throw file_error{path.string(), "a report needs at least one result; replay something first"};
  write_page(path, results[0].dataset, data_of(results), of_results);
}

void write_training_report(const std::filesystem::path& path, const nlohmann::json& training) {
  write_page(path, training.value("dataset", ""), training, of_training);
}

void write_sweep_report(const std::filesystem::path& path, const nlohmann::json& sweep) {
  write_page(path, sweep.value("dataset", ""), sweep, of_sweep);
}

void write_explain_report(const std::filesystem::path& path, const nlohmann::json& explanation) {
  write_page(path, explanation.value("dataset", ""), explanation, of_explanation);
}

}  // namespace spinule

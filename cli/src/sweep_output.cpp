#include "sweep_output.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "quantity_text.hpp"
#include "study.hpp"

namespace spinule {
namespace {

bool better(const chip_summary& a, const chip_summary& b) {
  const bool as_good = a.accuracy.mean >= b.accuracy.mean && a.energy_pj.mean <= b.energy_pj.mean;
  return as_good && (a.accuracy.mean > b.accuracy.mean || a.energy_pj.mean < b.energy_pj.mean);
}

/// "device.g_max, uS".
std::string head_of(const grid_axis& axis) {
  return axis.unit.empty() || axis.unit == "1" ? axis.key : axis.key + ", " + axis.unit;
}

using lines_of_text = std::vector<std::vector<std::string>>;

/// Columns as wide as they need to be; all but the first, which is a mark, are flush right.
void print_table(const lines_of_text& lines) {
  std::vector<std::size_t> widths(lines.front().size(), 0);
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  for (const auto& line : lines) {
    std::string text = line[0].empty() ? " " : line[0];
    for (std::size_t i = 1; i < line.size(); ++i) text += fmt::format("  {:>{}}", line[i], widths[i]);
    fmt::print("{}\n", text);
  }
}

std::string spread_of_chips(const spread& s, std::uint32_t chips, std::string (*text)(double)) {
  return chips < 2 ? text(s.mean) : fmt::format("{} +- {}", text(s.mean), text(s.deviation));
}

}  // namespace

std::vector<swept_point> swept_points(const sweep_state& state, std::size_t chips) {
  std::vector<swept_point> all;
  for (std::size_t p = 0; p * chips < state.runs().size(); ++p) {
    swept_point one{.point = p, .runs = {}, .of = {}, .on_front = false};
    for (std::size_t c = 0; c < chips; ++c)
      if (const auto& run = state.runs()[p * chips + c]) one.runs.push_back(*run);
    if (one.runs.size() < chips) continue;
    one.of = summary_of(one.runs);
    all.push_back(std::move(one));
  }
  for (auto& p : all) p.on_front = std::ranges::none_of(all, [&](const auto& other) { return better(other.of, p.of); });
  return all;
}

void print_sweep(const sweep_grid& g, std::span<const swept_point> points, std::uint32_t chips) {
  if (points.empty()) return;
  lines_of_text lines{{""}};
  for (const auto& axis : g.axes()) lines[0].push_back(head_of(axis));
  for (const char* head : {"accuracy", "energy", "latency"}) lines[0].emplace_back(head);
  for (const auto& p : points) {
    auto& line = lines.emplace_back(std::vector<std::string>{p.on_front ? "*" : ""});
    const auto at = g.at(p.point);
    for (std::size_t a = 0; a < at.size(); ++a) line.push_back(g.axes()[a].values[at[a]]);
    line.push_back(accuracy_text(p.of.accuracy, chips));
    line.push_back(spread_of_chips(p.of.energy_pj, chips, energy_text));
    line.push_back(spread_of_chips(p.of.latency_us, chips, time_text));
  }
  print_table(lines);
  fmt::print("* no other point is as often right for less energy, or more often for as much (Pareto front)\n");
  fmt::print("Energy and latency are of a sample, as fast as possible, dynamic and static together{}.\n",
             chips > 1 ? "; after +- stands the standard deviation over chips" : "");
}

std::string sweep_csv(const sweep_grid& g, std::span<const swept_point> points) {
  std::string text;
  for (const auto& axis : g.axes()) text += axis.key + ",";
  text +=
      "chips,samples,accuracy,accuracy_sd,energy_pj,energy_pj_sd,real_time_energy_pj,real_time_energy_pj_sd,"
      "latency_us,latency_us_sd,pareto,interrupted\n";
  const int interrupted = points.size() < g.points() ? 1 : 0;
  for (const auto& p : points) {
    const auto at = g.at(p.point);
    for (std::size_t a = 0; a < at.size(); ++a) text += g.axes()[a].values[at[a]] + ",";
    text += fmt::format("{},{}", p.runs.size(), p.runs.front().samples);
    for (const spread* s : {&p.of.accuracy, &p.of.energy_pj, &p.of.real_time_energy_pj, &p.of.latency_us})
      text += fmt::format(",{},{}", s->mean, s->deviation);
    text += fmt::format(",{},{}\n", p.on_front ? 1 : 0, interrupted);
  }
  return text;
}

void add_sweep(nlohmann::json& json, const sweep_grid& g, std::span<const swept_point> points) {
  json["vary"] = nlohmann::json::array();
  for (const auto& axis : g.axes())
    json["vary"].push_back(
        {{"key", axis.key},
         {"unit", axis.unit},
         {"values", axis.numbers.empty() ? nlohmann::json(axis.values) : nlohmann::json(axis.numbers)}});
  json["points"] = nlohmann::json::array();
  for (const auto& p : points) {
    nlohmann::json one = json_of(p.runs);
    one["at"] = g.at(p.point);
    one["pareto"] = p.on_front;
    json["points"].push_back(std::move(one));
  }
}

}  // namespace spinule

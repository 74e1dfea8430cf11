#include "explanation.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "quantity_text.hpp"
#include "study.hpp"

namespace spinule {
namespace {

using nlohmann::json;

/// "+1.33 +- 1.9 points", and whether it is more than chance.
std::string difference_text(const paired_difference& d) {
  return fmt::format("{:+.2f} +- {:.2f}", 100 * d.mean, 100 * d.standard_error);
}

std::string told_text(const paired_difference& d) {
  if (d.tests.size() > 1) return fmt::format("{} of {}", d.told_apart(), d.tests.size());
  return fmt::format("p = {:.2g}", d.tests.front().p);
}

std::string energy_of(const std::vector<run_summary>& runs) { return energy_text(summary_of(runs).energy_pj.mean); }
double accuracy_of(const compared_runs& c) { return 100 * summary_of(c.runs).accuracy.mean; }

void print_parts(const char* title, const char* without, const char* alone, const std::vector<explained_part>& parts) {
  if (parts.empty()) return;
  std::size_t width = std::max(std::string_view{without}.size(), std::string_view{alone}.size());
  for (const auto& p : parts) width = std::max(width, p.name.size() + 2);
  fmt::print("\n{}\n", title);
  for (const auto& [head, runs] : {std::pair{without, &explained_part::without}, {alone, &explained_part::alone}}) {
    fmt::print("{:<{}} {:>9}  {:>16}  {:>9}  {}\n", head, width, "accuracy", "points", "energy", "told apart");
    for (const auto& p : parts) {
      const compared_runs& c = p.*runs;
      fmt::print("  {:<{}} {:>7.2f} %  {:>16}  {:>9}  {}\n", p.name, width - 2, accuracy_of(c),
                 difference_text(c.difference), energy_of(c.runs), told_text(c.difference));
    }
  }
}

void print_cells(const std::vector<worst_cell>& cells) {
  if (cells.empty()) return;
  fmt::print("\nThe pairs of cells that are farthest from what was asked for (first chip)\n");
  for (const auto& c : cells)
    fmt::print("  {} {} -> {} {}: asked {:.4g}, held {:.4g}; {:.3g} times the mean weight of {}\n", c.source,
               c.source_neuron, c.target, c.target_neuron, c.asked, c.held, c.error, c.projection);
}

json json_of(const paired_difference& d) {
  json tests = json::array();
  for (const auto& t : d.tests)
    tests.push_back({{"only_first", t.only_first}, {"only_second", t.only_second}, {"p", t.p}});
  return {{"mean", d.mean}, {"standard_error", d.standard_error}, {"told_apart", d.told_apart()}, {"tests", tests}};
}

json json_of(const compared_runs& c) {
  json all = json_of(std::span{c.runs});
  all["difference"] = json_of(c.difference);
  return all;
}

json json_of(const std::vector<explained_part>& parts) {
  json all = json::array();
  for (const auto& p : parts)
    all.push_back({{"name", p.name}, {"what", p.what}, {"without", json_of(p.without)}, {"alone", json_of(p.alone)}});
  return all;
}

/// 1, -1 or 0 for each sample: right in one alone, in the other alone, or alike.
void add_differences(std::vector<double>& sums, const replay_result& a, const replay_result& b) {
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] += (a.answers[i] == a.truths[i] ? 1 : 0) - (b.answers[i] == b.truths[i] ? 1 : 0);
}

}  // namespace

std::size_t paired_difference::told_apart() const {
  return static_cast<std::size_t>(std::ranges::count_if(tests, &paired_test::told_apart));
}

paired_difference difference_of(std::span<const replay_result> results, std::span<const replay_result> from) {
  const std::size_t pairs = std::max(results.size(), from.size());
  const auto of = [](std::span<const replay_result> all, std::size_t i) -> const replay_result& {
    return all[all.size() == 1 ? 0 : i];
  };
  paired_difference d;
  std::vector<double> means(results.front().samples, 0);
  for (std::size_t i = 0; i < pairs; ++i) {
    d.tests.push_back(test_pair(of(results, i), of(from, i)));
    add_differences(means, of(results, i), of(from, i));
  }
  for (double& x : means) x /= static_cast<double>(pairs);
  const spread s = spread_of(means);
  d.mean = s.mean;
  d.standard_error = s.deviation / std::sqrt(static_cast<double>(means.size()));
  return d;
}

void sort_by_loss(std::vector<explained_part>& parts) {
  std::ranges::stable_sort(parts, [](const explained_part& a, const explained_part& b) {
    if (a.without.difference.mean != b.without.difference.mean)
      return a.without.difference.mean > b.without.difference.mean;
    return a.alone.difference.mean < b.alone.difference.mean;
  });
}

void print_explanation(const explanation& e, std::uint32_t chips) {
  const chip_summary full = summary_of(e.full.runs);
  fmt::print("ideal    {:<20} {} a sample\n", accuracy_text(summary_of(e.ideal).accuracy, 1), energy_of(e.ideal));
  fmt::print("full     {:<20} {} a sample\n", accuracy_text(full.accuracy, chips), energy_of(e.full.runs));
  fmt::print("lost     {} points (paired, standard error), told apart: {}\n",
             difference_text({0 - e.full.difference.mean, e.full.difference.standard_error, {}}),
             told_text(e.full.difference));
  print_parts("Non-idealities, by what switching off gives back", "full hardware, without", "ideal, but for", e.parts);
  if (!e.absent.empty()) fmt::print("not in this hardware: {}\n", fmt::join(e.absent, ", "));
  print_parts("Layers", "full hardware, ideal in", "ideal, but in", e.projections);
  print_cells(e.cells);
  fmt::print("\nPoints are differences of accuracy on the same samples, in percent, +- standard error{}.\n",
             chips > 1 ? ", means over chips" : "");
  fmt::print("Told apart: by the exact paired test of McNemar, p below 0.05{}.\n",
             chips > 1 ? ", on so many of the chips" : "");
}

void add_explanation(json& out, const explanation& e) {
  out["ideal"] = json_of(std::span{e.ideal});
  out["full"] = json_of(e.full);
  out["non_idealities"] = json_of(e.parts);
  out["absent"] = e.absent;
  out["projections"] = json_of(e.projections);
  out["cells"] = e.cells;
}

}  // namespace spinule

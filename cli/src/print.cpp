#include "print.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/io/engine/comparison.hpp>

#include "cost_sums.hpp"
#include "quantity_text.hpp"

namespace spinule {
namespace {

std::string name_of(const replay_result& r) { return r.backend + (r.hardware.empty() ? "" : " " + r.hardware); }

/// With the chip where the hardware has several results.
std::vector<std::string> names_of(std::span<const replay_result> results, const comparison& how) {
  std::vector<std::string> names;
  for (const auto& r : results) names.push_back(name_of(r));
  for (const auto& g : how.groups)
    if (g.members.size() + g.left_out.size() > 1)
      for (const auto* part : {&g.members, &g.left_out})
        for (const std::size_t i : *part) names[i] += fmt::format(", chip {}", results[i].chip.value_or(0));
  return names;
}

void print_accuracy(const replay_result& r, const std::string& name) {
  fmt::print("{:<28} {:6.2f} % correct ({} of {})   {:.0f} samples/s\n", name, 100 * r.accuracy(), r.correct, r.samples,
             r.samples_per_s());
}

/// Of the projection that is kept worst, where any is.
void print_weights(const std::vector<kept_weights>& projections) {
  const auto relative = [](const kept_weights& k) { return k.mean_weight > 0 ? k.mean_error / k.mean_weight : 0; };
  const auto worst = std::ranges::max_element(projections, {}, relative);
  if (worst == projections.end() || worst->faithful()) return;
  fmt::print("  keeps {:.0f} % of the weights of {} within a tenth; the mean error is {:.0f} %\n",
             100 * worst->share_close(), worst->projection, 100 * relative(*worst));
}

void print_quantised(const energy_account& e) {
  const quantised_share& q = e.quantised;
  if (q.operations == 0) return;
  const auto from = [](double rate) {
    return rate > 0 ? fmt::format("below {:.3g} %", 100 * rate) : std::string{"at no rate"};
  };
  fmt::print("  a quantised network without spikes, {} bits: {}\n", q.bits, energy_text(q.pj));
  fmt::print("  spikes take less {} in {:.0f} ticks (here {:.3g} %), {} in 5\n", from(q.break_even), q.ticks,
             100 * q.rate, from(q.break_even_5));
}

void print_area(const energy_account& e) {
  const ground all = total(e.areas);
  if (all.um2 == 0) return;
  fmt::print("  area {:.3g} mm^2", all.um2 * 1e-6);
  if (all.low_um2 < all.high_um2) fmt::print(" ({:.3g} to {:.3g})", all.low_um2 * 1e-6, all.high_um2 * 1e-6);
  const auto largest = std::ranges::max_element(e.areas, {}, &ground::um2);
  fmt::print(", most of it: {} ({})\n", largest->component, largest->count);
}

void print_learning(const energy_account& energy, std::uint64_t samples) {
  double pulses = 0, pj = 0;
  for (const energy_share& s : energy.programming)
    if (is_learning(s.component)) pulses += s.events, pj += s.pj;
  if (pulses > 0)
    fmt::print("  learning, which is no part of these: {:.0f} pulses and {} a sample\n",
               pulses / static_cast<double>(samples), energy_text(pj / static_cast<double>(samples)));
}

void print_cost(const replay_result& r) {
  print_weights(r.weights);
  if (!r.energy) return;
  if (r.energy->dynamic_pj() == 0)
    return fmt::print("  no spike meets a synapse, so the hardware only stands by: {} static for a sample of {}\n",
                      energy_text(r.energy->real_time_pj()), time_text(r.duration_us));
  const std::string dynamic = energy_text(r.energy->dynamic_pj());
  fmt::print("  a sample as fast as possible: {} dynamic + {} static, {}\n", dynamic,
             energy_text(r.energy->static_pj()), time_text(summarise(r.sample_latencies_us).mean));
  fmt::print("  a sample in real time ({}): {} dynamic + {} static\n", time_text(r.duration_us), dynamic,
             energy_text(r.energy->real_time_pj()));
  print_learning(*r.energy, r.samples);
  const auto slow = std::count_if(r.sample_latencies_us.begin(), r.sample_latencies_us.end(),
                                  [&](double us) { return us > r.duration_us; });
  if (slow > 0)
    fmt::print("  slower than the sensor for {} of {} samples: its own time counts there\n", slow, r.samples);
  print_quantised(*r.energy);
  print_area(*r.energy);
}

template <class Of>
spread spread_over(std::span<const replay_result> results, const chip_group& g, Of of) {
  std::vector<double> values;
  for (const std::size_t i : g.members) values.push_back(of(results[i]));
  return spread_of(values);
}

std::string accuracy_text(const spread& s) {
  return fmt::format("{:.2f} +- {:.2f} % (mean and standard deviation)", 100 * s.mean, 100 * s.deviation);
}

void print_chips(std::span<const replay_result> results, const chip_group& g, const comparison& how) {
  const auto& one = results[g.members.front()];
  for (const std::size_t i : g.left_out)
    fmt::print("Chip {} of {} was interrupted after {} samples and is in no mean.\n", results[i].chip.value_or(0),
               one.hardware, results[i].samples);
  if (g.members.size() < 2) return;
  const auto accuracy = spread_over(results, g, [&](const replay_result& r) { return accuracy_among(r, how.common); });
  fmt::print("{} chips of {}: {}\n", g.members.size(), one.hardware, accuracy_text(accuracy));
  const auto energy = [&](const char* reading, auto of) {
    const auto s = spread_over(results, g, [&](const replay_result& r) { return ((*r.energy).*of)(); });
    fmt::print("  {}: {} +- {} in total per sample\n", reading, energy_text(s.mean), energy_text(s.deviation));
  };
  energy("as fast as possible", &energy_account::total_pj);
  energy("in real time", &energy_account::real_time_total_pj);
  const auto latency =
      spread_over(results, g, [](const replay_result& r) { return summarise(r.sample_latencies_us).mean; });
  fmt::print("  latency {} +- {}\n", time_text(latency.mean), time_text(latency.deviation));
}

void print_common(std::span<const replay_result> results, const comparison& how,
                  const std::vector<std::string>& names) {
  if (!how.partial) return;
  if (how.common.empty()) return fmt::print("No sample was replayed on all of them; there is nothing to compare.\n");
  fmt::print("Interrupted: compared on the {} samples that all have\n", how.common.size());
  for (const auto& g : how.groups)
    for (const std::size_t i : g.members)
      fmt::print("  {}: {:.2f} % correct\n", names[i], 100 * accuracy_among(results[i], how.common));
}

/// Tests of one pair of groups.
void print_tests(std::span<const paired_test> tests, const std::string& pair) {
  const auto same = [](const paired_test& t) { return t.only_first + t.only_second == 0; };
  if (std::all_of(tests.begin(), tests.end(), same)) return fmt::print("  {}: right on the same samples\n", pair);
  if (tests.size() > 1)
    return fmt::print("  {}: told apart on {} of {} chips\n", pair,
                      std::count_if(tests.begin(), tests.end(), [](const auto& t) { return t.told_apart(); }),
                      tests.size());
  const paired_test& t = tests.front();
  fmt::print("  {}: {}told apart, p = {:.2g}\n", pair, t.told_apart() ? "" : "not ", t.p);
}

void print_comparison(std::span<const replay_result> results, const comparison& how) {
  if (how.tests.empty() || how.common.empty()) return;
  fmt::print("Paired test of the answers to the same samples (McNemar, exact)\n");
  const auto group_of = [&](std::size_t i) {
    return std::find_if(how.groups.begin(), how.groups.end(),
                        [&](const chip_group& g) {
                          return std::find(g.members.begin(), g.members.end(), i) != g.members.end();
                        }) -
           how.groups.begin();
  };
  for (auto from = how.tests.begin(); from != how.tests.end();) {
    const auto a = group_of(from->first), b = group_of(from->second);
    const auto to = std::find_if(
        from, how.tests.end(), [&](const paired_test& t) { return group_of(t.first) != a || group_of(t.second) != b; });
    print_tests({from, to}, name_of(results[from->first]) + ", " + name_of(results[from->second]));
    from = to;
  }
}

void print_twins(std::span<const replay_result> results, const std::vector<std::string>& names) {
  for (std::size_t i = 1; i < results.size(); ++i)
    if (!results[i].spike_digest.empty() && results[i].spike_digest == results[0].spike_digest)
      fmt::print("{} gave exactly the spikes of {} (SHA-256 {}...)\n", names[i], names[0],
                 results[0].spike_digest.substr(0, 16));
}

}  // namespace

void print_result(const replay_result& r, const std::string& name) {
  print_accuracy(r, name);
  print_cost(r);
}

void print_activity(const replay_result& r) {
  const auto samples = static_cast<double>(r.samples);
  fmt::print("{}: {} samples, {:.0f} spikes and {:.0f} synaptic events each, {:.0f} samples/s\n", r.dataset, r.samples,
             static_cast<double>(r.spikes) / samples, static_cast<double>(r.synaptic_events) / samples,
             r.samples_per_s());
  print_cost(r);
}

std::string spread_text(const std::vector<double>& accuracies) { return accuracy_text(spread_of(accuracies)); }

std::string remark_on_samples(const replay_result& r) {
  if (!r.seen) return {};
  std::string said;
  if (r.seen->training > 0)
    said = fmt::format(
        "The model was trained on {} of the {} samples: how often it is right there says little about "
        "others.",
        r.seen->training, r.samples);
  if (r.seen->validation > 0)
    said += fmt::format("{}{} of the {} samples were held back for validation when the model was trained.",
                        said.empty() ? "" : " ", r.seen->validation, r.samples);
  return said;
}

void print_results(std::span<const replay_result> results) {
  const comparison how = compare(results);
  const auto names = names_of(results, how);
  for (std::size_t i = 0; i < results.size(); ++i) {
    print_accuracy(results[i], names[i]);
    if (names[i] == name_of(results[i])) print_cost(results[i]);  // that of chips is told of all together
  }
  print_twins(results, names);
  for (const auto& g : how.groups) print_chips(results, g, how);
  print_common(results, how, names);
  print_comparison(results, how);
  if (results.empty() || !results.front().seen) return;
  const std::string said = remark_on_samples(results.front());
  fmt::print("{}\n", said.empty() ? "The model was trained on none of these samples." : said);
}

}  // namespace spinule

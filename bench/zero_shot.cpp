// Digits seen and digits spoken through liquids of random resistive memory: how often are they told apart, does a digit
// heard find the same digit seen, also of classes whose pairs were never shown, and what does it take?
#include <cmath>
#include <cstdlib>
#include <map>

#include <fmt/format.h>

#include "../examples/support/paired_senses.hpp"
#include "../examples/support/shown_digits.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

using nlohmann::json;

struct options {
  std::uint32_t devices = 10;
  double volts = 3.586;
  bool splits = false;
  std::size_t mnist = 0;
  std::string data, json;
};

/// A liquid, its samples, and what is asked of it.
struct task {
  std::string name;
  formed_liquid liquid;
  shown_samples shown;
  std::uint32_t classes;
};

std::vector<task> load(const options& o) {
  const std::filesystem::path data = o.data;
  const auto shd = data / "shd/shd_test_10ms.h5.gz";
  std::vector<task> all{{"N-MNIST", eye_of(0.07), load_nmnist(data / "nmnist", data_part::train), 10},
                        {"SHD, English", ear_of(0.04), load_shd(shd, 1), 10},
                        {"SHD", ear_of(0.04), load_shd(shd, 2), 20},
                        {"rate-coded MNIST", reader_of(0.04), load_mnist(data / "mnist", data_part::train, 1000), 10}};
  if (o.mnist > 0)
    all.push_back({fmt::format("MNIST, {}", o.mnist), reader_of(0.04),
                   load_mnist(data / "mnist", data_part::train, o.mnist), 10});
  return all;
}

struct spread {
  double mean = 0, deviation = 0, least = 1, greatest = 0;
};
spread spread_of(const std::vector<double>& x) {
  spread s;
  for (const double v : x) {
    s.mean += v / static_cast<double>(x.size());
    s.least = std::min(s.least, v);
    s.greatest = std::max(s.greatest, v);
  }
  for (const double v : x) s.deviation += (v - s.mean) * (v - s.mean);
  s.deviation = x.size() > 1 ? std::sqrt(s.deviation / static_cast<double>(x.size() - 1)) : 0;
  return s;
}
json to_json(const spread& s) {
  return {{"mean", s.mean}, {"deviation", s.deviation}, {"least", s.least}, {"greatest", s.greatest}};
}
std::string text(const spread& s) {
  return fmt::format("{:5.1f} +- {:.1f} % ({:.1f} to {:.1f})", 100 * s.mean, 100 * s.deviation, 100 * s.least,
                     100 * s.greatest);
}

/// The k-th draw of the weights: of normal ones, or of a chip.
simulation draw(const formed_liquid& l, bool chip, std::uint32_t k, const options& o) {
  if (chip) return l.on_chip(k, o.volts);
  formed_liquid other = l;
  other.seed += k;
  return other.ideal();
}

/// A readout on spike counts, in five folds.
json supervised(const task& t, const options& o) {
  json out;
  for (const bool chip : {false, true}) {
    std::vector<double> right;
    for (std::uint32_t k = 0; k < o.devices; ++k) {
      const auto x = spike_rates(t.liquid, draw(t.liquid, chip, k, o), t.shown.samples);
      right.push_back(
          learning::cross_validate({x, t.liquid.units}, t.shown.labels, t.classes, 5, 1, {.penalty = 0.03}).accuracy());
    }
    const auto s = spread_of(right);
    fmt::print("  {:16} {:6} {}\n", t.name, chip ? "chips" : "ideal", text(s));
    out[chip ? "chips" : "ideal"] = to_json(s);
  }
  return out;
}

/// Products of a dense layer a sample, and those that spikes ask for.
json price(const task& t, const options& o) {
  simulation sim = t.liquid.on_chip(0, o.volts);
  const auto n = std::min<std::size_t>(200, t.shown.samples.size());
  const auto& l = t.liquid;
  std::map<std::string, double> parts;
  double dynamic = 0, standing = 0, latency = 0, events = 0;
  const double share = 1 / static_cast<double>(n);
  for (std::size_t i = 0; i < n; ++i) {
    sim.reset(i);
    sim.play(sim.population_at(0), t.shown.samples[i]);
    sim.run_ticks(l.steps);
    const auto c = *sim.costs();
    for (const auto& d : c.dynamic) parts[d.component] += d.energy_pj * share * 1e-3;
    dynamic += c.dynamic_pj() * share * 1e-3;
    standing += c.static_pj() * share * 1e-3;
    latency += c.latency_us * share;
    events += static_cast<double>(sim.synaptic_events()) * share;
  }
  const double dense = static_cast<double>(l.steps) * l.units * (l.channels + l.units);
  fmt::print("  {:16} {:.1f} nJ dynamic, {:.1f} nJ static, {:.2f} us; {:.0f} products of spikes, {:.0f} dense\n",
             t.name, dynamic, standing, latency, events, dense);
  for (const auto& [name, nj] : parts)
    if (nj > 0) fmt::print("    {:16} {:8.2f} nJ\n", name, nj);
  return {{"dynamic_nj", dynamic},        {"static_nj", standing},   {"latency_us", latency},
          {"products_of_spikes", events}, {"products_dense", dense}, {"parts_nj", parts}};
}

/// What one training on some pairs gives.
struct outcome {
  double seen = 0, unseen = 0, unseen_of_all = 0;
};
outcome learn(const sense& first, const sense& second, const class_choice& seen, const class_choice& unseen,
              partner with) {
  const auto heads = train_on(first, second, seen, {.with = with});
  const class_choice all = [&](std::uint32_t c) { return seen(c) || unseen(c); };
  return {found(heads, first, second, seen, seen), found(heads, first, second, unseen, unseen),
          found(heads, first, second, unseen, all)};
}

json report(const char* what, const std::vector<outcome>& all, std::size_t seen, std::size_t unseen) {
  const auto of = [&](double outcome::*member) {
    std::vector<double> x;
    for (const auto& o : all) x.push_back(o.*member);
    return spread_of(x);
  };
  const auto a = of(&outcome::seen), b = of(&outcome::unseen), c = of(&outcome::unseen_of_all);
  const auto chance = [](std::size_t n) { return 1 / static_cast<double>(n); };
  fmt::print(
      "  {}\n    seen, of {}          {}, chance {:.1f} %\n    unseen, of {}        {}, chance {:.1f} %\n"
      "    unseen, of all {:2}   {}, chance {:.1f} %\n",
      what, seen, text(a), 100 * chance(seen), unseen, text(b), 100 * chance(unseen), seen + unseen, text(c),
      100 * chance(seen + unseen));
  return {{"seen", to_json(a)},
          {"unseen", to_json(b)},
          {"unseen_of_all", to_json(c)},
          {"classes_seen", seen},
          {"classes_unseen", unseen}};
}

/// Two senses on the k-th draw of both liquids.
std::pair<sense, sense> senses(const task& first, const task& second, bool chip, std::uint32_t k, const options& o) {
  const auto one = [&](const task& t) {
    return sense_of(spike_rates(t.liquid, draw(t.liquid, chip, k, o), t.shown.samples), t.shown.labels);
  };
  return {one(first), one(second)};
}

json zero_shot(const task& first, const task& second, partner with, std::uint32_t least, const options& o) {
  fmt::print("{} asks for {}; pairs of {} to 7 were shown, of 8 and 9 not\n", second.name, first.name, least);
  json out;
  for (const bool chip : {false, true}) {
    std::vector<outcome> all;
    for (std::uint32_t k = 0; k < o.devices; ++k) {
      const auto [a, b] = senses(first, second, chip, k, o);
      all.push_back(learn(
          a, b, [&](std::uint32_t c) { return c >= least && c < 8; }, [](std::uint32_t c) { return c >= 8; }, with));
    }
    out[chip ? "chips" : "ideal"] = report(chip ? "chips" : "ideal", all, 8 - least, 2);
  }
  return out;
}

/// Every choice of two unseen classes of ten, on chip 0.
json every_split(const task& first, const task& second, partner with, const options& o) {
  fmt::print("{} asks for {}; every two of ten classes unseen in turn, chip 0\n", second.name, first.name);
  const auto [a, b] = senses(first, second, true, 0, o);
  std::vector<outcome> all;
  for (std::uint32_t x = 0; x < 10; ++x)
    for (std::uint32_t y = x + 1; y < 10; ++y) {
      const class_choice unseen = [=](std::uint32_t c) { return c == x || c == y; };
      all.push_back(learn(
          a, b, [&](std::uint32_t c) { return !unseen(c); }, unseen, with));
    }
  return report("45 choices", all, 8, 2);
}

void run(const options& o) {
  const auto tasks = load(o);
  json out{{"forming_voltage", o.volts}, {"devices", o.devices}};
  fmt::print("A readout of spike counts, five folds, {} draws of the weights\n", o.devices);
  for (const auto& t : tasks) out["supervised"][t.name] = supervised(t, o);
  fmt::print("A sample on chip 0\n");
  for (const auto& t : tasks) out["sample"][t.name] = price(t, o);
  const task &seen = tasks[0], &spoken = tasks[1], &read = tasks[3];
  out["spoken_to_seen"] = zero_shot(seen, spoken, partner::of_its_class, 1, o);
  out["read_to_seen"] = zero_shot(seen, read, partner::itself, 0, o);
  if (o.splits) {
    out["spoken_to_seen_splits"] = every_split(seen, spoken, partner::of_its_class, o);
    out["read_to_seen_splits"] = every_split(seen, read, partner::itself, o);
  }
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Liquids of random resistive memory: digits seen and digits spoken", "./dev bench zero_shot"};
  options o;
  if (const char* data = std::getenv("SPINULE_DATA")) o.data = data;
  app.add_option("--data", o.data, "Folder with nmnist/, mnist/ and shd/; by default $SPINULE_DATA")
      ->required(o.data.empty())
      ->check(CLI::ExistingDirectory);
  app.add_option("--devices", o.devices, "Draws of the weights, ideal ones and chips")->check(CLI::Range(1, 1000));
  app.add_option("--volts", o.volts, "Of the forming pulse, which decides how many cells form")
      ->check(CLI::Range(3.0, 4.0));
  app.add_flag("--splits", o.splits, "Leave out every two classes in turn as well; minutes");
  app.add_option("--mnist", o.mnist, "A readout of so many samples of rate-coded MNIST as well")
      ->check(CLI::Range(100, 60000));
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { run(o); });
}

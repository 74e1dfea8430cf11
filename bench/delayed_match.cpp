// Delayed match to sample over a gap of 20 membrane time constants: units with an astrocyte against leaky ones.
#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <spinule/models/lif.hpp>

#include "../examples/support/delayed_match.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

using namespace delayed_match;

struct options {
  index_t units = 100;
  std::size_t trials = 300;  ///< to train with, and as many to test with
  std::uint64_t seeds = 5;
  milliseconds between = gap;
  std::vector<std::string> only = {};  ///< contenders; none: all
};

/// Units of tau 20 ms fire by ongoing activity from about 0.2 mV on.
const std::vector<strength> fast{{0.1}, {0.2}, {0.4}, {0.8}};
/// From below what makes a unit of 2 s fire to far above what makes one of 20 ms; and each unit by its time constant.
const std::vector<strength> slow{{0.002}, {0.004}, {0.008},     {0.02},       {0.06},     {0.2},
                                 {0.4},   {0.8},   {0.9, true}, {1.05, true}, {1.5, true}};

/// A kind of units, by what the table calls it.
struct contender {
  std::string name, says;
  std::function<result(std::uint64_t seed, const std::vector<trial>&, const std::vector<trial>&)> run;
};

template <class Make>
contender make(std::string name, std::string says, Make units, const std::vector<strength>& strengths = slow) {
  return {std::move(name), std::move(says),
          [=, &strengths](std::uint64_t seed, const auto& training, const auto& test) {
            return best(units(seed), seed, training, test, strengths);
          }};
}

std::vector<contender> contenders(index_t n) {
  const auto soft = [n](milliseconds low, milliseconds high) {
    return [=](std::uint64_t seed) { return leaky<soft_reset_lif>(n, low, high, seed); };
  };
  const auto astrocytes = [n](const actions& on) { return [=](std::uint64_t seed) { return modulated(n, seed, on); }; };
  return {
      make("astrocyte", "astrocytes: gain", astrocytes({}), fast),
      make("lif", "LIF, tau 20 ms", soft(membrane, membrane), fast),
      make("lif_spread_both", "LIF, tau 20 to 2000 ms", soft(membrane, 2_s)),
      make("lif_spread_astrocyte", "LIF, tau 100 to 2000 ms", soft(100_ms, 2_s)),
      make("lif_slow", "LIF, tau 500 to 2000 ms", soft(500_ms, 2_s)),
      make("lif_hard_spread_astrocyte", "LIF, tau 100 to 2000 ms, hard reset",
           [n](std::uint64_t seed) { return leaky<lif>(n, 100_ms, 2_s, seed); }),
  };
}

nlohmann::json run(const options& o) {
  nlohmann::json all;
  fmt::print("{:36} {:>8} {:>6}   by seed\n", "", "mean", "sd");
  for (const auto& c : contenders(o.units)) {
    if (!o.only.empty() && std::ranges::find(o.only, c.name) == o.only.end()) continue;
    std::vector<double> percent;
    std::string each;
    for (std::uint64_t seed = 1; seed <= o.seeds; ++seed) {
      const result r =
          c.run(seed, draw_trials(seed, 0, o.trials, o.between), draw_trials(seed, o.trials, o.trials, o.between));
      percent.push_back(100 * r.accuracy);
      each += fmt::format(" {:.1f}", percent.back());
    }
    double mean = 0, square = 0;
    for (const double x : percent) mean += x / static_cast<double>(percent.size());
    for (const double x : percent) square += (x - mean) * (x - mean);
    const double sd = percent.size() > 1 ? std::sqrt(square / static_cast<double>(percent.size() - 1)) : 0;
    fmt::print("{:36} {:7.1f}% {:6.1f}  {}\n", c.says, mean, sd, each);
    std::fflush(stdout);
    all[c.name] = {{"accuracy", mean / 100}, {"sd", sd / 100}, {"percent_by_seed", percent}};
  }
  return all;
}

}  // namespace
}  // namespace spinule::bench

int main(int argc, char** argv) {
  using namespace spinule;
  bench::options o;
  double gap_ms = o.between.value();
  std::string json;
  std::vector<std::string> names;
  for (const auto& c : bench::contenders(1)) names.push_back(c.name);
  CLI::App app{"Delayed match to sample: astrocyte-modulated units against leaky ones."};
  app.add_option("--units", o.units, "Units of each network")->check(CLI::Range(1, 100000));
  const auto whole = [](const std::string& n) {
    return std::stoul(n) % delayed_match::together == 0 ? "" : "give a multiple of 25: so many run at a time";
  };
  app.add_option("--trials", o.trials, "Trials to train with, and as many to test with")
      ->check(CLI::Range(50, 100000))
      ->check(CLI::Validator{whole, "a multiple of 25"});
  app.add_option("--only", o.only, "Contenders to run, by their names in the JSON")->check(CLI::IsMember{names});
  app.add_option("--seeds", o.seeds, "Networks and sets of trials")->check(CLI::Range(1, 1000));
  app.add_option("--gap", gap_ms, "Even ms between the stimuli")->check(CLI::Range(0, 60000));
  bench::add_json_option(app, json);
  CLI11_PARSE(app, argc, argv);
  o.between = std::floor(gap_ms / 2) * 2_ms;
  const auto result = bench::run(o);
  if (!json.empty()) std::ofstream{json} << result.dump(2) << '\n';
}

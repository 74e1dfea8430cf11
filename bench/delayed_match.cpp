// Delayed match to sample over a gap of 20 membrane time constants: units with an astrocyte against leaky ones.
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
  std::size_t trials = 500;  ///< to train with, and as many to test with
  std::uint64_t seeds = 5;
  milliseconds between = gap;
};

/// A kind of units, by what the table calls it.
struct contender {
  std::string name, says;
  std::function<double(std::uint64_t seed, const std::vector<trial>&, const std::vector<trial>&)> accuracy;
};

template <class Make>
contender make(std::string name, std::string says, Make units) {
  return {std::move(name), std::move(says), [=](std::uint64_t seed, const auto& training, const auto& test) {
            return best_accuracy(units(seed), seed, training, test);
          }};
}

std::vector<contender> contenders(index_t n) {
  const auto soft = [n](milliseconds low, milliseconds high) {
    return [=](std::uint64_t seed) { return leaky<soft_reset_lif>(n, low, high, seed); };
  };
  const auto astrocytes = [n](const actions& on) { return [=](std::uint64_t seed) { return modulated(n, seed, on); }; };
  return {
      make("lif", "LIF, tau 20 ms", soft(membrane, membrane)),
      make("lif_spread_membrane", "LIF, tau 20 to 200 ms", soft(membrane, 200_ms)),
      make("lif_spread_both", "LIF, tau 20 to 2000 ms", soft(membrane, 2_s)),
      make("lif_spread_astrocyte", "LIF, tau 100 to 2000 ms", soft(100_ms, 2_s)),
      make("lif_hard_spread_astrocyte", "the same, hard reset",
           [n](std::uint64_t seed) { return leaky<lif>(n, 100_ms, 2_s, seed); }),
      make("astrocyte", "astrocytes: leak, gain and current", astrocytes({})),
      make("astrocyte_leak", "leak only", astrocytes({.gain = 0, .current = 0_mV})),
      make("astrocyte_gain", "gain only", astrocytes({.leak = 0, .current = 0_mV})),
      make("astrocyte_current", "current only", astrocytes({.leak = 0, .gain = 0})),
      make("astrocyte_off", "none of them", astrocytes({.leak = 0, .gain = 0, .current = 0_mV})),
  };
}

nlohmann::json run(const options& o) {
  nlohmann::json all;
  fmt::print("{:36} {:>8} {:>6}   by seed\n", "", "mean", "sd");
  for (const auto& c : contenders(o.units)) {
    std::vector<double> percent;
    for (std::uint64_t seed = 1; seed <= o.seeds; ++seed)
      percent.push_back(100 * c.accuracy(seed, draw_trials(seed, 0, o.trials, o.between),
                                         draw_trials(seed, o.trials, o.trials, o.between)));
    double mean = 0, square = 0;
    for (const double x : percent) mean += x / static_cast<double>(percent.size());
    for (const double x : percent) square += (x - mean) * (x - mean);
    const double sd = percent.size() > 1 ? std::sqrt(square / static_cast<double>(percent.size() - 1)) : 0;
    fmt::print("{:36} {:7.1f}% {:6.1f}   {:.1f}\n", c.says, mean, sd, fmt::join(percent, " "));
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
  CLI::App app{"Delayed match to sample: astrocyte-modulated units against leaky ones."};
  app.add_option("--units", o.units, "Units of each network")->check(CLI::Range(1, 100000));
  app.add_option("--trials", o.trials, "Trials to train with, and as many to test with")->check(CLI::Range(50, 100000));
  app.add_option("--seeds", o.seeds, "Networks and sets of trials")->check(CLI::Range(1, 1000));
  app.add_option("--gap", gap_ms, "Whole ms between the stimuli")->check(CLI::Range(0, 60000));
  bench::add_json_option(app, json);
  CLI11_PARSE(app, argc, argv);
  o.between = milliseconds{std::floor(gap_ms)};
  const auto result = bench::run(o);
  if (!json.empty()) std::ofstream{json} << result.dump(2) << '\n';
}

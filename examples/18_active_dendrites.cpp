// How often dendritic segments mistake patterns: the closed forms of Ahmad & Hawkins (2016) beside a simulation of as
// many volleys as are asked for (2000 unless a number is given).
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/dendritic_lif.hpp>
#include <spinule/models/segment_statistics.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;
using index_list = std::vector<index_t>;

auto subset(index_t k, index_t n) {
  return [=, all = index_list(n)](random_stream& random) mutable {
    std::iota(all.begin(), all.end(), 0);
    for (index_t i = 0; i < k; ++i) std::swap(all[i], all[i + random.below(std::uint64_t{n - i})]);
    return index_list(all.begin(), all.begin() + k);
  };
}

/// Prints in which share of all pairs of a neuron and a volley a segment is active, which makes the neuron fire. There
/// is a volley in each tick. `formula` is read when all segments have been drawn.
bool compare(const std::string& what, const double& formula, index_t n, index_t neurons, index_t segments, double theta,
             int volleys, auto segment, auto volley) {
  network net;
  random_stream random{1, purpose::user, n + segments};
  const auto in = net.add("in", replay{}, n);
  dendritic_lif cell{.tau = 1_ms, .refractory = 0_ms, .segments = segments, .coincidence = theta};
  cell.window = 0.05_ms, cell.plateau = 1_ms, cell.depolarisation = 100_mV;
  const auto cells = net.add("cells", cell, neurons);
  std::vector<listed<number>> list;
  for (index_t lane = 0; lane < neurons * segments; ++lane)
    for (const index_t from : segment(random)) list.push_back({from, lane, number{1}});
  net.connect(in, cells[dendritic_lif::segment], std::move(list));
  simulation sim{net, cpu{.tick = 1_ms}};
  for (int t = 0; t < volleys; ++t) {
    std::vector<event> events;
    for (const index_t i : volley(random)) events.push_back({0, i});
    sim.play(in, events);
    sim.run(1_ms);
  }
  const double trials = 1.0 * neurons * volleys;
  const double share = std::accumulate(sim.counts(cells).begin(), sim.counts(cells).end(), 0.0) / trials;
  const double error = std::sqrt(formula * (1 - formula) / trials);
  fmt::print("{:44} {:12.5e} {:12.5e} {:8.1e} {:+5.1f}\n", what, formula, share, error, (share - formula) / error);
  return std::abs(share - formula) < 4.5 * error;
}

int main(int argc, char** argv) {
  const int v = argc > 1 ? std::stoi(argv[1]) : 2000;
  fmt::print("{:44} {:>12} {:>12} {:>8} {:>5}\n", "chance to respond", "formula", "simulated", "error", "off");
  const double one = false_positive(500, 128, 24, 12), other = false_positive(700, 128, 24, 12);
  bool good = compare("a random volley, n 500", one, 500, 1000, 1, 12, v, subset(24, 500), subset(128, 500));
  good &= compare("a random volley, n 700", other, 700, 1000, 1, 12, v, subset(24, 700), subset(128, 700));
  good &= compare("any of 20 segments, n 500", any_of(20, one), 500, 100, 20, 12, v, subset(24, 500), subset(128, 500));
  for (const index_t lost : {64u, 90u})  // of the stored pattern, which is all 128 inputs
    good &= compare(fmt::format("128 of which {} are missing", lost), 1 - false_negative(128, 30, 10, lost), 128, 1000,
                    1, 10, v, subset(30, 128), subset(128 - lost, 128));
  const double any = any_of(500, false_positive(100, 7, 7, 4));
  good &= compare("any of 500 segments, n 100, 4 of 7", any, 100, 100, 500, 4, v, subset(7, 100), subset(7, 100));
  double mean = 0;  // over the sizes of unions as they are drawn
  good &= compare(
      "a union of 5, n 1000, 15 of 25", mean, 1000, 1000, 1, 15, v,
      [&, part = subset(25, 1000)](random_stream& r) mutable {
        std::set<index_t> all;
        for (int k = 0; k < 5; ++k)
          for (const index_t i : part(r)) all.insert(i);
        mean += false_positive(1000, 200, std::int64_t(all.size()), 15) / 1000;
        return index_list(all.begin(), all.end());
      },
      subset(200, 1000));
  return good ? 0 : 1;
}

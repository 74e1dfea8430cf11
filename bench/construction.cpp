// How fast are networks built, and how many bytes does a synapse take, by wiring rule and laws of weight and delay?
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

struct options {
  std::vector<int> threads{1, 2};
  double synapses = 1e7;
  index_t neurons = 10000;
  std::string only, json;
};

const std::vector<std::string> rules{"all_to_all",      "one_to_one",         "fixed_probability",  "fixed_indegree",
                                     "fixed_outdegree", "fixed_total_number", "distance_dependent", "list"};

struct task {
  std::string rule, laws;
  std::function<network()> build;
  std::function<void()> prepare = [] {};  ///< what the user has beforehand: its memory counts, its time does not
};

const value<millivolts> one_weight = 0.1_mV, normal_weight = normal<millivolts>{0.1_mV, 0.02_mV};
const value<milliseconds> one_delay = 1_ms, uniform_delay = uniform<milliseconds>{0.5_ms, 5_ms};

/// Sources that never fire onto `targets` neurons, so that only the synapses count.
network connected(index_t sources, index_t targets, const wiring& rule, const synapse<millivolts>& s,
                  bool placed = false) {
  network net;
  population_options there, here;
  if (placed) {
    const auto side = [](index_t n) { return static_cast<int>(std::sqrt(n)); };
    there.positions = grid(side(sources), side(sources), 1);
    here.positions = grid(side(targets), side(targets), 1);
  }
  const auto from = net.add("from", spike_list{}, sources, there);
  const auto to = net.add("to", lif{}, targets, here);
  net.connect(from, to, rule, s);
  return net;
}

struct list_kind {
  const char* laws;
  bool sorted = false, by_sign = false;
  std::uint64_t delays = 1;
  bool equal_weights = false;
};

/// `size` synapses between random neurons; four in five weights are positive.
std::vector<listed<picoamperes>> random_list(std::size_t size, index_t n, const list_kind& kind) {
  random_stream random{1, purpose::user, 0};
  std::vector<listed<picoamperes>> list(size);
  for (auto& s : list) {
    const double weight = kind.equal_weights ? 10 : 10 + 2 * random.uniform();
    s = {static_cast<index_t>(random.below(n)), static_cast<index_t>(random.below(n)),
         picoamperes{!kind.equal_weights && random.below(5) == 0 ? -5 * weight : weight},
         static_cast<double>(1 + random.below(kind.delays)) * 1_ms};
  }
  if (kind.sorted)
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
      return std::pair{a.source, a.target} < std::pair{b.source, b.target};
    });
  return list;
}

/// The list is moved in, as one would move one that is not needed afterwards.
void add_lists(std::vector<task>& all, const options& o) {
  for (const list_kind& kind : {list_kind{"sorted, one delay", true}, list_kind{"in any order, one delay"},
                                list_kind{"in any order, one weight and delay", false, false, 1, true},
                                list_kind{"in any order, 8 delays", false, false, 8},
                                list_kind{"in any order, by_sign, one delay", false, true},
                                list_kind{"in any order, by_sign, 8 delays", false, true, 8}}) {
    const auto list = std::make_shared<std::vector<listed<picoamperes>>>();
    const auto build = [=, n = o.neurons] {
      network net;
      const auto from = net.add("from", spike_list{}, n);
      const auto to = net.add("to", current_lif{}, n);
      if (kind.by_sign)
        net.connect(from, by_sign{to[current_lif::excitatory], to[current_lif::inhibitory]}, std::move(*list));
      else
        net.connect(from, to, std::move(*list));
      return net;
    };
    all.push_back({"list", kind.laws, build,
                   [=] { *list = random_list(static_cast<std::size_t>(o.synapses), o.neurons, kind); }});
  }
}

std::vector<task> tasks(const options& o) {
  const index_t n = o.neurons;
  const auto k = static_cast<std::uint32_t>(o.synapses / n);
  const auto all = static_cast<index_t>(std::sqrt(o.synapses)),
             one = static_cast<index_t>(std::min(o.synapses, 1e6));  // memory grows with its square
  const double p = o.synapses / n / n;
  // c exp(-(d / lambda)^2) over a plane holds pi c lambda^2 neurons.
  const double lambda = std::sqrt(k / (0.5 * 3.14159));
  const auto placed = static_cast<index_t>(std::pow(std::floor(std::sqrt(n)), 2));
  std::vector<task> list;
  const auto add = [&](const std::string& rule, const std::string& laws, const synapse<millivolts>& s) {
    const auto with = [&](auto build) { list.push_back({rule, laws, build, [] {}}); };
    if (rule == "all_to_all") with([=] { return connected(all, all, all_to_all{}, s); });
    if (rule == "one_to_one") with([=] { return connected(one, one, one_to_one{}, s); });
    if (rule == "fixed_probability") with([=] { return connected(n, n, fixed_probability{.p = p}, s); });
    if (rule == "fixed_indegree") with([=] { return connected(n, n, fixed_indegree{.k = k}, s); });
    if (rule == "fixed_outdegree") with([=] { return connected(n, n, fixed_outdegree{.k = k}, s); });
    if (rule == "fixed_total_number")
      with([=] { return connected(n, n, fixed_total_number{static_cast<std::uint64_t>(o.synapses)}, s); });
    if (rule == "distance_dependent")
      with([=] { return connected(placed, placed, distance_dependent{.c = 0.5, .lambda = lambda}, s, true); });
  };
  for (const std::string& rule : rules) {
    if (rule == "list") continue;
    add(rule, "constant weight, constant delay", {.weight = one_weight, .delay = one_delay});
    add(rule, "normal weight, constant delay", {.weight = normal_weight, .delay = one_delay});
    add(rule, "normal weight of 16 bits, constant delay",
        {.weight = normal_weight, .delay = one_delay, .weight_bits = 16});
    add(rule, "normal weight of 16 bits, uniform delay",
        {.weight = normal_weight, .delay = uniform_delay, .weight_bits = 16});
  }
  add_lists(list, o);
  return list;
}

struct measured {
  double network_s = 0, build_s = 0, bytes = 0, peak = 0, kept = 0;  ///< seconds of `build_s`; MB at the end
  std::uint64_t synapses = 0;
};

/// In a process of its own, so that its peak memory is that of this network alone.
measured in_child(const task& t, int threads) {
  int ends[2];
  if (pipe(ends) != 0) throw spinule_error{"construction", "no pipe"};
  const pid_t child = fork();
  if (child == 0) {
    measured m;
    const double before = peak_mb(), held = resident_mb();
    try {
      std::optional<simulation> sim;
      t.prepare();
      const auto build = [&] {
        network net;
        m.network_s = time_once([&] { net = t.build(); }).wall;
        sim.emplace(std::move(net), cpu{.tick = 0.1_ms, .threads = threads});
      };
      m.build_s = time_once(build).wall;
      m.synapses = sim->synapse_count();
      m.peak = peak_mb() - before;
      m.kept = resident_mb() - held;
      m.bytes = 1e6 * 1.048576 * m.peak / static_cast<double>(m.synapses);
    } catch (const std::exception& e) {
      fmt::print(stderr, "{}\n", e.what());
    }
    const bool written = write(ends[1], &m, sizeof m) == sizeof m;
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  measured m;
  const bool whole = read(ends[0], &m, sizeof m) == sizeof m;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  if (!whole || m.synapses == 0) throw spinule_error{t.rule, "was not built"};
  return m;
}

void run(const options& o) {
  if (o.synapses > 0.5 * o.neurons * o.neurons)
    throw spinule_error{"construction",
                        fmt::format("{:g} synapses are more than half of all pairs of {} neurons; give more --neurons",
                                    o.synapses, o.neurons)};
  nlohmann::json out{{"name", "construction"}, {"runs", nlohmann::json::array()}};
  fmt::print("{:<20}{:<42}{:>8}{:>10}{:>10}{:>16}{:>14}{:>10}\n", "rule", "laws", "threads", "s", "network s",
             "M synapses/s", "bytes each", "kept");
  for (const task& t : tasks(o)) {
    if (!o.only.empty() && t.rule != o.only) continue;
    for (const int threads : o.threads) {
      const measured m = in_child(t, threads);
      fmt::print("{:<20}{:<42}{:>8}{:>10.3f}{:>10.3f}{:>16.1f}{:>14.1f}{:>10.1f}\n", t.rule, t.laws, threads, m.build_s,
                 m.network_s, 1e-6 * static_cast<double>(m.synapses) / m.build_s, m.bytes, m.bytes * m.kept / m.peak);
      std::fflush(stdout);
      out["runs"].push_back({{"name", t.rule + ", " + t.laws},
                             {"threads", threads},
                             {"network_s", m.network_s},
                             {"build_s", m.build_s},
                             {"synapses", m.synapses},
                             {"bytes_per_synapse", m.bytes},
                             {"peak_mb", m.peak},
                             {"kept_mb", m.kept}});
    }
  }
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Synapses built per second and bytes per synapse, by rule and laws", "./dev bench construction"};
  options o;
  app.add_option("--threads", o.threads, "Threads, one run each")->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--synapses", o.synapses, "Of each network")->check(CLI::Range(1e4, 4e9))->capture_default_str();
  app.add_option("--neurons", o.neurons, "Sources, and targets, where the rule leaves them open")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--rule", o.only, "Only this one")->check(CLI::IsMember(rules));
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { run(o); });
}

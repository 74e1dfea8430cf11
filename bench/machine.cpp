// How much faster are several threads than one on this machine, when they share nothing and when they share memory?
#include <algorithm>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

struct options {
  int threads = 2, repeats = 5;
  std::string json;
};

/// Products and sums over numbers that stay in the first-level cache, as a sweep does them.
double calculate() {
  constexpr std::size_t n = 1024;
  float x[n], y[n];
  std::fill_n(x, n, 0.5f);
  std::fill_n(y, n, 0.25f);
  for (int round = 0; round < 20000; ++round)
    for (std::size_t i = 0; i < n; ++i) {
      const float z = x[i] * 0.99f + y[i];
      y[i] = y[i] * 0.98f + 0.001f;
      x[i] = z < 2 ? z : z - 1;
    }
  return x[0] + y[n - 1];
}

/// Reads 64 MB in order.
double read(const std::vector<std::uint64_t>& words) {
  std::uint64_t sum = 0;
  for (const std::uint64_t w : words) sum += w;
  return static_cast<double>(sum);
}

/// Seconds until each of `threads` threads has done the work, the median.
double time_of(int threads, int repeats, const std::function<double(int)>& work) {
  std::vector<double> times, sink(static_cast<std::size_t>(threads));
  for (int r = 0; r < repeats; ++r)
    times.push_back(time_once([&] {
                      std::vector<std::jthread> team;
                      for (int t = 0; t < threads; ++t)
                        team.emplace_back([&, t] { sink[static_cast<std::size_t>(t)] += work(t); });
                    }).wall);
  return median(times);
}

void run(const options& o) {
  std::vector<std::vector<std::uint64_t>> words(static_cast<std::size_t>(o.threads));
  for (auto& w : words) w.assign(std::size_t{1} << 23, 1);
  const std::pair<std::string, std::function<double(int)>> works[] = {
      {"calculating", [](int) { return calculate(); }},
      {"reading memory", [&](int t) { return read(words[static_cast<std::size_t>(t)]); }}};
  nlohmann::json out{{"name", "machine"}, {"threads", o.threads}};
  for (const auto& [name, work] : works) {
    const double one = time_of(1, o.repeats, work), all = time_of(o.threads, o.repeats, work);
    const double gain = o.threads * one / all;
    fmt::print("{:<16}{} threads do {:.2f} times as much as one in the same time\n", name, o.threads, gain);
    out[name] = gain;
  }
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"What threads gain on this machine, whatever the program", "./dev bench machine"};
  options o;
  app.add_option("--threads", o.threads, "Threads")->check(CLI::Range(2, 1024))->capture_default_str();
  app.add_option("--repeats", o.repeats, "Repeats; the median counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { run(o); });
}

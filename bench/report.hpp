// What every benchmark with a simulation shares: the options of one name, and the figures that a JSON file holds.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/backends/cpu.hpp>
#include <spinule/error.hpp>

namespace spinule::bench {

inline void add_stepping_option(CLI::App& app, stepping& how) {
  static const std::map<std::string, stepping> names{
      {"automatic", stepping::automatic}, {"sweep", stepping::sweep}, {"visit", stepping::visit}};
  app.add_option("--stepping", how, "automatic, sweep or visit")->transform(CLI::CheckedTransformer(names));
}

/// Refused before the run, not after it, where the file cannot be written.
inline void add_json_option(CLI::App& app, std::string& json) {
  app.add_option("--json", json, "Write the result to this file")->check([](const std::string& path) {
    const bool existed = std::filesystem::exists(path);
    if (!std::ofstream{path, std::ios::app}) return fmt::format("{} cannot be written", path);
    if (!existed) std::filesystem::remove(path);
    return std::string{};
  });
}

inline double median(std::vector<double> x) {
  std::nth_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2), x.end());
  return x[x.size() / 2];
}

/// The most memory this process has held so far.
inline double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// What it holds now.
inline double resident_mb() {
  std::uint64_t size = 0, resident = 0;
  std::ifstream{"/proc/self/statm"} >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

/// The figures that all benchmarks give under the same names.
struct figures {
  std::string name;
  int threads = 1;
  double model_s = 0, build_s = 0, sim_s = 0;  ///< biological; wall; wall for so much biological time
  std::uint64_t synapses = 0;
  double events = 0;        ///< synaptic, in sim_s
  double mean_rate_hz = 0;  ///< of the neurons, without sources
  std::string spike_digest;

  double rtf() const { return sim_s / model_s; }
  double events_per_s() const { return events / sim_s; }
};

inline nlohmann::json to_json(const figures& f) {
  return {{"name", f.name},
          {"threads", f.threads},
          {"model_s", f.model_s},
          {"build_s", f.build_s},
          {"sim_s", f.sim_s},
          {"rtf", f.rtf()},
          {"synapses", f.synapses},
          {"peak_mb", peak_mb()},
          {"syn_events_per_s", f.events_per_s()},
          {"spike_digest", f.spike_digest},
          {"mean_rate_hz", f.mean_rate_hz}};
}

/// Nothing is written without a path. Throws `file_error`.
inline void write_json(const std::string& path, const nlohmann::json& out) {
  if (path.empty()) return;
  std::ofstream file{path};
  file << out.dump(2) << '\n';
  if (!file.flush()) throw file_error{path, "cannot be written"};
}

/// A benchmark's main, around `work`: parses the words and prints what went wrong.
template <class Work>
int run_main(CLI::App& app, int count, char** words, Work&& work) {
  CLI11_PARSE(app, count, words);
  try {
    work();
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
  return 0;
}

}  // namespace spinule::bench

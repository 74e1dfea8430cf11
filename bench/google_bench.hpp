// What the benchmarks on Google Benchmark share: our options beside its own, and models that cost next to nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <spinule/model.hpp>
#include <spinule/units.hpp>

#include "report.hpp"

namespace spinule::bench {

/// Takes what comes and never fires.
struct sink {
  using input = millivolts;
  static constexpr int ports = 1;
  void check(const std::string&) const {}
  template <class Real>
  struct state {
    Real last = 0;  ///< mV, of the last input
    static constexpr auto fields = std::tuple{field{"last", &state::last}};
  };
  template <class Real>
  class kernel {
   public:
    kernel(const sink&, milliseconds) {}
    bool step(state<Real>& s, Real input) const {
      s.last = input;
      return false;
    }
  };
};

/// `per_tick` neurons, drawn at random once for each of 64 ticks that then come round again and again:
/// emitting them costs a copy.
struct random_rows {
  index_t per_tick = 1;
  static constexpr std::size_t different = 64;

  class kernel {
   public:
    kernel(const random_rows& r, const source_setting& setting) {
      auto lists = std::make_shared<std::vector<std::vector<index_t>>>(different);
      for (std::size_t t = 0; t < different; ++t) {
        random_stream random{setting.seed, purpose::user, t};
        for (index_t i = 0; i < r.per_tick; ++i)
          (*lists)[t].push_back(static_cast<index_t>(random.below(setting.size)));
        std::sort((*lists)[t].begin(), (*lists)[t].end());
      }
      lists_ = std::move(lists);
    }
    void emit(moment now, std::vector<index_t>& fired) {
      const auto& list = (*lists_)[static_cast<std::size_t>(now) % different];
      fired.insert(fired.end(), list.begin(), list.end());
    }
    void reset(std::uint64_t) {}

   private:
    std::shared_ptr<const std::vector<std::vector<index_t>>> lists_;
  };
};

/// Parses our options (and `--json FILE`), hands all others to Google Benchmark, lets `add` register and runs.
template <class Add>
int google_main(CLI::App& app, int count, char** words, Add&& add) {
  std::string json;
  add_json_option(app, json);
  app.allow_extras();
  app.footer("Further options are those of Google Benchmark: --benchmark_filter=REGEX and others.");
  CLI11_PARSE(app, count, words);
  std::vector<std::string> rest = app.remaining();
  rest.insert(rest.begin(), words[0]);
  if (!json.empty()) rest.insert(rest.end(), {"--benchmark_out=" + json, "--benchmark_out_format=json"});
  std::vector<char*> pointers;
  for (auto& word : rest) pointers.push_back(word.data());
  int left = static_cast<int>(pointers.size());
  benchmark::Initialize(&left, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(left, pointers.data())) return 1;
  try {
    add();
    benchmark::RunSpecifiedBenchmarks();
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
  return 0;
}

}  // namespace spinule::bench

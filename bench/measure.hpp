// What the benchmarks share: clocks, and the quickest of several runs.
#pragma once

#include <algorithm>
#include <chrono>
#include <ctime>

namespace spinule::bench {

/// Wall and processor seconds; of several runs each the least, since whatever else runs can only add to them.
struct seconds {
  double wall = 1e300, cpu = 1e300;
};

/// Of all threads of this process.
inline double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

template <class Work>
seconds time_once(Work&& work) {
  const double cpu = cpu_seconds();
  const auto wall = std::chrono::steady_clock::now();
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count(), cpu_seconds() - cpu};
}

inline void keep_least(seconds& best, seconds now) {
  best.wall = std::min(best.wall, now.wall);
  best.cpu = std::min(best.cpu, now.cpu);
}

}  // namespace spinule::bench

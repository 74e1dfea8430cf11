#include <spinule/backends/parallel.hpp>

#include <algorithm>
#include <atomic>

#include <tbb/parallel_for.h>

#include "workers.hpp"

namespace spinule {

void for_each_sample(const simulation& prototype, std::size_t samples, int threads,
                     const std::function<void(simulation& sim, std::size_t i)>& use) {
  const int team =
      static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(threads > 0 ? threads : cores()), samples));
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    simulation sim = prototype;
    for (std::size_t i = next++; i < samples; i = next++) {
      try {
        use(sim, i);
      } catch (...) {
        next = samples;
        throw;
      }
    }
  };
  if (team <= 1) {
    if (samples > 0) work();
    return;
  }
  workers{team}.arena.execute([&] {
    tbb::parallel_for(
        0, team, [&](int) { work(); }, tbb::simple_partitioner{});
  });
}

}  // namespace spinule

// A team of threads of a chosen size.
#pragma once

#include <algorithm>
#include <thread>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <spinule/engine/lowering.hpp>

namespace spinule {

/// An arena of `threads`, also where that is more than there are cores: oneTBB otherwise starts no more than cores.
struct workers {
  explicit workers(int threads)
      : limit{tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)}, arena{threads} {}
  tbb::global_control limit;
  tbb::task_arena arena;
};

inline int cores() { return static_cast<int>(std::max(std::thread::hardware_concurrency(), 1u)); }

/// That a loop on `threads` threads has (0: one per core): no more than there are cores.
inline int loop_threads(int threads) { return threads > 0 ? std::min(threads, cores()) : cores(); }

/// A loop on `threads` threads, see above (1: the caller's own).
inline parallel_loop loop_over(int threads) {
  threads = loop_threads(threads);
  if (threads == 1) return serial_loop;
  return [threads](std::size_t count, const std::function<void(std::size_t)>& work) {
    if (count <= 1) return serial_loop(count, work);
    tbb::task_arena{threads}.execute([&] { tbb::parallel_for(std::size_t{0}, count, work); });
  };
}

}  // namespace spinule

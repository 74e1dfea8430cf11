// A team of threads of a chosen size.
#pragma once

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

namespace spinule {

/// An arena of `threads`, also where that is more than there are cores: oneTBB otherwise starts no more than cores.
struct workers {
  explicit workers(int threads)
      : limit{tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)}, arena{threads} {}
  tbb::global_control limit;
  tbb::task_arena arena;
};

}  // namespace spinule

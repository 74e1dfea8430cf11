#include "team.hpp"

#include <algorithm>
#include <utility>

namespace spinule {
namespace {

/// A millisecond or so, with the core offered to others every 100 us: waking a thread that sleeps takes as long as
/// several meetings.
constexpr int spins = 40000, spins_between_yields = 4000;

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

team::team(int threads)
    : spin_{threads <= static_cast<int>(std::max(std::thread::hardware_concurrency(), 1u))},
      failures_(static_cast<std::size_t>(threads)) {
  for (int i = 1; i < threads; ++i) threads_.emplace_back([this, i] { serve(static_cast<std::size_t>(i)); });
}

team::~team() {
  ending_ = true;
  ++round_;
  round_.notify_all();
  for (auto& t : threads_) t.join();
}

void team::await(std::atomic<std::uint32_t>& value, std::uint32_t old) const {
  for (int i = 0; spin_ && i < spins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    if (i % spins_between_yields == spins_between_yields - 1)
      std::this_thread::yield();
    else
      pause();
  }
  while (value.load(std::memory_order_acquire) == old) value.wait(old, std::memory_order_acquire);
}

void team::share(std::size_t number) {
  try {
    for (std::size_t i = number; i < count_; i += static_cast<std::size_t>(size())) (*work_)(i);
  } catch (...) {
    failures_[number] = std::current_exception();
  }
}

void team::serve(std::size_t number) {
  for (std::uint32_t round = 0;; ++round) {
    await(round_, round);
    if (ending_) return;
    share(number);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
  }
}

void team::run(std::size_t count, const std::function<void(std::size_t)>& work) {
  work_ = &work;
  count_ = count;
  busy_.store(static_cast<std::uint32_t>(threads_.size()), std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_acq_rel);
  round_.notify_all();
  share(0);
  for (std::uint32_t left = busy_.load(std::memory_order_acquire); left != 0;
       left = busy_.load(std::memory_order_acquire))
    await(busy_, left);
  for (auto& failure : failures_)
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
}

}  // namespace spinule

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
      members_(static_cast<std::size_t>(threads)) {
  for (std::size_t i = 1; i < members_.size(); ++i)
    members_[i].thread = std::thread{[this, i] { serve(members_[i], i); }};
}

team::~team() {
  ending_ = true;
  for (member& m : members_) {
    call(m);
    if (m.thread.joinable()) m.thread.join();
  }
}

void team::call(member& to) {
  to.round.fetch_add(1, std::memory_order_acq_rel);
  to.round.notify_one();
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

void team::share(member& self, std::size_t place) {
  try {
    for (std::size_t i = place; i < count_; i += taking_part_) (*work_)(i);
  } catch (...) {
    self.failure = std::current_exception();
  }
}

void team::serve(member& self, std::size_t place) {
  for (std::uint32_t round = 0;; ++round) {
    await(self.round, round);
    if (ending_) return;
    share(self, place);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
  }
}

void team::run(std::size_t count, const std::function<void(std::size_t)>& work, int threads) {
  work_ = &work;
  count_ = count;
  taking_part_ = static_cast<std::size_t>(threads);
  busy_.store(static_cast<std::uint32_t>(threads) - 1, std::memory_order_relaxed);
  for (std::size_t i = 1; i < taking_part_; ++i) call(members_[i]);
  share(members_[0], 0);
  for (std::uint32_t left = busy_.load(std::memory_order_acquire); left != 0;
       left = busy_.load(std::memory_order_acquire))
    await(busy_, left);
  for (member& m : members_)
    if (m.failure) std::rethrow_exception(std::exchange(m.failure, nullptr));
}

}  // namespace spinule

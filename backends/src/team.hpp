// Threads that meet often: between two meetings of a network lie microseconds, less than it takes to wake a thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace spinule {

/// `threads` - 1 threads that wait for work beside the caller. They spin for a while before they sleep, unless there
/// are more of them than cores. For one caller at a time.
class team {
 public:
  explicit team(int threads);
  ~team();
  team(const team&) = delete;
  team& operator=(const team&) = delete;

  int size() const { return static_cast<int>(members_.size()); }
  /// Calls work(i) for i < count, each on the thread i % threads, and returns when all are done: the first `threads` of
  /// size() take part, the others sleep on. What one of them throws is thrown again here.
  void run(std::size_t count, const std::function<void(std::size_t)>& work, int threads);

 private:
  struct alignas(64) member {
    std::atomic<std::uint32_t> round{0};  ///< changes when there is work for this one
    std::exception_ptr failure;
    std::thread thread;  ///< none for the first, who is the caller
  };

  void serve(member& self, std::size_t place);
  void share(member& self, std::size_t place);
  static void call(member& to);
  /// Waits until `value` differs from `old`.
  void await(std::atomic<std::uint32_t>& value, std::uint32_t old) const;

  bool spin_;
  std::vector<member> members_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::size_t count_ = 0, taking_part_ = 1;
  alignas(64) std::atomic<std::uint32_t> busy_{0};
  std::atomic<bool> ending_{false};
};

}  // namespace spinule

// Threads that meet often: between two meetings of a network lie microseconds, less than it takes to wake a thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
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

  int size() const { return static_cast<int>(threads_.size()) + 1; }
  /// Calls work(i) for i < count, each on the thread i % size(), and returns when all are done. What one of them throws
  /// is thrown again here.
  void run(std::size_t count, const std::function<void(std::size_t)>& work);

 private:
  void serve(std::size_t number);
  void share(std::size_t number);
  /// Waits until `value` differs from `old`.
  void await(std::atomic<std::uint32_t>& value, std::uint32_t old) const;

  bool spin_;
  std::vector<std::thread> threads_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::size_t count_ = 0;
  std::vector<std::exception_ptr> failures_;  ///< [size()]
  alignas(64) std::atomic<std::uint32_t> round_{0};
  alignas(64) std::atomic<std::uint32_t> busy_{0};
  std::atomic<bool> ending_{false};
};

}  // namespace spinule

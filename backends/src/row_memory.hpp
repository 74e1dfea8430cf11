// Memory for rows: large blocks, on huge pages where the system has them, because rows are hit at random.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace spinule {

/// Hands out memory that lives as long as itself. May be used by several threads at once.
class row_memory {
 public:
  row_memory() = default;
  ~row_memory();
  row_memory(const row_memory&) = delete;
  row_memory& operator=(const row_memory&) = delete;

  /// Aligned to a cache line, cleared.
  std::byte* take(std::size_t bytes);
  std::size_t taken() const { return taken_; }

 private:
  struct block {
    void* start;
    std::size_t size;
  };
  std::mutex guard_;
  std::vector<block> blocks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0, taken_ = 0;
};

}  // namespace spinule

#include "row_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace spinule {
namespace {

constexpr std::size_t line = 64, huge = std::size_t{2} << 20, smallest = std::size_t{64} << 10, largest = 16 * huge;

}  // namespace

row_memory::~row_memory() {
  for (const block& b : blocks_) munmap(b.start, b.size);
}

std::byte* row_memory::take(std::size_t bytes) {
  bytes = (bytes + line - 1) / line * line;
  const std::lock_guard lock{guard_};
  if (bytes > left_) {
    std::size_t size = std::max(bytes, std::clamp(taken_ / 8, smallest, largest));
    size = (size + smallest - 1) / smallest * smallest;
    const bool wide = size >= huge;
    if (wide) size = (size + huge - 1) / huge * huge + huge;  // so that it can begin at a huge page
    void* start = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) throw std::bad_alloc{};
    blocks_.push_back({start, size});
    auto address = reinterpret_cast<std::uintptr_t>(start);
    if (wide) {
      const std::uintptr_t aligned = (address + huge - 1) / huge * huge;
      size -= huge;
      address = aligned;
#ifdef MADV_HUGEPAGE
      madvise(reinterpret_cast<void*>(address), size, MADV_HUGEPAGE);
#endif
    }
    next_ = reinterpret_cast<std::byte*>(address);
    left_ = size;
  }
  std::byte* given = next_;
  next_ += bytes;
  left_ -= bytes;
  taken_ += bytes;
  return given;
}

}  // namespace spinule

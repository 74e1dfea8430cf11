// Arrays that begin at a cache line, so that no vector of theirs straddles two.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace spinule {

template <class T>
struct aligned_allocator {
  using value_type = T;
  static constexpr std::align_val_t line{64};
  aligned_allocator() = default;
  template <class U>
  aligned_allocator(const aligned_allocator<U>&) {}  // NOLINT: implicit as allocators must be
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), line)); }
  void deallocate(T* p, std::size_t) { ::operator delete(p, line); }
  template <class U>
  bool operator==(const aligned_allocator<U>&) const {
    return true;
  }
};

template <class T>
using aligned_vector = std::vector<T, aligned_allocator<T>>;

}  // namespace spinule

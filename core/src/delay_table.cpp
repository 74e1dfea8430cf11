#include "delay_table.hpp"

#include <algorithm>
#include <cmath>

namespace spinule {
namespace {

constexpr std::uint64_t numbers = std::uint64_t{1} << 32;
constexpr std::size_t most_delays = 4096;

double quantile(const law& l, std::uint64_t number) {
  const double z = normal_quantile((static_cast<double>(number) + 0.5) / static_cast<double>(numbers));
  return l.kind == law::shape::normal ? l.a + l.b * z : l.a * portable_exp(l.b * z);
}

/// The first number from `first` on, before `end`, for which `past` holds; `past` holds from some number on.
template <class Past>
std::uint64_t first_where(std::uint64_t first, std::uint64_t end, Past past) {
  while (first < end) {
    const std::uint64_t middle = first + (end - first) / 2;
    if (past(middle))
      end = middle;
    else
      first = middle + 1;
  }
  return first;
}

}  // namespace

std::shared_ptr<const delay_table> delay_table::of(const law& l, milliseconds tick) {
  if ((l.kind != law::shape::normal && l.kind != law::shape::lognormal) || l.is_constant()) return nullptr;
  if (l.kind == law::shape::lognormal && l.a < 0) return nullptr;  // its quantile falls
  const std::uint64_t begin = first_where(0, numbers, [&](auto n) { return quantile(l, n) >= l.low; });
  const std::uint64_t end = first_where(begin, numbers, [&](auto n) { return quantile(l, n) > l.high; });
  auto table = std::make_shared<delay_table>();
  if (begin == end) {  // bounds in the far tail
    const double bound = begin == numbers ? l.low : l.high;
    table->range_ = {bound, bound};
    table->add(numbers, drawn_ticks(bound, tick.value()));
  } else {
    table->range_ = {quantile(l, begin), quantile(l, end - 1)};
  }
  for (std::uint64_t n = begin; n < end;) {
    if (table->delays_.size() == most_delays) return nullptr;
    const ticks delay = drawn_ticks(quantile(l, n), tick.value());
    n = first_where(n + 1, end, [&](auto m) { return drawn_ticks(quantile(l, m), tick.value()) != delay; });
    // A number of 32 bits stands for begin + floor(number * width / 2^32).
    const std::uint64_t width = end - begin, part = n - begin;
    table->add(part == width ? numbers : ((part << 32) + width - 1) / width, delay);
  }
  table->make_guide();
  return table;
}

void delay_table::add(std::uint64_t end, ticks delay) {
  ends_.push_back(end);
  delays_.push_back(delay);
}

void delay_table::make_guide() {
  std::uint16_t k = 0;
  for (std::uint64_t g = 0; g < std::uint64_t{1} << guide_bits; ++g) {
    while (g << (32 - guide_bits) >= ends_[k]) ++k;
    guide_.push_back(k);
  }
}

void delay_table::draw(random_stream& random, std::span<ticks> out) const {
  std::uint32_t numbers_drawn[128];
  while (!out.empty()) {
    const std::size_t n = std::min<std::size_t>(std::size(numbers_drawn), out.size());
    random.bits({numbers_drawn, n});
    for (std::size_t i = 0; i < n; ++i) {
      std::size_t k = guide_[numbers_drawn[i] >> (32 - guide_bits)];
      while (numbers_drawn[i] >= ends_[k]) ++k;
      out[i] = delays_[k];
    }
    out = out.subspan(n);
  }
}

}  // namespace spinule

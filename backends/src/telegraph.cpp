#include "telegraph.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include <spinule/math.hpp>

namespace spinule {

std::optional<telegraph_trap> draw_trap(const device& cell, double conductance, random_stream random) {
  if (random.uniform() >= cell.telegraph_cells || conductance <= 0) return {};
  const double shortest = portable_log(cell.telegraph_shortest), longest = portable_log(cell.telegraph_longest);
  const double fill = portable_exp(shortest + (longest - shortest) * random.uniform());
  const double empty = portable_exp(shortest + (longest - shortest) * random.uniform());
  const double share = cell.telegraph_amplitude * portable_exp(cell.telegraph_spread * random.normal());
  return telegraph_trap{0, 0, static_cast<float>(conductance * std::min(share, 1.0)), fill, empty};
}

bool is_white(const telegraph_trap& trap, double tick_s) { return tick_s * (1 / trap.fill_s + 1 / trap.empty_s) > 5; }

double telegraph_queue::dwell(const telegraph_trap& trap, std::uint32_t at) {
  random_stream random{key_, purpose::read_noise, trap.cell, drawn_[at]++};
  return -portable_log(1 - random.uniform()) * (full_[at] ? trap.empty_s : trap.fill_s);
}

void telegraph_queue::begin(std::span<const telegraph_trap> traps, std::uint64_t key, std::span<float> cells) {
  key_ = key;
  next_.clear();
  full_.assign(traps.size(), 0);
  drawn_.assign(traps.size(), 1);
  for (std::uint32_t i = 0; i < traps.size(); ++i) {
    full_[i] = random_stream{key_, purpose::read_noise, traps[i].cell, 0}.uniform() < traps[i].full();
    if (full_[i]) cells[traps[i].at] -= traps[i].step;
    next_.push_back({dwell(traps[i], i), i});
  }
  std::make_heap(next_.begin(), next_.end(), std::greater{});
}

void telegraph_queue::advance(std::span<const telegraph_trap> traps, double now_s, std::span<float> cells) {
  while (!next_.empty() && next_.front().when <= now_s) {
    std::pop_heap(next_.begin(), next_.end(), std::greater{});
    auto& [when, i] = next_.back();
    full_[i] ^= 1;
    cells[traps[i].at] += full_[i] ? -traps[i].step : traps[i].step;
    when += dwell(traps[i], i);
    std::push_heap(next_.begin(), next_.end(), std::greater{});
  }
}

}  // namespace spinule

// Random telegraph noise: traps that fill and empty.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <spinule/backends/engine/device.hpp>

namespace spinule {

/// A trap of one cell: while it is full, the cell has `step` less (in the unit of what is stored).
struct telegraph_trap {
  std::uint64_t cell;  // its number, whatever the cut into tiles
  std::size_t at;      // of the cell in what is stored
  float step;
  double fill_s, empty_s;                                       // mean times until it fills, and until it empties
  double full() const { return empty_s / (fill_s + empty_s); }  // share of the time
};

/// The trap of a cell of this conductance, if it has one; `step` in uS. From a stream of its own: no other draw
/// changes.
std::optional<telegraph_trap> draw_trap(const device& cell, double conductance, random_stream random);

/// Whether a trap forgets its state from one tick to the next: then it is white noise about its mean (a two-state
/// process is correlated as exp(-t (1 / fill + 1 / empty)); here by less than exp(-5)).
bool is_white(const telegraph_trap& trap, double tick_s);

/// The slow traps of one projection. Time passes from toggle to toggle, so cells whose traps rest cost nothing.
class telegraph_queue {
 public:
  /// Begins a recording: every trap is full with its share of the time. `cells` gets what is stored with all traps
  /// empty.
  void begin(std::span<const telegraph_trap> traps, std::uint64_t key, std::span<float> cells);
  /// All toggles up to `now_s`.
  void advance(std::span<const telegraph_trap> traps, double now_s, std::span<float> cells);

 private:
  struct toggle {
    double when;
    std::uint32_t trap;
    bool operator>(const toggle& o) const { return when != o.when ? when > o.when : trap > o.trap; }
  };
  double dwell(const telegraph_trap& trap, std::uint32_t at);

  std::uint64_t key_ = 0;
  std::vector<toggle> next_;          // a heap
  std::vector<std::uint8_t> full_;    // [traps]
  std::vector<std::uint32_t> drawn_;  // [traps] dwell times so far
};

}  // namespace spinule

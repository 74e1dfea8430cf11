#include <spinule/backends/pulsed_cells.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include <spinule/engine/instruction_sets.hpp>
#include <spinule/error.hpp>
#include <spinule/random.hpp>

#include "fast_normal.hpp"

namespace spinule {
namespace {

constexpr std::size_t most = 256;  // cells that are pulsed together

// As columns.
struct columns {
  alignas(64) std::array<float, most> w, up, down, highest, lowest, xi;
  alignas(64) std::array<std::int32_t, most> left;  // pulses still to come, up where positive
  std::array<std::uint32_t, most> place;            // in the block, once some have gone
  std::size_t n = 0;
  bool whole = true;  // none has gone

  // Puts the states where their cells are in the block.
  void leave(std::span<float> states) const {
    if (whole) std::copy_n(w.begin(), n, states.begin());
    for (std::size_t i = 0; !whole && i < n; ++i) states[place[i]] = w[i];
  }

  // Keeps only cells with pulses to come.
  void compact() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < n; ++i) {
      for (auto* column : {&w, &up, &down, &highest, &lowest}) (*column)[kept] = (*column)[i];
      place[kept] = whole ? static_cast<std::uint32_t>(i) : place[i];
      left[kept] = left[i];
      kept += left[i] != 0;
    }
    n = kept;
    whole = false;
  }
};

// exp(x) to 2e-7, the same bits on every instruction set.
[[gnu::always_inline]] inline float exp_of(float x) {
  const float within = x < -80.0f ? -80.0f : x > 80.0f ? 80.0f : x;
  const float k = (within * 1.44269504f + 0x1.8p23f) - 0x1.8p23f;
  const float f = (within - k * 0.693359375f) + k * 2.12194440e-4f;
  const float p =
      1 + f * (1 + f * (0.5f + f * (0.16666667f + f * (0.041666668f + f * (0.008333331f + f * 0.0013888889f)))));
  return p * std::bit_cast<float>((static_cast<std::int32_t>(k) + 127) << 23);
}

struct constant_factor {
  explicit constant_factor(const pulse_response&) {}
  [[gnu::always_inline]] float operator()(float, float, float, bool) const { return 1; }
};
struct linear_factor {
  float up, down;
  explicit linear_factor(const pulse_response& r)
      : up{static_cast<float>(r.slope_up)}, down{static_cast<float>(r.slope_down)} {}
  [[gnu::always_inline]] float operator()(float w, float highest, float lowest, bool rises) const {
    return 1 - (rises ? up : down) * w / (rises ? highest : lowest);
  }
};
struct exponential_factor {
  float amplitude_up, amplitude_down, rate_up, rate_down, scale, offset;
  explicit exponential_factor(const pulse_response& r)
      : amplitude_up{static_cast<float>(r.amplitude_up)},
        amplitude_down{static_cast<float>(r.amplitude_down)},
        rate_up{static_cast<float>(r.rate_up)},
        rate_down{static_cast<float>(r.rate_down)},
        scale{static_cast<float>(2 * r.scale)},
        offset{static_cast<float>(r.offset)} {}
  [[gnu::always_inline]] float operator()(float w, float highest, float lowest, bool rises) const {
    const float z = scale * w / (highest - lowest) + offset;
    return 1 - (rises ? amplitude_up : amplitude_down) * exp_of(rises ? rate_up * z : -rate_down * z);
  }
};

// Of the cells of a block.
struct pulse_counts {
  std::uint32_t waiting = 0;       // cells with pulses to come
  std::uint32_t rounds = 0;        // the most of one cell
  std::uint32_t up = 0, down = 0;  // pulses
};

// One pulse of each cell that waits for one.
template <class Factor>
[[gnu::always_inline]] inline void pulse_once(columns& c, Factor factor, float cycle_sd) {
  for (std::size_t i = 0; i < c.n; ++i) {
    const std::int32_t left = c.left[i];
    const bool rises = left > 0;
    const float w = c.w[i], highest = c.highest[i], lowest = c.lowest[i];
    const float f = factor(w, highest, lowest, rises), mean = (rises ? c.up[i] : -c.down[i]) * (f > 0 ? f : 0);
    const float next = w + mean * (1 + cycle_sd * c.xi[i]);
    const float within = next < lowest ? lowest : next > highest ? highest : next;
    c.w[i] = left != 0 ? within : w;
    c.left[i] = left - (left > 0) + (left < 0);
  }
}

SPINULE_CLONES void pulse_constant(columns& c, const pulse_response& r) {
  pulse_once(c, constant_factor{r}, static_cast<float>(r.cycle_sd));
}
SPINULE_CLONES void pulse_linear(columns& c, const pulse_response& r) {
  pulse_once(c, linear_factor{r}, static_cast<float>(r.cycle_sd));
}
SPINULE_CLONES void pulse_exponential(columns& c, const pulse_response& r) {
  pulse_once(c, exponential_factor{r}, static_cast<float>(r.cycle_sd));
}

void pulse_each(columns& c, const pulse_response& r) {
  if (r.law == pulse_law::constant) return pulse_constant(c, r);
  return r.law == pulse_law::linear ? pulse_linear(c, r) : pulse_exponential(c, r);
}

SPINULE_CLONES pulse_counts count_pulses(const std::int32_t* left, std::size_t n) {
  pulse_counts all;
  for (std::size_t i = 0; i < n; ++i) {
    const auto up = static_cast<std::uint32_t>(left[i] > 0 ? left[i] : 0);
    const auto down = static_cast<std::uint32_t>(left[i] < 0 ? -left[i] : 0);
    all.waiting += left[i] != 0;
    all.up += up;
    all.down += down;
    all.rounds = std::max(all.rounds, up + down);
  }
  return all;
}

// What is read of cells that were written: their state and an error.
SPINULE_CLONES void misread(const float* __restrict state, const float* __restrict xi, float noise,
                            std::span<const std::int16_t> counts, float* __restrict apparent) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const float read = state[i] + noise * xi[i];
    apparent[i] = counts[i] != 0 ? read : apparent[i];
  }
}

[[noreturn]] void refuse(const std::string& what) { throw spinule_error{"pulsed cells", what}; }

template <class Cells>
void check_finite(std::span<const float> numbers, const char* of, const Cells& cells) {
  const auto bad = std::find_if(numbers.begin(), numbers.end(), [](float x) { return !std::isfinite(x); });
  if (bad == numbers.end()) return;
  const auto at = static_cast<std::size_t>(bad - numbers.begin());
  refuse(fmt::format("the {} of cell {} is {:g}; it must be a finite number", of, cells[at], *bad));
}

void check(const write_limits& limits) {
  const auto at_least_zero = [](const char* name, double value) {
    if (!(value >= 0) || !std::isfinite(value))
      throw spinule_error{"write-verify", fmt::format("{} is {:g}; it must be 0 or more", name, value)};
  };
  at_least_zero("tolerance", limits.tolerance);
  at_least_zero("most_pulses", limits.most_pulses);
  at_least_zero("read_noise", limits.read_noise);
}

// Which cells are written, and how a block of them comes and goes.
struct every_cell {
  std::size_t count;
  std::size_t size() const { return count; }
  std::size_t operator[](std::size_t i) const { return i; }
  void load(const std::vector<float>& from, std::size_t first, std::span<float> to) const {
    for (std::size_t ahead = first + most; ahead < std::min(first + 2 * most, count); ahead += 16)
      __builtin_prefetch(from.data() + ahead);
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(first), to.size(), to.begin());
  }
  void store(std::span<const float> from, std::size_t first, std::vector<float>& to) const {
    std::copy_n(from.begin(), from.size(), to.begin() + static_cast<std::ptrdiff_t>(first));
  }
};
struct some_cells {
  std::span<const std::uint32_t> named;
  std::size_t size() const { return named.size(); }
  std::size_t operator[](std::size_t i) const { return named[i]; }
  void load(const std::vector<float>& from, std::size_t first, std::span<float> to) const {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[named[first + i]];
  }
  void store(std::span<const float> from, std::size_t first, std::vector<float>& to) const {
    for (std::size_t i = 0; i < from.size(); ++i) to[named[first + i]] = from[i];
  }
};

}  // namespace

pulsed_cells::pulsed_cells(std::size_t cells, const pulse_response& response, std::uint64_t seed, std::uint32_t chip)
    : response_{response},
      key_{random_stream{seed, purpose::device, chip, 1}.bits64()},
      state_(cells),
      apparent_(response.write_noise > 0 ? cells : 0),
      up_(cells),
      down_(cells),
      highest_(cells),
      lowest_(cells) {
  response_.check();
  const pulse_response& r = response_;
  for (std::size_t i = 0; i < cells; ++i) {
    random_stream random{key_, purpose::device, i};
    const double spread = r.step_sd * random.normal(), uneven = r.up_down + r.up_down_sd * random.normal();
    const double d = r.step * (r.lognormal_steps ? portable_exp(spread - r.step_sd * r.step_sd / 2) : 1 + spread);
    up_[i] = static_cast<float>(std::abs(d * (1 + uneven)));
    down_[i] = static_cast<float>(std::abs(d * (1 - uneven)));
    // A bound on the wrong side of 0 is at 0, but for a sliver that keeps the law finite.
    highest_[i] = static_cast<float>(std::max(r.highest * (1 + r.highest_sd * random.normal()), 1e-6));
    lowest_[i] = static_cast<float>(std::min(r.lowest * (1 + r.lowest_sd * random.normal()), -1e-6));
    if (random.uniform() >= r.corrupt) continue;
    up_[i] = down_[i] = 0;
    state_[i] = lowest_[i] + static_cast<float>(random.uniform()) * (highest_[i] - lowest_[i]);
  }
  if (!apparent_.empty()) apparent_ = state_;
}

void pulsed_cells::check_size(std::size_t n, const char* of, std::size_t cells) const {
  if (n != cells) refuse(fmt::format("{} {} for {} cells; there must be one for each", n, of, cells));
}

void pulsed_cells::check_cells(std::span<const std::uint32_t> cells) const {
  const auto last = std::max_element(cells.begin(), cells.end());
  if (last != cells.end() && *last >= size())
    refuse(fmt::format("cell {} is named; there are {}, from 0", *last, size()));
}

// Cells that wait for no pulse stay beside the others until these are few and have several pulses to come.
template <class Cells>
void pulsed_cells::pulse_block(const Cells& cells, std::size_t first, std::span<const std::int16_t> counts) {
  static_assert(block == most);
  constexpr std::uint32_t worth_compacting = 3;  // rounds
  columns c;
  c.n = counts.size();
  std::copy(counts.begin(), counts.end(), c.left.begin());
  pulse_counts still = count_pulses(c.left.data(), c.n);
  up_count_ += still.up;
  down_count_ += still.down;
  if (still.waiting == 0) return;
  const std::size_t n = counts.size();
  const auto load = [&](const std::vector<float>& from, auto& to) { cells.load(from, first, std::span{to}.first(n)); };
  load(state_, c.w);
  load(up_, c.up);
  load(down_, c.down);
  load(highest_, c.highest);
  load(lowest_, c.lowest);
  std::array<float, block> states, apparent;
  random_stream random{key_, purpose::read_noise, writes_, static_cast<std::uint32_t>(first / block)};
  for (; still.rounds > 0; --still.rounds) {
    if (still.rounds >= worth_compacting) {
      if (2 * count_pulses(c.left.data(), c.n).waiting < c.n) {
        c.leave(states);
        c.compact();
      }
    }
    fill_normals(random, std::span{c.xi}.first(c.n));
    pulse_each(c, response_);
  }
  c.leave(states);
  cells.store(std::span{states}.first(n), first, state_);
  if (apparent_.empty()) return;
  load(apparent_, apparent);
  fill_normals(random, std::span{c.xi}.first(n));
  misread(states.data(), c.xi.data(), static_cast<float>(response_.write_noise * response_.step), counts,
          apparent.data());
  cells.store(std::span{apparent}.first(n), first, apparent_);
}

template <class Cells>
void pulsed_cells::pulse_all(const Cells& cells, std::span<const std::int16_t> counts) {
  check_size(counts.size(), "counts of pulses", cells.size());
  for (std::size_t first = 0; first < cells.size(); first += block)
    pulse_block(cells, first, counts.subspan(first, std::min(block, cells.size() - first)));
  ++writes_;
}

void pulsed_cells::pulse(std::span<const std::int16_t> counts) { pulse_all(every_cell{size()}, counts); }
void pulsed_cells::pulse(std::span<const std::uint32_t> cells, std::span<const std::int16_t> counts) {
  check_cells(cells);
  pulse_all(some_cells{cells}, counts);
}

template <class Cells>
write_outcome pulsed_cells::verify(const Cells& cells, std::span<const float> targets, const write_limits& limits) {
  check_size(targets.size(), "targets", cells.size());
  check_finite(targets, "target", cells);
  check(limits);
  const std::uint64_t before = up_count_ + down_count_;
  const std::size_t n = cells.size();
  std::vector<std::int16_t> next(n);
  std::vector<float> noise(limits.read_noise > 0 ? n : 0);
  write_outcome outcome;
  for (int spent = 0;; ++spent) {
    if (!noise.empty()) {
      random_stream random{key_, purpose::read_noise, writes_, ~std::uint32_t{0}};
      fill_normals(random, noise);
    }
    std::size_t waiting = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double read = apparent()[cells[i]] + (noise.empty() ? 0 : limits.read_noise * noise[i]);
      const double missing = targets[i] - read;
      next[i] = std::abs(missing) <= limits.tolerance ? 0 : missing > 0 ? 1 : -1;
      waiting += next[i] != 0;
    }
    outcome.reached = n - waiting;
    if (waiting == 0 || spent == limits.most_pulses) break;
    pulse_all(cells, next);
  }
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double error = std::abs(double{apparent()[cells[i]]} - targets[i]);
    squares += error * error;
    outcome.largest_error = std::max(outcome.largest_error, error);
  }
  outcome.residual_sd = n > 0 ? std::sqrt(squares / static_cast<double>(n)) : 0;
  outcome.pulses = up_count_ + down_count_ - before;
  return outcome;
}

write_outcome pulsed_cells::write_verify(std::span<const float> targets, const write_limits& limits) {
  return verify(every_cell{size()}, targets, limits);
}
write_outcome pulsed_cells::write_verify(std::span<const std::uint32_t> cells, std::span<const float> targets,
                                         const write_limits& limits) {
  check_cells(cells);
  return verify(some_cells{cells}, targets, limits);
}

void pulsed_cells::put(std::span<const float> states) {
  check_size(states.size(), "states", size());
  check_finite(states, "state", every_cell{size()});
  for (std::size_t i = 0; i < size(); ++i)
    if (up_[i] > 0) state_[i] = std::clamp(states[i], lowest_[i], highest_[i]);
  if (!apparent_.empty()) apparent_ = state_;
}

double pulsed_cells::symmetric_point(std::size_t cell) const {
  if (cell >= size()) refuse(fmt::format("cell {} is named; there are {}, from 0", cell, size()));
  double low = lowest_[cell], high = highest_[cell];
  pulse_response up = response_;
  up.up_down = 0;
  up.highest = high;
  up.lowest = low;
  pulse_response down = up;
  up.step = up_[cell];
  down.step = down_[cell];
  const auto rises = [&](double w) { return up.change(w, true) + down.change(w, false) > 0; };
  if (!rises(low)) return low;
  if (rises(high)) return high;
  for (int k = 0; k < 60; ++k) {
    const double middle = (low + high) / 2;
    (rises(middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace spinule

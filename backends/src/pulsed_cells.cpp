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

// Cells that are pulsed together, as columns.
struct columns {
  alignas(64) std::array<float, 256> w, up, down, highest, lowest, xi;
  std::array<std::int32_t, 256> left, cell;  // pulses still to come, up where positive; where the cell is in its block
  std::size_t n = 0;

  // Keeps only cells with pulses to come.
  void compact() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (left[i] == 0) continue;
      for (auto* column : {&w, &up, &down, &highest, &lowest}) (*column)[kept] = (*column)[i];
      cell[kept] = cell[i];
      left[kept++] = left[i];
    }
    n = kept;
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

// One pulse of each cell that waits for one; how many still wait then.
template <class Factor>
[[gnu::always_inline]] inline std::size_t pulse_once(columns& c, Factor factor, float cycle_sd) {
  std::uint32_t waiting = 0;
  for (std::size_t i = 0; i < c.n; ++i) {
    const std::int32_t left = c.left[i];
    const bool rises = left > 0;
    const float w = c.w[i], highest = c.highest[i], lowest = c.lowest[i];
    const float f = factor(w, highest, lowest, rises), mean = (rises ? c.up[i] : -c.down[i]) * (f > 0 ? f : 0);
    const float next = w + mean * (1 + cycle_sd * c.xi[i]);
    const float within = next < lowest ? lowest : next > highest ? highest : next;
    c.w[i] = left != 0 ? within : w;
    const std::int32_t later = left - (left > 0) + (left < 0);
    c.left[i] = later;
    waiting += later != 0;
  }
  return waiting;
}

SPINULE_CLONES std::size_t pulse_constant(columns& c, const pulse_response& r) {
  return pulse_once(c, constant_factor{r}, static_cast<float>(r.cycle_sd));
}
SPINULE_CLONES std::size_t pulse_linear(columns& c, const pulse_response& r) {
  return pulse_once(c, linear_factor{r}, static_cast<float>(r.cycle_sd));
}
SPINULE_CLONES std::size_t pulse_exponential(columns& c, const pulse_response& r) {
  return pulse_once(c, exponential_factor{r}, static_cast<float>(r.cycle_sd));
}

std::size_t pulse_all(columns& c, const pulse_response& r) {
  if (r.law == pulse_law::constant) return pulse_constant(c, r);
  return r.law == pulse_law::linear ? pulse_linear(c, r) : pulse_exponential(c, r);
}

// Which cells are written.
struct every_cell {
  std::size_t count;
  std::size_t size() const { return count; }
  std::size_t operator[](std::size_t i) const { return i; }
};
using some_cells = std::span<const std::uint32_t>;

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
  if (n != cells)
    throw spinule_error{"pulsed cells", fmt::format("{} {} for {} cells; there must be one for each", n, of, cells)};
}

// Cells that wait for no pulse stay beside the others, as long as these are the most.
template <class Cells>
void pulsed_cells::pulse_block(const Cells& cells, std::size_t first, std::span<const std::int16_t> counts) {
  columns c;
  c.n = counts.size();
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < c.n; ++i) {
    const std::int32_t count = counts[i];
    c.left[i] = count;
    c.cell[i] = static_cast<std::int32_t>(i);
    waiting += count != 0;
    up_count_ += static_cast<std::uint32_t>(std::max(count, 0));
    down_count_ += static_cast<std::uint32_t>(std::max(-count, 0));
  }
  if (waiting == 0) return;
  const auto load = [&](const std::vector<float>& from, auto& to) {
    for (std::size_t i = 0; i < c.n; ++i) to[i] = from[cells[first + i]];
  };
  load(state_, c.w);
  load(up_, c.up);
  load(down_, c.down);
  load(highest_, c.highest);
  load(lowest_, c.lowest);
  random_stream random{key_, purpose::read_noise, writes_, static_cast<std::uint32_t>(first / block)};
  while (waiting > 0) {
    if (2 * waiting < c.n) c.compact();
    fill_normals(random, std::span{c.xi}.first(c.n));
    waiting = spinule::pulse_all(c, response_);
    if (2 * waiting < c.n) {
      for (std::size_t i = 0; i < c.n; ++i) state_[cells[first + static_cast<std::size_t>(c.cell[i])]] = c.w[i];
    }
  }
  if (apparent_.empty()) return;
  fill_normals(random, std::span{c.xi}.first(counts.size()));
  const auto noise = static_cast<float>(response_.write_noise * response_.step);
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (const std::size_t cell = cells[first + i]; counts[i] != 0) apparent_[cell] = state_[cell] + noise * c.xi[i];
}

template <class Cells>
void pulsed_cells::pulse_all(const Cells& cells, std::span<const std::int16_t> counts) {
  check_size(counts.size(), "counts of pulses", cells.size());
  for (std::size_t first = 0; first < cells.size(); first += block)
    pulse_block(cells, first, counts.subspan(first, std::min(block, cells.size() - first)));
  ++writes_;
}

void pulsed_cells::pulse(std::span<const std::int16_t> counts) { pulse_all(every_cell{size()}, counts); }
void pulsed_cells::pulse(some_cells cells, std::span<const std::int16_t> counts) { pulse_all(cells, counts); }

template <class Cells>
write_outcome pulsed_cells::verify(const Cells& cells, std::span<const float> targets, const write_limits& limits) {
  check_size(targets.size(), "targets", cells.size());
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
write_outcome pulsed_cells::write_verify(some_cells cells, std::span<const float> targets, const write_limits& limits) {
  return verify(cells, targets, limits);
}

void pulsed_cells::put(std::span<const float> states) {
  check_size(states.size(), "states", size());
  for (std::size_t i = 0; i < size(); ++i)
    if (up_[i] > 0) state_[i] = std::clamp(states[i], lowest_[i], highest_[i]);
  if (!apparent_.empty()) apparent_ = state_;
}

double pulsed_cells::symmetric_point(std::size_t cell) const {
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

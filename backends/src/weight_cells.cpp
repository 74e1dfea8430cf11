#include "weight_cells.hpp"

#include <cmath>
#include <cstdlib>

namespace spinule {

weight_cells::weight_cells(const hardware& hw, const device& cell, double largest, double window)
    : offset_{hw.array.signs == sign_storage::offset},
      slices_{static_cast<std::uint32_t>(hw.array.slices.value)},
      bits_{static_cast<int>(hw.device.bits_per_slice.value)},
      rest_{offset_ ? cell.g_min : cell.rest()},
      window_{offset_ ? cell.g_max - cell.g_min : window},
      largest_{largest > 0 ? largest : 1} {
  if (hw.device.programming == programming_mode::pulses) window_ *= hw.pulses.window.value;
  if (bits_ == 0) return;
  const double numbers = std::ldexp(1, bits_ * static_cast<int>(slices_)) - 1;
  unit_ = offset_ ? 2 * largest_ / (numbers - 1) : largest_ / numbers;
  zero_ = offset_ ? static_cast<std::int64_t>((numbers - 1) / 2) : 0;
}

std::int64_t weight_cells::number(std::int64_t code) const {
  const auto steps = std::llround(static_cast<double>(code) / unit_);
  return offset_ ? zero_ + steps : std::abs(steps);
}

double weight_cells::digit(std::int64_t number, std::uint32_t slice) const {
  return static_cast<double>(number >> (static_cast<int>(slice) * bits_) & ((std::int64_t{1} << bits_) - 1));
}

double weight_cells::significance(std::uint32_t slice) const {
  return std::ldexp(unit_, bits_ * static_cast<int>(slice));
}

cell_targets weight_cells::targets(std::int64_t code, std::uint32_t slice) const {
  if (bits_ > 0) {
    const double step = window_ / (std::ldexp(1, bits_) - 1), on = rest_ + digit(number(code), slice) * step;
    if (offset_) return {on, rest_ + digit(zero_, slice) * step};
    return {code > 0 ? on : rest_, code < 0 ? on : rest_};
  }
  if (offset_) {
    const double middle = rest_ + window_ / 2;
    return {middle + static_cast<double>(code) / quanta_per_us(0), middle};
  }
  const double on = rest_ + std::abs(static_cast<double>(code)) / quanta_per_us(0);
  return {code > 0 ? on : rest_, code < 0 ? on : rest_};
}

double weight_cells::quanta_per_us(std::uint32_t slice) const {
  if (bits_ == 0) return (offset_ ? 2 * largest_ : largest_) / window_;
  return significance(slice) * (std::ldexp(1, bits_) - 1) / window_;
}

double weight_cells::part(std::int64_t code, std::uint32_t slice) const {
  if (bits_ == 0) return static_cast<double>(code);
  const double digits = digit(number(code), slice) - (offset_ ? digit(zero_, slice) : 0);
  return (code < 0 && !offset_ ? -digits : digits) * significance(slice);
}

double weight_cells::fully_on(std::uint32_t slice) const {
  return bits_ == 0 ? largest_ : significance(slice) * (std::ldexp(1, bits_) - 1);
}

std::int64_t weight_cells::kept(std::int64_t code) const {
  if (bits_ == 0) return code;
  return std::llround(static_cast<double>(std::llround(static_cast<double>(code) / unit_)) * unit_);
}

}  // namespace spinule

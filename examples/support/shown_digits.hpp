// Digits seen and digits spoken, as the zero-shot liquids take them.
#pragma once

#include <filesystem>

#include <spinule/io/mnist.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/io/shd.hpp>

#include "formed_liquid.hpp"

namespace spinule {

/// 16 x 16 pixels in the middle, OFF events, 50 steps of 7 ms.
inline formed_liquid eye_of(double c) { return {.channels = 256, .steps = 50, .decay = 0.9, .threshold = 5, .c = c}; }
/// 700 channels in 64 groups, steps of 10 ms.
inline formed_liquid ear_of(double c) { return {.channels = 64, .steps = 99, .decay = 0.97, .threshold = 5.3, .c = c}; }
/// 28 x 28 pixels, 50 steps of 5 ms.
inline formed_liquid reader_of(double c) {
  return {.channels = 784, .steps = 50, .decay = 0.9, .threshold = 5, .c = c};
}

inline std::vector<event> centre_crop(std::span<const event> events) {
  std::vector<event> kept;
  for (const event& e : events) {
    const std::uint32_t x = e.channel % 34, y = e.channel / 34;
    if (x >= 9 && x < 25 && y >= 9 && y < 25) kept.push_back({e.time_us, (y - 9) * 16 + (x - 9)});
  }
  return kept;
}

/// The first 1000 samples of a part of N-MNIST, in the order of MNIST.
inline shown_samples load_nmnist(const std::filesystem::path& folder, data_part part) {
  const nmnist set{folder, {.part = part, .first = 1, .last = 1000}};
  shown_samples all;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const auto [events, label] = set.read(i);
    all.samples.push_back(eye_of(1).steps_of(centre_crop(events.events), 7_ms));
    all.labels.push_back(label);
  }
  return all;
}

/// The first samples of a part of MNIST, rate-coded.
inline shown_samples load_mnist(const std::filesystem::path& folder, data_part part, std::size_t most) {
  const mnist set{folder, {.part = part}};
  shown_samples all;
  for (std::size_t i = 0; i < std::min(set.size(), most); ++i) {
    const auto [events, label] = set.read(i);
    all.samples.push_back(reader_of(1).steps_of(events.events, 5_ms));
    all.labels.push_back(label);
  }
  return all;
}

/// Spoken digits of the first `languages` languages: the English ones, then the German ones.
inline shown_samples load_shd(const std::filesystem::path& file, std::uint32_t languages) {
  const shd set{file};
  shown_samples all;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set.label(i) >= 10 * languages) continue;
    auto [sound, label] = set.read(i);
    for (event& e : sound.events) e.channel = e.channel * 64 / 700;
    all.samples.push_back(ear_of(1).steps_of(sound.events, 10_ms));
    all.labels.push_back(label);
  }
  return all;
}

}  // namespace spinule

// Words of gliding tones on 700 channels.
#include <algorithm>
#include <array>
#include <string>

#include <spinule/error.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/random.hpp>

#include "half.hpp"
#include "order.hpp"

namespace spinule {
namespace {

constexpr double channels = 700;

double between(random_stream& random, double low, double high) { return low + (high - low) * random.uniform(); }

/// A tone that glides through three channels, from `onset` on.
struct tone {
  std::array<double, 3> channel;
  double onset_ms, length_ms, spikes_per_ms;

  double channel_at(double u) const {
    return u < 0.5 ? channel[0] + 2 * u * (channel[1] - channel[0])
                   : channel[1] + (2 * u - 1) * (channel[2] - channel[1]);
  }
};

/// The tones of a word are part of the language, not of a set: no seed but their own.
std::array<tone, 3> tones_of(std::uint32_t word) {
  random_stream random{0, purpose::generator, word, 2};
  std::array<tone, 3> tones;
  for (tone& t : tones) {
    const double start = between(random, 80, 620);
    const auto near = [&](double c) { return std::clamp(c + between(random, -130, 130), 30.0, 670.0); };
    const double middle = near(start);
    t = {.channel = {start, middle, near(middle)},
         .onset_ms = between(random, 0, 220),
         .length_ms = between(random, 300, 550),
         .spikes_per_ms = between(random, 3, 6)};
  }
  return tones;
}

std::int64_t spoken_us(double ms) {
  const float seconds = from_half(to_half(static_cast<float>(ms * 1e-3)));
  return static_cast<std::int64_t>(static_cast<double>(seconds) * 1e6 + 0.5);
}

}  // namespace

recording draw_word(std::uint32_t word, std::uint64_t seed, std::uint64_t instance) {
  if (word > 19) throw spinule_error{"word to draw", std::to_string(word) + " is none; 0 to 19 are"};
  random_stream random{seed, purpose::generator, instance * 20 + word, 3};
  const double tempo = between(random, 0.85, 1.15), pitch = between(random, -45, 45),
               loudness = between(random, 0.7, 1.2);
  const double start_ms = between(random, 5, 60), spread = between(random, 10, 18);
  recording result;
  const auto spike = [&](double ms, double channel) {
    if (channel >= 0 && channel < channels)
      result.events.push_back({spoken_us(ms), static_cast<std::uint32_t>(channel)});
  };
  for (const tone& t : tones_of(word)) {
    const double off_pitch = pitch + 8 * random.normal();
    for (double ms = 0; ms < t.length_ms; ms += 2) {
      const double u = ms / t.length_ms, envelope = 1.5 * std::min(1.0, 4 * std::min(u, 1 - u));
      for (std::uint64_t n = random.poisson(2 * tempo * loudness * t.spikes_per_ms * envelope); n > 0; --n)
        spike(start_ms + tempo * (t.onset_ms + ms + 2 * random.uniform()),
              t.channel_at(u) + off_pitch + spread * random.normal());
    }
  }
  for (std::uint64_t n = random.poisson(800); n > 0; --n) spike(between(random, 0, 800), channels * random.uniform());
  put_in_order(result.events);
  result.length = length_of(result.events.empty() ? 0 : result.events.back().time_us);
  return result;
}

}  // namespace spinule

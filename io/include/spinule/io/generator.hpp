// Made-up event data in the formats of N-MNIST and SHD, for when the real sets are not at hand. It is drawn from a
// small font and from random tone patterns: good for trying things out, no measure of anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include <spinule/recording.hpp>

namespace spinule {

/// A digit, drawn with strokes of random shape, size, slant, place and thickness, seen by a 34 x 34 event camera that
/// makes three saccades of 105 ms along a triangle. Channels as in nmnist.hpp; about 4000 events (2000 to 6000).
///
/// Camera: a pixel fires when the logarithm of the brightness has moved by its threshold since it last fired
/// (Lichtsteiner, Posch, Delbruck, IEEE JSSC 43(2), 2008); thresholds differ between pixels, and some events are noise.
/// Depends on its arguments alone. Throws `spinule_error` when `digit` > 9.
recording draw_digit(std::uint32_t digit, std::uint64_t seed, std::uint64_t instance);

struct digit_set {
  std::uint32_t train_per_digit = 60;
  std::uint32_t test_per_digit = 15;
  std::uint64_t seed = 1;
};

/// Writes a folder of N-MNIST recordings, Train/<digit>/<number>.bin and Test/<digit>/<number>.bin, numbers from 1 with
/// the digits in turn. The folder must be empty or not there; it appears whole or not at all.
/// Throws `file_error` when it cannot be written.
void write_nmnist(const std::filesystem::path& folder, const digit_set& set = {});

/// One of 20 "words": three tones that glide over 700 channels, the same word for every seed, spoken with random tempo,
/// pitch, loudness and background. Times are those that binary16 seconds can say, rounded to us; about 6000 events.
/// Depends on its arguments alone. Throws `spinule_error` when `word` > 19.
recording draw_word(std::uint32_t word, std::uint64_t seed, std::uint64_t instance);

/// Writes words 0, 1, ... 19, 0, ... to an HDF5 file in the layout of SHD (see shd.hpp), whole or not at all. Equal
/// arguments give equal bytes. Throws `file_error` when it cannot be written, `spinule_error` when there are no
/// samples.
void write_shd(const std::filesystem::path& file, std::uint32_t samples, std::uint64_t seed = 1);

}  // namespace spinule

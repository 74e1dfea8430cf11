// Movies of moving textures as an event camera sees them through small windows.
#pragma once

#include <cstdint>
#include <vector>

#include <spinule/learning/motif_training.hpp>

namespace spinule::learning {

/// Motion detection as Grimaldi & Perrinet, Biol. Cybern. 117 (2023), define it, on random textures in place of
/// photographs. A texture of 128 x 128 pixels, which repeats itself, moves steadily for a Poisson number of frames,
/// then in another of `directions x speeds` ways; all are as likely. Its power falls as 1 / f^2 up to 0.4 cycles per
/// pixel, its phases are random and its variance is 1. A pixel sums the changes of its light from frame to frame; where
/// the sum passes `threshold`, up or down, it has an event, ON or OFF, and a threshold is taken off the sum.
struct moving_textures {
  std::uint32_t directions = 12;
  std::vector<double> speeds{0.5, 1, 2};  ///< pixels per frame
  double steady = 24;                     ///< mean number of frames of one motion
  std::uint32_t frames = 200;             ///< bins of a recording
  index_t width = 11;                     ///< of a window, in pixels
  std::uint32_t places = 16;              ///< windows on one movie, at random
  double threshold = 0.5;                 ///< deviations of the light
  std::uint64_t seed = 1;

  /// ON pixels, row by row, then OFF pixels.
  index_t addresses() const { return 2 * width * width; }
  /// [addresses] ON and OFF of each pixel exchanged, as `motif_training::mirror` wants it.
  std::vector<index_t> mirror() const;
  /// Motion `speed * directions + direction`; direction k is k / directions of a turn.
  index_t motions() const { return directions * static_cast<index_t>(speeds.size()); }
  /// [places] what is seen through each window of a movie, and its motion in each frame. Each movie has a texture and a
  /// path of its own. Throws `spinule_error` when a number is out of range.
  std::vector<motif_sample> movie(std::uint64_t number) const;
};

}  // namespace spinule::learning

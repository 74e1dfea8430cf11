// Recordings that are changed at random, so that training sees more than there is.
#pragma once

#include <cstdint>

#include <spinule/random.hpp>
#include <spinule/recording.hpp>

namespace spinule::learning {

// Every function gives a recording sorted by time, then channel, and draws from `draw` alone. `shift_channels` and
// `blend` are those with which Nowotny, Turner & Knight (Neuromorph. Comput. Eng. 5, 2025) train on spoken digits.

/// Every channel plus one whole number, uniform in [-largest_shift, largest_shift]; events that leave [0, channels) are
/// dropped. Throws `spinule_error` for a channel of `given` that is not below `channels`.
recording shift_channels(const recording& given, std::uint32_t channels, std::uint32_t largest_shift,
                         random_stream& draw);

/// Events of two recordings, of one class as a rule: both are moved in time and channel so that their mean times and
/// mean channels meet half way, by whole microseconds and channels, rounded towards 0. Then each event is kept with
/// probability 1/2. As long as the longer of the two; events that leave [0, length) or [0, channels) are dropped.
/// Throws as `shift_channels` does.
recording blend(const recording& a, const recording& b, std::uint32_t channels, random_stream& draw);

/// How far a picture is moved at most.
struct picture_moves {
  double shift = 0;  ///< pixels, along either axis
  double turn = 0;   ///< degrees, up to 45
  double zoom = 0;   ///< share by which it grows or shrinks, below 1
};

/// What an event camera of width x height pixels, channel = (polarity * height + y) * width + x, would have seen of a
/// picture that is shifted, turned and zoomed about the centre, each uniformly within `most`. Events go to the nearest
/// pixel; those that leave the picture are dropped. Throws `spinule_error` for channels that are no whole number of
/// pictures, a channel of `given` out of range, and moves that are negative, not finite or too large.
recording move_picture(const recording& given, std::uint32_t channels, std::uint32_t width, std::uint32_t height,
                       const picture_moves& most, random_stream& draw);

/// Every time plus a normal number of mean 0 and this deviation, to the nearest microsecond; times that leave
/// [0, length) are put to its end. Throws `spinule_error` for a deviation that is negative or not finite.
recording jitter(const recording& given, milliseconds deviation, random_stream& draw);

/// Each event is dropped with this probability. Throws `spinule_error` for a probability outside of [0, 1].
recording drop_events(const recording& given, double probability, random_stream& draw);

}  // namespace spinule::learning

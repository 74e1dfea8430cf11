// What samples must be before a trainer takes them.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <spinule/learning/trainer.hpp>

namespace spinule::learning {

/// What a trainer can take.
struct sample_limits {
  std::string trainer;           ///< that refuses
  std::size_t channels = 0;      ///< of the input
  std::size_t classes = 0;       ///< of the output
  std::size_t length = 0;        ///< of a sample
  const char* instant = "tick";  ///< what `length` counts
};

/// Throws `spinule_error` for no samples at all, labels, channels and ticks out of range, events that are not in the
/// order of time, and values that are not finite or not one for each event.
void check_samples(std::span<const training_sample> samples, const sample_limits& limits);

}  // namespace spinule::learning

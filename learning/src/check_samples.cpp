#include "check_samples.hpp"

#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {

void check_samples(std::span<const training_sample> samples, const sample_limits& limits) {
  if (samples.empty()) throw spinule_error{limits.trainer, "the batch is empty; give one sample or more"};
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const training_sample& sample = samples[s];
    const auto refuse = [&](const std::string& what) {
      throw spinule_error{fmt::format("{}: sample {}", limits.trainer, s), what};
    };
    if (sample.label >= limits.classes)
      refuse(fmt::format("label {} for {} outputs; labels start at 0", sample.label, limits.classes));
    if (!sample.values.empty() && sample.values.size() != sample.events.size())
      refuse(fmt::format("{} values for {} events; give one for each, or none", sample.values.size(),
                         sample.events.size()));
    std::uint32_t reached = 0;
    for (const raster_event& e : sample.events) {
      if (e.address >= limits.channels)
        refuse(fmt::format("channel {}; the input has {}, from 0 on", e.address, limits.channels));
      if (e.bin < reached || e.bin >= limits.length)
        refuse(
            fmt::format("an event in {0} {1}; give them by {0}, before {0} {2}", limits.instant, e.bin, limits.length));
      reached = e.bin;
    }
    for (const float x : sample.values)
      if (!std::isfinite(x)) refuse("a value is not finite");
  }
}

}  // namespace spinule::learning

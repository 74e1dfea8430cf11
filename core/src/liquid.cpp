#include <spinule/liquid.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>

namespace spinule {
namespace {

/// Counts of all layers since the last clear, appended; neighbours in groups of `group` are added up.
void append_counts(const simulation& sim, std::span<const population> layers, std::size_t group,
                   std::vector<float>& features) {
  for (const population& p : layers) {
    const auto counts = sim.counts(p);
    for (std::size_t i = 0; i < counts.size(); i += group) {
      std::uint64_t sum = 0;
      for (std::size_t k = i; k < std::min(i + group, counts.size()); ++k) sum += counts[k];
      features.push_back(static_cast<float>(sum));
    }
  }
}

}  // namespace

std::size_t liquid_description::group() const {
  const auto given = numbers.find("group");
  if (given == numbers.end()) return 1;
  if (!(given->second >= 1)) throw spinule_error{"liquid", "groups of 0 channels; there is at least 1 in each"};
  return static_cast<std::size_t>(given->second);
}

void liquid_description::check() const {
  if (!(tick >= 1_us && tick <= 1_s))
    throw spinule_error{"liquid", fmt::format("a tick of {} ms is outside 0.001 ms to 1000 ms", tick.value())};
  if (windows.empty()) throw spinule_error{"liquid", "names no window to count spikes in"};
  double last = 0;
  for (const milliseconds end : windows) {
    const double count = end.value() <= longest_sample.value() ? tick_grid{tick}.count(end) : 0;
    if (!(count > last) || count != std::floor(count))
      throw spinule_error{"liquid", fmt::format("a window ends at {} ms; ends are whole ticks of {} ms, each after the "
                                                "one before, up to {} ms",
                                                end.value(), tick.value(), longest_sample.value())};
    last = count;
  }
}

classifier count_spikes(liquid of, const liquid_description& how) {
  return {.net = std::move(of.net),
          .input = of.input,
          .tick = how.tick,
          .windows = how.windows,
          .read = [layers = std::move(of.layers), group = how.group()](const simulation& sim,
                                                                       std::vector<float>& features) {
            append_counts(sim, layers, group, features);
          }};
}

std::uint64_t features_of(const liquid_description& how, std::uint64_t channels) {
  const std::uint64_t group = how.group();
  const std::uint64_t counts = how.kind == "input" ? channels / group + (channels % group != 0) : how.neurons;
  return how.windows.size() * counts;
}

}  // namespace spinule

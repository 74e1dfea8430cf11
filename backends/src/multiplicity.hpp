// Guards on what populations send.
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <string>

#include <fmt/format.h>

#include <spinule/engine/emission.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>

namespace spinule {

/// Throws for values that are larger than their population said, or no numbers, and for negative ones where there must
/// be none. The last bits may differ.
inline void check_values(const emission& sent, const lowered_network& net, index_t p) {
  const double largest = net.largest_output[p];
  const std::string& population = net.populations[p].name;
  if (net.sends_none_below_0[p])
    for (std::size_t i = 0; i < sent.values.size(); ++i)
      if (sent.values[i] < 0)
        throw spinule_error{fmt::format("population \"{}\"", population),
                            fmt::format("neuron {} sends {} to a port that takes nothing below 0, or as the gain of a "
                                        "projection onto one",
                                        sent.neurons[i], sent.values[i])};
  const auto most = static_cast<float>(largest * (1 + 1e-6));
  for (std::size_t i = 0; i < sent.values.size(); ++i)
    if (!(std::fabs(sent.values[i]) <= most))
      throw spinule_error{fmt::format("population \"{}\"", population),
                          fmt::format("neuron {} sends {}; its model says that no value is larger than {}",
                                      sent.neurons[i], sent.values[i], largest)};
}

/// Throws for neurons out of order, as a source of the user's own may send them.
inline void check_order(std::span<const index_t> fired, const std::string& population) {
  bool ordered = true;
  for (std::size_t i = 1; i < fired.size(); ++i) ordered &= fired[i - 1] <= fired[i];
  if (ordered) return;
  const auto late = std::is_sorted_until(fired.begin(), fired.end());
  throw spinule_error{
      fmt::format("population \"{}\"", population),
      fmt::format("its source sends neuron {} after {}; let `emit` append them ascending", *late, *std::prev(late))};
}

/// Throws when one neuron of `fired` (ascending) occurs more often than the sums of a tick were sized for.
inline void check_multiplicity(std::span<const index_t> fired, std::uint32_t most, const std::string& population) {
  if (fired.size() <= most) return;
  std::uint32_t run = 0;
  for (std::size_t i = 1; i < fired.size(); ++i) {
    run = fired[i] == fired[i - 1] ? run + 1 : 0;
    if (run >= most)
      throw spinule_error{
          fmt::format("population \"{}\"", population),
          fmt::format("channel {} has more than {} events in one tick; use a shorter tick", fired[i], most)};
  }
}

}  // namespace spinule

// Full scale of converters, measured on sample recordings.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace spinule {

class network;
class simulation;
struct crossbar;

/// Full scale of the converters of one projection.
struct projection_range {
  std::string projection;  ///< its name
  double full_scale = 0;   ///< unit of the target port; 0: no sum came, and full scale is as with `expected`

  bool operator==(const projection_range&) const = default;
};

/// Magnitudes of column sums before their conversion. Several threads may add to it at the same time. What it says
/// depends neither on their number nor on the order of the sums.
class sum_record {
 public:
  /// A sum of 0 is left out: it says nothing of the range.
  void add(double sum);
  /// 0 where nothing was added.
  double largest() const;
  /// The magnitude that this share of the sums, more than 0 and at most 1, do not exceed, rounded up by 3 % at most
  /// and never beyond the largest, which it is for 1; 0 where nothing was added.
  double within(double share) const;

 private:
  static constexpr int dropped_bits = 18;  // of a float: 32 bins for each doubling
  std::array<std::atomic<std::uint64_t>, std::size_t{1} << (31 - dropped_bits)> counts_{};
  std::atomic<double> largest_ = 0;
};

/// Calibrates `adc.range = data`: the ranges that `crossbar::ranges` takes, one for each projection of the network, in
/// their order. `show` is given the network on the same chip, with converters that neither round nor clip where the
/// range comes from data. It shows sample recordings there, or on copies, also on several threads; how many threads
/// there are changes nothing. Full scale of a projection is what `adc.range_share` of its sums do not exceed, over all
/// tiles, slices and pulses, without read noise. Throws what `crossbar::build` and `show` throw.
std::vector<projection_range> measure_ranges(const network& net, const crossbar& on,
                                             const std::function<void(simulation&)>& show);

}  // namespace spinule

// Derivatives that stand in for that of a spike, which is 0 or infinite.
#pragma once

#include <span>

namespace spinule::learning {

/// d spike / d margin = height * g(margin / width), where the margin is what a unit is above its threshold, in the unit
/// of that, and g has its peak of 1 at 0:
///
/// | shape | g(x) |
/// |---|---|
/// | `fast_sigmoid` | 1 / (1 + abs x)^2 (Zenke & Ganguli 2018, SuperSpike) |
/// | `arctan` | 1 / (1 + x^2) |
/// | `triangle` | max(0, 1 - abs x) (Bellec et al. 2018; e-prop) |
/// | `sigmoid` | 4 s (1 - s) with s = 1 / (1 + exp(-x)) |
/// | `gaussian` | exp(-x^2 / 2) |
/// | `multi_gaussian` | 1.15 exp(-x^2 / 2) - 0.15 exp(-x^2 / 72), scaled to a peak of 1 (Yin et al. 2021) |
///
/// Its shape hardly matters, its scale does: through many layers or ticks a derivative much above 1 per threshold
/// explodes (Zenke & Vogels 2021).
struct surrogate {
  enum class form { fast_sigmoid, arctan, triangle, sigmoid, gaussian, multi_gaussian };
  form shape = form::fast_sigmoid;
  double width = 1;   ///< > 0, in the unit of the margin
  double height = 1;  ///< > 0

  /// Throws `spinule_error` for a width or a height that is not positive.
  void check() const;
  /// g of every margin; both of one size.
  void slopes(std::span<const float> margins, std::span<float> out) const;
  /// The integral of g from far below to each margin: the smooth spike whose exact derivative this is. Not for
  /// `multi_gaussian` below 0, where it dips.
  void smooth_spikes(std::span<const float> margins, std::span<float> out) const;
};

}  // namespace spinule::learning

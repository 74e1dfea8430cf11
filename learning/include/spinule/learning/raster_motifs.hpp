// Synthetic rasters: motifs at random moments, which may overlap, in noise.
#pragma once

#include <cstdint>

#include <spinule/learning/motif_training.hpp>

namespace spinule::learning {

/// The generative model of Perrinet, ICANN 2023, with the settings of its notebook: each motif is complete in a bin
/// with probability `p_motif`, in bins that leave room for all of it, and an address is active with logit p(a, t) =
/// logit(p_event) + sum over b, d of K_b(a, d) B(b, t + d). Trials and kernels follow from `seed`.
struct raster_motifs {
  index_t addresses = 128;
  index_t motifs = 233;
  std::uint32_t delays = 31;
  std::uint32_t bins = 1024;
  double strength = 4;    ///< deviation of the normal law of kernels, in nats (E_SM)
  double density = 0.05;  ///< part of the kernel that attracts spikes (p_SM)
  double p_event = 0.001, p_motif = 0.001;
  std::uint64_t seed = 1;

  /// K, the bias being 0. Of a normal law, what is above its (1 - density) quantile, under an envelope
  /// exp(-s / 0.4) (1 - exp(-s / 0.05)) with s from 0 to 1 over the motif, and each followed in the next two bins by
  /// -0.8 and -0.2 of itself: so sums over time are 0 but for what is cut off at the ends. Throws `spinule_error` when
  /// a number is out of range.
  motif_parameters kernels() const;
  /// Throws `spinule_error` when a number is out of range or the kernels have another shape.
  motif_sample trial(const motif_parameters& kernels, std::uint64_t number) const;
};

}  // namespace spinule::learning

// What emulated arrays do to a network, put into the forward pass of training so that the network learns to bear it.
#pragma once

#include <cstddef>
#include <vector>

namespace spinule::learning {

/// Hardware-aware training (Joshi et al., Nat. Commun. 11, 2473, 2020; Rasch et al., Nat. Commun. 14, 5282, 2023). Each
/// batch sees other weights in place of those that are learned,
///
///     w' = 0 with probability drop, else sign(w) level(|w|) + noise(|w| / largest) largest xi,
///
/// where largest is the largest |w| of its projection, level(x) is the nearest of `levels` equally spaced values from
/// `least` to largest, and xi is a normal number of each synapse and batch. Errors pass w' on their way back, and the
/// gradient of w' is taken for that of w (straight through). Noise, lost synapses and converters are for learning
/// alone: `test` and `trained` go by w.
struct array_effects {
  /// Deviation of what is added to a weight, over the largest of its projection: at equally spaced |w| / largest from 0
  /// to 1, and linear between them. One number: the same for all weights; none: no noise.
  std::vector<double> noise = {};
  /// Conductances that a cell can have, as `device.levels`: a pair of cells has 2 levels - 1 weights. 0: any weight.
  int levels = 0;
  /// Over the largest weight: weights below it, but not 0, become that. Of cells whose least conductance is above that
  /// of a cell without weight.
  double least = 0;
  double drop = 0;  ///< share of synapses that are missing in a batch (drop-connect)
  /// After each step, weights that lie beyond so many root mean squares of their projection are put there, so that a
  /// few large ones do not spread the scale of all; 0: never.
  double clip = 0;

  /// Bits of the converters behind the columns, as `adc.bits`: the sum that a target gets in a tick from each band of
  /// `rows` sources of a projection is rounded to one of 2^bits - 1 equal steps and held within full scale. Errors pass
  /// as if it were not. 0: sums stay as they are. Not for projections whose synapses have delays of their own.
  int sum_bits = 0;
  std::size_t rows = 128;
  double full_scale = 0;  ///< in largest weights; 0: as `adc.range = "expected"`, from the two numbers below
  double activity = 0.1;  ///< share of the sources that is expected to fire in a tick
  double sigmas = 4;      ///< deviations of the expected sum that full scale holds

  bool change_weights() const { return !noise.empty() || levels > 0 || least > 0 || drop > 0; }
  /// Throws `spinule_error` for what is out of range.
  void check() const;
};

}  // namespace spinule::learning

// Motif layers that are learned from events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/learning/motif_layer.hpp>
#include <spinule/learning/raster.hpp>

namespace spinule::learning {

/// A recording, and which motifs are complete in which bins of it.
struct motif_sample {
  raster events;  ///< of the addresses
  raster motifs;  ///< as many bins, of the motifs
};

/// A recording of one class, which holds in all of its bins. Throws `spinule_error` when `label` is not below
/// `classes`.
motif_sample labelled(raster events, std::uint32_t label, std::uint32_t classes);

enum class motif_loss {
  independent,  ///< binary cross-entropy of each motif in each bin: any number of motifs at a time
  exclusive     ///< softmax cross-entropy of the one motif of a bin; bins without one do not count
};

struct motif_training {
  motif_loss loss = motif_loss::independent;
  int epochs = 20;
  std::size_t batch = 32;       ///< samples per step
  double learning_rate = 0.01;  ///< of the first step; falls linearly to 0 (ours: the papers keep it)
  double penalty = 0;           ///< on half the squared norm of the weights, beside the mean loss per bin in nats; >= 0
  /// [addresses] or empty: the address that each is exchanged with, as ON with OFF. Then the evidence for a motif in a
  /// bin is the larger of that of the recording and that of the recording with its addresses exchanged: two motifs of
  /// one kernel (`motif_layer::mirrored`). Training is then not convex.
  std::vector<index_t> mirror = {};
  double start = 0.003;    ///< deviation of the normal law of the first weights where there is a mirror; > 0
  std::uint64_t seed = 1;  ///< of the order of samples and the first weights
  unsigned threads = 1;    ///< changes the time taken and no bit of the result; 0 is taken for 1
};

/// A layer of `delays` delays from W = 0 (with a mirror: small random ones) and the log odds of each motif, by Adam
/// (Kingma & Ba, ICLR 2015; 0.9, 0.999, 1e-8) on the loss. An event costs delays x motifs multiplications each way, a
/// bin without events one sigmoid per motif; a mirror doubles that. Weights are kept in single precision. Throws
/// `spinule_error` when there are no samples, their sizes differ, one has fewer bins than there are delays or, with
/// `exclusive`, two motifs in a bin, or an option is out of range.
motif_layer train_motifs(std::span<const motif_sample> samples, std::uint32_t delays,
                         const motif_training& options = {});

/// Goes on from the weights and biases of a layer. Weights that are 0 are no synapse and stay 0, so what is pruned can
/// be trained further. Throws `spinule_error` as above, or when the samples have other addresses or motifs.
motif_layer train_motifs(std::span<const motif_sample> samples, const motif_layer& from,
                         const motif_training& options = {});

/// The same in the generative direction (Perrinet, ICANN 2023): what makes the events, given the motifs? An address is
/// active with
///
///     logit p(a, t) = rest_a + sum over b, d of K_b(a, d) B(b, t + d),   B(b, t): how often motif b is complete in t
///
/// which is the regression above with time reversed and the two sides exchanged. Weights of the layer are K, and bias_b
/// is what makes the evidence the log posterior odds of a motif that nothing overlaps (our derivation): log odds of the
/// motif, less the sum over a, d of log(1 + exp(rest_a + K_b(a, d))) - log(1 + exp(rest_a)).
motif_layer learn_motif_kernels(std::span<const motif_sample> samples, std::uint32_t delays,
                                const motif_training& options = {});

}  // namespace spinule::learning

// Spiking motifs: units that listen to addresses at delays of their own, all at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <spinule/learning/raster.hpp>
#include <spinule/network.hpp>

namespace spinule::learning {

struct motif_shape {
  index_t addresses = 0;     ///< N
  std::uint32_t delays = 0;  ///< D: 0 to D - 1 bins
  index_t motifs = 0;        ///< M
  std::size_t weights() const { return std::size_t{addresses} * delays * motifs; }
  std::size_t place(index_t address, std::uint32_t delay, index_t motif) const {
    return (std::size_t{address} * delays + delay) * motifs + motif;
  }
  bool operator==(const motif_shape&) const = default;
};

/// Everything a layer is, to be stored and rebuilt.
struct motif_parameters {
  motif_shape shape;
  std::vector<float> weights;  ///< [addresses x delays x motifs], see `motif_shape::place`; 0 is no synapse
  std::vector<float> bias;     ///< [motifs]
};

/// A logistic regression over (address, delay) that is the same at all times (Grimaldi & Perrinet, Biol. Cybern. 117,
/// 2023). The evidence for motif b in bin t, in nats, and its probability are
///
///     B(b, t) = bias_b + sum over a, d of K_b(a, d) A(a, t - d),   P(b, t) = 1 / (1 + exp(-B(b, t)))
///
/// A pair (a, b) has up to D synapses. What a motif holds is reversed in time: a spike that comes s bins before the
/// motif is complete meets the synapse of delay s, so the first spike of a motif of D bins has delay D - 1.
///
/// Weights and biases are rounded to whole multiples of `step()`, 2^-24 to 2^-23 of the largest sum of magnitudes onto
/// one motif. So sums are exact in single precision, and evidence and detections are the same bits in closed form and
/// on every back end whose weights are ideal, whatever the order of addition.
class motif_layer {
 public:
  /// Throws `spinule_error` when the shape is empty, sizes disagree, or a number is not finite.
  explicit motif_layer(motif_parameters parameters);

  const motif_shape& shape() const { return parameters_.shape; }
  const motif_parameters& parameters() const { return parameters_; }
  double step() const { return step_; }
  /// Weights other than 0.
  std::size_t synapses() const { return rows_.size(); }

  /// The same with the `keep` weights of largest magnitude, of equal ones the first; all others are 0. Throws
  /// `spinule_error` when `keep` is 0 or more than the shape has.
  motif_layer pruned(std::size_t keep) const;
  /// Twice as many motifs: M + b hears in a recording what b hears where its addresses are exchanged, as ON with OFF.
  /// `mirror[a]` is what a is exchanged with. Throws `spinule_error` when it is not of the layer's addresses, or
  /// `mirror[mirror[a]]` is not a.
  motif_layer mirrored(std::span<const index_t> mirror) const;

  /// B, [bins x motifs]. Events add their row of synapses each; nothing else is looked at. Throws `spinule_error` when
  /// the addresses are not the layer's, or the recording has fewer bins than the layer has delays.
  std::vector<double> evidence(const raster& events) const;
  std::vector<double> evidence(std::span<const event> events, milliseconds bin, milliseconds length) const {
    return evidence(raster{events, shape().addresses, bin, length});
  }
  /// The motifs whose evidence reaches `threshold`, as addresses of a raster. 0: those with a probability of a half.
  raster detect(const raster& events, double threshold = 0) const;
  /// [motifs] mean of P over the bins from D - 1 on, in which a whole motif can have been seen. The largest is the
  /// answer where a recording is one class.
  std::vector<double> mean_probability(const raster& events) const;

  /// The layer as an ordinary projection from N neurons onto M: delay d is `lag` + d bins. `lag` is 0 or a whole number
  /// of ticks and comes between evidence and detection, for networks that allow no synapse within a tick.
  std::vector<listed<number>> projection(milliseconds bin, milliseconds lag = milliseconds{0}) const;
  /// [motifs] neurons of a model without memory that detect what `detect` does: `units<threshold_unit>()`.
  template <class Unit>
  std::vector<Unit> units(double threshold = 0) const {
    std::vector<Unit> all;
    for (const float b : parameters_.bias)
      all.push_back(Unit{.bias = static_cast<double>(b), .threshold = on_grid(threshold)});
    return all;
  }

 private:
  struct synapse {
    std::uint32_t delay;
    index_t motif;
    float weight;
  };
  void round_to_step();
  void list_rows();
  void check(const raster& events) const;
  /// The least multiple of `step()` that is not below.
  double on_grid(double threshold) const;

  motif_parameters parameters_;
  double step_ = 1;
  std::vector<std::size_t> offsets_;  ///< [addresses + 1] address a has rows_[offsets_[a]] to before offsets_[a + 1]
  std::vector<synapse> rows_;         ///< by address, delay, motif
};

/// The threshold at which `detections` of the numbers are detected: the one of that rank. Throws `spinule_error` when
/// there are not so many, or none is asked for.
double threshold_for(std::span<const double> evidence, std::size_t detections);

}  // namespace spinule::learning

// A matrix of weights on pulsed cells that gradients change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include <spinule/backends/engine/pulse_ledger.hpp>
#include <spinule/backends/pulsed_cells.hpp>

namespace spinule {

/// Each change -rate g by itself, rounded at random to whole pulses, so that the mean is right (as trains of pulses on
/// rows and columns do: Gokmen & Vlasov, Front. Neurosci. 10, 333, 2016).
struct pulsed_sgd {};

/// Changes -rate g add up digitally; once `threshold` steps are due, whole steps are taken out as pulses (Nandakumar et
/// al., Front. Neurosci. 14, 406, 2020).
struct mixed_precision_sgd {
  double threshold = 1;  ///< steps; above 0, at most 1e6
};

/// Changes -`fast_rate` g go to a second, fast matrix A as in `pulsed_sgd`. After every `transfer_every` steps one
/// column of A is read, in turn, less the symmetric points of its cells; rate times that adds up digitally, and whole
/// steps of the sum are pulses on the weights (Gokmen & Haensch, Front. Neurosci. 14, 103, 2020; with the digital sum:
/// Gokmen, Front. Artif. Intell. 4, 699148, 2021).
struct tiki_taka {
  double fast_rate = 0.1;  ///< of A; above 0, at most 1e6
  int transfer_every = 1;  ///< at least 1
};

using pulsed_update = std::variant<pulsed_sgd, mixed_precision_sgd, tiki_taka>;

/// Weights are `scale` times the states of cells, of which 0 is 0. A step is what one pulse changes on average,
/// `pulse_response::step` times `scale`; g is the gradient. A function of (seed, chip) and of the calls so far.
class pulsed_weights {
 public:
  /// [rows][columns], all at state 0; a pulse takes `cost`. Throws `spinule_error` for 0 or 2^32 weights or more,
  /// options or costs out of range, a scale not from 1e-12 to 1e12, steps below 1e-30, and as `response.check()`.
  pulsed_weights(std::size_t rows, std::size_t columns, const pulse_response& response, const pulsed_update& how,
                 double scale, std::uint64_t seed, std::uint32_t chip = 0, const pulse_cost& cost = {});

  /// [rows][columns] what reads see.
  std::span<const float> weights() const { return weights_; }
  /// Puts cells near `weights` [rows][columns], within their bounds; no pulse is counted. Throws `spinule_error` for
  /// another size and a weight that is not finite.
  void put(std::span<const float> weights);
  /// One step down `gradient` [rows][columns]. Throws `spinule_error` for another size, a slope that is not finite, a
  /// rate that is negative or not finite, and changes beyond 1e30.
  void step(std::span<const float> gradient, double rate);

  /// Pulses on all matrices, with their energy and time.
  const pulse_ledger& ledger() const { return did_; }

 private:
  void pulse(pulsed_cells& cells);
  void pulse_directly(pulsed_cells& cells, std::span<const float> gradient, double rate);
  void take_steps(std::size_t weight, double threshold);
  void transfer(double rate);
  void show();

  std::size_t columns_;
  pulsed_update how_;
  double scale_, step_;
  std::uint64_t key_, steps_ = 0;
  pulse_ledger did_;
  pulsed_cells cells_, fast_;
  std::vector<float> weights_, sums_, symmetric_;  ///< sums: changes that add up; symmetric points of A
  std::vector<std::uint32_t> pulsed_;              ///< cells of the step under way, with
  std::vector<std::int16_t> counts_;
};

}  // namespace spinule

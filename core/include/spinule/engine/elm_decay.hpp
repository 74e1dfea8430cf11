// Decays of an ELM neuron in one bin.
#pragma once

#include <algorithm>

#include <spinule/engine/elm_weights.hpp>
#include <spinule/math.hpp>

namespace spinule {

/// Bins per time constant, with the smallest time constant of the authors' code, 1e-6.
inline double bins_per_tau(double tau_ms, milliseconds bin) { return bin.value() / std::max(tau_ms, 1e-6); }
/// kappa.
inline double decay_of(double tau_ms, milliseconds bin) { return portable_exp(-bins_per_tau(tau_ms, bin)); }
/// What a bin writes of q: lambda (1 - kappa) in v1, 1 - kappa^lambda in v2.
inline double write_gain(const elm_weights& w, double tau_ms) {
  const double x = bins_per_tau(tau_ms, w.bin);
  return w.version == elm_version::v1 ? -w.lambda * portable_expm1(-x) : -portable_expm1(-w.lambda * x);
}

}  // namespace spinule

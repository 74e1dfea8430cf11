// The inner loops of training motif layers.
#pragma once

#include <cstddef>

namespace spinule::learning {

/// y += x.
void add(float* y, const float* x, std::size_t n);
/// y[i] *= x[i]
void multiply(float* y, const float* x, std::size_t n);
/// x <- 1 / (1 + exp(-x)), to 1e-5 of it; the same bits on every machine.
void sigmoids(float* x, std::size_t n);
/// x <- exp(x), to 1e-5 of it; x <= 0.
void exponentials(float* x, std::size_t n);

/// One step of Adam.
struct adam_step {
  float rate = 0;     ///< with the corrections of both means
  float scale = 1;    ///< of the gradients
  float penalty = 0;  ///< times the weight, added to its gradient
};
/// [n] weights, means of gradients and of their squares, gradients.
void adam(const adam_step& s, float* w, float* mean, float* square, const float* gradient, std::size_t n);

}  // namespace spinule::learning

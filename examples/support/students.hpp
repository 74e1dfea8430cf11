// Students and teachers of curl descent, after Ninou, Kadmon & Cayco-Gajic (NeurIPS 2025).
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <spinule/learning/curl_analysis.hpp>

namespace spinule::students {

using namespace learning;

/// A linear student next to its teacher, whose rows of W1 and W2 have norm 1 in the mean, on white inputs of variance
/// 1/2.
struct near_teacher {
  std::vector<double> x, targets;
  two_layer_network start;

  near_teacher(std::size_t inputs, std::size_t hidden, std::uint64_t seed, double away = 1e-4)
      : x{white_inputs(inputs, 0.5)},
        start{two_layer_network::random(inputs, hidden, 1, transfer_function::identity, std::numbers::sqrt3, seed)} {
    double norm = 0;
    for (const double w : start.second) norm += w * w;
    for (double& w : start.second) w /= std::sqrt(norm);
    targets = start.answers(x);
    const auto noise = normal_inputs(1, start.first.size() + hidden, away, seed + 100);
    for (std::size_t i = 0; i < start.first.size(); ++i) start.first[i] += noise[i];
    for (std::size_t i = 0; i < hidden; ++i) start.second[i] += noise[start.first.size() + i];
  }
  curl_descent student(learning_signs first, learning_signs second, bool keep_norms = true) const {
    return {start,
            {.first = std::move(first), .second = std::move(second), .learning_rate = 0.05, .keep_norms = keep_norms}};
  }
};

/// The share of inputs, or of hidden units, with the opposite sign at which the smallest eigenvalue of random solutions
/// passes 0, mean of three.
inline double measured_share(std::size_t inputs, std::size_t hidden, bool of_inputs) {
  const std::size_t units = of_inputs ? inputs : hidden;
  double mean = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const two_layer_network solution = near_teacher{inputs, hidden, seed, 0}.start;
    std::size_t stable = 0, unstable = units;
    while (unstable - stable > 1) {
      const std::size_t flipped = (stable + unstable) / 2;
      const auto signs = learning_signs::flipped_sources(units, flipped);
      const auto eigenvalues = of_inputs ? stability(solution, signs, {}) : stability(solution, {}, signs);
      (eigenvalues.front() > 0 ? stable : unstable) = flipped;
    }
    mean += static_cast<double>(stable + unstable) / (6.0 * static_cast<double>(units));
  }
  return mean;
}

/// log10 of the least error, the mean of e^2 / 2, on fresh inputs that a student of 100 inputs and 10 tanh units has on
/// its way, `flipped` of which learn their readout with the opposite sign. Full batches, rate 0.1,
/// first weights of range 2, those of the teacher of range 1.
inline double least_test_error(std::size_t samples, std::size_t steps, std::size_t flipped, std::uint64_t seed) {
  const auto random = [&](double range, std::uint64_t s) {
    return two_layer_network::random(100, 10, 1, transfer_function::tanh, range, s);
  };
  const two_layer_network teacher = random(1, 1000 + seed);
  const auto x = normal_inputs(samples, 100, std::numbers::sqrt2 / 2, 2000 + seed);
  const auto fresh = normal_inputs(1000, 100, std::numbers::sqrt2 / 2, 3000 + seed);
  const auto targets = teacher.answers(x), wanted = teacher.answers(fresh);
  curl_descent student{random(2, 4000 + seed), {.second = learning_signs::flipped_sources(10, flipped)}};
  double least = student.loss(fresh, wanted);
  for (std::size_t n = 1; n <= steps; ++n) {
    student.step(x, targets);
    if (n % 20 == 0) least = std::min(least, student.loss(fresh, wanted));
  }
  return std::log10(least);
}

}  // namespace spinule::students

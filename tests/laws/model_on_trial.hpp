// A model stepped with what arrives in its trial.
#pragma once

#include <tuple>
#include <vector>

#include <spinule/model.hpp>
#include <spinule/random.hpp>

#include "laws/trial.hpp"

namespace spinule::laws {

template <class Model, class Real>
std::vector<double> values_of(const state_of<Model, Real>& s) {
  return std::apply([&](const auto&... f) { return std::vector<double>{static_cast<double>(s.*(f.member))...}; },
                    state_of<Model, Real>::fields);
}

template <class Model, class Real>
arriving_at<Model, Real> arriving_now(const std::vector<double>& per_port) {
  arriving_at<Model, Real> in{};
  if constexpr (Model::ports == 1)
    in = static_cast<Real>(per_port[0]);
  else
    for (std::size_t p = 0; p < in.size(); ++p) in[p] = static_cast<Real>(per_port[p]);
  return in;
}

/// What arrives in one tick of a trial.
inline std::vector<double> drawn(const std::vector<arrivals_on>& drive, random_stream& random) {
  std::vector<double> in;
  for (const auto& [low, high, lasting] : drive)
    in.push_back(random.uniform() < 0.3 ? low + (high - low) * random.uniform() : 0);
  return in;
}

}  // namespace spinule::laws

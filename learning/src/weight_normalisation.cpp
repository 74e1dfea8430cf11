#include <spinule/learning/weight_normalisation.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {

weight_normalisation::weight_normalisation(const simulation& sim, const projection& p, double total, double highest)
    : projection_{p}, total_{total}, highest_{highest} {
  if (!(total > 0 && highest > 0))
    throw spinule_error{"weight_normalisation",
                        fmt::format("a total of {} and a highest weight of {}; both must be positive", total, highest)};
  for (const auto& s : sim.synapses(p)) {
    if (s.weight < 0) throw spinule_error{"weight_normalisation", fmt::format("weight {} is negative", s.weight)};
    target_.push_back(s.target);
    targets_ = std::max<std::size_t>(targets_, s.target + std::size_t{1});
  }
}

void weight_normalisation::operator()(simulation& sim) const {
  auto weights = sim.weights(projection_);
  std::vector<double> factor(targets_);
  for (std::size_t k = 0; k < weights.size(); ++k) factor[target_[k]] += weights[k];
  for (double& f : factor) f = f > 0 ? total_ / f : 1;
  for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = std::min(highest_, weights[k] * factor[target_[k]]);
  sim.assign(projection_, weights);
}

}  // namespace spinule::learning

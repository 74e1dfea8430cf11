#include <spinule/learning/homeostasis.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {

slow_rates::slow_rates(index_t neurons, kilohertz target, milliseconds tau)
    : target_{target}, tau_{tau}, rates_(neurons, target.value()) {
  if (neurons == 0) throw spinule_error{"slow_rates", "there are no neurons"};
  if (!(target.value() > 0) || !std::isfinite(target.value()))
    throw spinule_error{"slow_rates", fmt::format("a target of {} kHz; it must be positive", target.value())};
  if (!(tau.value() > 0) || !std::isfinite(tau.value()))
    throw spinule_error{"slow_rates", fmt::format("tau = {} ms; it must be positive", tau.value())};
}

void slow_rates::pass(std::span<const std::uint32_t> spikes, milliseconds span) {
  if (spikes.size() != rates_.size())
    throw spinule_error{"slow_rates", fmt::format("{} counts for {} neurons", spikes.size(), rates_.size())};
  if (!(span.value() > 0) || !std::isfinite(span.value()))
    throw spinule_error{"slow_rates", fmt::format("an interval of {} ms; it must be positive", span.value())};
  const double share = -std::expm1(-span.value() / tau_.value());
  for (std::size_t i = 0; i < rates_.size(); ++i) rates_[i] += (spikes[i] / span.value() - rates_[i]) * share;
}

void scale_weights(simulation& sim, const projection& p, const slow_rates& rates, const weight_scaling& how) {
  if (!std::isfinite(how.strength) || !std::isfinite(how.power))
    throw spinule_error{"scale_weights",
                        fmt::format("strength = {}, power = {}; both must be finite", how.strength, how.power)};
  if (!(how.lowest < how.highest))
    throw spinule_error{"scale_weights",
                        fmt::format("bounds of {} and {}; give the lower one first", how.lowest, how.highest)};
  const auto onto = sim.synapses(p);
  std::vector<double> factor, weights;
  for (const double r : rates.rates())
    factor.push_back(std::exp(-how.strength * (std::pow(r / rates.target().value(), how.power) - 1)));
  for (const listed_synapse& s : onto) {
    if (s.target >= factor.size())
      throw spinule_error{"scale_weights", fmt::format("rates of {} neurons, and the projection reaches neuron {}",
                                                       factor.size(), s.target)};
    weights.push_back(std::clamp(s.weight * factor[s.target], how.lowest, how.highest));
  }
  sim.assign(p, weights);
}

void adapt_parameter(simulation& sim, const population& cells, const std::string& parameter, const slow_rates& rates,
                     double step) {
  std::vector<double> values = sim.parameter(cells, parameter);
  if (values.size() != rates.rates().size())
    throw spinule_error{"adapt_parameter",
                        fmt::format("rates of {} neurons for a population of {}", rates.rates().size(), values.size())};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += step * (rates.rates()[i] - rates.target().value());
  sim.set(cells, parameter, values);
}

}  // namespace spinule::learning

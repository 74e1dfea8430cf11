#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/learning/liquid_measures.hpp>

namespace spinule::learning {

void state_table::add(std::span<const double> row) {
  if (columns == 0) columns = row.size();
  if (row.empty() || row.size() != columns)
    throw spinule_error{"state_table", fmt::format("a row of {} numbers; all have {}", row.size(), columns)};
  values.insert(values.end(), row.begin(), row.end());
}

namespace {

void check(std::span<const spike> spikes, index_t neurons, std::span<const moment> at) {
  const std::string where = "filtered_states";
  const auto outside = [&](const spike& s) { return s.neuron >= neurons; };
  if (const auto s = std::ranges::find_if(spikes, outside); s != spikes.end())
    throw spinule_error{where, fmt::format("a spike of neuron {}; there are {} neurons", s->neuron, neurons)};
  if (!std::ranges::is_sorted(spikes, {}, &spike::when)) throw spinule_error{where, "give spikes by time"};
  if (!std::ranges::is_sorted(at)) throw spinule_error{where, "give moments in ascending order"};
}

}  // namespace

state_table filtered_states(std::span<const spike> spikes, index_t neurons, milliseconds tick, milliseconds tau,
                            std::span<const moment> at) {
  if (!(tau.value() > 0 && tick.value() > 0))
    throw spinule_error{"filtered_states",
                        fmt::format("tau = {} ms, tick = {} ms; both must be positive", tau.value(), tick.value())};
  check(spikes, neurons, at);
  const auto left = [&](moment from, moment to) {
    return std::exp(-static_cast<double>(to - from) * tick.value() / tau.value());
  };
  std::vector<double> x(neurons);
  std::vector<moment> last(neurons);
  state_table states{neurons, {}};
  states.values.reserve(at.size() * neurons);
  auto s = spikes.begin();
  for (const moment t : at) {
    for (; s != spikes.end() && s->when <= t; ++s) {
      x[s->neuron] = x[s->neuron] * left(last[s->neuron], s->when) + 1;
      last[s->neuron] = s->when;
    }
    for (index_t i = 0; i < neurons; ++i) states.values.push_back(x[i] == 0 ? 0 : x[i] * left(last[i], t));
  }
  return states;
}

}  // namespace spinule::learning

// Derivatives by the parameters of units, from differences of a tick, and by what their states begin with.
#include <algorithm>
#include <exception>
#include <memory>

#include "training_parts.hpp"

namespace spinule::learning {
namespace {

using rows = std::vector<float*>;

struct changed_model {
  std::shared_ptr<const any_model> model;
  std::exception_ptr refused = {};  ///< why no unit takes its value
};

/// The model with these values, and with those it has where the unit does not take its own: `values` then has them too.
changed_model where_allowed(const trained_population& cells, const trained_parameter& p, std::vector<double>& values) {
  const auto with = [&](const std::vector<double>& x) {
    return cells.model->with(p.which, x, "population \"" + cells.name + "\"");
  };
  std::exception_ptr why;
  try {
    return {with(values)};
  } catch (const spinule_error&) {
    why = std::current_exception();
  }
  std::vector<double> kept = p.values;
  for (std::size_t i = 0; i < kept.size(); ++i) try {
      kept[i] = values[i];
      with(kept);
    } catch (const spinule_error&) {
      kept[i] = p.values[i];
    }
  values = kept;
  return {with(kept), kept == p.values ? why : nullptr};
}

}  // namespace

void training_plan::make_parameters(trained_parameter& p) const {
  const trained_population& cells = populations[p.population];
  std::vector<double> above = p.values, below = p.values;
  p.scale.resize(p.values.size());
  for (std::size_t i = 0; i < p.values.size(); ++i) {
    above[i] = std::min(p.values[i] + p.step, p.allowed.high);
    below[i] = std::max(p.values[i] - p.step, p.allowed.low);
    if (!p.allowed.holds(below[i])) below[i] = (p.values[i] + p.allowed.low) / 2;
  }
  // Units at the edge of what other parameters allow are changed to one side only, or not at all.
  const changed_model higher = where_allowed(cells, p, above), lower = where_allowed(cells, p, below);
  if (higher.refused && lower.refused) std::rethrow_exception(higher.refused);
  for (std::size_t i = 0; i < p.values.size(); ++i)
    p.scale[i] = above[i] > below[i] ? static_cast<float>(1 / (above[i] - below[i])) : 0;
  p.above = higher.model->trainable(cells.size, tick);
  p.below = lower.model->trainable(cells.size, tick);
}

/// Adds dL / d parameter of each unit of each sample: what the margin and the end of the tick differ by for parameters
/// a little larger and smaller, times how the loss depends on them.
void block_pass::collect_parameters(std::size_t p, const trainable_neurons::tick& at) {
  const trained_population& of = plan_.populations[p];
  const std::size_t numbers = count_ * of.size, fields = of.cells->fields();
  auto& back = back_[p];
  back.above.resize((fields + 1) * numbers);
  back.below.resize((fields + 1) * numbers);
  rows above, below;
  for (std::size_t f = 0; f < fields; ++f) {
    above.push_back(back.above.data() + f * numbers);
    below.push_back(back.below.data() + f * numbers);
  }
  float *const margin_above = back.above.data() + fields * numbers, *const margin_below =
                                                                        back.below.data() + fields * numbers;
  std::size_t place = 0;
  for (const trained_parameter& x : plan_.parameters) {
    if (x.population != p) continue;
    x.above->flow(at, above.data(), margin_above);
    x.below->flow(at, below.data(), margin_below);
    if (of.fires()) {
      x.above->settle(count_, above.data(), fired_.data());
      x.below->settle(count_, below.data(), fired_.data());
    }
    float* const out =
        record_.populations[p].parameter_slopes.data() + place++ * record_.samples * of.size + first_ * of.size;
    for (std::size_t i = 0; i < numbers; ++i) {
      float sum = of.fires() ? back.by_margin[i] * (margin_above[i] - margin_below[i]) : 0;
      for (std::size_t f = 0; f < fields; ++f) sum += back.at_end[f][i] * (above[f][i] - below[f][i]);
      out[i] += sum * x.scale[i % of.size];
    }
  }
}

/// Adds what comes of the states that a sample begins with.
void block_pass::collect_starts(std::size_t p) {
  const trained_population& of = plan_.populations[p];
  const std::size_t fields = of.cells->fields();
  std::vector<float> above(fields * of.size), below(fields * of.size);
  rows to_above, to_below;
  for (std::size_t f = 0; f < fields; ++f) {
    to_above.push_back(above.data() + f * of.size);
    to_below.push_back(below.data() + f * of.size);
  }
  std::size_t place = 0;
  for (const trained_parameter& x : plan_.parameters) {
    if (x.population != p) continue;
    x.above->start(to_above.data());
    x.below->start(to_below.data());
    float* const out =
        record_.populations[p].parameter_slopes.data() + place++ * record_.samples * of.size + first_ * of.size;
    for (std::size_t f = 0; f < fields; ++f)
      for (std::size_t n = 0; n < of.size; ++n) {
        const std::size_t at = f * of.size + n;
        if (of.start_given[at] != 0) continue;
        for (std::size_t b = 0; b < count_; ++b)
          out[b * of.size + n] += back_[p].by_state[f][b * of.size + n] * (above[at] - below[at]) * x.scale[n];
      }
  }
}

/// Before the first tick, dL / d state is dL / d start.
void block_pass::keep_start_slopes(std::size_t p) {
  const std::size_t size = plan_.populations[p].size;
  std::size_t place = 0;
  for (const trained_start& x : plan_.starts)
    if (x.population == p)
      std::copy_n(back_[p].by_state[x.field].data(), count_ * size,
                  record_.populations[p].start_slopes.data() + (place++ * record_.samples + first_) * size);
}

}  // namespace spinule::learning

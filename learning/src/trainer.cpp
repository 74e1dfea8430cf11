#include <spinule/learning/trainer.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>

#include "check_samples.hpp"
#include "trainer_parts.hpp"

namespace spinule::learning {
namespace {

/// A delay that reaches beyond every sample: loops over synapses go past those that are not there.
constexpr ticks never = std::numeric_limits<ticks>::max();
constexpr std::size_t block_size = 32;  ///< samples that one thread works on at a time

/// Whether a sample sends the same in all ticks.
bool is_steady(const training_sample& s, ticks length) {
  const auto ticks_in_all = static_cast<std::size_t>(length);
  const std::size_t each = s.events.size() / ticks_in_all;
  if (ticks_in_all < 2 || each * ticks_in_all != s.events.size()) return false;
  for (std::size_t i = 0; i < s.events.size(); ++i) {
    const std::size_t first = i % each;
    if (s.events[i] != raster_event{static_cast<std::uint32_t>(i / each), s.events[first].address}) return false;
    if (!s.values.empty() && s.values[i] != s.values[first]) return false;
  }
  return true;
}

void check(const trainer_options& o) {
  o.surrogate.check();
  o.arrays.check();
  const auto demand = [](bool holds, const char* name, double value, const char* what) {
    if (!holds) throw spinule_error{"trainer", fmt::format("{} = {}; {}", name, value, what)};
  };
  demand(o.rate >= 0 && o.rate < 1e9, "rate", o.rate, "give 0 or more");
  demand(o.delay_rate >= 0 && o.delay_rate < 1e9, "delay_rate", o.delay_rate, "give 0 or more ticks");
  demand(o.longest_delay >= 0 && o.longest_delay < 1e6, "longest_delay", o.longest_delay, "give 0 to 1e6 ms");
  demand(o.delay_blur > 0 && o.delay_blur <= 1000, "delay_blur", o.delay_blur, "give a positive number of ticks");
  demand(o.largest_gradient >= 0, "largest_gradient", o.largest_gradient, "give 0 or more");
  demand(o.rate_penalty >= 0 && o.rate_penalty < 1e9, "rate_penalty", o.rate_penalty, "give 0 or more");
  demand(o.most_spikes >= o.least_spikes, "most_spikes", o.most_spikes, "it must not lie below least_spikes");
  demand(o.truncate >= 0, "truncate", o.truncate, "give 0 or more ticks");
  demand(o.checkpoint_every >= 0, "checkpoint_every", o.checkpoint_every, "give 0 or more ticks");
}

}  // namespace

/// What follows from weights and delays.
void trainer::parts::refresh(trained_projection& p) {
  if (!p.sparse) p.list_offsets.clear();
  if (p.sparse) {  // it is its own list
  } else if (plan.lists(p)) {
    list_synapses(p);
  } else if (p.errors_pass && p.delays.empty()) {
    const std::size_t stride = padded(p.sources);
    p.transposed.resize(p.targets * stride + row_slack);
    for (std::size_t j = 0; j < p.sources; ++j)
      for (std::size_t i = 0; i < p.targets; ++i) p.transposed[i * stride + j] = p.weights[j * p.stride + i];
  }
  p.whole_delays.resize(p.delays.size());
  for (std::size_t i = 0; i < p.delays.size(); ++i)
    p.whole_delays[i] = p.present.empty() || p.present[i] != 0 ? static_cast<ticks>(p.delays[i] + 0.5F) : never;
}

void trainer::parts::run(std::span<const training_sample> samples, bool backwards) {
  const index_t classes = plan.populations[plan.output].size;
  check_samples(samples, {.trainer = "trainer",
                          .channels = plan.populations[plan.input].size,
                          .classes = classes,
                          .length = static_cast<std::size_t>(plan.length)});
  const std::size_t count = samples.size(), blocks = (count + block_size - 1) / block_size;
  record.weighted_input = std::ranges::any_of(samples, [](const auto& s) { return !s.values.empty(); });
  record.steady_input = std::ranges::all_of(samples, [&](const auto& s) { return is_steady(s, plan.length); });
  take_memory(count, blocks, backwards);
  const classification_loss mean_loss{loss, static_cast<std::size_t>(plan.length), count, classes};
  std::optional<on_arrays> acting;
  if (const array_effects& a = plan.how.arrays; backwards && (a.change_weights() || a.sum_bits > 0))
    acting.emplace(*this);
  std::vector<std::uint32_t> labels;
  for (const auto& sample : samples) labels.push_back(sample.label);
  losses.assign(count, 0);
  last = {};
  last.answers.resize(count);
  auto& output = record.populations[plan.output];
  share(blocks, plan.how.threads, [&](std::size_t k) {
    const std::size_t first = k * block_size;
    block_pass pass{plan, record, k, first, std::min(block_size, count - first)};
    pass.forwards(samples);
    mean_loss.evaluate(first, std::min(block_size, count - first), output.answers, labels, losses, last.answers,
                       output.answers_slope);
    if (backwards) pass.backwards();
  });
  for (std::size_t s = 0; s < count; ++s) {
    last.loss += losses[s] / static_cast<double>(count);
    last.correct += last.answers[s] == labels[s];
  }
  if (backwards) collect_gradients(plan, record, block_size);
}

/// Curl descent: the signs of what is learned.
void trainer::parts::filter(trained_projection& p) {
  const auto sign = [](const std::vector<double>& of, std::size_t i) {
    return of.empty() ? 1.0F : static_cast<float>(of[i]);
  };
  if (!p.how.signs.source.empty() || !p.how.signs.target.empty())
    p.for_each([&](std::size_t j, std::size_t i, std::size_t place) {
      p.gradient[place] *= sign(p.how.signs.source, j) * sign(p.how.signs.target, i);
    });
}

void trainer::parts::step() {
  double squares = 0;
  for (trained_projection& p : plan.projections) {
    if (p.subspace != nullptr && p.subspace->frozen() > 0) leave_old_alone(p, plan, record, block_size);
    if (!p.how.weights) continue;
    filter(p);
    const double norm = p.norm_of(p.gradient);
    if (!std::isfinite(norm))
      throw spinule_error{"trainer",
                          fmt::format("the gradient of projection \"{}\" is not finite; lower the rate or the "
                                      "height of the surrogate",
                                      net.projections()[p.id].name)};
    squares += norm * norm;
  }
  const auto demand_finite = [&](const auto& learned, const char* what) {
    for (const auto& x : learned)
      if (!std::ranges::all_of(x.gradient, [](float g) { return std::isfinite(g); }))
        throw spinule_error{"population \"" + plan.populations[x.population].name + "\"",
                            fmt::format("the gradient of {} is not finite; lower the height of the surrogate", what)};
  };
  demand_finite(plan.parameters, "a parameter");
  demand_finite(plan.starts, "a start");
  if (const double norm = std::sqrt(squares); plan.how.largest_gradient > 0 && norm > plan.how.largest_gradient) {
    const auto factor = static_cast<float>(plan.how.largest_gradient / norm);
    for (trained_projection& p : plan.projections)
      for (float& x : p.gradient) x *= factor;
  }
  share(plan.projections.size(), plan.how.threads, [&](std::size_t k) {
    trained_projection& p = plan.projections[k];
    if (p.subspace != nullptr) learn_subspace(p, plan, record, block_size);
  });
  for (trained_projection& p : plan.projections) step(p);
  for (trained_parameter& x : plan.parameters) step(x);
  for (trained_start& x : plan.starts) step(x);
  adopt_parameters();
}

void trainer::parts::step(trained_projection& p) {
  if (p.how.weights) {
    const bool adaptive = plan.how.rule == training_rule::eprop && plan.how.feedback == feedback::adaptive &&
                          p.target == plan.output && !plan.populations[p.source].direct.empty();
    const aligned_vector<float> before = adaptive ? p.weights : aligned_vector<float>{};
    p.steps->begin_step(plan.how.rate);
    constexpr std::size_t at_a_time = 8192;
    const std::size_t numbers = p.numbers();
    share((numbers + at_a_time - 1) / at_a_time, plan.how.threads, [&](std::size_t k) {
      const std::size_t first = k * at_a_time, count = std::min(at_a_time, numbers - first);
      p.steps->step_range(first, std::span{p.weights}.subspan(first, count),
                          std::span<const float>{p.gradient}.subspan(first, count));
    });
    if (p.how.keep_norm)
      if (const double norm = p.norm_of(p.weights); norm > 0)
        for (float& x : p.weights) x = static_cast<float>(x * (p.norm / norm));
    if (plan.how.arrays.clip > 0) clip(p);
    p.clear_absent(p.weights);
    if (adaptive) {
      auto& direct = plan.populations[p.source].direct;
      p.for_each([&](std::size_t j, std::size_t c, std::size_t place) {
        direct[c * padded(p.sources) + j] += p.weights[place] - before[place];
      });
    }
  }
  if (p.how.delays && !p.delays.empty()) {
    const auto least = static_cast<float>(plan.least_delay(p));
    const auto longest = static_cast<float>(std::floor(plan.how.longest_delay / plan.tick.value() * (1 + 1e-9)));
    step_delays(p, plan.how.delay_rate, least, std::max(least, longest));
  }
  refresh(p);
}

void trainer::parts::step(trained_parameter& p) {
  std::vector<float> values(p.values.begin(), p.values.end());
  p.steps->step(values, p.gradient, p.rate);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double least = p.allowed.low + (p.allowed.above ? std::min(p.step, p.values[i] - p.allowed.low) : 0);
    p.values[i] = std::clamp(static_cast<double>(values[i]), least, p.allowed.high);
  }
}

void trainer::parts::step(trained_start& s) {
  const std::span<float> values = s.of(plan.populations[s.population]);
  s.steps->step(values, s.gradient, s.rate);
  for (float& x : values) {
    const auto held = static_cast<float>(std::clamp(static_cast<double>(x), s.allowed.low, s.allowed.high));
    x = s.allowed.holds(held) ? held : std::nextafter(held, held > s.allowed.low ? -INFINITY : INFINITY);
  }
}

void trainer::parts::adopt_parameters() {
  for (trained_parameter& x : plan.parameters) {
    auto& cells = plan.populations[x.population];
    const std::string where = "population \"" + cells.name + "\"";
    const auto refused = [&](const std::vector<double>& values) {
      try {
        cells.model = cells.model->with(x.which, values, where);
        return false;
      } catch (const spinule_error&) {
        return true;
      }
    };
    if (refused(x.values)) {
      std::vector<double> kept;
      for (index_t i = 0; i < cells.size; ++i) kept.push_back(cells.model->parameter(x.which, i));
      for (std::size_t i = 0; i < kept.size(); ++i) {
        const double before = std::exchange(kept[i], x.values[i]);
        if (refused(kept)) kept[i] = before;
      }
      x.values = kept;
    }
    cells.cells = cells.model->trainable(cells.size, plan.tick);
    cells.start_as_modelled();
  }
  for (trained_parameter& x : plan.parameters) plan.make_parameters(x);
}

trained_parameter& trainer::parts::of(const population& cells, const std::string& parameter) {
  const std::size_t which = parameter_index(described(net.populations(), cells, "trainer"), parameter);
  for (trained_parameter& x : plan.parameters)
    if (x.population == cells.id && x.which == which) return x;
  throw spinule_error{"population \"" + plan.populations[cells.id].name + "\"",
                      "its " + parameter + " is not learned; see trainer::learn_parameter"};
}

trainer::trainer(const network& net, const population& input, const population& output, milliseconds tick, ticks length,
                 const classification_loss_options& loss, const trainer_options& options) {
  static_cast<void>(described(net.populations(), input, "trainer"));
  static_cast<void>(described(net.populations(), output, "trainer"));
  if (input == output) throw spinule_error{"trainer", "input and output are one population"};
  if (length < 1) throw spinule_error{"trainer", fmt::format("a sample of {} ticks; give 1 or more", length)};
  check(options);
  check_synapses(net);
  parts_ = std::make_unique<parts>(net, input.id, output.id, tick, length, loss, options);
  parts_->plan.check_rule();
  check_memory(parts_->memory(1), available_memory(), "trainer");
  classification_loss{loss, static_cast<std::size_t>(length), 1, parts_->plan.populations[output.id].size};  // refuses
  parts_->plan.route_errors();
  for (index_t p = 0; p < net.projections().size(); ++p) learn_by(net.projection_at(p), {});
}

trainer::trainer(trainer&&) noexcept = default;
trainer& trainer::operator=(trainer&&) noexcept = default;
trainer::~trainer() = default;

void trainer::learn_by(const projection& handle, plasticity how) {
  trained_projection& p = parts_->of(handle);
  const std::string where = "projection \"" + parts_->net.projections()[p.id].name + "\"";
  const auto fits = [](const std::vector<double>& signs, std::size_t size) {
    return signs.empty() ||
           (signs.size() == size && std::ranges::all_of(signs, [](double s) { return s == 1 || s == -1; }));
  };
  if (!fits(how.signs.source, p.sources) || !fits(how.signs.target, p.targets))
    throw spinule_error{where, "give a sign of 1 or -1 for every source, or every target, or none"};
  if (how.subspace && how.subspace->levels > 0 && (how.delays || !p.delays.empty()))
    throw spinule_error{where, "spiking lateral neurons need a projection whose synapses share one delay"};
  if (how.sharing != delay_sharing::synapse && !how.delays)
    throw spinule_error{where, "says who shares learned delays, but none are learned; give delays = true as well"};
  const trainer_options& o = parts_->plan.how;
  if (o.arrays.sum_bits > 0 && (how.delays || !p.delays.empty()))
    throw spinule_error{where,
                        "its synapses have delays of their own, and converters are trained for only where they "
                        "share one; leave the bits of sums out, or give it one delay"};
  if (p.sparse && how.subspace) make_matrix(p, where);
  if (how.delays) p.delays = first_delays(p, how.sharing, parts_->plan.tick, where);
  p.norm = p.norm_of(p.weights);
  p.steps = how.weights ? std::make_unique<optimiser_state>(o.optimiser, p.numbers()) : nullptr;
  p.delay_steps = how.delays ? std::make_unique<optimiser_state>(adam{}, learned_delays(p, how.sharing)) : nullptr;
  p.subspace = how.subspace ? std::make_unique<activity_subspace>(p.sources, *how.subspace) : nullptr;
  p.how = std::move(how);
  parts_->refresh(p);
}

void trainer::learn_parameter(const population& cells, const std::string& parameter, double rate) {
  const auto& of = described(parts_->net.populations(), cells, "trainer::learn_parameter");
  const std::string where = "population \"" + of.name + "\"";
  if (cells.id == parts_->plan.input) throw spinule_error{where, "the parameters of a source are not learned"};
  if (!(rate > 0 && rate < 1e9)) throw spinule_error{where, fmt::format("a rate of {}; it must be positive", rate)};
  trained_parameter x;
  x.population = cells.id;
  x.which = parameter_index(of, parameter);
  x.rate = rate;
  const auto& plan = parts_->plan;
  x.allowed = of.model->parameters()[x.which].allowed;
  if (x.allowed.whole) throw spinule_error{where, parameter + " is a whole number, which has no derivative"};
  double largest = 0;
  for (index_t i = 0; i < of.size; ++i) {
    x.values.push_back(plan.populations[cells.id].model->parameter(x.which, i));
    largest = std::fmax(largest, std::fabs(x.values.back()));
  }
  x.step = 1e-3 * (largest > 0 ? largest : 1);
  x.steps = std::make_unique<optimiser_state>(adam{}, of.size);
  try {
    plan.make_parameters(x);
  } catch (const spinule_error& e) {  // such as spans of whole ticks
    throw spinule_error{where, parameter + " cannot change by little, so it has no derivative: " + e.what()};
  }
  for (trained_parameter& other : parts_->plan.parameters)
    if (other.population == x.population && other.which == x.which) {
      other = std::move(x);
      return;
    }
  parts_->plan.parameters.push_back(std::move(x));
}

void trainer::learn_start(const population& cells, const std::string& field, double rate) {
  const auto& of = described(parts_->net.populations(), cells, "trainer::learn_start");
  const std::string where = "population \"" + of.name + "\"";
  auto& plan = parts_->plan;
  if (cells.id == plan.input) throw spinule_error{where, "is a source, which has no state to begin with"};
  if (!(rate > 0 && rate < 1e9)) throw spinule_error{where, fmt::format("a rate of {}; it must be positive", rate)};
  trained_start x{.population = cells.id, .field = field_index(of, field), .rate = rate};
  x.allowed = of.model->fields()[x.field].allowed;
  if (x.allowed.whole) throw spinule_error{where, field + " is a whole number, which has no derivative"};
  x.gradient.assign(of.size, 0);
  x.steps = std::make_unique<optimiser_state>(adam{}, of.size);
  auto& given = plan.populations[cells.id].start_given;
  std::fill_n(given.begin() + static_cast<std::ptrdiff_t>(x.field * of.size), of.size, char{1});
  std::erase_if(plan.starts,
                [&](const trained_start& s) { return s.population == x.population && s.field == x.field; });
  plan.starts.push_back(std::move(x));
}

const trainer_options& trainer::options() const { return parts_->plan.how; }
void trainer::set_rate(double rate) {
  if (!(rate >= 0 && rate < 1e9)) throw spinule_error{"trainer", fmt::format("a rate of {}; give 0 or more", rate)};
  parts_->plan.how.rate = rate;
}

void trainer::begin_task(const projection& p, std::size_t subspace_neurons) {
  auto& of = parts_->of(p);
  if (of.subspace == nullptr)
    throw spinule_error{"projection \"" + parts_->net.projections()[of.id].name + "\"",
                        "has no subspace; see trainer::learn_by"};
  of.subspace->begin_task(subspace_neurons);
  if (of.steps != nullptr) of.steps = std::make_unique<optimiser_state>(of.steps->how(), of.steps->size());
  take_frozen(of);
}

batch_result trainer::learn(std::span<const training_sample> samples) {
  parts_->run(samples, true);
  parts_->step();
  ++parts_->plan.batches;
  return parts_->last;
}

batch_result trainer::differentiate(std::span<const training_sample> samples) {
  parts_->run(samples, true);
  return parts_->last;
}

batch_result trainer::test(std::span<const training_sample> samples) {
  parts_->run(samples, false);
  return parts_->last;
}

}  // namespace spinule::learning

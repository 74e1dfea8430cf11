#include <spinule/learning/elm_trainer.hpp>

#include <algorithm>
#include <cmath>
#include <new>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "check_samples.hpp"
#include "elm_training.hpp"

namespace spinule::learning {
namespace {

constexpr std::size_t block_size = 4;  ///< samples that one thread works on at a time

[[noreturn]] void refuse(const std::string& what) { throw spinule_error{"elm_trainer", what}; }

void check_rate(double rate) {
  if (!(rate >= 0 && rate < 1e9)) refuse(fmt::format("a rate of {}; give 0 or more", rate));
}

void check(const elm_weights& w, std::uint32_t bins, const elm_trainer_options& o) {
  w.check("elm_trainer");
  if (w.outputs() < 2) refuse("an output alone tells no classes apart; give one for each class, two or more");
  if (bins == 0) refuse("a sample of 0 bins; give 1 or more");
  check_rate(o.rate);
  if (!(o.largest_gradient >= 0)) refuse(fmt::format("largest_gradient = {}; give 0 or more", o.largest_gradient));
  if (!o.tau_memory) return;
  const double low = o.tau_memory_min.value(), high = o.tau_memory_max.value();
  if (!(low > 0 && high > low + 1e-5 && high < 1e9))
    refuse(
        fmt::format("time constants of memory between {} and {} ms; the least must be above 0, and 1e-5 ms below "
                    "the greatest",
                    low, high));
  for (std::size_t k = 0; k < w.tau_memory.size(); ++k)
    if (!(w.tau_memory[k] >= low * (1 - 1e-9) && w.tau_memory[k] <= high * (1 + 1e-9)))
      refuse(fmt::format("tau_memory[{}] = {} ms lies outside of [{}, {}], within which it is learned", k,
                         w.tau_memory[k], low, high));
}

/// Before tables are made of them.
void check_tables(const elm_weights& w) {
  double bytes = 0;
  for (const elm_layer& l : w.layers) bytes += static_cast<double>(padded(l.outputs)) * l.inputs;
  bytes *= 6 * sizeof(float);  // parameters, gradient, two moments, transposed, columns
  check_memory({{{"weights", bytes, "fewer branches, memory or hidden units"}}}, available_memory(), "elm_trainer");
}

elm_weights checked(elm_weights w, std::uint32_t bins, const elm_trainer_options& o) {
  check(w, bins, o);
  check_tables(w);
  return w;
}

}  // namespace

struct elm_trainer::parts {
  classification_loss_options loss;
  elm_plan plan;
  elm_record record;
  optimiser_state steps;
  aligned_vector<float> gradient;
  std::size_t most_samples = 0;  ///< that there was memory for

  parts(elm_weights start, std::uint32_t bins, const classification_loss_options& l, const elm_trainer_options& o)
      : loss{l},
        plan{checked(std::move(start), bins, o), bins, o},
        steps{o.optimiser, plan.parameter_count},
        gradient(plan.parameter_count, 0) {}

  memory_estimate memory(std::size_t samples) const {
    return {{{"samples", record.bytes(plan, samples), "a smaller batch, fewer bins, or fewer hidden and memory units"},
             {"weights", 6.0 * static_cast<double>(plan.parameter_count) * sizeof(float), "a smaller neuron"}}};
  }

  batch_result run(std::span<const training_sample> samples, bool backwards) {
    check_samples(samples, {.trainer = "elm_trainer",
                            .channels = plan.start.inputs,
                            .classes = plan.start.outputs(),
                            .length = plan.bins,
                            .instant = "bin"});
    const std::size_t count = samples.size(), blocks = (count + block_size - 1) / block_size;
    take_memory(count, blocks, backwards);
    const classification_loss mean_loss{loss, plan.bins, count, plan.start.outputs()};
    std::vector<std::uint32_t> labels;
    for (const auto& sample : samples) labels.push_back(sample.label);
    std::vector<double> losses(count, 0);
    batch_result result;
    result.answers.resize(count);
    const std::size_t numbers = plan.bins * count * plan.start.outputs();
    share(blocks, plan.how.threads, [&](std::size_t k) {
      const std::size_t first = k * block_size, some = std::min(block_size, count - first);
      elm_block block{plan, record, k, first, some};
      block.forwards(samples);
      mean_loss.evaluate(first, some, std::span{record.answers}.first(numbers), labels, losses, result.answers,
                         backwards ? std::span{record.slope}.first(numbers) : std::span<float>{});
      if (backwards) block.backwards();
    });
    for (std::size_t s = 0; s < count; ++s) {
      result.loss += losses[s] / static_cast<double>(count);
      result.correct += result.answers[s] == labels[s];
    }
    if (backwards) collect_elm_gradient(plan, record, gradient);
    return result;
  }

  /// What batches before took is kept, and serves again.
  void take_memory(std::size_t samples, std::size_t blocks, bool backwards) {
    if (samples > most_samples)
      check_memory(memory(samples), available_memory() + memory(most_samples).bytes(), "elm_trainer");
    try {
      record.prepare(plan, samples, blocks, backwards);
    } catch (const std::bad_alloc&) {
      throw_out_of_memory(memory(samples), "elm_trainer");
    }
    most_samples = std::max(most_samples, samples);
  }

  void step() {
    double squares = 0;
    for (const float g : gradient) squares += static_cast<double>(g) * static_cast<double>(g);
    const double norm = std::sqrt(squares), most = plan.how.largest_gradient;
    if (!std::isfinite(norm)) refuse("the gradient is not finite; lower the rate");
    if (most > 0 && norm > most)
      for (float& g : gradient) g *= static_cast<float>(most / norm);
    steps.step(std::span{plan.parameters}.first(plan.parameter_count), gradient, plan.how.rate);
    if (plan.how.synapses)
      for (float& w : std::span{plan.parameters}.subspan(plan.weight_at, plan.start.synapses())) w = w > 0 ? w : 0;
    plan.refresh();
  }
};

elm_trainer::elm_trainer(elm_weights start, std::uint32_t bins, const classification_loss_options& loss,
                         const elm_trainer_options& options) {
  const std::size_t classes = start.outputs();
  parts_ = std::make_unique<parts>(std::move(start), bins, loss, options);
  check_memory(parts_->memory(1), available_memory(), "elm_trainer");
  classification_loss{loss, bins, 1, classes};  // refuses
}

elm_trainer::elm_trainer(elm_trainer&&) noexcept = default;
elm_trainer& elm_trainer::operator=(elm_trainer&&) noexcept = default;
elm_trainer::~elm_trainer() = default;

const elm_trainer_options& elm_trainer::options() const { return parts_->plan.how; }
memory_estimate elm_trainer::memory(std::size_t samples) const { return parts_->memory(samples); }

batch_result elm_trainer::learn(std::span<const training_sample> samples) {
  const batch_result result = parts_->run(samples, true);
  parts_->step();
  return result;
}
batch_result elm_trainer::differentiate(std::span<const training_sample> samples) { return parts_->run(samples, true); }
batch_result elm_trainer::test(std::span<const training_sample> samples) { return parts_->run(samples, false); }

void elm_trainer::set_rate(double rate) {
  check_rate(rate);
  parts_->plan.how.rate = rate;
}

elm_gradient elm_trainer::gradient() const {
  const elm_plan& plan = parts_->plan;
  const std::span<const float> g = parts_->gradient;
  elm_gradient all{.layers = plan.layers_of(g), .readout = plan.readout_of(g)};
  if (plan.how.synapses) {
    const auto of = g.subspan(plan.weight_at, plan.start.synapses());
    all.weight.assign(of.begin(), of.end());
  }
  for (std::size_t k = 0; plan.how.tau_memory && k < plan.memory(); ++k)
    all.tau_memory.push_back(static_cast<double>(g[plan.tau_at + k]) / plan.tau_slope(k));
  return all;
}

elm_weights elm_trainer::weights() const {
  const elm_plan& plan = parts_->plan;
  elm_weights w = plan.start;
  w.weight = plan.synapses;
  w.tau_memory = plan.tau_memory;
  w.layers = plan.layers_of(plan.parameters);
  w.readout = plan.readout_of(plan.parameters);
  return w;
}

std::vector<double> elm_trainer::state() const {
  const elm_plan& plan = parts_->plan;
  const optimiser_state& steps = parts_->steps;
  std::vector<double> all{static_cast<double>(steps.steps())};
  all.insert(all.end(), plan.parameters.begin(),
             plan.parameters.begin() + static_cast<std::ptrdiff_t>(plan.parameter_count));
  for (const auto moment : {steps.first_moment(), steps.second_moment()})
    all.insert(all.end(), moment.begin(), moment.end());
  return all;
}

void elm_trainer::restore(std::span<const double> state) {
  elm_plan& plan = parts_->plan;
  optimiser_state& steps = parts_->steps;
  const std::size_t n = plan.parameter_count, first = steps.first_moment().size(),
                    second = steps.second_moment().size();
  const bool fits =
      state.size() == 1 + n + first + second && state[0] >= 0 && state[0] < 0x1p53 &&
      std::ranges::all_of(state.subspan(1), [](double x) { return std::isfinite(static_cast<float>(x)); });
  if (!fits) throw spinule_error{"elm_trainer::restore", "the state is of another neuron, or of other options"};
  const auto narrowed = [](std::span<const double> x) { return std::vector<float>(x.begin(), x.end()); };
  const std::vector<float> parameters = narrowed(state.subspan(1, n));
  if (plan.how.synapses && std::ranges::any_of(std::span{parameters}.subspan(plan.weight_at, plan.start.synapses()),
                                               [](float w) { return w < 0; }))
    throw spinule_error{"elm_trainer::restore", "a synapse has a weight below 0: restore what a trainer gave"};
  steps.restore(static_cast<std::uint64_t>(state[0]), narrowed(state.subspan(1 + n, first)),
                narrowed(state.subspan(1 + n + first, second)));
  std::ranges::copy(parameters, plan.parameters.begin());
  plan.refresh();
}

}  // namespace spinule::learning

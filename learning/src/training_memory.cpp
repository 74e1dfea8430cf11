// What a trainer takes of memory, that it is there before it is taken, and states that are worked out anew.
#include <algorithm>
#include <cmath>
#include <new>
#include <span>

#include <spinule/engine/any_wiring.hpp>
#include <spinule/engine/description.hpp>

#include "trainer_parts.hpp"

namespace spinule::learning {
namespace {

constexpr const char* smaller =
    "smaller populations, or synapses between fewer than a tenth of the pairs: "
    "other projections are dense matrices";

/// As its description has it: rules that do not say how many synapses they expect are looked at when they are drawn.
double bytes_of(const network& net, const projection_description& p) {
  const auto &from = net.populations()[p.source], &to = net.populations()[p.target];
  const double sources = from.size, targets = to.size;
  const endpoints ends = endpoints_of(from, to, p.port, p.source == p.target);
  const double synapses = p.rule ? p.rule->expected_synapses(ends).value_or(0) : static_cast<double>(p.list->size());
  const auto of_list = [](std::span<const milliseconds> all) {
    return std::ranges::all_of(all, [&](milliseconds d) { return d == all.front(); });
  };
  const bool one_delay = p.rule ? p.delay.is_constant() : of_list(p.list->delay);
  return synapse_layout::bytes(sources, targets, synapses, synapse_layout::is_sparse(synapses, sources * targets),
                               one_delay ? 0 : 2);
}

}  // namespace

void check_synapses(const network& net) {
  memory_estimate estimate;
  for (const auto& p : net.projections())
    estimate.items.push_back({"projection \"" + p.name + "\"", bytes_of(net, p), smaller});
  check_memory(estimate, available_memory(), "trainer");
}

memory_estimate trainer::parts::memory(std::size_t samples) const {
  memory_estimate estimate;
  for (std::size_t k = 0; k < plan.populations.size(); ++k) {
    const trained_population& p = plan.populations[k];
    if (p.cells == nullptr) continue;
    const auto used = static_cast<double>(std::ranges::count_if(p.used, [](char x) { return x != 0; }));
    const auto window = static_cast<double>(plan.window()), windows = static_cast<double>(plan.windows());
    double rows = static_cast<double>(p.cells->fields()) * (window + 1 + (windows > 1 ? windows : 0)) +
                  (p.fires() ? window : 0) + (used + (k == plan.output ? 2 : 0)) * plan.length + used * (p.latest + 1);
    double subspaces = 0;
    for (const std::size_t i : plan.onto[k]) {
      if (plan.projections[i].how.delays) rows += plan.length;
    }
    for (const std::size_t i : plan.from[k]) {
      if (plan.projections[i].errors_pass && plan.runs_ahead(plan.projections[i])) rows += plan.length;
      if (const auto& s = plan.projections[i].subspace; s != nullptr && plan.projections[i].how.subspace->levels > 0)
        subspaces += 2.0 * static_cast<double>(s->frozen()) * plan.length;
    }
    estimate.items.push_back({"population \"" + p.name + "\"",
                              static_cast<double>(samples) * (rows * p.size + subspaces) * sizeof(float),
                              "a smaller batch, fewer ticks or units, or checkpoint_every"});
  }
  for (const auto& p : plan.projections) {
    const int of_delays = !p.how.delays ? (p.delays.empty() ? 0 : 2) : p.how.sharing == delay_sharing::synapse ? 5 : 3;
    const bool listed = !p.sparse && plan.lists(p), transposed = !p.sparse && !listed && p.errors_pass;
    const double numbers = static_cast<double>(p.numbers());
    const double more =
        (listed ? 8.0 * static_cast<double>(std::ranges::count(p.present, 1)) : 0) +
        numbers * sizeof(float) * (of_delays + (transposed ? 1 : 0) + (plan.how.arrays.change_weights() ? 1 : 0));
    estimate.items.push_back(
        {"projection \"" + net.projections()[p.id].name + "\"",
         more + synapse_layout::bytes(p.sources, p.targets, static_cast<double>(p.list_targets.size()), p.sparse),
         smaller});
  }
  return estimate;
}

/// What batches before took is kept, and serves again.
void trainer::parts::take_memory(std::size_t samples, std::size_t blocks, bool backwards) {
  if (samples > most_samples)
    check_memory(memory(samples), available_memory() + memory(most_samples).bytes(), "trainer");
  try {
    record.prepare(plan, samples, blocks, backwards);
  } catch (const std::bad_alloc&) {
    throw_out_of_memory(memory(samples), "trainer");
  }
  most_samples = std::max(most_samples, samples);
}

void batch_record::prepare(const training_plan& plan, std::size_t count, std::size_t blocks, bool backwards) {
  samples = count;
  const auto ticks_in_all = static_cast<std::size_t>(plan.length);
  populations.resize(plan.populations.size());
  sent.assign(plan.populations.size(), std::vector<sent_lists>(blocks));
  for (std::size_t p = 0; p < plan.populations.size(); ++p) {
    const trained_population& of = plan.populations[p];
    population& record = populations[p];
    if (of.cells == nullptr) continue;
    const std::size_t row = count * of.size;
    record.states.resize(of.cells->fields());
    for (auto& states : record.states) states.resize((plan.window() + 1) * row);
    record.began.resize(of.cells->fields());
    for (auto& states : record.began) states.resize(plan.windows() > 1 ? plan.windows() * row : 0);
    record.inputs.resize(of.cells->ports());
    for (std::size_t k = 0; k < record.inputs.size(); ++k)
      if (of.used[k] != 0)
        record.inputs[k].assign((ticks_in_all + static_cast<std::size_t>(of.latest) + 1) * row + row_slack, 0);
    record.counts.assign(row, 0);
    if (of.fires()) record.margins.resize(plan.window() * row);
    if (p == plan.output) {
      record.answers.resize(ticks_in_all * row);
      record.answers_slope.assign(backwards ? ticks_in_all * row : 0, 0);
    }
    const auto of_this = [&](const auto& x) { return x.population == p; };
    record.parameter_slopes.assign(static_cast<std::size_t>(std::ranges::count_if(plan.parameters, of_this)) * row, 0);
    record.start_slopes.assign(static_cast<std::size_t>(std::ranges::count_if(plan.starts, of_this)) * row, 0);
  }
}

/// From the end of the window before, which it is written over.
void block_pass::begin_window(std::size_t p, std::size_t tick) {
  auto& record = record_.populations[p];
  const std::size_t numbers = count_ * plan_.populations[p].size;
  for (std::size_t f = 0; f < record.states.size(); ++f) {
    float* const first = row(record.states[f], p, 0);
    if (tick > 0) std::copy_n(row(record.states[f], p, plan_.window()), numbers, first);
    if (!record.began[f].empty()) std::copy_n(first, numbers, row(record.began[f], p, tick / plan_.window()));
  }
}

/// All states of a window, from what it began with and what arrived.
void block_pass::repeat_window(std::size_t p, std::size_t first) {
  auto& record = record_.populations[p];
  for (std::size_t f = 0; f < record.states.size(); ++f)
    std::copy_n(row(record.began[f], p, first / plan_.window()), count_ * plan_.populations[p].size,
                row(record.states[f], p, 0));
  for (std::size_t t = first; t < first + plan_.window(); ++t) advance(p, t);
}

memory_estimate trainer::memory(std::size_t samples) const { return parts_->memory(samples); }

}  // namespace spinule::learning

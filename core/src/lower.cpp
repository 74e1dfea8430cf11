#include <spinule/engine/lowering.hpp>

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include <spinule/engine/drawable.hpp>
#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/graph.hpp>

#include "quanta.hpp"
#include "survey.hpp"

namespace spinule {
namespace {

std::vector<ticks> list_delays(const projection_description& p, milliseconds tick) {
  std::vector<ticks> delays;
  if (!p.list) return delays;
  const std::string where = fmt::format("projection \"{}\"", p.name);
  const tick_grid grid{tick};
  delays.reserve(p.list->delay.size());
  for (const milliseconds d : p.list->delay) delays.push_back(grid.whole(d, where));
  return delays;
}

/// Spikes are remembered for so many ticks.
constexpr ticks longest_delay = 1 << 22;

/// How many low bits must go for the largest weight to fit a signed code of `bits`.
int coarseness(double largest, double quantum, int bits) {
  int coarse = 0;
  while (std::llround(largest / std::ldexp(quantum, coarse)) >= (std::int64_t{1} << (bits - 1))) ++coarse;
  return coarse;
}

/// Throws `spinule_error` for a drive too fast for the tick.
std::vector<lowered_drive> lower_drives(const network& net, milliseconds tick) {
  std::vector<lowered_drive> drives;
  for (const auto& d : net.drives()) {
    const double mean = d.rate.value() * tick.value();
    if (mean > poisson_counts::largest_mean)
      throw spinule_error{
          fmt::format("population \"{}\" drive", net.populations()[d.target].name),
          fmt::format("{} spikes per tick are more than {}; use a shorter tick", mean, poisson_counts::largest_mean)};
    drives.push_back({d.target, 0, 0, poisson_counts{mean, net.seed(), static_cast<std::uint32_t>(drives.size())}});
  }
  return drives;
}

/// Throws for equal weights that others take most of the bits from. Of drawn ones it was asked for.
void check_rounding(const lowered_network& net, std::size_t j) {
  const auto& d = net.descriptions[j];
  const projection_summary& s = net.summaries[j];
  if (!d.rule || !d.weight.is_constant() || s.largest == 0 || d.weight_bits == 32) return;
  const double becomes = s.quantum * std::abs(s.code(s.largest));
  if (std::fabs(becomes - s.largest) <= 0.01 * s.largest) return;
  double other = 0;
  for (std::size_t k = 0; k < net.summaries.size(); ++k)
    if (const auto& e = net.descriptions[k]; e.source == d.source && e.weight_bits == d.weight_bits)
      other = std::max(other, net.summaries[k].largest);
  throw spinule_error{
      fmt::format("projection \"{}\"", d.name),
      fmt::format("a weight of {:g} would become {:g} in {} bits beside one of {:g} from the same population; "
                  "leave weight_bits at 32: equal weights take no memory",
                  s.largest, becomes, d.weight_bits, other)};
}

/// What one population sends is stored together, so its rounded weights share one step.
void round_to_bits(lowered_network& net) {
  std::map<std::pair<index_t, int>, int> steps;
  const auto step = [&](const projection_description& d) -> int& { return steps[{d.source, d.weight_bits}]; };
  for (std::size_t j = 0; j < net.summaries.size(); ++j) {
    const auto& d = net.descriptions[j];
    step(d) = std::max(step(d), coarseness(net.summaries[j].largest, net.summaries[j].quantum, d.weight_bits));
  }
  for (std::size_t j = 0; j < net.summaries.size(); ++j) {
    projection_summary& s = net.summaries[j];
    s.coarse = step(net.descriptions[j]);
    s.scale = 1 / std::ldexp(s.quantum, s.coarse);
    check_rounding(net, j);
  }
}

/// Throws for a largest output that is no number to work with.
double checked_output(const any_model& model, const source_setting& setting) {
  const double largest = model.largest_output(setting);
  if (largest == 0 || (largest >= 1e-30 && largest <= 1e30)) return largest;
  throw spinule_error{setting.where,
                      fmt::format("a largest output of {} is beyond any use; from 1e-30 to 1e30", largest)};
}

ticks modulated_after(const lowered_network& net, const projection_description& d, const gain_modulation& by) {
  const std::string where = fmt::format("projection \"{}\" modulation", d.name);
  const ticks after = tick_grid{net.tick}.whole(by.delay, where);
  if (after < 1 || after > longest_delay)
    throw spinule_error{where, fmt::format("a delay of {} ms is not between one tick and {}; a modulator acts on what "
                                           "is sent after it",
                                           by.delay.value(), longest_delay)};
  return after;
}

/// By what the weights of a projection are multiplied.
void note_amplitudes(const lowered_network& net, const projection_description& d, projection_summary& s) {
  s.graded = net.populations[d.source].model->is_graded() || d.modulated;
  s.largest_amplitude = net.largest_output[d.source];
  if (!d.modulated) return;
  s.largest_amplitude *= net.largest_output[d.modulated->population];
  s.modulated_after = modulated_after(net, d, *d.modulated);
}

/// What a plasticity rule sees, and when.
void note_learning(const lowered_network& net, const projection_description& d, projection_summary& s) {
  if (!d.plasticity) return;
  for (const ticks delay : s.delays) s.back.push_back(static_cast<ticks>(std::llround(2 * d.dendritic * delay)));
  if (d.third_factor) s.third_factor_after = modulated_after(net, d, *d.third_factor);
  if (d.plasticity->has_third_factor() && !d.third_factor)
    throw spinule_error{fmt::format("projection \"{}\"", d.name),
                        "its plasticity rule has a third factor that nothing drives; give it a modulator, "
                        "net.modulate(modulator, projection, factor::learning)"};
}

/// Weights onto a port are within its range, so only values and gains can be negative.
void note_signs(lowered_network& net) {
  net.sends_none_below_0.assign(net.populations.size(), false);
  for (const auto& d : net.descriptions) {
    if (net.populations[d.target].model->receptors()[static_cast<std::size_t>(d.port)].allowed.low < 0) continue;
    if (net.populations[d.source].model->is_graded()) net.sends_none_below_0[d.source] = true;
    if (d.modulated) net.sends_none_below_0[d.modulated->population] = true;
  }
}

void conclude(lowered_network& net, std::vector<survey>& surveys) {
  net.reach.assign(net.populations.size(), 0);
  for (const auto& p : net.populations) net.fan_out.emplace_back(p.size, 0);
  for (std::size_t j = 0; j < surveys.size(); ++j) {
    const auto& d = net.descriptions[j];
    projection_summary& s = net.summaries.emplace_back(std::move(surveys[j].summary));
    net.reach[d.source] = std::max(net.reach[d.source], s.delays.back());
    const auto reaches = [&](index_t population, ticks after) {
      net.reach[population] = std::max(net.reach[population], after);
    };
    if (d.modulated) reaches(d.modulated->population, s.delays.back() + s.modulated_after);
    note_learning(net, d, s);
    if (d.third_factor) reaches(d.third_factor->population, s.third_factor_after);
    if (d.plasticity) reaches(d.target, s.back.back());
    if (s.delays.back() > longest_delay)
      throw spinule_error{
          fmt::format("projection \"{}\"", d.name),
          fmt::format("a delay of {} ticks is longer than {}; use a longer tick", s.delays.back(), longest_delay)};
    auto& out = net.fan_out[d.source];
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += surveys[j].fan_out[i];
  }
  round_to_bits(net);
}

}  // namespace

void serial_loop(std::size_t count, const std::function<void(std::size_t)>& work) {
  for (std::size_t i = 0; i < count; ++i) work(i);
}

std::optional<std::size_t> followed_field(const lowered_network& net, index_t projection) {
  const auto& d = net.descriptions[projection];
  if (!d.plasticity || d.plasticity->watches().empty()) return std::nullopt;
  return field_index(net.populations[d.target], d.plasticity->watches());
}

std::shared_ptr<lowered_network> drawable(const network& net, milliseconds tick, const parallel_loop& each) {
  if (!(tick >= 1_us && tick <= 1_s))
    throw spinule_error{"tick", fmt::format("{} ms is outside 0.001 ms to 1000 ms", tick.value())};
  auto result = std::make_shared<lowered_network>();
  result->seed = net.seed();
  result->tick = tick;
  result->populations.assign(net.populations().begin(), net.populations().end());
  result->descriptions.assign(net.projections().begin(), net.projections().end());
  for (const auto& p : result->descriptions) result->list_delays.push_back(list_delays(p, tick));
  result->row_sizes.resize(result->descriptions.size());
  each(result->descriptions.size(), [&](std::size_t j) {
    const auto& d = result->descriptions[j];
    random_stream random{result->seed, purpose::wiring,
                         std::uint64_t{d.part.drawn_as.value_or(static_cast<index_t>(j))} << 32, 1};
    if (d.rule) result->row_sizes[j] = d.rule->row_sizes(ends_of(*result, d), random);
  });
  return result;
}

std::shared_ptr<const lowered_network> lower(const network& net, milliseconds tick, const parallel_loop& each) {
  const auto result = drawable(net, tick, each);
  for (index_t p = 0; p < result->populations.size(); ++p) {
    const auto& cells = result->populations[p];
    const std::string where = fmt::format("population \"{}\"", cells.name);
    const source_setting setting{cells.size, tick, net.seed(), p, where};
    result->most_events.push_back(cells.model->most_events(setting));
    result->largest_output.push_back(checked_output(*cells.model, setting));
  }
  note_signs(*result);
  std::vector<survey> surveys;
  for (index_t j = 0; j < result->descriptions.size(); ++j) {
    surveys.push_back(survey_of(*result, j, each));
    note_amplitudes(*result, result->descriptions[j], surveys.back().summary);
    const double largest = surveys.back().summary.largest;
    if (!(largest <= 1e30) || (largest > 0 && largest < 1e-30))
      throw spinule_error{fmt::format("projection \"{}\"", result->descriptions[j].name),
                          fmt::format("a largest weight of {} is beyond any use; from 1e-30 to 1e30", largest)};
  }
  result->drives = lower_drives(net, tick);
  choose_quanta(net, *result, surveys);
  std::erase_if(result->drives, [](const lowered_drive& d) { return d.counts.greatest() == 0; });  // of rate 0
  conclude(*result, surveys);
  const auto level = same_tick_levels(graph_of(net, result->summaries));
  for (index_t p = 0; p < level.size(); ++p) {
    if (level[p] >= result->levels.size()) result->levels.resize(level[p] + std::size_t{1});
    result->levels[level[p]].push_back(p);
  }
  return result;
}

}  // namespace spinule

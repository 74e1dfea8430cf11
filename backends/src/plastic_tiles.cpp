#include "plastic_tiles.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <spinule/random.hpp>

#include "programmed_tiles.hpp"
#include "pulse_constants.hpp"

namespace spinule {
namespace {

double farthest(const weight_range& bounds) {
  return std::abs(bounds.lowest) > std::abs(bounds.highest) ? bounds.lowest : bounds.highest;
}

device learning_device(const hardware& hw) {
  device cell = device::of(hw);
  cell.unused = unused_cells::programmed;
  cell.drift = drift_law::none;
  return cell;
}

constexpr double most_counts = 32767;

}  // namespace

tiled_projection plastic_tiles::blank_tiles(const lowered_network& net, index_t j, const hardware& hw,
                                            std::uint32_t chip) {
  connectivity largest = net.synapses(j);
  const double bound = farthest(net.descriptions[j].plasticity->bounds());
  largest.code.clear();
  largest.constant = static_cast<std::int32_t>(std::llround(bound / largest.quantum));
  if (largest.constant == 0) largest.constant = 1;
  return tiled_projection::blank(largest, hw, net.seed, chip, j, net.descriptions[j].name);
}

plastic_tiles::plan plastic_tiles::plan_of(const lowered_network& net, index_t j, const hardware& hw,
                                           const programmed_tiles& tiles) {
  const connectivity& c = net.synapses(j);
  plan p;
  p.onto.resize(c.delays.size() * c.targets);
  for (std::size_t line = 0; line < c.lines(); ++line)
    for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s) {
      const index_t target = c.target[s];
      const auto synapse = static_cast<std::uint32_t>(s);
      if (s == c.offsets[line] || c.target[s - 1] != target) {
        p.first.push_back(synapse);
        p.at.push_back(tiles.place_of(line, target));
        p.row.push_back(tiles.row_of[line]);
        p.name.push_back(std::uint64_t{line} * c.targets + target);
      }
      p.pair.push_back(static_cast<std::uint32_t>(p.at.size() - 1));
      p.onto[line % c.delays.size() * c.targets + target].push_back(synapse);
    }
  p.first.push_back(static_cast<std::uint32_t>(c.synapses()));
  p.back = net.summaries[j].back;
  p.key = random_stream{tiles.seed, purpose::device, tiles.chip, j}.bits64();
  p.rounding_key = random_stream{p.key, purpose::device, 0, 2}.bits64();
  p.scheme = hw.update.scheme;
  p.threshold = hw.update.threshold.value;
  p.refresh = hw.update.refresh.value;
  p.limits = write_limits_of(hw);
  p.energy = hw.device.write_energy.value;
  p.any_may_change = net.descriptions[j].plasticity->has_third_factor();
  p.width = ends_of(net, net.descriptions[j]).width;
  return p;
}

plastic_tiles::plastic_tiles(const lowered_network& net, index_t j, const hardware& hw, tiled_projection& tiles)
    : synapses_{&net.synapses(j)},
      cell_{learning_device(hw)},
      rule_{net.descriptions[j].plasticity->plain(*synapses_, net.tick)},
      cells_{0, response_of(hw), 0} {
  const programmed_tiles& t = tiles.own();
  auto p = std::make_shared<plan>(plan_of(net, j, hw, t));
  const pulse_response response = response_of(hw);
  lowest_ = response.lowest;
  range_ = response.highest - response.lowest;
  weight_per_us_ = t.quanta_per_us * synapses_->quantum;
  p->step = response.step / range_ * (cell_.g_max - cell_.g_min) * weight_per_us_;
  plan_ = std::move(p);
  cells_ = pulsed_cells{2 * pairs(), response, plan_->key, tiles.own().chip};
  cells_.put(std::vector<float>(cells_.size(), static_cast<float>(lowest_)));
  waiting_.resize(plan_->scheme == update_scheme::mixed_precision ? pairs() : 0);
  total_.resize(pairs());
  change_.resize(pairs());
  std::vector<double> start(pairs());
  const auto weights = rule_->weights();
  for (std::size_t s = 0; s < weights.size(); ++s) start[plan_->pair[s]] += weights[s];
  note_written(pairs(), write(all_pairs(), start, true));
  fresh_ = std::make_shared<const start_state>(start_state{cells_, written_});
  reset(tiles);
}

plastic_tiles::plastic_tiles(const plastic_tiles& other)
    : plan_{other.plan_},
      synapses_{other.synapses_},
      cell_{other.cell_},
      lowest_{other.lowest_},
      range_{other.range_},
      weight_per_us_{other.weight_per_us_},
      rule_{other.rule_->clone()},
      fresh_{other.fresh_},
      cells_{other.cells_},
      known_{other.known_},
      waiting_{other.waiting_},
      total_{other.total_},
      fired_{other.fired_},
      updates_{other.updates_},
      learned_{other.learned_},
      written_{other.written_},
      change_(other.change_.size()) {}

void plastic_tiles::reset(tiled_projection& tiles) {
  rule_->reset();
  cells_ = fresh_->cells;
  written_ = fresh_->written;
  updates_ = 0;
  std::fill(waiting_.begin(), waiting_.end(), 0.0f);
  known_.assign(rule_->weights().begin(), rule_->weights().end());
  const auto all = all_pairs();
  show(all, tiles);
  tell_rule(all);
  rest();
}

void plastic_tiles::rest() {
  rule_->rest();
  fired_.assign(static_cast<std::size_t>(*std::max_element(plan_->back.begin(), plan_->back.end())) + 1, {});
  learned_ = {};
}

void plastic_tiles::arrive(line_list arriving, moment now, tiled_projection& tiles) {
  rule_->begin(static_cast<double>(arriving.factor));
  for (std::size_t i = 0; i < arriving.size(); ++i) {
    const std::size_t line = arriving.lines[i];
    if (!arriving.amplitudes.empty() && arriving.amplitudes[i] == 0) continue;
    rule_->arrive(line, now);
    for (auto s = synapses_->offsets[line]; s < synapses_->offsets[line + 1]; ++s)
      touched_.push_back(static_cast<std::uint32_t>(s));
  }
  if (plan_->any_may_change) add_all();
  carry_out(tiles);
}

void plastic_tiles::fire(moment now, std::span<const index_t> fired, tiled_projection& tiles) {
  const auto in = [&](moment when) -> auto& { return fired_[static_cast<std::size_t>(when) % fired_.size()]; };
  in(now).assign(fired.begin(), fired.end());
  for (std::size_t k = 0; k < plan_->back.size() && now >= plan_->back[k]; ++k)
    for (const index_t i : in(now - plan_->back[k]))
      for (index_t target = i * plan_->width; target < (i + 1) * plan_->width; ++target) {
        rule_->fire(target, k, now);
        const synapse_list& onto = plan_->onto[k * synapses_->targets + target];
        touched_.insert(touched_.end(), onto.begin(), onto.end());
      }
  carry_out(tiles);
}

void plastic_tiles::watch(moment now, const watched& neurons, tiled_projection& tiles) {
  rule_->watch(neurons, now);
  add_all();
  carry_out(tiles);
}

std::vector<std::uint32_t> plastic_tiles::all_pairs() const {
  std::vector<std::uint32_t> all(pairs());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

void plastic_tiles::add_all() {
  touched_.resize(known_.size());
  std::iota(touched_.begin(), touched_.end(), 0);
}

std::int32_t plastic_tiles::pulses_for(double change, std::uint32_t pair, random_stream& random) {
  double whole = 0;
  if (plan_->scheme == update_scheme::direct) {
    whole = std::floor(change / plan_->step + random.uniform());
  } else {
    const double sum = waiting_[pair] + change;
    if (std::abs(sum) >= plan_->threshold * plan_->step) whole = std::trunc(sum / plan_->step);
    waiting_[pair] = static_cast<float>(sum - whole * plan_->step);
  }
  return static_cast<std::int32_t>(std::clamp(whole, -most_counts, most_counts));
}

void plastic_tiles::carry_out(tiled_projection& tiles) {
  const auto wanted = rule_->weights();
  for (const std::uint32_t s : touched_) {
    const double change = wanted[s] - known_[s];
    if (change == 0) continue;
    const std::uint32_t pair = plan_->pair[s];
    if (change_[pair] == 0) changed_.push_back(pair);
    change_[pair] += change;
    known_[s] = wanted[s];  // a synapse may have been touched twice
  }
  touched_.clear();
  if (changed_.empty()) return;
  std::sort(changed_.begin(), changed_.end());
  changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
  random_stream random{plan_->rounding_key, purpose::read_noise, updates_++};
  for (const std::uint32_t pair : changed_) {
    const std::int32_t pulses = pulses_for(change_[pair], pair, random);
    change_[pair] = 0;
    if (pulses == 0) continue;
    pulsed_.push_back(2 * pair + (pulses < 0));
    counts_.push_back(static_cast<std::int16_t>(std::abs(pulses)));
    learned_.updates += static_cast<std::uint64_t>(std::abs(pulses));
  }
  cells_.pulse(pulsed_, counts_);
  for (std::uint32_t& cell : pulsed_) cell /= 2;
  refresh(pulsed_);
  show(pulsed_, tiles);
  tell_rule(waiting_.empty() ? changed_ : pulsed_);  // what waits is what the rule asked for
  changed_.clear();
  pulsed_.clear();
  counts_.clear();
}

void plastic_tiles::refresh(std::span<const std::uint32_t> pairs) {
  std::vector<std::uint32_t> full;
  std::vector<double> weights;
  for (const std::uint32_t pair : pairs) {
    const double plus = (state(2 * pair) - lowest_) / range_, minus = (state(2 * pair + 1) - lowest_) / range_;
    if (std::max(plus, minus) <= 1 - plan_->refresh || std::min(plus, minus) <= plan_->refresh) continue;
    full.push_back(pair);
    weights.push_back((plus - minus) * (cell_.g_max - cell_.g_min) * weight_per_us_);
  }
  if (full.empty()) return;
  learned_.refresh += write(full, weights, false);
}

std::uint64_t plastic_tiles::write(std::span<const std::uint32_t> pairs, std::span<const double> weights,
                                   bool from_lowest) {
  std::vector<std::uint32_t> larger, smaller;
  std::vector<float> aims(pairs.size(), static_cast<float>(lowest_));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    larger.push_back(2 * pairs[i] + (weights[i] < 0));
    smaller.push_back(2 * pairs[i] + !(weights[i] < 0));
  }
  std::uint64_t pulses = from_lowest ? 0 : cells_.write_verify(smaller, aims, plan_->limits).pulses;
  const double states = range_ / ((cell_.g_max - cell_.g_min) * weight_per_us_);
  for (std::size_t i = 0; i < pairs.size(); ++i)
    aims[i] = static_cast<float>(std::min(state(smaller[i]) + std::abs(weights[i]) * states, lowest_ + range_));
  pulses += cells_.write_verify(larger, aims, plan_->limits).pulses;
  return pulses;
}

void plastic_tiles::note_written(std::size_t cells, std::uint64_t pulses) {
  written_.cells += cells;
  written_.pulses += pulses;
  written_.energy_pj = static_cast<double>(written_.pulses) * plan_->energy;
}

double plastic_tiles::conductance(std::uint32_t cell) const {
  const double g = std::max(cell_.g_min + (cell_.g_max - cell_.g_min) * (state(cell) - lowest_) / range_, 0.0);
  if (!cell_.faulty()) return g;
  random_stream random{plan_->key, purpose::device, 2 * plan_->name[cell / 2] + cell % 2};
  return cell_.settle(g, random).conductance;
}

double plastic_tiles::held(std::uint32_t pair) const {
  return (conductance(2 * pair) - conductance(2 * pair + 1)) * weight_per_us_;
}

void plastic_tiles::show(std::span<const std::uint32_t> pairs, tiled_projection& tiles) {
  programmed_tiles& t = tiles.own();
  for (const std::uint32_t pair : pairs) {
    const cell_pair cells{conductance(2 * pair), conductance(2 * pair + 1)};
    store_pair(t, cell_, plan_->at[pair], cells);
    const auto total = static_cast<float>(cells.plus + cells.minus);
    t.row_energy[plan_->row[pair]] += (total - total_[pair]) * t.cell_energy;
    total_[pair] = total;
  }
}

void plastic_tiles::tell_rule(std::span<const std::uint32_t> pairs) {
  std::vector<double> given;
  for (const std::uint32_t pair : pairs) {
    const double weight = held(pair) + (waiting_.empty() ? 0 : waiting_[pair]);
    const std::uint32_t first = plan_->first[pair], last = plan_->first[pair + 1];
    given.clear();
    for (std::uint32_t s = first; s < last; ++s) given.push_back(part_of(s, weight));
    rule_->assign(first, given);
    std::copy_n(rule_->weights().begin() + first, given.size(), known_.begin() + first);
  }
}

double plastic_tiles::part_of(std::uint32_t synapse, double pair_weight) const {
  const std::uint32_t pair = plan_->pair[synapse], first = plan_->first[pair], last = plan_->first[pair + 1];
  if (last == first + 1) return pair_weight;
  const double sum = std::accumulate(known_.begin() + first, known_.begin() + last, 0.0);
  return known_[synapse] + (pair_weight - sum) / (last - first);
}

std::vector<double> plastic_tiles::weights(std::size_t first, std::size_t last) const {
  std::vector<double> all;
  for (auto s = synapses_->offsets[first]; s < synapses_->offsets[last]; ++s)
    all.push_back(part_of(static_cast<std::uint32_t>(s), held(plan_->pair[s])));
  return all;
}

void plastic_tiles::assign(std::size_t first, std::size_t last, std::span<const double> weights,
                           tiled_projection& tiles) {
  const std::uint64_t begin = synapses_->offsets[first], end = synapses_->offsets[last];
  if (begin == end) return;
  std::vector<std::uint32_t> pairs(plan_->pair[end - 1] - plan_->pair[begin] + 1);
  std::iota(pairs.begin(), pairs.end(), plan_->pair[begin]);
  std::vector<double> sums(pairs.size());
  for (auto s = begin; s < end; ++s) {
    known_[s] = weights[s - begin];
    sums[plan_->pair[s] - pairs.front()] += known_[s];
  }
  for (const std::uint32_t pair : pairs)
    if (!waiting_.empty()) waiting_[pair] = 0;
  note_written(pairs.size(), write(pairs, sums, false));
  show(pairs, tiles);
  tell_rule(pairs);
}

}  // namespace spinule

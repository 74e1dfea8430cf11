// From the record of a batch to the gradients of weights and delays.
#include <algorithm>
#include <cmath>

#include "training_parts.hpp"

namespace spinule::learning {
namespace {

constexpr std::size_t tile = 64;  ///< sources, with delays of synapses' own, that one thread works on at a time

/// In which rows, tick * samples + sample, each neuron of a population sent, ascending: the same for any blocks.
sent_lists by_source(const training_plan& plan, const batch_record& record, std::size_t population,
                     std::size_t block_size, std::size_t ticks_in_all) {
  const auto& blocks = record.sent[population];
  const std::size_t size = plan.populations[population].size;
  sent_lists lists;
  lists.offsets.assign(size + 1, 0);
  bool weighted = false;
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    const std::size_t count = std::min(block_size, record.samples - k * block_size);
    for (std::uint32_t e = 0; e < blocks[k].offsets[ticks_in_all * count]; ++e)
      ++lists.offsets[blocks[k].entries[e] + 1];
    weighted = weighted || !blocks[k].values.empty();
  }
  for (std::size_t i = 0; i < size; ++i) lists.offsets[i + 1] += lists.offsets[i];
  lists.entries.resize(lists.offsets[size]);
  if (weighted) lists.values.assign(lists.entries.size(), 1);
  std::vector<std::uint32_t> next(lists.offsets.begin(), lists.offsets.end() - 1);
  for (std::size_t t = 0; t < ticks_in_all; ++t)
    for (std::size_t k = 0; k < blocks.size(); ++k) {
      const std::size_t first = k * block_size, count = std::min(block_size, record.samples - first);
      for (std::size_t b = 0; b < count; ++b)
        for (std::uint32_t e = blocks[k].offsets[t * count + b]; e < blocks[k].offsets[t * count + b + 1]; ++e) {
          const std::uint32_t place = next[blocks[k].entries[e]]++;
          lists.entries[place] = static_cast<std::uint32_t>(t * record.samples + first + b);
          if (!blocks[k].values.empty()) lists.values[place] = blocks[k].values[e];
        }
    }
  return lists;
}

/// How errors change from tick to tick, seen through a Gaussian of this deviation: [ticks] rows of `row` numbers, and a
/// row of 0 after the last.
std::vector<float> changes(const aligned_vector<float>& errors, std::size_t row, std::size_t ticks_in_all,
                           double blur) {
  const auto reach = static_cast<std::ptrdiff_t>(std::ceil(3 * blur));
  std::vector<double> weight;
  double scale = 0;
  for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
    const auto x = static_cast<double>(k);
    weight.push_back(x * portable_exp(-x * x / (2 * blur * blur)));
    scale += x * weight.back();  // so that the change of a straight line is its slope
  }
  std::vector<float> out(ticks_in_all * row, 0);
  for (std::size_t t = 0; t < ticks_in_all; ++t)
    for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
      const auto from = static_cast<std::ptrdiff_t>(t) + k;
      if (from < 0 || from >= static_cast<std::ptrdiff_t>(ticks_in_all)) continue;
      const auto factor = static_cast<float>(weight[static_cast<std::size_t>(k + reach)] / scale);
      const float* of = errors.data() + static_cast<std::size_t>(from) * row;
      for (std::size_t i = 0; i < row; ++i) out[t * row + i] += factor * of[i];
    }
  return out;
}

struct piece {
  std::size_t projection, first, count;
};

/// Whether the input is steady and none of its projections has delays of its synapses' own, which need all ticks.
bool looked_at_once(const training_plan& plan, const batch_record& record) {
  return record.steady_input &&
         std::ranges::all_of(plan.from[plan.input], [&](std::size_t k) { return plan.projections[k].delays.empty(); });
}

}  // namespace

projection_errors errors_of(const trained_projection& p, const training_plan& plan, const batch_record& record) {
  const auto& arrived = record.populations[p.target].inputs[p.port];
  const std::size_t row = record.samples * p.targets;
  projection_errors errors;
  errors.ticks_in_all = static_cast<std::size_t>(plan.length);
  if (p.delay >= plan.length) return errors;
  errors.rows = arrived.data() + static_cast<std::size_t>(p.delay) * row;
  if (p.source != plan.input || !looked_at_once(plan, record)) return errors;
  errors.summed.assign(row + row_slack, 0);
  for (std::size_t t = static_cast<std::size_t>(p.delay); t < errors.ticks_in_all; ++t)
    for (std::size_t i = 0; i < row; ++i) errors.summed[i] += arrived[t * row + i];
  errors.rows = errors.summed.data();
  errors.ticks_in_all = 1;
  return errors;
}

void collect_gradients(training_plan& plan, batch_record& record, std::size_t block_size) {
  const unsigned threads = plan.how.threads;
  const auto ticks_in_all = static_cast<std::size_t>(plan.length);
  std::vector<sent_lists> sources(plan.populations.size());
  std::vector<std::vector<float>> change(plan.projections.size());
  std::vector<std::size_t> senders;
  for (std::size_t p = 0; p < plan.populations.size(); ++p)
    if (plan.populations[p].sends) senders.push_back(p);
  const bool steady = looked_at_once(plan, record);
  share(senders.size(), threads, [&](std::size_t i) {
    sources[senders[i]] =
        by_source(plan, record, senders[i], block_size, senders[i] == plan.input && steady ? 1 : ticks_in_all);
  });

  std::vector<projection_errors> errors(plan.projections.size());
  share(errors.size(), threads, [&](std::size_t k) { errors[k] = errors_of(plan.projections[k], plan, record); });
  std::vector<piece> pieces;
  for (std::size_t k = 0; k < plan.projections.size(); ++k) {
    trained_projection& p = plan.projections[k];
    p.gradient.assign(p.numbers() + row_slack, 0);
    if ((!p.how.weights && !p.how.delays) || (p.delays.empty() && p.delay >= plan.length)) continue;
    if (p.delays.empty()) {
      const std::size_t parts = p.gradient_parts(), some = p.parts_at_a_time(threads);
      for (std::size_t c = 0; c < parts; c += some) pieces.push_back({k, c, std::min(some, parts - c)});
      continue;
    }
    if (p.how.delays) {
      p.delay_gradient.assign(p.delay_numbers(), 0);
      change[k] = changes(record.populations[p.target].inputs[p.port], record.samples * p.targets, ticks_in_all,
                          plan.how.delay_blur);
    }
    const std::size_t some = p.sparse ? p.parts_at_a_time(threads) : tile;
    for (std::size_t j = 0; j < p.sources; j += some)
      pieces.push_back({k, j, std::min<std::size_t>(some, p.sources - j)});
  }
  share(pieces.size(), threads, [&](std::size_t i) {
    const piece& part = pieces[i];
    trained_projection& p = plan.projections[part.projection];
    const sent_lists& lists = sources[p.source];
    if (!p.delays.empty())
      return collect_delayed(p, lists, part.first, part.count, record.populations[p.target].inputs[p.port],
                             change[part.projection], record.samples, ticks_in_all);
    p.add_gradient(part.first, part.count, lists.from(0, !lists.values.empty()), errors[part.projection].rows,
                   p.gradient.data());
  });
  for (trained_projection& p : plan.projections) {
    p.clear_absent(p.gradient);
    if (!p.delay_gradient.empty())
      for (std::size_t i = 0; i < p.present.size(); ++i)
        if (p.present[i] == 0) p.delay_gradient[i] = 0;
  }
  for (trained_projection& p : plan.projections) share_delay_gradient(p);
  const auto sum_samples = [&](auto& learned, auto slopes) {  // of parameters or starts
    std::vector<std::size_t> place(plan.populations.size(), 0);
    for (auto& x : learned) {
      const std::size_t size = plan.populations[x.population].size;
      const auto& all = record.populations[x.population].*slopes;
      const float* from = all.data() + place[x.population]++ * record.samples * size;
      x.gradient.assign(size, 0);
      for (std::size_t b = 0; b < record.samples; ++b)
        for (std::size_t i = 0; i < size; ++i) x.gradient[i] += from[b * size + i];
    }
  };
  sum_samples(plan.parameters, &batch_record::population::parameter_slopes);
  sum_samples(plan.starts, &batch_record::population::start_slopes);
}

}  // namespace spinule::learning

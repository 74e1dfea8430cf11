// Hebbian orthogonal projection in front of the optimiser.
#include <algorithm>
#include <cmath>

#include "training_parts.hpp"

namespace spinule::learning {
namespace {

constexpr std::size_t tile = 64;  ///< columns that one thread works on at a time

/// Calls use(block, list, sample, tick) for every list of what a population sent.
template <class Use>
void for_each_list(const batch_record& record, std::size_t population, std::size_t block_size, std::size_t ticks_in_all,
                   const Use& use) {
  const auto& blocks = record.sent[population];
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    const std::size_t first = k * block_size, count = std::min(block_size, record.samples - first);
    for (std::size_t t = 0; t < ticks_in_all; ++t)
      for (std::size_t b = 0; b < count; ++b) use(blocks[k], t * count + b, first + b, t);
  }
}

/// What frozen neurons respond to each row of the record, [rows][padded(frozen)], as spikes where they spike.
aligned_vector<float> responses(const trained_projection& p, const batch_record& record, std::size_t block_size,
                                std::size_t ticks_in_all) {
  const std::size_t frozen = p.subspace->frozen(), stride = padded(frozen);
  aligned_vector<float> all(ticks_in_all * record.samples * stride + row_slack, 0);
  for_each_list(record, p.source, block_size, ticks_in_all,
                [&](const sent_lists& lists, std::size_t list, std::size_t sample, std::size_t tick) {
                  add_listed_rows(lists.from(list, !lists.values.empty()), 1, p.back_lateral.data(), stride, frozen,
                                  all.data() + (tick * record.samples + sample) * stride, stride);
                });
  const activity_subspace::options& how = *p.how.subspace;
  const auto most = static_cast<float>(how.largest_response), levels = static_cast<float>(how.levels);
  for (float& y : all)  // of -H^T
    y = how.levels == 0 ? -y : std::round(std::clamp(-y, -most, most) / most * levels) / levels * most;
  return all;
}

}  // namespace

void take_frozen(trained_projection& p) {
  const std::size_t frozen = p.subspace->frozen(), across = padded(p.sources), down = padded(frozen);
  p.lateral.assign(frozen * across + row_slack, 0);
  p.back_lateral.assign(p.sources * down + row_slack, 0);
  for (std::size_t k = 0; k < frozen; ++k)
    for (std::size_t j = 0; j < p.sources; ++j) {
      const auto w = static_cast<float>(p.subspace->weights()[k * p.sources + j]);
      p.lateral[k * across + j] = w;
      p.back_lateral[j * down + k] = -w;
    }
}

void learn_subspace(trained_projection& p, const training_plan& plan, const batch_record& record,
                    std::size_t block_size) {
  const std::uint64_t turn = p.steps == nullptr ? 0 : p.steps->steps();
  std::vector<double> x(record.samples * p.sources, 0);
  for_each_list(record, p.source, block_size, static_cast<std::size_t>(plan.length),
                [&](const sent_lists& lists, std::size_t list, std::size_t sample, std::size_t tick) {
                  if ((sample + turn) % static_cast<std::size_t>(plan.length) != tick) return;
                  for (std::uint32_t e = lists.offsets[list]; e < lists.offsets[list + 1]; ++e)
                    x[sample * p.sources + lists.entries[e]] += lists.values.empty() ? 1 : lists.values[e];
                });
  p.subspace->learn(x);
}

// With G = sum of x d^T over rows, what is left is G - H^T A, where A = sum of y d^T and y is what the frozen neurons
// respond to x. For linear ones A = H G, which is cheaper where there are more rows than sources.
void leave_old_alone(trained_projection& p, const training_plan& plan, const batch_record& record,
                     std::size_t block_size) {
  if (p.delays.empty() && p.delay >= plan.length) return;
  const projection_errors errors = errors_of(p, plan, record);
  const std::size_t frozen = p.subspace->frozen(), rows = errors.ticks_in_all * record.samples;
  const bool by_rows = p.delays.empty() && (p.how.subspace->levels > 0 || rows < p.sources);
  aligned_vector<float> turned;  // [frozen][rows]
  if (by_rows) {
    const auto y = responses(p, record, block_size, errors.ticks_in_all);
    turned.resize(frozen * rows);
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t k = 0; k < frozen; ++k) turned[k * rows + r] = y[r * padded(frozen) + k];
  }
  share((p.targets + tile - 1) / tile, plan.how.threads, [&](std::size_t piece) {
    const std::size_t first = piece * tile, count = std::min<std::size_t>(tile, p.targets - first);
    aligned_vector<float> a(frozen * tile + row_slack, 0);
    if (by_rows)
      add_product(turned.data(), rows, frozen, rows, errors.rows + first, p.targets, count, a.data(), tile);
    else
      add_product(p.lateral.data(), padded(p.sources), frozen, p.sources, p.gradient.data() + first, p.stride, count,
                  a.data(), tile);
    add_product(p.back_lateral.data(), padded(frozen), p.sources, frozen, a.data(), tile, count,
                p.gradient.data() + first, p.stride);
  });
}

}  // namespace spinule::learning

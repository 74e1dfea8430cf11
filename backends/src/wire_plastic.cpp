#include "wire_plastic.hpp"

#include <algorithm>
#include <numeric>

#include <tbb/enumerable_thread_specific.h>

#include "source_rows.hpp"
#include "workers.hpp"

namespace spinule {
namespace {

/// Sources drawn by one task.
constexpr index chunk = 128;

struct drawn_synapse {
  std::uint32_t delay;
  index target;
  std::int32_t code;
};

/// What one task has drawn for one part.
struct stretch {
  std::vector<std::uint32_t> sizes;  ///< [lines of the chunk]
  std::vector<std::uint16_t> target;
  std::vector<std::int32_t> code;
};

/// Puts the synapses of one source into the stretches, by delay, then target; equal ones in the order of drawing.
void put(std::vector<drawn_synapse>& row, std::size_t delays, std::span<const target_part> parts,
         std::span<stretch> into) {
  const auto before = [](const auto& a, const auto& b) {
    return std::pair{a.delay, a.target} < std::pair{b.delay, b.target};
  };
  if (!std::is_sorted(row.begin(), row.end(), before)) std::stable_sort(row.begin(), row.end(), before);
  for (stretch& s : into) s.sizes.resize(s.sizes.size() + delays, 0);
  std::size_t part = 0;
  std::uint32_t delay = 0;
  for (const drawn_synapse& x : row) {
    if (x.delay != delay) part = 0;
    delay = x.delay;
    while (x.target - parts[part].first >= parts[part].count) ++part;
    stretch& to = into[part];
    ++to.sizes[to.sizes.size() - delays + x.delay];
    to.target.push_back(static_cast<std::uint16_t>(x.target - parts[part].first));
    to.code.push_back(x.code);
  }
}

std::shared_ptr<const plastic_wiring> join(const std::vector<std::vector<stretch>>& chunks, std::size_t part,
                                           const target_part& targets, const projection_summary& summary,
                                           const projection_description& d, const parallel_loop& each) {
  auto w = std::make_shared<plastic_wiring>();
  w->targets = targets.count;
  w->quantum = summary.quantum;
  w->offsets.push_back(0);
  std::vector<std::uint64_t> starts;
  for (const auto& chunk_of : chunks) {
    starts.push_back(w->offsets.back());
    for (const auto size : chunk_of[part].sizes) w->offsets.push_back(w->offsets.back() + size);
  }
  const bool constant = d.rule && d.weight.is_constant();
  w->target.assign(w->offsets.back() + plastic_wiring::padding, 0);
  if (!constant) w->code.resize(w->offsets.back());
  for (const auto& chunk_of : chunks)
    if (const auto& codes = chunk_of[part].code; constant && !codes.empty()) w->constant = codes.front();
  each(chunks.size(), [&](std::size_t c) {
    const stretch& from = chunks[c][part];
    std::copy(from.target.begin(), from.target.end(), w->target.begin() + static_cast<std::ptrdiff_t>(starts[c]));
    if (!constant)
      std::copy(from.code.begin(), from.code.end(), w->code.begin() + static_cast<std::ptrdiff_t>(starts[c]));
  });
  return w;
}

}  // namespace

std::vector<std::shared_ptr<const plastic_wiring>> wire_plastic(const lowered_network& net, const membership& m,
                                                                std::span<const target_part> parts, int threads) {
  const source_rows prototype{net, m};
  tbb::enumerable_thread_specific<source_rows> rows{[&] { return prototype; }};
  const index sources = net.populations[m.b.source].size;
  std::vector<std::vector<stretch>> chunks((sources + chunk - 1) / chunk, std::vector<stretch>(parts.size()));
  const parallel_loop each = loop_over(threads);
  each(chunks.size(), [&](std::size_t c) {
    std::vector<drawn_synapse> row;
    for (auto source = static_cast<index>(c) * chunk; source < std::min(sources, (static_cast<index>(c) + 1) * chunk);
         ++source) {
      row.clear();
      rows.local().each(0, source, [&](index target, std::uint32_t delay, std::int32_t code) {
        row.push_back({delay, target, code});
      });
      put(row, m.b.delays.size(), parts, chunks[c]);
    }
  });
  std::vector<std::shared_ptr<const plastic_wiring>> all;
  const index j = m.projections.front();
  for (std::size_t part = 0; part < parts.size(); ++part)
    all.push_back(join(chunks, part, parts[part], net.summaries[j], net.descriptions[j], each));
  return all;
}

}  // namespace spinule

#include "shard_plan.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

/// Fewer plain neurons than this are not cut: meeting another thread costs more.
constexpr double smallest_share = 512;
/// Longer epochs gain nothing and delay Ctrl-C; and a word has a bit for each tick.
constexpr ticks longest_epoch = 64;
/// Neurons and synaptic events in an epoch that are worth a thread where threads are chosen.
constexpr double worth_a_thread = 16000;
constexpr double usual_hz = 5;
/// Sums of a slice begin at a multiple of this.
constexpr std::uint32_t slot_step = 8;

std::uint32_t rounded_up(std::uint32_t count, std::uint32_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

/// [populations][used columns] sums of a neuron.
std::vector<std::vector<index_t>> used_columns(const lowered_network& net) {
  std::vector<std::vector<index_t>> used(net.populations.size());
  const auto use = [&](index_t p, std::size_t column) {
    while (used[p].size() <= column) used[p].push_back(net.width(p, used[p].size()));
  };
  for (std::size_t j = 0; j < net.descriptions.size(); ++j) use(net.descriptions[j].target, net.summaries[j].column);
  for (const auto& d : net.drives) use(d.population, d.column);
  return used;
}

/// Fills shards of at most `largest` slots one after the other.
class packer {
 public:
  packer(std::size_t level, std::uint64_t largest, std::vector<shard_plan>& shards)
      : level_{level},
        largest_{std::max<std::uint64_t>(largest / shard_step * shard_step, shard_step)},
        shards_{shards} {}

  void add(index_t population, index_t first, index_t count, const std::vector<index_t>& width) {
    while (count > 0) {
      const std::uint64_t room = open_ ? room_for(width, largest_ - shards_.back().slots) : 0;
      if (room == 0) {
        shards_.push_back({level_, 0, {}});
        open_ = true;
        if (room_for(width, largest_) == 0)
          throw spinule_error{"cpu", fmt::format("a model whose neurons take {} sums is beyond this engine, which has "
                                                 "{} for a share",
                                                 sums_of(width), largest_)};
        continue;
      }
      const auto part = static_cast<index_t>(std::min<std::uint64_t>(count, room));
      shards_.back().slices.push_back({population, first, part, width});
      for (const index_t w : width) shards_.back().slots += rounded_up(part * w, slot_step);
      first += part;
      count -= part;
    }
  }

 private:
  static std::uint64_t sums_of(const std::vector<index_t>& width) {
    return std::accumulate(width.begin(), width.end(), std::uint64_t{0});
  }
  /// Neurons that so many slots hold: whole steps where they are many, since each column begins with one.
  static std::uint64_t room_for(const std::vector<index_t>& width, std::uint64_t slots) {
    const std::uint64_t sums = std::max<std::uint64_t>(sums_of(width), 1);
    if (slots / sums >= slot_step) return slots / sums / slot_step * slot_step;
    const std::uint64_t gaps = (slot_step - 1) * width.size();
    return width.empty() || slots < gaps ? 0 : (slots - gaps) / sums;
  }

  std::size_t level_;
  std::uint64_t largest_;
  bool open_ = false;
  std::vector<shard_plan>& shards_;
};

/// Sums of one column lie side by side, so that what one source population sends lies close together.
void place_sums(shard_plan& shard) {
  std::uint32_t next = 0;
  for (std::size_t column = 0, left = 1; left > 0; ++column) {
    left = 0;
    for (slice& s : shard.slices)
      if (column < s.width.size()) {
        s.at.push_back(next);
        next += rounded_up(s.targets(column), slot_step);
        ++left;
      }
  }
  shard.slots = rounded_up(next, shard_step);
}

}  // namespace

std::vector<std::size_t> levels_of(const lowered_network& net) {
  std::vector<std::size_t> level(net.populations.size());
  for (std::size_t l = 0; l < net.levels.size(); ++l)
    for (const index_t p : net.levels[l]) level[p] = l;
  return level;
}

ticks shortest_loop(const lowered_network& net) {
  const auto level = levels_of(net);
  ticks shortest = longest_epoch;
  for (std::size_t j = 0; j < net.descriptions.size(); ++j) {
    const auto& d = net.descriptions[j];
    const projection_summary& s = net.summaries[j];
    if (level[d.source] >= level[d.target]) shortest = std::min(shortest, s.delays.front());
    if (d.modulated && level[d.modulated->population] >= level[d.target])
      shortest = std::min(shortest, s.delays.front() + s.modulated_after);
    if (d.third_factor && level[d.third_factor->population] >= level[d.target])
      shortest = std::min(shortest, s.third_factor_after);
  }
  return std::max<ticks>(shortest, 1);
}

int worthwhile_threads(const lowered_network& net, int most) {
  std::vector<double> work(net.populations.size(), 0);  // of a tick
  for (std::size_t p = 0; p < work.size(); ++p)
    if (const auto& cells = net.populations[p]; !cells.model->is_source()) work[p] = cells.model->work() * cells.size;
  for (std::size_t j = 0; j < net.descriptions.size(); ++j)
    work[net.descriptions[j].target] +=
        static_cast<double>(net.summaries[j].synapses) * usual_hz * net.tick.value() / 1000;
  double largest = 0;
  for (const auto& level : net.levels) {
    double of_level = 0;
    for (const index_t p : level) of_level += work[p];
    largest = std::max(largest, of_level);
  }
  return static_cast<int>(std::clamp(largest * shortest_loop(net) / worth_a_thread, 1.0, double(most)));
}

std::vector<shard_plan> plan_shards(const lowered_network& net, int threads, std::uint64_t largest) {
  const auto widths = used_columns(net);
  std::vector<shard_plan> shards;
  for (std::size_t level = 0; level < net.levels.size(); ++level) {
    double neurons = 0;
    for (const index_t p : net.levels[level])
      if (const auto& cells = net.populations[p]; !cells.model->is_source())
        neurons += cells.model->work() * cells.size;
    const std::uint64_t team = static_cast<std::uint64_t>(std::clamp(neurons / smallest_share, 1.0, double(threads)));
    for (std::uint64_t i = 0; i < team && neurons > 0; ++i) {
      packer into{level, largest, shards};
      for (const index_t p : net.levels[level]) {
        const auto& cells = net.populations[p];
        if (cells.model->is_source()) continue;
        const auto begin = static_cast<index_t>(cells.size * i / team),
                   end = static_cast<index_t>(cells.size * (i + 1) / team);
        into.add(p, begin, end - begin, widths[p]);
      }
    }
  }
  for (shard_plan& shard : shards) place_sums(shard);
  return shards;
}

}  // namespace spinule

#include "shard_plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

/// Fewer neurons than this are not cut: meeting another thread costs more.
constexpr std::uint64_t smallest_share = 512;
/// Sums of a slice begin at a multiple of this.
constexpr std::uint32_t slot_step = 8;

std::uint32_t rounded_up(std::uint32_t count, std::uint32_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

std::vector<std::uint32_t> used_ports(const lowered_network& net) {
  std::vector<std::uint32_t> used(net.populations.size(), 0);
  for (const auto& d : net.descriptions)
    used[d.target] = std::max(used[d.target], static_cast<std::uint32_t>(d.port) + 1);
  for (const auto& d : net.drives)
    used[d.population] = std::max(used[d.population], static_cast<std::uint32_t>(d.port) + 1);
  return used;
}

/// Fills shards of at most `largest` slots one after the other.
class packer {
 public:
  packer(std::size_t level, std::uint64_t largest, std::vector<shard_plan>& shards)
      : level_{level},
        largest_{std::max<std::uint64_t>(largest / shard_step * shard_step, shard_step)},
        shards_{shards} {}

  void add(index_t population, index_t first, index_t count, std::uint32_t ports) {
    while (count > 0) {
      const std::uint64_t room =
          open_ ? (largest_ - shards_.back().slots) / std::max(ports, 1u) / slot_step * slot_step : 0;
      if (room == 0) {
        shards_.push_back({level_, 0, {}});
        open_ = true;
        if (ports > largest_ / slot_step)
          throw error{"cpu", fmt::format("a model with {} used ports is beyond this engine", ports)};
        continue;
      }
      const auto part = static_cast<index_t>(std::min<std::uint64_t>(count, room));
      shards_.back().slices.push_back({population, first, part, std::vector<std::uint32_t>(ports)});
      shards_.back().slots += ports * rounded_up(part, slot_step);
      first += part;
      count -= part;
    }
  }

 private:
  std::size_t level_;
  std::uint64_t largest_;
  bool open_ = false;
  std::vector<shard_plan>& shards_;
};

/// Sums of one port lie side by side, so that what one source population sends lies close together.
void place_sums(shard_plan& shard) {
  std::uint32_t next = 0;
  for (std::size_t port = 0, left = 1; left > 0; ++port) {
    left = 0;
    for (slice& s : shard.slices)
      if (port < s.at.size()) {
        s.at[port] = next;
        next += rounded_up(s.count, slot_step);
        ++left;
      }
  }
  shard.slots = rounded_up(next, shard_step);
}

}  // namespace

std::vector<shard_plan> plan_shards(const lowered_network& net, int threads, std::uint64_t largest) {
  const auto ports = used_ports(net);
  std::vector<shard_plan> shards;
  for (std::size_t level = 0; level < net.levels.size(); ++level) {
    std::uint64_t neurons = 0;
    for (const index_t p : net.levels[level])
      neurons += net.populations[p].model->is_source() ? 0 : net.populations[p].size;
    const std::uint64_t team =
        std::clamp<std::uint64_t>(neurons / smallest_share, 1, static_cast<std::uint64_t>(threads));
    for (std::uint64_t i = 0; i < team && neurons > 0; ++i) {
      packer into{level, largest, shards};
      for (const index_t p : net.levels[level]) {
        const auto& cells = net.populations[p];
        if (cells.model->is_source()) continue;
        const auto begin = static_cast<index_t>(cells.size * i / team),
                   end = static_cast<index_t>(cells.size * (i + 1) / team);
        into.add(p, begin, end - begin, ports[p]);
      }
    }
  }
  for (shard_plan& shard : shards) place_sums(shard);
  return shards;
}

}  // namespace spinule

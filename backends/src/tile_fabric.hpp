// All projections of a network on crossbar tiles.
#pragma once

#include <functional>
#include <optional>

#include <spinule/backends/engine/tile.hpp>

#include "plastic_tiles.hpp"
#include "synapse_fabric.hpp"

namespace spinule {

/// One bundle per projection, numbered alike; every population is whole on one shard.
class tile_fabric final : public synapse_fabric {
 public:
  struct programmed {
    tiled_projection tiles;
    std::optional<plastic_tiles> learns;  ///< where its weights can change
  };
  /// `program(j)` gives the tiles of projection j.
  tile_fabric(const lowered_network& net, std::span<const shard_plan> shards,
              const std::function<programmed(index_t)>& program);
  std::unique_ptr<synapse_fabric> clone() const override { return std::make_unique<tile_fabric>(*this); }
  void reset(std::uint64_t episode) override;
  void begin_episode(std::uint64_t episode, moment now) override;
  std::span<const bundle> bundles() const override { return bundles_; }
  bool writes_weights() const override { return true; }
  std::vector<double> weights(index_t projection, index_t first, index_t count) const override;
  void assign(index_t projection, index_t first, index_t count, std::span<const double> weights, moment now) override;
  void deliver(std::span<const line_list> arrivals, moment now, std::size_t shard, inbox to) override;
  void fire(std::size_t shard, std::size_t slice, moment now, std::span<const index_t> fired) override;
  void watch(std::size_t shard, std::size_t slice, moment now, std::size_t field, const watched& neurons) override;

  tiled_projection& tiles(std::size_t j) { return arrays_[j].tiles; }
  const tiled_projection& tiles(std::size_t j) const { return arrays_[j].tiles; }
  /// Null where weights are fixed.
  const plastic_tiles* learning(std::size_t j) const { return arrays_[j].learns ? &*arrays_[j].learns : nullptr; }
  /// What the read of projection j in tick `now` took; nothing when there was none.
  tile_activity activity(std::size_t j, moment now) const {
    return arrays_[j].read_at == now ? arrays_[j].activity : tile_activity{};
  }

 private:
  struct array {
    tiled_projection tiles;
    std::optional<plastic_tiles> learns;
    const connectivity* synapses;
    std::size_t shard, slice;                 ///< of its targets
    std::uint32_t at;                         ///< slot of its first target
    std::optional<std::size_t> follows = {};  ///< the field of its targets that its rule follows
    tile_activity activity = {};
    moment read_at = -1;
  };
  void present(std::uint64_t episode);
  void mark(const array& a, line_list lines, inbox to) const;
  /// Ascending by line, whatever their delays.
  line_list by_line(line_list arriving);

  std::vector<bundle> bundles_;
  std::vector<array> arrays_;
  std::vector<std::uint32_t> sorted_;
  std::vector<float> amplitudes_;  ///< of sorted_
};

}  // namespace spinule

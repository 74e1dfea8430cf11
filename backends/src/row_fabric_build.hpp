// The rows of a network as they are built, before anything is delivered.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <spinule/engine/precision.hpp>

#include "bundles.hpp"
#include "row_set.hpp"
#include "stateful_rows.hpp"

namespace spinule {

/// What never changes.
struct static_rows {
  struct entry {
    std::size_t bundle;
    row_set rows;
  };
  struct shard {
    std::vector<entry> sets;
    std::vector<count_key> keys;
  };
  std::vector<bundle> bundles;
  row_memory memory;
  std::vector<shard> shards;
};

/// Bundles that are all sparse are told of a spike once.
std::shared_ptr<const static_rows> draw_rows(const lowered_network& net, std::span<const bundle_plan> bundles,
                                             std::span<const shard_plan> plans, const row_options& options);

using stateful_shards = std::vector<std::vector<std::unique_ptr<stateful_rows>>>;

/// [shards] rows of every other form.
stateful_shards draw_stateful(const lowered_network& net, std::span<const bundle_plan> bundles,
                              std::span<const shard_plan> plans, int threads, precision learned);

}  // namespace spinule

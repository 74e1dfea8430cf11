// Weights over time.
#include <algorithm>

#include <spinule/engine/tick_grid.hpp>

#include "recorder.hpp"

namespace spinule {
namespace {

/// Ticks from `now` to the next multiple of `every`.
ticks until_due(moment now, ticks every) { return static_cast<ticks>(every - now % every); }

}  // namespace

follow_id simulation::follow(const projection& p, milliseconds every, std::vector<index_t> sources) {
  check_idle("follow");
  const auto& d = described(engine_->net().descriptions, p, "simulation");
  const std::string where = fmt::format("projection \"{}\" follow", d.name);
  if (!d.plasticity) throw spinule_error{where, "its weights are static; there is nothing to follow"};
  const ticks each = tick_grid{tick()}.whole(every, where);
  if (each < 1) throw spinule_error{where, fmt::format("every {} ms; give one tick or more", every.value())};
  const index_t known = engine_->net().populations[d.source].size;
  for (const index_t source : sources)
    if (source >= known) throw spinule_error{where, fmt::format("has no source {}; it has {}", source, known)};
  recorder_->followed_.push_back({p, each, std::move(sources), {}});
  return {recorder_->followed_.size() - 1};
}

const weight_trace& simulation::followed(follow_id id) const {
  if (id.number >= recorder_->followed_.size())
    throw spinule_error{"simulation", "what is followed belongs to another simulation"};
  return recorder_->followed_[id.number].kept;
}

void simulation::note_weights() {
  const moment now = engine_->now();
  for (auto& [p, every, sources, kept] : recorder_->followed_) {
    if (now % every != 0 || (!kept.when.empty() && kept.when.back() == now)) continue;
    std::vector<double> all;
    if (sources.empty()) all = weights(p);
    for (const index_t source : sources) {
      const auto some = weights(p, source);
      all.insert(all.end(), some.begin(), some.end());
    }
    kept.synapses = all.size();
    kept.when.push_back(now);
    kept.values.insert(kept.values.end(), all.begin(), all.end());
  }
}

/// A run may be cut anywhere and gives the same.
void simulation::run_pieces(ticks n) {
  if (recorder_->followed_.empty()) return engine_->run(n, *recorder_);
  note_weights();
  while (n > 0) {
    ticks piece = n;
    for (const auto& f : recorder_->followed_) piece = std::min(piece, until_due(engine_->now(), f.every));
    engine_->run(piece, *recorder_);
    note_weights();
    n -= piece;
  }
}

}  // namespace spinule

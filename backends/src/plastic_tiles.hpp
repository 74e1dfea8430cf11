// The synapses of one projection as pairs of cells that learn by pulses.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <spinule/backends/engine/device.hpp>
#include <spinule/backends/engine/tile.hpp>
#include <spinule/backends/pulsed_cells.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/engine/plain_synapses.hpp>

#include "synapse_fabric.hpp"

namespace spinule {

/// Pulses since the last reset.
struct learning_ledger {
  std::uint64_t updates = 0;  ///< that changes of weights asked for
  std::uint64_t refresh = 0;  ///< of pairs that were refreshed
};

/// What the rule of a projection asks for, carried out on its tiles.
///
/// *Pairs.* Synapses of one line onto one target share a pair. States of its cells from lowest to highest are
/// conductances from g_min to g_max, which is the weight farthest from 0 within the bounds of the rule. At the start
/// both cells are in the lowest state, and write-verify brings the one on the side of the weight up.
///
/// *Changes.* A weight is raised by pulses up on the one cell and lowered by pulses up on the other (Burr et al., IEEE
/// Trans. Electron Devices 62, 3498, 2015). A change is counted in steps, the mean change that one pulse makes
/// according to `pulses.step`; what the cells then do is theirs, and nobody looks. How steps become pulses says
/// `update_scheme`. A rule is handed the weight that the cells hold, without noise of reads, and what waits in the sum.
///
/// *Refresh.* When one cell of a pair is above 1 - `update.refresh` of the window and the other above `update.refresh`,
/// write-verify brings the lower one down and then the other to the same difference.
///
/// Levels, residual error and drift of `device` are those of cells that are written once; they do not act here. Stuck
/// cells do.
class plastic_tiles {
 public:
  /// Of projection j of `net`, which must outlive this and have a rule. `tiles`: as `blank_tiles` gives them.
  plastic_tiles(const lowered_network& net, index_t j, const hardware& hw, tiled_projection& tiles);
  plastic_tiles(const plastic_tiles& other);
  plastic_tiles(plastic_tiles&&) = default;

  /// Arrays for the largest weights that the rule of a projection can make.
  static tiled_projection blank_tiles(const lowered_network& net, index_t j, const hardware& hw, std::uint32_t chip);

  /// Start weights again.
  void reset(tiled_projection& tiles);
  /// Forgets spikes; weights stay.
  void rest();
  /// What arrives in a tick; call before the tiles are read. Called in every tick.
  void arrive(line_list arriving, moment now, tiled_projection& tiles);
  /// Neurons of the target fire. Called in every tick.
  void fire(moment now, std::span<const index_t> fired, tiled_projection& tiles);
  void watch(moment now, const watched& neurons, tiled_projection& tiles);

  /// Of synapses of lines `first` .. `last` - 1, in the unit of the target port: what the cells hold, in which synapses
  /// that share a pair have equal parts of what is missing.
  std::vector<double> weights(std::size_t first, std::size_t last) const;
  /// Writes them by write-verify.
  void assign(std::size_t first, std::size_t last, std::span<const double> weights, tiled_projection& tiles);

  const learning_ledger& learned() const { return learned_; }
  double pulse_pj() const { return plan_->energy; }
  /// Of start weights and of those assigned.
  const programming_ledger& written() const { return written_; }

 private:
  using synapse_list = std::vector<std::uint32_t>;
  /// Who shares which pair, and where it is; the same for all copies.
  struct plan {
    std::vector<std::uint32_t> pair;          ///< [synapses]
    std::vector<std::uint32_t> first;         ///< [pairs + 1] synapse
    std::vector<std::size_t> at;              ///< [pairs] place in the tiles
    std::vector<std::uint32_t> row;           ///< [pairs]
    std::vector<std::uint64_t> name;          ///< [pairs] line * targets + target
    std::vector<synapse_list> onto;           ///< [delays][targets]
    std::vector<ticks> back;                  ///< [delays] of spikes of targets
    std::uint64_t key = 0, rounding_key = 0;  ///< of faults and of rounding
    update_scheme scheme = update_scheme::direct;
    double step = 1;       ///< unit of the target port per pulse
    double threshold = 1;  ///< steps
    double refresh = 0.25;
    write_limits limits;
    double energy = 0;            ///< pJ of a pulse
    bool any_may_change = false;  ///< between spikes
    index_t width = 1;
  };
  struct start_state {
    pulsed_cells cells;
    programming_ledger written;
  };
  static plan plan_of(const lowered_network& net, index_t j, const hardware& hw, const programmed_tiles& tiles);

  std::size_t pairs() const { return plan_->at.size(); }
  double state(std::uint32_t cell) const { return cells_.apparent()[cell]; }
  double conductance(std::uint32_t cell) const;
  /// Unit of the target port.
  double held(std::uint32_t pair) const;
  double part_of(std::uint32_t synapse, double pair_weight) const;
  void carry_out(tiled_projection& tiles);
  std::int32_t pulses_for(double change, std::uint32_t pair, random_stream& random);
  void refresh(std::span<const std::uint32_t> pairs);
  /// Write-verify to these weights, one for each pair; the pulses that it took.
  std::uint64_t write(std::span<const std::uint32_t> pairs, std::span<const double> weights, bool from_lowest);
  void note_written(std::size_t cells, std::uint64_t pulses);
  /// Tiles are told what the cells of pairs hold.
  void show(std::span<const std::uint32_t> pairs, tiled_projection& tiles);
  /// So is the rule.
  void tell_rule(std::span<const std::uint32_t> pairs);
  std::vector<std::uint32_t> all_pairs() const;
  void add_all();

  std::shared_ptr<const plan> plan_;
  const connectivity* synapses_;
  device cell_;
  double lowest_, range_;  ///< of states
  double weight_per_us_;   ///< unit of the target port
  std::unique_ptr<plain_synapses> rule_;
  std::shared_ptr<const start_state> fresh_;
  pulsed_cells cells_;                       ///< [2 pairs]: plus, minus
  std::vector<double> known_;                ///< [synapses] weights that the rule was left with
  std::vector<float> waiting_;               ///< [pairs] changes that add up; mixed_precision
  std::vector<float> total_;                 ///< [pairs] uS of both cells
  std::vector<std::vector<index_t>> fired_;  ///< of the last ticks, by tick modulo their number
  std::uint64_t updates_ = 0;
  learning_ledger learned_;
  programming_ledger written_;
  synapse_list touched_;        ///< in this part of a tick
  std::vector<double> change_;  ///< [pairs] asked for
  std::vector<std::uint32_t> changed_, pulsed_;
  std::vector<std::int16_t> counts_;
};

}  // namespace spinule

// Resistive cells that are written pulse by pulse.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <spinule/random.hpp>

namespace spinule {

/// How the change of one pulse depends on the state w of its cell, between its bounds `lowest` and `highest`.
enum class pulse_law {
  /// d, whatever w.
  constant,
  /// Up d (1 - slope_up w / highest), down d (1 - slope_down w / lowest): soft bounds where a slope is 1.
  linear,
  /// Up d max(0, 1 - amplitude_up exp(rate_up z)), down d max(0, 1 - amplitude_down exp(-rate_down z)), with
  /// z = 2 scale w / (highest - lowest) + offset.
  exponential,
};

/// What a pulse does to a cell, in states of a range of about -1 to 1 that stands for the window of conductances.
///
/// A cell draws its own step d = step (1 + step_sd xi) (1 +- (up_down + up_down_sd xi')), + for pulses up, and its own
/// bounds, highest (1 + highest_sd xi), lowest (1 + lowest_sd xi), once and for all. Each pulse changes its state by d
/// times what the law says times (1 + cycle_sd xi), and the state stays within the bounds. After each write the state
/// appears with an error of sd write_noise step until the next one. The equations are those of Gokmen and Vlasov,
/// Front. Neurosci. 10, 333 (2016), and of Rasch et al., AICAS (2021).
struct pulse_response {
  std::string name = "mine";
  pulse_law law = pulse_law::linear;
  double step = 0.001;           ///< mean d
  double step_sd = 0;            ///< of d from cell to cell, over its mean
  bool lognormal_steps = false;  ///< exp(step_sd xi - step_sd^2 / 2) in place of 1 + step_sd xi
  double up_down = 0, up_down_sd = 0;
  double cycle_sd = 0;  ///< of the change of one pulse, over its mean
  double highest = 1, highest_sd = 0;
  double lowest = -1, lowest_sd = 0;
  double slope_up = 1, slope_down = 1;  ///< of `linear`
  double amplitude_up = 0, amplitude_down = 0, rate_up = 1, rate_down = 1, scale = 0.5,
         offset = 0;       ///< of `exponential`
  double write_noise = 0;  ///< over `step`
  double corrupt = 0;      ///< fraction of cells that stay at a random state whatever is written

  /// Throws `spinule_error{"pulse response NAME", ...}` for what is no such cell, and for numbers so large (amplitudes
  /// beyond 1000, others beyond 1e6) that states would not stay finite.
  void check() const;
  /// The mean change of one pulse of a cell without deviations in state w.
  double change(double w, bool up) const;
};

/// "constant", "linear" and "exponential" without deviations, to start from; and published responses: "constant_step"
/// (Gokmen and Vlasov 2016), "reram_exponential" and "reram_soft_bounds" (Gong et al., Nat. Commun. 9, 2102, 2018),
/// "hfo2_array" and "optimised_array" (Gong et al., IEDM 2022), "ecram_li" and "ecram_mo" (Tang, IEDM 2018; Kim, IEDM
/// 2019), one-sided "pcm" (Nandakumar, Front. Neurosci. 14, 406, 2020). Values as in the IBM analog hardware kit.
std::vector<pulse_response> pulse_responses();
/// One of them. Throws `spinule_error` that lists them for an unknown name.
pulse_response pulse_response_named(const std::string& name);

/// When write-verify ends.
struct write_limits {
  double tolerance = 0.02;  ///< of the state that is read, around its target; 0 or more
  int most_pulses = 200;    ///< of one cell; 0 or more
  double read_noise = 0;    ///< sd of each read; 0 or more
};

/// What write-verify has done.
struct write_outcome {
  std::uint64_t pulses = 0;
  std::size_t reached = 0;   ///< cells within the tolerance when they were last read
  double residual_sd = 0;    ///< root of the mean square of apparent state - target, over all cells
  double largest_error = 0;  ///< of them
};

/// Many cells. Everything is a function of (seed, chip, cell) and of the writes so far: the same on every machine.
class pulsed_cells {
 public:
  /// All at state 0. Throws as `response.check()`.
  pulsed_cells(std::size_t cells, const pulse_response& response, std::uint64_t seed, std::uint32_t chip = 0);

  std::size_t size() const { return state_.size(); }
  /// `counts` [cells]: so many pulses each, up where positive. Throws `spinule_error` for another size.
  void pulse(std::span<const std::int16_t> counts);
  /// The same for some cells alone, each named once. Throws for one that is not there.
  void pulse(std::span<const std::uint32_t> cells, std::span<const std::int16_t> counts);
  /// Pulses until a read is within the tolerance of `targets` [cells], or `most_pulses` are spent. Throws
  /// `spinule_error` for another size, a target that is not finite, and limits that are below 0 or not finite.
  write_outcome write_verify(std::span<const float> targets, const write_limits& limits = {});
  /// The same for some cells alone, each named once. Throws for one that is not there.
  write_outcome write_verify(std::span<const std::uint32_t> cells, std::span<const float> targets,
                             const write_limits& limits);

  /// [cells], what the physics of a cell holds.
  std::span<const float> states() const { return state_; }
  /// [cells], what a read without noise of its own sees.
  std::span<const float> apparent() const { return response_.write_noise > 0 ? apparent_ : state_; }
  /// Puts cells into states [cells], clipped to the bounds of each; no pulse is counted, corrupt cells stay.
  /// Throws `spinule_error` for another size and a state that is not finite.
  void put(std::span<const float> states);
  /// The state in which a pulse up and a pulse down cancel: where a cell drifts to under pulses of both signs.
  /// Throws for a cell that is not there.
  double symmetric_point(std::size_t cell) const;

  std::uint64_t pulses_up() const { return up_count_; }
  std::uint64_t pulses_down() const { return down_count_; }

 private:
  static constexpr std::size_t block = 256;
  template <class Cells>
  void pulse_all(const Cells& cells, std::span<const std::int16_t> counts);
  template <class Cells>
  void pulse_block(const Cells& cells, std::size_t first, std::span<const std::int16_t> counts);
  template <class Cells>
  write_outcome verify(const Cells& cells, std::span<const float> targets, const write_limits& limits);
  void check_size(std::size_t n, const char* of, std::size_t cells) const;
  void check_cells(std::span<const std::uint32_t> cells) const;

  pulse_response response_;
  std::uint64_t key_ = 0, writes_ = 0;
  std::vector<float> state_, apparent_, up_, down_, highest_, lowest_;
  std::uint64_t up_count_ = 0, down_count_ = 0;
};

}  // namespace spinule

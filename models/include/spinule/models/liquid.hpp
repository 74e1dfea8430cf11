// Liquids: fixed recurrent networks of spiking neurons, on whose spike counts a linear readout is trained.
#pragma once

#include <cstdint>
#include <tuple>

#include <spinule/liquid.hpp>
#include <spinule/model.hpp>

namespace spinule {

/// `lif` units at shuffled places of a cubic grid as nearly cubic as their number allows, four fifths of them
/// excitatory, wired by distance: P = c exp(-(D / lambda)^2), c = `ee`, `ei` (excitatory to inhibitory), `ie`, `ii`
/// (Maass et al., Neural Comput. 14, 2002; Ivanov & Michmizos, NeurIPS 2021). Each input channel reaches a share
/// `density` of the units of each kind. The sign of an input synapse is drawn once per unit and patch of `patch` x
/// `patch` pixels (0: once per synapse), so that a unit compares parts of the picture.
struct grid_liquid {
  index_t neurons = 1000;
  std::uint64_t seed = 1;
  milliseconds tau{64};
  millivolts threshold{20};
  milliseconds refractory{2};
  millivolts weight{1.05};  ///< negative where an inhibitory unit sends
  millivolts input_weight{1.05};
  double density = 0.15, lambda = 3;
  double ee = 0.2, ei = 0.1, ie = 0.3, ii = 0.05;
  milliseconds delay_low{1}, delay_high{1};  ///< delays are uniform between
  index_t patch = 8;

  static constexpr auto numbers = std::tuple{
      parameter{"tau", &grid_liquid::tau},
      parameter{"threshold", &grid_liquid::threshold},
      parameter{"refractory", &grid_liquid::refractory},
      parameter{"weight", &grid_liquid::weight},
      parameter{"input_weight", &grid_liquid::input_weight},
      parameter{"density", &grid_liquid::density},
      parameter{"lambda", &grid_liquid::lambda},
      parameter{"ee", &grid_liquid::ee},
      parameter{"ei", &grid_liquid::ei},
      parameter{"ie", &grid_liquid::ie},
      parameter{"ii", &grid_liquid::ii},
      parameter{"delay_low", &grid_liquid::delay_low},
      parameter{"delay_high", &grid_liquid::delay_high},
      parameter{"patch", &grid_liquid::patch},
  };
  /// Throws `spinule_error` for fewer than 5 neurons, no channel, or a number out of range.
  liquid build(const liquid_input& from) const;
  bool operator==(const grid_liquid&) const = default;
};

/// The fixed liquid of NALSM (Ivanov & Michmizos, NeurIPS 2021): a cube of 10 x 10 x 10 or 20 x 20 x 20 units, or
/// another, each input channel onto exactly 15 % of them, with a sign for each synapse. What it calls |w| = 1.05, a
/// current that decays within about a millisecond, brings a unit 1.58198 times as much in all, which is the weight
/// here. The authors draw 15 % of all pairs of channel and unit at once, let v go on during the refractory time, and
/// count the last spike of a synapse alone. Throws `spinule_error` for neurons that fill no cube.
grid_liquid nalsm_liquid(index_t neurons = 1000, std::uint64_t seed = 1);

/// The microcircuit of Maass, Natschlaeger & Markram (Neural Comput. 14, 2002): `current_lif` units at shuffled places
/// of a column of 3 x 3 x `neurons` / 9, four fifths of them excitatory, wired by distance with lambda 2 and c 0.3
/// (excitatory to excitatory), 0.2 (to inhibitory), 0.4 (inhibitory to excitatory), 0.1: of 135 units about 637
/// synapses. tau 30 ms, 1 MOhm, threshold 15 mV; of each unit its own, uniform: reset 13.8 to 14.5 mV, first v 13.5
/// to 14.9 mV, bias 13.5 to 14.5 nA. Refractory time 3 ms, of inhibitory units 2 ms.
///
/// Every synapse is a `tsodyks_markram_terminal` of its own, which the neuron that sends reaches without delay, and
/// behind it a weight and a delay. Means of U, recovery, facilitation, weight, delay by kinds:
///
///     excitatory to excitatory 0.5, 1.1 s, 50 ms, 30 nA, 1.5 ms;    to inhibitory 0.05, 125 ms, 1.2 s, 60 nA, 0.8 ms
///     inhibitory to excitatory 0.25, 700 ms, 20 ms, -19 nA, 0.8 ms; to inhibitory 0.32, 144 ms, 60 ms, -19 nA, 0.8 ms
///
/// Relative deviations: weights 0.7, U and time constants 0.5, delays 0.1. Currents last 3 ms, inhibitory ones 6 ms.
/// These are the defaults of the authors' CSIM toolbox; c, the resistance and the input weight are from memory. Of
/// our own are the laws (lognormal; U not above 1), the rounding of delays to whole ticks, one at least, and the input:
/// static synapses of each channel onto a share `density` of the units of each kind.
struct maass_liquid {
  index_t neurons = 135;  ///< a multiple of 9
  std::uint64_t seed = 1;
  milliseconds tick{0.1};            ///< that it is simulated with, for the rounding of delays
  double weight = 1;                 ///< times the weights above
  picoamperes input_weight{18'000};  ///< onto excitatory units; half of it onto inhibitory ones
  double density = 0.3, lambda = 2;
  double ee = 0.3, ei = 0.2, ie = 0.4, ii = 0.1;

  static constexpr auto numbers = std::tuple{
      parameter{"weight", &maass_liquid::weight},   parameter{"input_weight", &maass_liquid::input_weight},
      parameter{"density", &maass_liquid::density}, parameter{"lambda", &maass_liquid::lambda},
      parameter{"ee", &maass_liquid::ee},           parameter{"ei", &maass_liquid::ei},
      parameter{"ie", &maass_liquid::ie},           parameter{"ii", &maass_liquid::ii},
  };
  /// Throws `spinule_error` for neurons that fill no column, no channel, or a number out of range.
  liquid build(const liquid_input& from) const;
  bool operator==(const maass_liquid&) const = default;
};

/// `lif` units without refractoriness spread evenly along the axis of the channels, a share `inhibitory` of them drawn
/// to inhibit, wired by distance along it (in channels): inputs with `input_c` and `input_lambda` and 1 mV, units among
/// each other with `c` and `lambda`. Thresholds are lognormal: `threshold` times the expected number of inputs of a
/// unit is the median, `spread` the standard deviation of the logarithm, so that some units mark the faintest input and
/// others only volleys. Simulate it with a tick of `tick`: delays are whole ones from `delay_low` to `delay_high`.
struct tonotopic_liquid {
  index_t neurons = 1000;
  std::uint64_t seed = 1;
  milliseconds tick{10}, tau{10};
  double threshold = 0.3, spread = 1, inhibitory = 0.2;
  double input_c = 0.3, input_lambda = 40, c = 0.1, lambda = 60;
  millivolts weight{1};      ///< of what excitatory units send
  millivolts inhibition{4};  ///< what a spike of an inhibitory unit takes off
  milliseconds delay_low{10}, delay_high{30};

  static constexpr auto numbers = std::tuple{
      parameter{"tau", &tonotopic_liquid::tau},
      parameter{"threshold", &tonotopic_liquid::threshold},
      parameter{"spread", &tonotopic_liquid::spread},
      parameter{"inhibitory", &tonotopic_liquid::inhibitory},
      parameter{"input_c", &tonotopic_liquid::input_c},
      parameter{"input_lambda", &tonotopic_liquid::input_lambda},
      parameter{"c", &tonotopic_liquid::c},
      parameter{"lambda", &tonotopic_liquid::lambda},
      parameter{"weight", &tonotopic_liquid::weight},
      parameter{"inhibition", &tonotopic_liquid::inhibition},
      parameter{"delay_low", &tonotopic_liquid::delay_low},
      parameter{"delay_high", &tonotopic_liquid::delay_high},
  };
  /// Throws `spinule_error` when there are too few neurons for both kinds, no channel, or a number out of range.
  liquid build(const liquid_input& from) const;
  bool operator==(const tonotopic_liquid&) const = default;
};

}  // namespace spinule

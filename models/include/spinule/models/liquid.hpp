// Liquids: fixed recurrent networks of spiking neurons, on whose spike counts a linear readout is trained.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include <spinule/model.hpp>
#include <spinule/network.hpp>

namespace spinule {

/// What comes in. Channels that form a picture lie row by row, and picture after picture where there are several
/// (polarities): channel = (k * height + y) * width + x. Width and height 0: no picture.
struct liquid_input {
  index_t channels = 0, width = 0, height = 0;
};

/// A network to be changed or run, and its parts: `input` is a `replay` source, `layers` are the excitatory and the
/// inhibitory neurons, whose counts are the features.
struct liquid {
  network net;
  population input;
  std::vector<population> layers;
};

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
/// current that decays within about a millisecond, brings a unit 1.58198 times as much in all, which is the weight here.
/// The authors draw 15 % of all pairs of channel and unit at once, let v go on during the refractory time, and count
/// the last spike of a synapse alone. Throws `spinule_error` for neurons that fill no cube.
grid_liquid nalsm_liquid(index_t neurons = 1000, std::uint64_t seed = 1);

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

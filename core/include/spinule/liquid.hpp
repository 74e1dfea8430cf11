// Liquids as data: fixed networks whose spike counts are features, and what says how one is built and read.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <spinule/classifier.hpp>
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

/// Which liquid, and how its spikes become features: what files and options say of it.
struct liquid_description {
  std::string kind;  ///< "input", "grid", "tonotopic", "maass", "nalsm": see <spinule/models/liquid_recipe.hpp>
  index_t neurons = 0;
  std::uint64_t seed = 1;
  milliseconds tick{1};
  std::vector<milliseconds> windows;      ///< ends of the windows in which spikes are counted
  std::map<std::string, double> numbers;  ///< by name, in the coherent unit
  std::vector<float> weights = {};        ///< of one that learns: of all its synapses, where they begin; none: as drawn

  /// Greatest end of a window.
  static constexpr milliseconds longest_sample{1e7};
  /// Neighbours that are counted together: the number `group`, or 1.
  std::size_t group() const;
  /// Throws `spinule_error` for a tick outside 0.001 ms to 1 s, and for windows that are none, no whole ticks, not each
  /// after the one before, or end beyond `longest_sample`.
  void check() const;
  bool operator==(const liquid_description&) const = default;
};

/// Builds a liquid from its description: `build_liquid` of <spinule/models/liquid_recipe.hpp>.
using liquid_builder = std::function<liquid(const liquid_description&, const liquid_input&)>;

/// An untrained classifier whose features are, for each window, the spike counts of all neurons of all layers; of
/// `group` neighbours together where there is a number of that name.
classifier count_spikes(liquid of, const liquid_description& how);
/// How many features that are, of so many channels; nothing is built.
std::uint64_t features_of(const liquid_description& how, std::uint64_t channels);

}  // namespace spinule

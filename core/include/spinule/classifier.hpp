// A network that names the class of a recording: what a model file holds, ready to be asked on any back end.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <spinule/recording.hpp>
#include <spinule/simulation.hpp>

namespace spinule {

/// What a classifier says of a recording.
struct verdict {
  std::uint32_t label = 0;     ///< the class with the largest score, the first of several
  std::vector<double> scores;  ///< [classes]
};

/// A network and how it is asked: a recording is played into `input`, and after each window features are read. The
/// scores of the classes follow from the features of all windows, or from what the simulation has recorded.
///
///     const classifier digits = load_classifier("digits.spn", model_catalogue(), build_liquid);
///     simulation chip = digits.on(crossbar{.hardware = load_hardware("isaac_32nm")});
///     const verdict said = digits.classify(chip, events);
struct classifier {
  network net;
  population input;
  milliseconds tick{1};
  std::vector<milliseconds> windows;     ///< their ends; a sample lasts to the last
  std::vector<std::string> labels = {};  ///< names of the classes
  std::string dataset = {};              ///< kind of data it was trained on, ""  where it was not
  std::size_t channels = 0;              ///< of that data; 0: any that the input has

  /// What is played of a recording; null: all of it.
  std::function<recording(const recording&)> encode = nullptr;
  /// Makes a simulation follow what is read; null: counts of spikes, which every simulation has.
  std::function<void(simulation&)> prepare = nullptr;
  /// Appends the features of the window that has just ended. Spikes are counted window by window.
  std::function<void(const simulation&, std::vector<float>&)> read = nullptr;
  /// [classes] at the end of a sample, from all its features; null: untrained.
  std::function<std::vector<double>(const simulation&, std::span<const float>)> scores = nullptr;

  /// The network on a back end, whose own tick is replaced. Copies of it can be asked side by side.
  template <class Backend>
  simulation on(Backend backend) const {
    backend.tick = tick;
    simulation sim{net, backend};
    if (prepare) prepare(sim);
    return sim;
  }

  /// Shows a recording to a simulation made by `on`, from its reset to the end of the last window: `features` for what
  /// is read, `classify` for the answer. Noise draws afresh for each `episode`. They throw `spinule_error` for a
  /// classifier without windows, `classify` also for one without scores, and what running throws.
  std::vector<float> features(simulation& sim, const recording& events, std::uint64_t episode = 0) const;
  verdict classify(simulation& sim, const recording& events, std::uint64_t episode = 0) const;
  /// The same, calling `at_end` at the end of each window, before its counts are cleared.
  void show(simulation& sim, const recording& events, std::uint64_t episode,
            const std::function<void(const simulation&)>& at_end) const;
  /// Of a sample that has just been shown.
  verdict verdict_from(const simulation& sim, std::span<const float> features) const;
};

}  // namespace spinule

// What was trained, as one file: a liquid with a readout, or a network.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <spinule/io/engine/training_data.hpp>
#include <spinule/io/model_file.hpp>
#include <spinule/io/network_file.hpp>
#include <spinule/learning/readout.hpp>

#include "replaying.hpp"

namespace spinule {

/// A model of either kind, as it is replayed.
struct replayable_model {
  std::string dataset;
  std::string network;     ///< what it is, in words
  std::string trained_on;  ///< the data that it learned from, in words
  std::vector<std::string> labels;
  std::size_t channels = 0;
  std::uint64_t seed = 0;
  std::function<classifier(const spinule::dataset&)> through;
  /// The class that the features of a sample name.
  std::function<std::uint32_t(std::span<const float>)> answer;
  /// [classes] of a sample; the largest is that of the answer.
  std::function<std::vector<double>(std::span<const float>)> scores = {};
  std::optional<sample_memory> met = {};  ///< what it was trained on, where it says so
};

replayable_model replayable_network(trained_network network);

/// Throws `file_error`.
replayable_model load_model(const std::filesystem::path& path);

}  // namespace spinule

// A liquid and the readout trained on it, as one file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <spinule/learning/readout.hpp>

#include "recipe.hpp"

namespace spinule {

struct trained_model {
  recipe how;  ///< features are made of recordings
  learning::linear_readout readout;
  std::string dataset;              ///< kind it was trained on
  std::vector<std::string> labels;  ///< names of the classes
  std::size_t channels = 0;
};

/// Throw `file_error`.
void save(const std::filesystem::path& path, const trained_model& model);
trained_model load_model(const std::filesystem::path& path);

}  // namespace spinule

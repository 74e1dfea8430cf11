// What `spinule train` writes, a liquid with a readout or a trained network, ready to be asked.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <spinule/classifier.hpp>
#include <spinule/engine/readout_parameters.hpp>
#include <spinule/io/dataset.hpp>
#include <spinule/io/engine/training_data.hpp>
#include <spinule/io/network_file.hpp>
#include <spinule/liquid.hpp>

namespace spinule {

/// A liquid and the readout trained on its spike counts. docs/formats.md defines the file.
struct trained_liquid {
  liquid_description how;
  liquid_input from;
  readout_parameters readout;
  std::vector<std::string> labels;  ///< names of the classes
  std::string dataset;              ///< kind of data it was trained on
  std::string wiring = {};          ///< digest of the liquid; `save_trained_liquid` works it out where it is empty
  training_data trained_on = {};    ///< its samples; may be empty
};

/// Writes it, with the digest of what `build` makes of it: `build_liquid` of <spinule/models/liquid_recipe.hpp>. Throws
/// `spinule_error` for a readout that contradicts itself, the labels or the liquid, `file_error` as `model_writer`
/// does.
void save_trained_liquid(const std::filesystem::path& path, const trained_liquid& model, const liquid_builder& build);
/// Throws `file_error{path, ...}` for what is no such file, and for what it says wrongly.
trained_liquid load_trained_liquid(const model_file& file);

/// What a data set puts into a liquid.
liquid_input liquid_input_of(const dataset& data);

/// What answers for it. Throws what `build` throws, and `spinule_error` when it draws another liquid than was stored.
classifier classifier_of(trained_liquid model, const liquid_builder& build);
classifier classifier_of(trained_network model);

/// A model file of either kind. `models` is `model_catalogue()` of <spinule/models/catalogue.hpp>. Throws `file_error`.
classifier load_classifier(const std::filesystem::path& path, const named_models& models, const liquid_builder& build);

}  // namespace spinule

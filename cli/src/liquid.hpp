// The fixed spiking network whose counts a readout learns from, described by a few numbers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <spinule/io/dataset.hpp>
#include <spinule/network.hpp>

namespace spinule {

/// Everything a liquid follows from. Stored with a trained model.
struct liquid_recipe {
  std::string kind;  ///< "grid", "tonotopic" or "input" (no liquid: the events themselves)
  index_t neurons = 1000;
  std::uint64_t seed = 1;
  milliseconds tick{1};
  std::vector<milliseconds> windows;      ///< ends of the windows in which spikes are counted, from the sample's start
  std::map<std::string, double> numbers;  ///< of the kind; see liquid.cpp
  bool operator==(const liquid_recipe&) const = default;
};

/// What has proved good for a data set. `neurons` 0: kind "input". Throws `error` for a set without a recipe.
liquid_recipe recipe_for(const std::string& dataset, index_t neurons, std::uint64_t seed);

nlohmann::json to_json(const liquid_recipe& recipe);
/// Throws `error{"recipe", ...}` for what is missing or of the wrong type.
liquid_recipe recipe_from_json(const nlohmann::json& json);

struct liquid {
  network net;
  population input;
  std::vector<population> layers;  ///< those whose counts are features, in the order of the features
  std::size_t features = 0;        ///< per sample: windows times neurons
};

/// `channels` inputs, arranged as `width` x `height` where they form a picture.
liquid build(const liquid_recipe& recipe, const dataset& data);

}  // namespace spinule

// How features are made of recordings: through which network, and in which windows spikes are counted.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <spinule/io/dataset.hpp>
#include <spinule/models/liquid.hpp>

namespace spinule {

/// Greatest end of a window.
inline constexpr milliseconds longest_sample{1e7};

/// No liquid: the counts of the events themselves, of `group` neighbouring channels together.
struct input_counts {
  static constexpr index_t neurons = 0;
  std::uint64_t seed = 1;
  index_t group = 1;
  static constexpr auto numbers = std::tuple{field{"group", &input_counts::group}};
  liquid build(const liquid_input& from) const;
  bool operator==(const input_counts&) const = default;
};

/// Stored with a trained model.
struct recipe {
  std::variant<input_counts, grid_liquid, tonotopic_liquid, maass_liquid> network;
  milliseconds tick{1};
  std::vector<milliseconds> windows;  ///< ends of the windows in which spikes are counted, from the sample's start

  std::uint64_t seed() const;
  /// Neighbours of a layer whose counts are added up.
  index_t group() const;
  bool operator==(const recipe&) const = default;
};

/// The liquids that `recipe_for` knows by name.
std::vector<std::string> recipe_names();
/// Ends of windows for recordings of which nothing is known but their longest: four of equal length.
std::vector<milliseconds> quarters_of(milliseconds longest);
/// What has proved good for a data set, or the liquid of that name with the windows of the set. `neurons` 0:
/// `input_counts`. Throws `spinule_error` for a set without a recipe and a name that is unknown.
recipe recipe_for(const std::string& dataset, index_t neurons, std::uint64_t seed, const std::string& name = "");

/// The numbers of a network by the names that files and options have for them.
std::map<std::string, double> numbers_of(const recipe& r);
/// False when there is no number of this name. Throws `spinule_error` for a value that it cannot be.
bool set_number(recipe& r, const std::string& name, double value);

/// Counts that it makes of a recording of so many channels.
std::uint64_t features_of(const recipe& r, std::uint64_t channels);

/// "grid liquid of 1000 neurons".
std::string in_words(const recipe& r);
nlohmann::json to_json(const recipe& r);
/// Throws `spinule_error{"recipe", ...}` for what is missing, of the wrong type or out of range.
recipe recipe_from_json(const nlohmann::json& json);

/// The network for these data. Throws `spinule_error`.
liquid build(const recipe& r, const liquid_input& from);
liquid_input input_of(const dataset& data);

}  // namespace spinule

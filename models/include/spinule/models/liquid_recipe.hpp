// Liquids by name and numbers: those of `spinule train`, for files, options and one's own programs.
#pragma once

#include <string>
#include <vector>

#include <spinule/liquid.hpp>
#include <spinule/models/liquid.hpp>
#include <spinule/models/nalsm.hpp>

namespace spinule {

/// "grid", "maass", "nalsm" (a grid with numbers of its own) and "tonotopic".
std::vector<std::string> liquid_names();

/// What has proved good for a kind of data ("nmnist", "shd", "mnist", "fashion-mnist"): the liquid, its tick and the
/// windows in which its spikes are counted (of "csv", one's own events, none: set them); or the liquid of that name
/// with the windows of the kind. `neurons` 0: no liquid but the counts of the events themselves, of `group`
/// neighbouring channels together. This is what `spinule train --dataset KIND --liquid NEURONS --seed SEED --recipe
/// NAME` takes. Throws `spinule_error` for data without a recipe and an unknown name.
liquid_description liquid_for(const std::string& data, index_t neurons, std::uint64_t seed = 1,
                              const std::string& name = "");

/// The same of `nalsm`, which learns: what `spinule train --rule nalsm` takes. One window.
liquid_description nalsm_for(const std::string& data, index_t neurons, std::uint64_t seed = 1);

/// Changes a number; false when there is none of this name. Throws `spinule_error` for a value that it cannot be.
bool set_number(liquid_description& how, const std::string& name, double value);

/// Builds it. Throws `spinule_error` for an unknown kind or one that learns, numbers that are missing, unknown or out
/// of range, and for what does not fit the input.
liquid build_liquid(const liquid_description& how, const liquid_input& from);
/// Builds one that learns, of kind "nalsm", with the weights that the description may have. Throws as `build_liquid`,
/// and for another number of weights.
nalsm_network build_nalsm(const liquid_description& how, const liquid_input& from, const nalsm_rules& rules);

}  // namespace spinule

// What a model file says about itself.
#pragma once

#include <nlohmann/json.hpp>

#include <spinule/io/model_file.hpp>

namespace spinule {

/// Version of what the sections of a model mean, as it stands in `about`.
inline constexpr unsigned about_version = 1;

/// The section `about`, an object of JSON. Throws `file_error` when it is none, is larger than 64 MiB, is nested deeper
/// than 32 levels or has another `version` than `about_version`.
nlohmann::json about_of(const model_file& file);

}  // namespace spinule

// Pictures of arrays as JSON.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <spinule/engine/array_map.hpp>

#include "json_fields.hpp"

namespace spinule {

/// Levels of a picture are one text, base64 of a signed byte each.
nlohmann::json arrays_json(const std::vector<array_map>& maps);
/// Throws `spinule_error` for a field that is missing or of a wrong type, and for a picture that has not rows x columns
/// levels.
std::vector<array_map> arrays_from(const json_field& field);

}  // namespace spinule

// The energy of a result, and what would change it, as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <spinule/io/engine/result_parts.hpp>

#include "json_fields.hpp"

namespace spinule {

nlohmann::json energy_json(const energy_account& account);
energy_account energy_from(const json_field& field);

nlohmann::json sensitivity_json(const sensitivity& changes);
sensitivity sensitivity_from(const json_field& field);

}  // namespace spinule

// The JSON of the one sample that a result shows in full.
#pragma once

#include <cstddef>

#include <nlohmann/json_fwd.hpp>

#include <spinule/io/result.hpp>

#include "json_fields.hpp"

namespace spinule {

nlohmann::json json_of(const example_replay& example);
example_replay example_from(const json_field& field);

/// Throws `spinule_error` unless every event, spike, label and answer lies in its range.
void check_example(const example_replay& example, std::size_t classes);

}  // namespace spinule

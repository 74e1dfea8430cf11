// Pages about many runs of one model on one piece of hardware: a grid of its constants, or what each of its faults
// does.
#pragma once

#include <filesystem>

#include <nlohmann/json_fwd.hpp>

namespace spinule {

/// Write one HTML file each, as `write_report` does, from the JSON of `spinule sweep` and `spinule explain`
/// (docs/formats.md), which is in it too. Throw `file_error`; nothing is left half written.
void write_sweep_report(const std::filesystem::path& path, const nlohmann::json& sweep);
void write_explain_report(const std::filesystem::path& path, const nlohmann::json& explanation);

}  // namespace spinule

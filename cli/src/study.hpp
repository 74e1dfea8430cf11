// What many runs of one model on one piece of hardware have in common: `sweep` and `explain`.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <spinule/io/engine/comparison.hpp>

#include "commands.hpp"
#include "replay_session.hpp"

namespace spinule {

/// The back end that emulates the hardware, `random_rram_40nm` where none is named, checked with its overrides and the
/// number of chips. Throws `usage_error` and `file_error`.
backend_choice hardware_to_study(backend_choice on, std::uint32_t chips);

/// The same choice once for each chip.
std::vector<backend_choice> on_chips(const backend_choice& on, std::uint32_t chips);

/// Says how many of its samples the model has met before, where it knows that, and adds it to the remark of the
/// session. Reads them all.
void look_for_samples_met(replay_session& session);

/// The head of the JSON: `format`, `format_version`, `version`, `provenance`, `dataset`, `samples`, `duration_us`,
/// `remark`, `backend`, `hardware`, `chips` and `preset`.
nlohmann::json study_json(const std::string& format, const replay_session& session, const backend_choice& on,
                          std::uint32_t chips);

/// "crossbar random_rram_40nm, 10 chips, 75 samples".
std::string study_title(const replay_session& session, const backend_choice& on, std::uint32_t chips);

/// "88.67 +- 1.30 %"; of a single chip the mean alone.
std::string accuracy_text(const spread& accuracy, std::uint32_t chips);

}  // namespace spinule

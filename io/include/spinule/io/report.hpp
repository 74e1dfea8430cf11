// The outcome of replays as a page to look at.
#pragma once

#include <filesystem>
#include <span>

#include <spinule/io/result.hpp>

namespace spinule {

/// Writes one HTML file that needs nothing else, no network either: verdict, accuracy and confusion of each back end
/// side by side, energy by layer and component, latency and throughput, activity, one sample in full, and the hardware
/// presets with their sources. The results are in it as JSON too (element "data"), times and energies of single samples
/// rounded to five digits.
///
/// The first result is what the others are compared with. Throws `file_error` as `atomic_file` does, and when there is
/// no result; nothing is left half written.
void write_report(const std::filesystem::path& path, std::span<const replay_result> results);

}  // namespace spinule

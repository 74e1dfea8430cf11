// The outcome of replaying a data set through a network on one back end, its JSON, and a page to look at.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <spinule/costs.hpp>
#include <spinule/engine/array_map.hpp>
#include <spinule/io/engine/result_parts.hpp>
#include <spinule/kept_weights.hpp>

namespace spinule {

/// The outcome of one run. A back end that emulates no hardware has no `energy`, latencies or `preset`: their JSON
/// fields are null.
struct replay_result {
  std::string backend;                ///< "cpu", "crossbar", ...
  std::string hardware;               ///< name of the preset; empty: none
  std::optional<std::uint32_t> chip;  ///< of hardware that differs from chip to chip
  std::string version;                ///< of Spinule
  provenance from;
  std::string dataset;
  std::string remark;        ///< what a reader must know, e.g. that the data were generated; may be empty
  bool interrupted = false;  ///< ended by the user: everything counts the samples done until then

  std::uint32_t threads = 1;
  std::uint64_t seed = 0;
  std::uint64_t samples = 0;
  std::uint64_t correct = 0;
  std::optional<samples_seen> seen;      ///< none: the model does not say what it was trained on
  std::vector<std::string> labels;       ///< names of the classes
  std::vector<std::uint64_t> confusion;  ///< classes x classes, row: true class, column: answer

  // Sample by sample, in the order of replay; empty where answers were not kept.
  std::vector<std::uint64_t> sample_numbers;  ///< ascending, counted from 0 in the data that were chosen
  std::vector<std::uint32_t> truths;          ///< their classes
  std::vector<std::uint32_t> answers;

  std::uint64_t spikes = 0;           ///< of all samples
  std::uint64_t synaptic_events = 0;  ///< of all samples
  std::string spike_digest;           ///< SHA-256 over all spikes, in hexadecimal
  std::vector<layer_activity> layers;

  std::vector<kept_weights> weights;  ///< of a crossbar, and of networks with fewer than 32 weight bits
  std::vector<array_map> arrays;      ///< of a crossbar, where a report is to show them

  std::optional<energy_account> energy;
  std::vector<double> sample_energies_pj;   ///< total per sample, in the order of replay; may be empty
  std::vector<double> sample_latencies_us;  ///< of the emulated hardware, in the order of replay

  double duration_us = 0;  ///< time that a sample is replayed for
  double wall_s = 0;       ///< time the simulation took
  std::optional<hardware_description> preset;
  std::optional<example_replay> example;
  std::optional<sensitivity> changes;

  double accuracy() const { return samples ? static_cast<double>(correct) / static_cast<double>(samples) : 0.0; }
  double samples_per_s() const { return wall_s > 0 ? static_cast<double>(samples) / wall_s : 0.0; }
  bool operator==(const replay_result&) const = default;
};

/// The JSON of a result, version 1; docs/formats.md describes it. It holds every member and what follows from them
/// (`accuracy`, `samples_per_s`, `energy_pj`, `latency_us`).
void to_json(nlohmann::json& json, const replay_result& result);

/// Reads what `to_json` wrote; derived fields and unknown ones are ignored. Throws `spinule_error{field, ...}` for a
/// missing field, a wrong type, a newer version, or values that contradict each other.
void from_json(const nlohmann::json& json, replay_result& result);

/// The JSON of one result as text, and written to a file. Throws `file_error`; nothing is left half written.
std::string to_text(const replay_result& result);
void write_result(const std::filesystem::path& path, const replay_result& result);

/// The same for several with how they compare (<spinule/io/engine/comparison.hpp>); one is as above.
std::string to_text(std::span<const replay_result> results);
void write_results(const std::filesystem::path& path, std::span<const replay_result> results);

/// Reads a file with one result, several with their comparison, or an array of them. Throws `file_error`.
std::vector<replay_result> read_results(const std::filesystem::path& path);

/// Writes one HTML file that needs nothing else, no network either: where the results come from, verdict, accuracy and
/// confusion of each back end side by side, energy with its range, by layer and component, what would change it,
/// latency and throughput, activity, one sample in full, and the hardware presets with their sources. Chips of one
/// hardware stand together. The results are in it as JSON too (element "data"), times and energies of single samples
/// rounded to five digits, and a preset only with the first of those that have it.
/// Throws `file_error` as `atomic_file` does, and when there is no result; nothing is left half written.
void write_report(const std::filesystem::path& path, std::span<const replay_result> results);

/// The same for a training, whose JSON docs/formats.md describes: learning curves, weights, and a sample before and
/// after. Throws `file_error`; nothing is left half written.
void write_training_report(const std::filesystem::path& path, const nlohmann::json& training);

}  // namespace spinule

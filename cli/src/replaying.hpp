// A data set replayed through a network on one back end.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <spinule/backends/engine/converter_ranges.hpp>
#include <spinule/backends/hardware.hpp>
#include <spinule/classifier.hpp>
#include <spinule/io/dataset.hpp>
#include <spinule/io/result.hpp>
#include <spinule/liquid.hpp>

namespace spinule {

/// Counts of spikes in a liquid for these data. Throws `spinule_error`.
classifier spike_counts_in(const liquid_description& through, const dataset& data);

/// A projection that runs on hardware of its own: with these overrides in place of the others.
struct projection_choice {
  std::string projection;
  std::vector<std::string> overrides;
};

/// Where a replay runs.
struct backend_choice {
  std::string backend = "cpu";         ///< "cpu", "crossbar", "digital" or "reference"
  std::string hardware;                ///< preset or file; empty: none, or the usual one of the back end
  std::vector<std::string> overrides;  ///< "adc.bits=6"
  std::uint32_t chip = 0;
  int threads = 0;                                 ///< 0: one per core
  std::vector<projection_choice> exceptions = {};  ///< of a crossbar
  std::vector<measured_spikes> spikes = {};        ///< for `mesh.placement`; none: as many of every neuron
  std::size_t calibrate = 20;                      ///< recordings whose sums give `adc.range = data`
  std::vector<projection_range> ranges = {};       ///< of them, by `replay_all`
};

/// With its overrides. Throws `usage_error` as `checked`.
hardware hardware_of(const backend_choice& on);
/// Paths of all files that hardware of this name is read from; none for a preset, and for no name.
std::vector<std::filesystem::path> hardware_files(const std::string& hardware);
/// "crossbar isaac_32nm"; the back end alone where it emulates nothing.
std::string name_of(const backend_choice& on);
/// Whether a back end is one of emulated hardware.
bool emulates_hardware(const std::string& backend);
/// Of what `--set` gives: throws `usage_error` for a key that is there twice, and warns of one that changes nothing.
void check_overrides(const hardware& hw, const std::vector<std::string>& overrides);
/// Fills in the preset and checks everything that can be wrong with a choice. Throws `usage_error`, or `file_error` for
/// a file of hardware that is wrong.
backend_choice checked(backend_choice choice);
/// Throws `usage_error` when other chips than the first are asked for and no back end has any.
void check_chips(std::span<const backend_choice> on, std::uint32_t chips);

/// What replaying a data set gave: the result, but for answers, and what answers follow from. Lists hold the samples
/// done, in order: all, unless interrupted.
struct replayed {
  replay_result result;
  std::vector<float> features;         ///< [samples x features]
  std::vector<std::uint64_t> digests;  ///< [samples] `dataset::digest`, where asked for
  std::vector<std::string> notes;      ///< `cost_report::notes` of the last sample
};

struct replay_request {
  bool digest = false;                      ///< of all spikes
  bool identify = false;                    ///< by digests of samples
  std::optional<std::size_t> example = {};  ///< a sample to keep in full
  std::string title = "Replaying";
  std::function<void()> done = nullptr;  ///< called for each sample, from any thread, in place of showing the title
  std::vector<std::size_t> only = {};    ///< samples to replay, ascending; none: all
};

/// Whether converters of this choice, or of one of its exceptions, take their full scale from data.
bool calibrates(const backend_choice& on);

/// The network of a classifier as a replay runs it. Throws `spinule_error` when the back end cannot carry it.
simulation simulation_on(const classifier& through, const backend_choice& on);

/// Spikes of the first `samples` of the data, or of all where there are fewer, on a CPU. A population that sends values
/// counts as one that fires in every tick.
std::vector<measured_spikes> measured_on(const dataset& data, const classifier& through, std::size_t samples);

/// Pictures of the arrays of a crossbar. Throws as `simulation_on`.
std::vector<array_map> arrays_on(const classifier& through, const backend_choice& on);

/// Converters that take their full scale from data are calibrated on the first recordings of the data before. Throws
/// what running throws.
replayed replay_all(const dataset& data, const classifier& through, const backend_choice& on,
                    const replay_request& want);

}  // namespace spinule

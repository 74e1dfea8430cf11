// What the subcommands do. Each returns the exit code; errors are exceptions.
#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "replaying.hpp"

namespace spinule {

inline constexpr int exit_done = 0, exit_failed = 1, exit_usage = 2, exit_interrupted = 130;

struct data_choice {
  std::string dataset;
  std::filesystem::path path;
  std::string part = "all";
  std::uint32_t first = 0, last = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t seed = 1;
  std::uint32_t width = 0, height = 0, channels = 0;  ///< csv: of the sensor; 0: its files say it
  std::string time_unit;                              ///< csv; empty: its files say it
  bool from_first = false;                            ///< csv: times count from the first event of a sample
  bool generated = false;                             ///< made up for want of data
};

struct train_options {
  data_choice data;
  std::optional<index_t> liquid;  ///< neurons; none: 1000, of `maass` 135
  std::string recipe;             ///< empty: what has proved good for the set
  bool learns = false;            ///< --rule nalsm: a liquid whose synapses learn
  std::uint64_t snapshots = 50'000;
  std::uint64_t seed = 1;
  double penalty = 0;  ///< 0: what has proved good for the set
  std::string scaling = "root";
  std::vector<std::string> numbers;  ///< "key=value" for the recipe
  std::vector<double> windows;       ///< ends in ms
  std::uint32_t folds = 0;           ///< 0: no cross-validation
  std::uint32_t chips = 1;
  backend_choice on;
  std::filesystem::path output;
  bool announce = true;  ///< whether to say that the model was written
};

struct replay_options {
  std::filesystem::path model;
  data_choice data;
  std::vector<backend_choice> on;
  std::optional<backend_choice> baseline;  ///< for the report only
  std::uint32_t chips = 1;
  bool calibrate_given = false;
  std::size_t place_by = 0;  ///< samples whose spikes say where units lie; 0: as if all neurons fired alike
  std::optional<std::size_t> example;
  std::size_t sensitivity = 100;      ///< samples of the short runs that a report shows of each crossbar; 0: none
  std::filesystem::path recording;    ///< a single one; empty: the data
  std::optional<std::size_t> sample;  ///< of the data, or of the samples of a recording's file
  std::filesystem::path report, json;
  std::string command;   ///< as it was given, for the reader of the results
  std::string model_is;  ///< what results say of the model in place of its file; empty: the file
};

struct device_fit_options {
  std::filesystem::path pulses;        ///< CSV
  std::filesystem::path output, plot;  ///< TOML, SVG; empty: none
  std::string base = "random_rram_40nm", name;
};

/// One model and one piece of hardware, run many times.
struct study_options {
  std::filesystem::path model;
  data_choice data;
  backend_choice on;  ///< the back end follows from the hardware
  std::uint32_t chips = 1;
  std::filesystem::path report, json;
  std::string command;  ///< as it was given
};

struct sweep_options : study_options {
  std::vector<std::string> vary;     ///< "adc.bits=2..10"
  std::filesystem::path csv, state;  ///< empty state: beside the first file that is written
  bool resume = false;
};

struct explain_options : study_options {
  std::uint32_t cells = 10;  ///< of the worst ones
};

int train(const train_options& options);
int run_replay(const replay_options& options);  // not replay, which is a source
/// The same for `options.recording` or `options.sample`: answer, scores, spikes and costs.
int replay_recording(const replay_options& options);
/// Accuracy against energy over a grid of constants of the hardware.
int sweep(const sweep_options& options);
/// What each non-ideality of the hardware takes from the accuracy.
int explain(const explain_options& options);
int info(const std::filesystem::path& path, bool json);
/// Lists the hardware presets, or prints the one of that name.
int presets(const std::string& name, bool json);
/// Fits a pulse response to measured pulses.
int device_fit(const device_fit_options& options);
int demo(const std::filesystem::path& data, const std::filesystem::path& output, const std::string& command);

/// Replays, prints and writes. The choices are `checked`, the outputs looked at, the data there.
int replay_and_report(const replay_options& options);

}  // namespace spinule

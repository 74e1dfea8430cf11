// What a simulation recorded as comma-separated values, which every tool that plots can read. The first line names the
// columns and their units; texts with commas or quotes are quoted (RFC 4180); numbers read back as the same bits.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <spinule/simulation.hpp>

namespace spinule {

/// Spikes of observed populations since the last reset, by time, then in the order given, then by neuron:
///
///     time_ms,population,neuron
///     0.3,excitatory,17
///
/// The time is that of the tick: its beginning. Throws `spinule_error` for populations not observed, `file_error` as
/// `atomic_file` does; the file appears whole or not at all. The same holds of the other functions.
void write_spikes(const std::filesystem::path& path, const network& net, const simulation& sim,
                  const std::vector<population>& cells);

/// A probe, and what it follows.
struct followed {
  population cells;
  std::string field;
  probe_id probe;
};
/// One row per tick, its time being the end of the tick, when states are read, and one column per neuron:
///
///     time_ms,excitatory[0].v_mV,excitatory[7].v_mV
///     0.1,12.25,3.5
///
/// Throws `spinule_error` for no probe, and for probes that began in different ticks.
void write_traces(const std::filesystem::path& path, const network& net, const simulation& sim,
                  const std::vector<followed>& probes);

/// Numbers under a name, with its unit: {"rate_Hz", rates_hz(...)}.
struct csv_column {
  std::string name;
  std::vector<double> values;
};
/// Throws `spinule_error` for no columns, and for columns that differ in length.
void write_columns(const std::filesystem::path& path, const std::vector<csv_column>& columns);

}  // namespace spinule

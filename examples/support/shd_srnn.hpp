// A published recurrent network for spoken digits, from the tables it was stored in to a network of Spinule.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/network.hpp>
#include <spinule/simulation.hpp>

#include "tar_gz.hpp"

namespace spinule {

using table = std::vector<std::vector<double>>;  ///< [rows][columns]

/// A CSV table of numbers with a header row and an index column, both left out. Throws `spinule_error{where, ...}` when
/// it is ragged or a cell is no number.
inline table read_csv(std::string_view text, const std::string& where) {
  table rows;
  std::size_t line = 0;
  for (; !text.empty(); ++line) {
    std::string_view row = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), row.size() + 1));
    if (line == 0) continue;
    row.remove_prefix(std::min(row.size(), row.find(',')));
    auto& cells = rows.emplace_back();
    while (!row.empty() && row.front() == ',') {
      const char *begin = row.data() + 1, *end = row.data() + row.size();
      const auto [stop, problem] = std::from_chars(begin, end, cells.emplace_back());
      if (problem != std::errc{})
        throw spinule_error{where, fmt::format("line {}: cell {} is no number", line + 1, cells.size())};
      row.remove_prefix(static_cast<std::size_t>(stop - row.data()));
    }
    if (cells.size() != rows.front().size())
      throw spinule_error{
          where, fmt::format("line {}: {} cells, the first row has {}", line + 1, cells.size(), rows.front().size())};
  }
  return rows;
}

/// The tables of the archive, by file name.
class srnn_archive {
 public:
  explicit srnn_archive(const std::filesystem::path& tar_gz) : path_{tar_gz.string()}, files_{read_tar_gz(tar_gz)} {}

  /// Throws `file_error` when there is no such table or it is not `rows` x `columns` (0: any number of rows).
  table matrix(const std::string& name, std::size_t rows, std::size_t columns) const {
    const auto file = files_.find(name);
    if (file == files_.end()) throw file_error{path_, fmt::format("has no {}", name)};
    table values = read_csv(file->second, name);
    if ((rows != 0 && values.size() != rows) || values.empty() || values.front().size() != columns)
      throw file_error{path_, fmt::format("{} is not {} x {}", name, rows, columns)};
    return values;
  }

 private:
  std::string path_;
  std::map<std::string, std::string> files_;
};

/// Spoken digits through two recurrent layers of adaptive units into twenty membranes that never fire, after Yin,
/// Corradi & Bohte (ICONS 2020). One tick is one step of 10 ms. Within a step the output comes first, then layer 2,
/// then layer 1, each reading what the layer below fired in the step before: a delay of one tick everywhere, and none
/// from the input.
struct shd_srnn {
  static constexpr milliseconds tick = 10_ms;
  static constexpr ticks steps = 100;
  static constexpr index_t units = 700, cells = 128, classes = 20;

  network net;
  population_of<replay> cochlea;
  population_of<adaptive_lif> first, second;
  population_of<leaky_integrator> answer;

  explicit shd_srnn(const srnn_archive& stored)
      : cochlea{net.add("cochlea", replay{.nearest = true}, units)},
        first{net.add("first", adaptive_units(stored, "h1"))},
        second{net.add("second", adaptive_units(stored, "h2"))},
        answer{net.add("answer", integrators(stored))} {
    net.connect(cochlea, first, from_cochlea(stored));
    net.connect(first, first, synapses(stored, "h1_2_h1", cells));
    net.connect(first, second, synapses(stored, "h1_2_h2", cells));
    net.connect(second, second, synapses(stored, "h2_2_h2", cells));
    net.connect(second, answer, synapses(stored, "h2_2_o", classes));
  }

 private:
  static table load(const srnn_archive& stored, const std::string& name, std::size_t rows, std::size_t columns) {
    return stored.matrix("srnn_reference/" + name + ".csv", rows, columns);
  }

  /// Time constants are stored in steps.
  static std::vector<adaptive_lif> adaptive_units(const srnn_archive& stored, const std::string& layer) {
    const table tau = load(stored, "tau_m_" + layer, cells, 1), slow = load(stored, "tau_adp_" + layer, cells, 1),
                bias = load(stored, "bias_" + layer, cells, 1);
    std::vector<adaptive_lif> units;
    for (index_t i = 0; i < cells; ++i)
      units.push_back({.tau = tau[i][0] * tick, .tau_adaptation = slow[i][0] * tick, .bias = bias[i][0]});
    return units;
  }

  static std::vector<leaky_integrator> integrators(const srnn_archive& stored) {
    std::vector<leaky_integrator> outputs;
    for (const auto& tau : load(stored, "tau_m_o", classes, 1)) outputs.push_back({.tau = tau[0] * tick});
    return outputs;
  }

  static std::vector<listed<number>> synapses(const srnn_archive& stored, const std::string& name, index_t targets) {
    const table w = load(stored, "weights_" + name, targets, cells);
    std::vector<listed<number>> all;
    for (index_t to = 0; to < targets; ++to)
      for (index_t from = 0; from < cells; ++from)
        all.push_back({.source = from, .target = to, .weight = number{w[to][from]}, .delay = tick});
    return all;
  }

  /// The network was trained on channels c = 700 - u of the units u = 1 .. 699; unit 0 has no weights.
  static std::vector<listed<number>> from_cochlea(const srnn_archive& stored) {
    const table w = load(stored, "weights_i_2_h1", cells, units);
    std::vector<listed<number>> all;
    for (index_t to = 0; to < cells; ++to)
      for (index_t unit = 1; unit < units; ++unit)
        all.push_back({.source = unit, .target = to, .weight = number{w[to][units - unit]}, .delay = 0_ms});
    return all;
  }
};

/// [classes] softmax of the output membranes, summed over all steps but the first.
inline std::vector<double> summed_softmax(const trace& membranes) {
  const std::size_t classes = membranes.neurons.size();
  std::vector<double> sum(classes, 0), e(classes);
  for (std::size_t at = classes; at < membranes.values.size(); at += classes) {
    double total = 0;
    for (std::size_t c = 0; c < classes; ++c) total += e[c] = std::exp(membranes.values[at + c]);
    for (std::size_t c = 0; c < classes; ++c) sum[c] += e[c] / total;
  }
  return sum;
}

/// [classes] how sure the network is of each class, up to a factor; `membranes` is a probe of "m" of `answer`.
inline std::vector<double> listen(simulation& sim, const shd_srnn& speech, probe_id membranes,
                                  const recording& events) {
  sim.reset();
  sim.play(speech.cochlea, events);
  sim.run_ticks(shd_srnn::steps);
  return summed_softmax(sim.traced(membranes));
}

inline std::uint32_t likeliest(const std::vector<double>& score) {
  return static_cast<std::uint32_t>(std::max_element(score.begin(), score.end()) - score.begin());
}

}  // namespace spinule

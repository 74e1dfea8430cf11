// What is published of the activity of the cortical microcircuit, to compare with.
#pragma once

#include <array>
#include <cmath>
#include <sstream>

#include "spike_statistics.hpp"
#include "tar_gz.hpp"

namespace spinule::bench {

/// Mean CV of inter-spike intervals at full scale, 60 s, some 1000 neurons per population: Romaro et al. (2021), Neural
/// Comput. 33:1993, tables A.3 and A.4. The first publication has its own in a figure only.
struct published_cv {
  static constexpr std::array poisson{0.938, 0.916, 0.891, 0.873, 0.847, 0.809, 0.924, 0.819};
  static constexpr std::array direct_current{0.936, 0.909, 0.875, 0.862, 0.820, 0.775, 0.923, 0.788};
};

struct recorded_population {
  index_t size = 0;
  std::vector<spike> spikes;  ///< by time
};

/// The run of another simulator at a tenth of the neurons and in-degrees, second 0.5 to 1.5.
struct reference_run {
  static constexpr double scale = 0.1, begin_ms = 500, end_ms = 1500;
  std::vector<recorded_population> populations;
};

/// A spike stamped t ended its step at t, hence fell in the tick before. Throws `file_error` for neurons outside
/// [first, last].
inline std::vector<spike> spikes_of(const std::string& text, index_t first, index_t last, milliseconds tick,
                                    const std::string& where) {
  std::istringstream in{text};
  constexpr int headers = 3;
  std::string line;
  for (int i = 0; i < headers; ++i) std::getline(in, line);
  std::vector<spike> all;
  index_t sender = 0;
  double ms = 0;
  while (in >> sender >> ms) {
    if (sender < first || sender > last)
      throw file_error{where, fmt::format("has neuron {}; it must be in {} to {}", sender, first, last)};
    all.push_back({static_cast<moment>(std::llround(ms / tick.value())) - 1, sender - first});
  }
  if (!in.eof()) throw file_error{where, fmt::format("has something else than spikes after {} of them", all.size())};
  std::ranges::sort(all, {}, &spike::when);
  return all;
}

/// One spike file per population, in the order of their numbers. Throws `file_error`.
inline reference_run read_reference(const std::filesystem::path& path, milliseconds tick) {
  auto files = files_of_tar_gz(path);
  std::istringstream ranges{files["population_nodeids.dat"]};
  reference_run run;
  for (const auto& [name, text] : files) {
    if (!name.starts_with("spike_recorder")) continue;
    index_t first = 0, last = 0;
    if (!(ranges >> first >> last) || last < first)
      throw file_error{path.string(), "population_nodeids.dat must have a first and a last neuron per spike file"};
    run.populations.push_back({last - first + 1, spikes_of(text, first, last, tick, path.string() + "/" + name)});
  }
  return run;
}

}  // namespace spinule::bench

#include <spinule/io/activity_csv.hpp>

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <spinule/engine/dimension.hpp>
#include <spinule/error.hpp>
#include <spinule/io/engine/atomic_file.hpp>

namespace spinule {
namespace {

/// A text as a field of a row.
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string safe = "\"";
  for (const char c : text) safe.append(c == '"' ? 2 : 1, c);
  return safe + '"';
}

/// Ticks in ms; twelve digits hide that 0.1 ms is no binary number.
std::string time_of(moment ticks, milliseconds tick) {
  return fmt::format("{:.12g}", static_cast<double>(ticks) * tick.value());
}

std::string named(const population_description& p, const trace& t, std::size_t column, const described_number& field) {
  const std::string unit = symbol(field.unit);
  return fmt::format("{}[{}].{}{}{}", p.name, t.neurons[column], field.name, unit.empty() ? "" : "_", unit);
}

}  // namespace

void write_spikes(const std::filesystem::path& path, const network& net, const simulation& sim,
                  const std::vector<population>& cells) {
  struct train {
    std::string name;
    std::span<const spike> left;
  };
  std::vector<train> trains;
  for (const population& p : cells)
    trains.push_back({quoted(described(net.populations(), p, "write_spikes").name), sim.spikes(p)});
  atomic_file file{path};
  file.write("time_ms,population,neuron\n");
  for (;;) {
    train* next = nullptr;
    for (train& t : trains)
      if (!t.left.empty() && (!next || t.left.front().when < next->left.front().when)) next = &t;
    if (!next) break;
    const spike& s = next->left.front();
    file.write(fmt::format("{},{},{}\n", time_of(s.when, sim.tick()), next->name, s.neuron));
    next->left = next->left.subspan(1);
  }
  file.commit();
}

void write_traces(const std::filesystem::path& path, const network& net, const simulation& sim,
                  const std::vector<followed>& probes) {
  if (probes.empty()) throw spinule_error{"write_traces", "no probe is given"};
  std::string row = "time_ms";
  const trace& first = sim.traced(probes.front().probe);
  const auto ticks_of = [](const trace& t) { return t.neurons.empty() ? 0 : t.values.size() / t.neurons.size(); };
  for (const auto& [cells, field, id] : probes) {
    const population_description& p = described(net.populations(), cells, "write_traces");
    const described_number& followed_field = p.model->fields()[field_index(p, field)];
    const trace& t = sim.traced(id);
    if (t.first != first.first || ticks_of(t) != ticks_of(first))
      throw spinule_error{"write_traces", fmt::format("the probe of \"{}\" of population \"{}\" began in another tick "
                                                      "than the first one; write it to a file of its own",
                                                      field, p.name)};
    for (std::size_t i = 0; i < t.neurons.size(); ++i) row += ',' + quoted(named(p, t, i, followed_field));
  }
  atomic_file file{path};
  file.write(row + '\n');
  for (std::size_t k = 0; k < ticks_of(first); ++k) {
    row = time_of(first.first + static_cast<moment>(k) + 1, sim.tick());
    for (const followed& f : probes) {
      const trace& t = sim.traced(f.probe);
      for (std::size_t i = 0; i < t.neurons.size(); ++i)
        fmt::format_to(std::back_inserter(row), ",{}", t.values[k * t.neurons.size() + i]);
    }
    file.write(row + '\n');
  }
  file.commit();
}

void write_columns(const std::filesystem::path& path, const std::vector<csv_column>& columns) {
  if (columns.empty()) throw spinule_error{"write_columns", "no column is given"};
  const std::size_t rows = columns.front().values.size();
  std::string text;
  for (const csv_column& c : columns) {
    if (c.values.size() != rows)
      throw spinule_error{"write_columns", fmt::format("column \"{}\" has {} values and \"{}\" has {}", c.name,
                                                       c.values.size(), columns.front().name, rows)};
    if (!text.empty()) text += ',';
    text += quoted(c.name);
  }
  atomic_file file{path};
  file.write(text + '\n');
  for (std::size_t r = 0; r < rows; ++r) {
    text.clear();
    for (const csv_column& c : columns)
      fmt::format_to(std::back_inserter(text), "{}{}", &c == &columns.front() ? "" : ",", c.values[r]);
    file.write(text + '\n');
  }
  file.commit();
}

}  // namespace spinule

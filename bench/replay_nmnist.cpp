// How many N-MNIST recordings does the cpu back end replay per second through a liquid of 1000 neurons?
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/parallel.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

#include "measure.hpp"

namespace spinule::bench {
namespace {

constexpr milliseconds tick = 1_ms, length = 340_ms;
constexpr index excitatory = 800, inhibitory = 200;
const lif unit{.tau = 64_ms, .threshold = 20_mV, .refractory = 2_ms};

struct liquid {
  network net{1};
  population input, e, i;
};

/// The network of `spinule train --dataset nmnist --liquid 1000` (cli/src/liquid.cpp, recipe "grid").
liquid build_liquid() {
  liquid l;
  const auto places = shuffled(grid(10, 10, 10), 1);
  l.input = l.net.add("input", replay{}, sensor{}.channels());
  const auto e = l.net.add("excitatory", unit, excitatory, {.positions = {places.begin(), places.begin() + excitatory}});
  const auto i = l.net.add("inhibitory", unit, inhibitory, {.positions = {places.begin() + excitatory, places.end()}});
  l.e = e;
  l.i = i;
  const millivolts weight = 1.58198 * 1.05_mV;
  for (const auto& [cells, k] : {std::pair{e, 60u}, std::pair{i, 15u}})
    for (const double sign : {1.0, -1.0}) l.net.connect(l.input, cells, fixed_outdegree{.k = k}, {.weight = sign * weight});
  const auto wire = [&](auto from, auto to, double c, double sign) {
    l.net.connect(from, to, distance_dependent{.c = c, .lambda = 3}, {.weight = sign * weight, .delay = 1_ms});
  };
  wire(e, e, 0.2, 1);
  wire(e, i, 0.1, 1);
  wire(i, e, 0.3, -1);
  wire(i, i, 0.05, -1);
  return l;
}

/// Events of a channel in one tick count once here: not every simulator that this is compared with can fire a source
/// twice in a step.
recording once_per_tick(recording r) {
  const auto key = [](const event& e) { return std::pair{e.time_us / 1000, e.channel}; };
  std::sort(r.events.begin(), r.events.end(), [&](const event& a, const event& b) { return key(a) < key(b); });
  const auto repeats = std::unique(r.events.begin(), r.events.end(), [&](const event& a, const event& b) { return key(a) == key(b); });
  r.events.erase(repeats, r.events.end());
  std::erase_if(r.events, [](const event& e) { return e.time_us >= 340000; });
  return r;
}

struct samples {
  std::string origin;
  std::vector<recording> recordings;
  std::size_t events = 0;
};

samples load(std::size_t count) {
  samples s;
  const char* data = std::getenv("SPINULE_DATA");
  const auto folder = std::filesystem::path{data ? data : ""} / "nmnist";
  if (data && std::filesystem::is_directory(folder)) {
    const nmnist digits{folder};
    s.origin = "N-MNIST";
    for (std::size_t i = 0; i < std::min(count, digits.size()); ++i) s.recordings.push_back(once_per_tick(digits.read(i).events));
  } else {
    s.origin = "generated digits";
    for (std::size_t i = 0; i < count; ++i)
      s.recordings.push_back(once_per_tick(draw_digit(static_cast<std::uint32_t>(i % 10), 1, i)));
  }
  for (const auto& r : s.recordings) s.events += r.events.size();
  return s;
}

/// One line of JSON that names the arrays that follow it, then these arrays, little-endian, without padding.
class array_file {
 public:
  explicit array_file(nlohmann::json header) : header_(std::move(header)) { header_["arrays"] = nlohmann::json::array(); }
  template <class T>
  void add(const std::string& name, const std::string& type, const std::vector<T>& values) {
    header_["arrays"].push_back({{"name", name}, {"type", type}, {"size", values.size()}});
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  void write(const std::string& path) const {
    std::ofstream out{path, std::ios::binary};
    out << header_.dump() << '\n' << bytes_;
    if (!out.flush()) throw file_error{path, "cannot be written"};
  }

 private:
  nlohmann::json header_;
  std::string bytes_;
};

struct synapse_list {
  std::vector<std::uint32_t> source, target;
  std::vector<double> weight;
  void add_to(array_file& file, const std::string& name) const {
    file.add(name + "_source", "u4", source);
    file.add(name + "_target", "u4", target);
    file.add(name + "_weight_mv", "f8", weight);
  }
};

/// All synapses, of the input (delay 0) and recurrent (delay one tick), with excitatory neurons numbered from 0 and
/// inhibitory ones after them.
std::pair<synapse_list, synapse_list> list_synapses(const liquid& l, const simulation& sim) {
  synapse_list from_input, recurrent;
  const auto descriptions = l.net.projections();
  const auto base = [&](index cells) { return cells == l.i.id ? excitatory : 0; };
  for (index p = 0; p < descriptions.size(); ++p) {
    const connectivity& c = sim.synapses({p});
    synapse_list& list = descriptions[p].source == l.input.id ? from_input : recurrent;
    for (index s = 0; s < c.sources; ++s)
      for (auto k = c.offsets[c.line(s, 0)]; k < c.offsets[c.line(s + 1, 0)]; ++k) {
        list.source.push_back(s + base(descriptions[p].source));
        list.target.push_back(c.target[k] + base(descriptions[p].target));
        list.weight.push_back(c.weight(k) * c.quantum);
      }
  }
  return {std::move(from_input), std::move(recurrent)};
}

void export_all(const liquid& l, const simulation& sim, const samples& data, const std::string& path) {
  array_file file{{{"tau_ms", unit.tau.value()}, {"threshold_mv", unit.threshold.value()}, {"refractory_ticks", 2},
                   {"inputs", sensor{}.channels()}, {"neurons", excitatory + inhibitory}, {"tick_ms", tick.value()},
                   {"ticks", 340}, {"samples", data.recordings.size()}, {"origin", data.origin}}};
  const auto [from_input, recurrent] = list_synapses(l, sim);
  from_input.add_to(file, "input");
  recurrent.add_to(file, "recurrent");
  std::vector<std::uint32_t> of_sample, when, channel;
  for (std::size_t i = 0; i < data.recordings.size(); ++i)
    for (const event& e : data.recordings[i].events) {
      of_sample.push_back(static_cast<std::uint32_t>(i));
      when.push_back(static_cast<std::uint32_t>(e.time_us / 1000));
      channel.push_back(e.channel);
    }
  file.add("event_sample", "u4", of_sample);
  file.add("event_tick", "u4", when);
  file.add("event_channel", "u4", channel);
  file.write(path);
}

struct measured {
  seconds time;
  std::uint64_t spikes = 0;  ///< of the liquid, all samples
  std::uint64_t synaptic_events = 0;
};

measured replay_all(const liquid& l, const simulation& prototype, const samples& data, int threads, int repeats) {
  measured m;
  std::vector<std::uint64_t> spikes(data.recordings.size()), synaptic(data.recordings.size());
  for (int r = 0; r < repeats; ++r)
    keep_least(m.time, time_once([&] {
      for_each_sample(prototype, data.recordings.size(), threads, [&](simulation& sim, std::size_t i) {
        sim.reset();
        sim.play(l.input, data.recordings[i]);
        sim.run(length);
        spikes[i] = sim.spike_count() - data.recordings[i].events.size();
        synaptic[i] = sim.synaptic_events();
      });
    }));
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    m.spikes += spikes[i];
    m.synaptic_events += synaptic[i];
  }
  return m;
}

struct options {
  std::size_t samples = 400;
  int repeats = 5;
  std::string json, export_to;
  drive how = drive::automatic;
};

options parse(int count, char** words) {
  options o;
  if (count % 2 == 0) throw error{words[count - 1], "needs a value"};
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string key = words[i], value = words[i + 1];
    if (key == "--samples") o.samples = std::stoul(value);
    else if (key == "--repeats") o.repeats = std::stoi(value);
    else if (key == "--json") o.json = value;
    else if (key == "--export") o.export_to = value;
    else if (key == "--drive") o.how = value == "sweep" ? drive::sweep : value == "visit" ? drive::visit : drive::automatic;
    else throw error{key, "is none of --samples N, --repeats N, --drive sweep|visit|automatic, --json FILE, --export FILE"};
  }
  return o;
}

void run(const options& o) {
  const samples data = load(o.samples);
  liquid l;
  std::optional<simulation> sim;
  const seconds built = time_once([&] {
    l = build_liquid();
    sim.emplace(l.net, cpu{.tick = tick, .threads = 1, .drive = o.how});
  });
  const auto n = static_cast<double>(data.recordings.size());
  const double events = static_cast<double>(data.events) / n;
  fmt::print("{} recordings ({}), {:.0f} events each; network built in {:.1f} ms\n", n, data.origin, events, 1e3 * built.wall);
  if (!o.export_to.empty()) export_all(l, *sim, data, o.export_to);
  nlohmann::json out{{"origin", data.origin}, {"samples", data.recordings.size()}, {"events_per_sample", events},
                     {"build_s", built.wall}, {"runs", nlohmann::json::array()}};
  for (const int threads : {1, 2}) {
    const measured m = replay_all(l, *sim, data, threads, o.repeats);
    const double spikes = static_cast<double>(m.spikes) / n, synaptic = static_cast<double>(m.synaptic_events) / n;
    fmt::print("{} thread{}  {:8.0f} samples/s   {:6.1f} us of processor, {:.2f} spikes, {:.0f} synaptic events per sample\n",
               threads, threads == 1 ? " " : "s", n / m.time.wall, 1e6 * m.time.cpu / n, spikes, synaptic);
    out["runs"].push_back({{"threads", threads}, {"samples_per_s", n / m.time.wall}, {"wall_s", m.time.wall}, {"cpu_s", m.time.cpu},
                           {"spikes_per_sample", spikes}, {"synaptic_events_per_sample", synaptic}});
  }
  if (o.json.empty()) return;
  std::ofstream file{o.json};
  file << out.dump(2) << '\n';
  if (!file.flush()) throw file_error{o.json, "cannot be written"};
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  try {
    spinule::bench::run(spinule::bench::parse(count, words));
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
}

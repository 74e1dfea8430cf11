// How many N-MNIST recordings are replayed per second through a liquid of 1000 neurons, on cpu or a crossbar?
#include <fstream>
#include <string>
#include <vector>

#include <spinule/backends/crossbar.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/liquid.hpp>
#include <spinule/models/sources.hpp>

#include "replay_bench.hpp"

namespace spinule::bench {
namespace {

constexpr milliseconds tick = 1_ms, length = 340_ms;
constexpr index_t excitatory = 800, inhibitory = 200;
const lif unit{.tau = 64_ms, .threshold = 20_mV, .refractory = 2_ms};

struct liquid {
  network net{1};
  population input, e, i;
};

/// Much like `grid_liquid{}`, with larger weights and a sign for every synapse of the input by itself.
liquid build_liquid() {
  liquid l;
  const auto places = shuffled(grid(10, 10, 10), 1);
  l.input = l.net.add("input", replay{}, sensor{}.channels());
  const auto e =
      l.net.add("excitatory", unit, excitatory, {.positions = {places.begin(), places.begin() + excitatory}});
  const auto i = l.net.add("inhibitory", unit, inhibitory, {.positions = {places.begin() + excitatory, places.end()}});
  l.e = e;
  l.i = i;
  const millivolts weight = 1.58198 * 1.05_mV;
  for (const auto& [cells, k] : {std::pair{e, 60u}, std::pair{i, 15u}})
    for (const double sign : {1.0, -1.0})
      l.net.connect(l.input, cells, fixed_outdegree{.k = k}, {.weight = sign * weight});
  const auto wire = [&](auto from, auto to, double c, double sign) {
    l.net.connect(from, to, distance_dependent{.c = c, .lambda = 3}, {.weight = sign * weight, .delay = 1_ms});
  };
  wire(e, e, 0.2, 1);
  wire(e, i, 0.1, 1);
  wire(i, e, 0.3, -1);
  wire(i, i, 0.05, -1);
  return l;
}

/// The liquid that `spinule train` makes.
liquid build_grid() {
  auto made =
      grid_liquid{}.build({.channels = sensor{}.channels(), .width = sensor{}.width, .height = sensor{}.height});
  return {std::move(made.net), made.input, made.layers[0], made.layers[1]};
}

/// Events of a channel in one tick count once here: not every simulator that this is compared with can fire a source
/// twice in a step.
recording once_per_tick(recording r) {
  const auto key = [](const event& e) { return std::pair{e.time_us / 1000, e.channel}; };
  std::sort(r.events.begin(), r.events.end(), [&](const event& a, const event& b) { return key(a) < key(b); });
  const auto repeats =
      std::unique(r.events.begin(), r.events.end(), [&](const event& a, const event& b) { return key(a) == key(b); });
  r.events.erase(repeats, r.events.end());
  return r;
}

recordings load(std::size_t count) {
  if (const auto folder = real_data("nmnist")) {
    const nmnist digits{*folder};
    return take("N-MNIST", count, digits.size(), length,
                [&](std::size_t i) { return once_per_tick(digits.read(i).events); });
  }
  return take("generated digits", count, count, length,
              [](std::size_t i) { return once_per_tick(draw_digit(static_cast<std::uint32_t>(i % 10), 1, i)); });
}

/// One line of JSON that names the arrays that follow it, then these arrays, little-endian, without padding.
class array_file {
 public:
  explicit array_file(nlohmann::json header) : header_(std::move(header)) {
    header_["arrays"] = nlohmann::json::array();
  }
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
  const auto base = [&](index_t cells) { return cells == l.i.id ? excitatory : 0; };
  for (index_t p = 0; p < descriptions.size(); ++p) {
    synapse_list& list = descriptions[p].source == l.input.id ? from_input : recurrent;
    for (const listed_synapse& s : sim.synapses(sim.projection_at(p))) {
      list.source.push_back(s.source + base(descriptions[p].source));
      list.target.push_back(s.target + base(descriptions[p].target));
      list.weight.push_back(s.weight);
    }
  }
  return {std::move(from_input), std::move(recurrent)};
}

void export_all(const liquid& l, const simulation& sim, const recordings& data, const std::string& path) {
  array_file file{{{"tau_ms", unit.tau.value()},
                   {"threshold_mv", unit.threshold.value()},
                   {"refractory_ticks", 2},
                   {"inputs", sensor{}.channels()},
                   {"neurons", excitatory + inhibitory},
                   {"tick_ms", tick.value()},
                   {"ticks", 340},
                   {"samples", data.all.size()},
                   {"origin", data.origin}}};
  const auto [from_input, recurrent] = list_synapses(l, sim);
  from_input.add_to(file, "input");
  recurrent.add_to(file, "recurrent");
  std::vector<std::uint32_t> of_sample, when, channel;
  for (std::size_t i = 0; i < data.all.size(); ++i)
    for (const event& e : data.all[i].events) {
      of_sample.push_back(static_cast<std::uint32_t>(i));
      when.push_back(static_cast<std::uint32_t>(e.time_us / 1000));
      channel.push_back(e.channel);
    }
  file.add("event_sample", "u4", of_sample);
  file.add("event_tick", "u4", when);
  file.add("event_channel", "u4", channel);
  file.write(path);
}

struct options : replay_options {
  std::string export_to, hardware;
};

void run(const options& o) {
  const recordings data = load(o.samples);
  liquid l;
  std::optional<simulation> sim;
  const seconds built = time_once([&] {
    l = o.hardware.empty() ? build_liquid() : build_grid();
    if (o.hardware.empty())
      sim.emplace(l.net, cpu{.tick = tick, .threads = 1, .stepping = o.how});
    else
      sim.emplace(l.net, crossbar{.tick = tick, .hardware = load_hardware(o.hardware), .stepping = o.how});
  });
  const auto n = static_cast<double>(data.all.size());
  const double events = static_cast<double>(data.events) / n, model_s = 1e-3 * n * length.value();
  fmt::print("{} recordings ({}), {:.0f} events each; network built in {:.1f} ms\n", n, data.origin, events,
             1e3 * built.wall);
  if (!o.export_to.empty()) export_all(l, *sim, data, o.export_to);
  const outcome all = look_at(l.net, *sim, l.input, data, length);
  const double spikes = static_cast<double>(all.spikes[l.e.id] + all.spikes[l.i.id]) / n;
  const double synaptic = static_cast<double>(all.synaptic_events) / n;
  nlohmann::json out{{"name", "replay_liquid"},
                     {"origin", data.origin},
                     {"samples", data.all.size()},
                     {"events_per_sample", events},
                     {"runs", nlohmann::json::array()}};
  for (const int threads : o.threads) {
    const seconds time = replay_all(*sim, l.input, data, length, threads, o.repeats);
    fmt::print(
        "{} thread{}  {:8.0f} samples/s   {:6.1f} us of processor, {:.2f} spikes, {:.0f} synaptic events per sample\n",
        threads, threads == 1 ? " " : "s", n / time.wall, 1e6 * time.cpu / n, spikes, synaptic);
    nlohmann::json one = to_json({"replay_liquid", threads, model_s, built.wall, time.wall, sim->synapse_count(),
                                  n * synaptic, n * spikes / (excitatory + inhibitory) / model_s, all.digest});
    one.update({{"samples_per_s", n / time.wall},
                {"wall_s", time.wall},
                {"cpu_s", time.cpu},
                {"spikes_per_sample", spikes},
                {"synaptic_events_per_sample", synaptic}});
    out["runs"].push_back(std::move(one));
  }
  fmt::print("spikes {}\n", all.digest.substr(0, 16));
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Replay of N-MNIST through a liquid of 1000 neurons, recordings side by side",
               "./dev bench replay_liquid"};
  options o;
  add_options(app, o);
  app.add_option("--export", o.export_to, "Write network and events for other simulators to this file");
  app.add_option("--hardware", o.hardware, "Replay the liquid that `spinule train` makes, on this crossbar");
  return run_main(app, count, words, [&] { run(o); });
}

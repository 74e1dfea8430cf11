#include "replaying.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/engine/array_maps.hpp>
#include <spinule/backends/parallel.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/io/classifier_file.hpp>
#include <spinule/simulation.hpp>

#include "collector.hpp"
#include "interrupt.hpp"
#include "plastic_liquid.hpp"
#include "stage.hpp"
#include "standard_streams.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

/// The populations that send spikes, not values.
std::vector<index_t> spiking(const network& net) {
  std::vector<index_t> all;
  for (index_t p = 0; p < net.populations().size(); ++p)
    if (!net.populations()[p].model->is_graded()) all.push_back(p);
  return all;
}

example_replay keep(const simulation& sim, const classifier& through, const dataset& data, const labelled_recording& s,
                    std::size_t i) {
  example_replay e;
  e.sample = i;
  e.label = s.label;
  e.tick_us = sim.tick().in(1_us);
  e.length_us = s.events.length.in(1_us);
  e.channels = static_cast<std::uint32_t>(data.channels());
  e.width = static_cast<std::uint16_t>(data.width());
  e.height = static_cast<std::uint16_t>(data.height());
  const auto populations = through.net.populations();
  e.input = populations[through.input.id].name;
  const std::uint32_t pixels = static_cast<std::uint32_t>(e.width) * e.height;
  for (const event& v : s.events.events) {
    input_event& in = e.events.emplace_back(input_event{v.time_us, v.channel, 0, 0, true});
    if (pixels == 0) continue;
    in.x = static_cast<std::uint16_t>(v.channel % e.width);
    in.y = static_cast<std::uint16_t>(v.channel / e.width % e.height);
    in.on = v.channel >= pixels || data.channels() == pixels;
  }
  if (data.name() == "N-MNIST") e.saccades_us = {0, 105000, 210000};
  for (const index_t p : spiking(through.net)) {
    if (p == through.input.id) continue;
    raster_layer& layer = e.layers.emplace_back(raster_layer{populations[p].name, populations[p].size, {}});
    for (const spike& x : sim.spikes(sim.population_at(p)))
      layer.spikes.push_back({static_cast<std::uint32_t>(x.when), x.neuron});
  }
  return e;
}

sample_outcome replay_one(simulation& sim, const classifier& through, const dataset& data, std::size_t i,
                          const replay_request& want) {
  const labelled_recording s = data.read(i);
  sample_outcome o;
  o.number = i;
  o.label = s.label;
  sim.reset(i);
  sim.play(through.input, through.encode ? through.encode(s.events) : s.events);
  const std::vector<index_t> spiking_layers = spiking(through.net);
  std::vector<std::uint64_t> layer_spikes(through.net.populations().size(), 0);
  milliseconds now{0};
  for (const milliseconds end : through.windows) {
    sim.run(end - now);
    now = end;
    through.read(sim, o.features);
    for (const index_t p : spiking_layers)
      for (const auto n : sim.counts(sim.population_at(p))) layer_spikes[p] += n;
    sim.clear_counts();
  }
  o.layer_spikes = std::move(layer_spikes);
  o.spikes = sim.spike_count();
  o.synaptic_events = sim.synaptic_events();
  o.costs = sim.costs();
  if (want.identify) o.digest = data.digest(i);
  if (want.digest) o.digested = spikes_as_bytes(sim, static_cast<std::uint32_t>(i), spiking_layers);
  if (want.example == i) o.example = keep(sim, through, data, s, i);
  return o;
}

crossbar crossbar_of(milliseconds tick, const backend_choice& on) {
  crossbar arrays{.tick = tick, .hardware = hardware_of(on), .chip = on.chip, .spikes = on.spikes, .ranges = on.ranges};
  for (const auto& e : on.exceptions) {
    backend_choice other = on;
    other.overrides = e.overrides;
    arrays.exceptions.push_back({e.projection, hardware_of(other)});
  }
  return arrays;
}

/// Shows the recording, to the end of its last window.
void show(simulation& sim, const classifier& through, const recording& events, std::size_t i) {
  sim.reset(i);
  sim.play(through.input, through.encode ? through.encode(events) : events);
  sim.run(through.windows.back());
}

void print_ranges(const std::vector<projection_range>& ranges, const backend_choice& on, std::size_t recordings) {
  std::vector<std::string> shown;
  for (const auto& r : ranges) shown.push_back(fmt::format("{} {:.4g}", r.projection, r.full_scale));
  fmt::print("Converters of {}, chip {}, calibrated on {} recording{}; full scale in the unit of weights: {}\n",
             name_of(on), on.chip, recordings, recordings == 1 ? "" : "s", fmt::join(shown, ", "));
}

/// Full scale of all converters from the first recordings, and says so where a replay is shown.
std::vector<projection_range> ranges_from(const dataset& data, const classifier& through, const backend_choice& on,
                                          const replay_request& want) {
  const std::size_t count = std::min(on.calibrate, data.size());
  const bool shown = !want.done && !want.title.empty();
  const auto ranges = measure_ranges(through.net, crossbar_of(through.tick, on), [&](simulation& sim) {
    if (through.prepare) through.prepare(sim);
    const orderly_stop between_samples;
    for_each_sample(sim, count, on.threads, [&](simulation& copy, std::size_t i) {
      if (!interrupted()) show(copy, through, data.read(i).events, i);
    });
  });
  if (shown && !interrupted()) print_ranges(ranges, on, count);
  return ranges;
}

std::pair<simulation, std::vector<kept_weights>> build(const classifier& through, const backend_choice& on,
                                                       const replay_request& want) {
  std::optional<stage> building;
  if (!want.done) building.emplace("Building the network");
  simulation sim = simulation_on(through, on);
  if (through.prepare) through.prepare(sim);
  if (want.digest || want.example)
    for (const index_t p : spiking(through.net)) sim.observe(sim.population_at(p));
  const bool few_bits =
      std::ranges::any_of(through.net.projections(), [](const auto& p) { return p.weight_bits < 32; });
  std::vector<kept_weights> kept;
  if (on.backend == "crossbar" || few_bits) kept = sim.kept_weights();
  return {std::move(sim), std::move(kept)};
}

}  // namespace

classifier spike_counts_in(const liquid_description& through, const dataset& data) {
  through.check();
  return count_spikes(build_any_liquid(through, liquid_input_of(data)), through);
}

hardware hardware_of(const backend_choice& on) {
  hardware hw = of_option("--hardware", [&] { return load_hardware(on.hardware); });
  of_option("--set", [&] { override_hardware(hw, on.overrides); });
  return hw;
}

std::vector<std::filesystem::path> hardware_files(const std::string& hardware) {
  if (hardware.empty()) return {};
  const auto files = of_option("--hardware", [&] { return load_hardware(hardware).files; });
  return {files.begin(), files.end()};
}

std::string name_of(const backend_choice& on) {
  return on.hardware.empty() ? on.backend : on.backend + " " + on.hardware;
}

bool emulates_hardware(const std::string& backend) { return backend == "crossbar" || backend == "digital"; }

void check_overrides(const hardware& hw, const std::vector<std::string>& overrides) {
  std::set<std::string_view> seen;
  for (const std::string& text : overrides) {
    const std::string_view key = std::string_view{text}.substr(0, text.find_first_of(" ="));
    if (!seen.insert(key).second) throw usage_error{"--set", fmt::format("{} is set twice; set it once", key)};
  }
  if (hw.kind != hardware_kind::crossbar) return;
  const auto& d = hw.device;
  const bool drifts = d.drift_nu.value != 0 || d.drift_nu_sd.value != 0 || d.drift_nu_slope.value != 0 ||
                      d.drift_nu_sd_slope.value != 0;
  const bool ages = d.flicker.value > 0 || d.drift == drift_law::logarithmic || (d.drift == drift_law::power && drifts);
  const auto idle = [&](std::string_view key, const char* why) {
    if (seen.contains(key)) complain(fmt::format("Warning: {} changes nothing on {}, for {}", key, hw.name, why));
  };
  if (!ages) idle("device.age", "its cells do not drift (device.drift, device.drift_nu)");
  if (hw.adc.converter == converter_kind::none) idle("adc.bits", "it has no converter (adc.converter = \"none\")");
}

backend_choice checked(backend_choice choice) {
  if (!emulates_hardware(choice.backend) && choice.backend != "cpu" && choice.backend != "reference")
    throw usage_error{"--backend", fmt::format("\"{}\" is none of cpu, crossbar, digital, reference", choice.backend)};
  if (!emulates_hardware(choice.backend)) {
    for (const auto& [option, given] :
         {std::pair{"--hardware", !choice.hardware.empty()}, {"--set", !choice.overrides.empty()}})
      if (given)
        throw usage_error{
            option,
            fmt::format("the back end {} emulates no hardware; choose --backend crossbar or digital", choice.backend)};
    return choice;
  }
  if (choice.hardware.empty()) choice.hardware = choice.backend == "crossbar" ? "random_rram_40nm" : "loihi_davies2018";
  const hardware hw = hardware_of(choice);
  check_overrides(hw, choice.overrides);
  const bool fits = (hw.kind == hardware_kind::crossbar) == (choice.backend == "crossbar");
  if (!fits)
    throw usage_error{"--hardware",
                      fmt::format("\"{}\" is {} hardware, which the back end {} cannot emulate", hw.name,
                                  hw.kind == hardware_kind::crossbar ? "crossbar" : "digital", choice.backend)};
  return choice;
}

void check_chips(std::span<const backend_choice> on, std::uint32_t chips) {
  if (std::any_of(on.begin(), on.end(), [](const auto& c) { return c.backend == "crossbar"; })) return;
  const bool other = std::any_of(on.begin(), on.end(), [](const auto& c) { return c.chip != 0; });
  for (const auto& [option, given] : {std::pair{"--chips", chips > 1}, {"--chip", other}})
    if (given) throw usage_error{option, "only a crossbar differs from chip to chip; choose --backend crossbar"};
}

simulation simulation_on(const classifier& through, const backend_choice& on) {
  const network& net = through.net;
  if (on.backend == "crossbar") return {net, crossbar_of(through.tick, on)};
  if (on.backend == "digital")
    return {net, digital{.tick = through.tick, .hardware = hardware_of(on), .spikes = on.spikes}};
  if (on.backend == "reference") return {net, reference{.tick = through.tick}};
  return {net, cpu{.tick = through.tick, .threads = 1}};  // samples run side by side instead
}

std::vector<measured_spikes> measured_on(const dataset& data, const classifier& through, std::size_t samples) {
  simulation sim = simulation_on(through, {});
  if (through.prepare) through.prepare(sim);
  std::vector<measured_spikes> all;
  for (const auto& p : through.net.populations()) all.push_back({p.name, std::vector<double>(p.size)});
  const std::size_t count = std::min(samples, data.size());
  stage shown{"Measuring spikes for the placement", count};
  for (std::size_t i = 0; i < count && !interrupted(); ++i) {
    show(sim, through, data.read(i).events, i);
    for (index_t p = 0; p < all.size(); ++p) {
      const bool values = through.net.populations()[p].model->is_graded();
      const auto counts = values ? std::span<const std::uint32_t>{} : sim.counts(sim.population_at(p));
      const double ticks_run = through.windows.back().in(1_us) / through.tick.in(1_us);
      for (std::size_t n = 0; n < all[p].of_neuron.size(); ++n) all[p].of_neuron[n] += values ? ticks_run : counts[n];
    }
    shown.done(i + 1);
  }
  return all;
}

std::vector<array_map> arrays_on(const classifier& through, const backend_choice& on) {
  return array_maps(through.net, crossbar_of(through.tick, on));
}

bool calibrates(const backend_choice& on) {
  if (on.backend != "crossbar") return false;
  const auto by_data = [](const hardware& hw) {
    return hw.adc.converter == converter_kind::linear && hw.adc.range == converter_range::data;
  };
  const crossbar arrays = crossbar_of(1_ms, on);
  return by_data(arrays.hardware) ||
         std::ranges::any_of(arrays.exceptions, [&](const auto& e) { return by_data(e.hardware); });
}

replayed replay_all(const dataset& data, const classifier& through, const backend_choice& choice,
                    const replay_request& want) {
  backend_choice on = choice;
  if (on.ranges.empty() && calibrates(on)) on.ranges = ranges_from(data, through, on, want);
  auto [prototype, kept] = build(through, on, want);
  const std::size_t samples = want.only.empty() ? data.size() : want.only.size();
  collector all{samples, want.title, want.done};
  const auto start = std::chrono::steady_clock::now();
  {
    const orderly_stop between_samples;
    for_each_sample(prototype, samples, on.threads, [&](simulation& sim, std::size_t i) {
      if (!interrupted()) all.deliver(i, replay_one(sim, through, data, want.only.empty() ? i : want.only[i], want));
    });
  }
  const double wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  replayed seen = all.finish();
  replay_result& r = seen.result;
  r.wall_s = wall_s;
  r.weights = std::move(kept);
  r.duration_us = through.windows.back().in(1_us);
  r.backend = on.backend;
  if (on.backend == "crossbar") r.chip = on.chip;
  if (emulates_hardware(on.backend)) r.preset = describe(hardware_of(on));
  r.hardware = r.preset ? r.preset->name : on.hardware;
  r.version = SPINULE_VERSION;
  r.dataset = data.name();
  r.interrupted = r.samples < samples;
  r.threads =
      static_cast<std::uint32_t>(on.threads > 0 ? on.threads : std::max(std::thread::hardware_concurrency(), 1u));
  for (std::size_t p = 0; p < r.layers.size(); ++p) {
    r.layers[p].name = through.net.populations()[p].name;
    r.layers[p].neurons = through.net.populations()[p].size;
  }
  return seen;
}

}  // namespace spinule

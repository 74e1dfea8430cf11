#include "liquid.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/error.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

namespace spinule {
namespace {

using table = std::map<std::string, double>;

double at(const table& numbers, const std::string& key) {
  const auto found = numbers.find(key);
  if (found == numbers.end()) throw error{"recipe", fmt::format("the number \"{}\" is missing", key)};
  return found->second;
}

std::vector<milliseconds> windows_of(int count, milliseconds length) {
  std::vector<milliseconds> ends;
  for (int i = 1; i <= count; ++i) ends.push_back(i * length);
  return ends;
}

/// Leaky units on a cubic grid wired by distance, after Ivanov & Michmizos (NeurIPS 2021) and Maass et al. (2002): four
/// fifths excitatory; every input reaches the same share of the units. The sign of an input synapse is drawn once per
/// unit and patch of `patch` x `patch` pixels (0: per synapse), so that a unit compares parts of the picture.
const table grid_numbers{
    {"tau", 64},       {"threshold", 20}, {"refractory", 2}, {"weight", 1.05}, {"input_weight", 1.05},
    {"density", 0.15}, {"lambda", 3},     {"ee", 0.2},       {"ei", 0.1},      {"ie", 0.3},
    {"ii", 0.05},      {"delay_low", 1},  {"delay_high", 1}, {"patch", 8}};

/// Leaky units along the axis of the channels, wired by distance along it; thresholds spread over orders of magnitude,
/// so that some units mark the faintest input and others only volleys.
const table tonotopic_numbers{{"tau", 10},      {"threshold", 0.3},   {"spread", 1},     {"inhibitory", 0.2},
                              {"input_c", 0.3}, {"input_lambda", 40}, {"c", 0.1},        {"lambda", 60},
                              {"weight", 1},    {"inhibition", 4},    {"delay_low", 10}, {"delay_high", 30}};

/// nx * ny * nz = n with sides as equal as possible.
std::array<int, 3> sides_of(index_t n) {
  std::array<int, 3> best{1, 1, static_cast<int>(n)};
  for (int x = 1; std::uint64_t(x) * x * x <= n; ++x)
    for (int y = x; n % x == 0 && std::uint64_t(x) * y * y <= n; ++y)
      if (n % (std::uint64_t(x) * y) == 0) best = {x, y, static_cast<int>(n / (std::uint64_t(x) * y))};
  return best;
}

/// Input synapses onto units first .. first + size - 1 of a grid liquid.
std::vector<listed<millivolts>> input_synapses(const liquid_recipe& r, const dataset& data, index_t first,
                                               index_t size) {
  const auto channels = static_cast<index_t>(data.channels());
  const auto width = static_cast<index_t>(std::max<std::size_t>(data.width(), 1)),
             height = static_cast<index_t>(std::max<std::size_t>(data.height(), 1));
  const auto patch = static_cast<index_t>(at(r.numbers, "patch"));
  const fixed_outdegree rule{.k = static_cast<std::uint32_t>(std::lround(at(r.numbers, "density") * size))};
  const endpoints ends{
      .sources = channels, .targets = size, .same = false, .source_positions = {}, .target_positions = {}};
  std::vector<listed<millivolts>> synapses;
  std::vector<index_t> targets;
  for (index_t c = 0; c < channels; ++c) {
    random_stream wires{r.seed, purpose::wiring, (std::uint64_t{first} << 32) | c},
        signs{r.seed, purpose::weight, (std::uint64_t{first} << 32) | c};
    targets.clear();
    rule.row(c, ends, wires, targets);
    for (const index_t t : targets) {
      bool positive = signs.uniform() < 0.5;
      if (patch > 0) {
        const index_t place = c / width % height / patch * ((width + patch - 1) / patch) + c % width / patch;
        positive =
            random_stream{r.seed, purpose::weight, (std::uint64_t{place} << 32) | (first + t), 1}.uniform() < 0.5;
      }
      synapses.push_back(
          {.source = c, .target = t, .weight = millivolts{(positive ? 1 : -1) * at(r.numbers, "input_weight")}});
    }
  }
  return synapses;
}

liquid build_grid(const liquid_recipe& r, const dataset& data) {
  const auto number = [&](const char* key) { return at(r.numbers, key); };
  const auto mV = [&](const char* key) { return millivolts{number(key)}; };
  if (r.neurons < 5)
    throw error{"recipe", "a liquid needs at least 5 neurons, of which a fifth inhibit; 0: none at all"};
  const auto [nx, ny, nz] = sides_of(r.neurons);
  const auto places = shuffled(grid(nx, ny, nz), r.seed);
  const index_t inhibitory = r.neurons / 5, excitatory = r.neurons - inhibitory;
  const lif unit{.tau = milliseconds{number("tau")},
                 .threshold = mV("threshold"),
                 .refractory = milliseconds{number("refractory")}};

  liquid l{network{r.seed}, {}, {}, r.windows.size() * r.neurons};
  network& net = l.net;
  l.input = net.add("input", replay{}, static_cast<index_t>(data.channels()));
  const auto e = net.add("excitatory", unit, excitatory, {.positions = {places.begin(), places.begin() + excitatory}});
  const auto i = net.add("inhibitory", unit, inhibitory, {.positions = {places.begin() + excitatory, places.end()}});
  l.layers = {e, i};

  net.connect(l.input, e, input_synapses(r, data, 0, excitatory));
  net.connect(l.input, i, input_synapses(r, data, excitatory, inhibitory));
  const value<milliseconds> delay = uniform{milliseconds{number("delay_low")}, milliseconds{number("delay_high")}};
  const auto wire = [&](auto from, auto to, const char* c, double sign) {
    net.connect(from, to, distance_dependent{.c = number(c), .lambda = number("lambda")},
                {.weight = sign * mV("weight"), .delay = delay});
  };
  wire(e, e, "ee", 1);
  wire(e, i, "ei", 1);
  wire(i, e, "ie", -1);
  wire(i, i, "ii", -1);
  return l;
}

/// `count` units spread evenly over the axis, or at random places of it.
std::vector<position> along(std::vector<double> places) {
  std::vector<position> line;
  for (const double x : places) line.push_back({x, 0, 0});
  return line;
}

liquid build_tonotopic(const liquid_recipe& r, const dataset& data) {
  const auto number = [&](const char* key) { return at(r.numbers, key); };
  const auto channels = static_cast<index_t>(data.channels());
  const double length = channels, expected = number("input_c") * number("input_lambda") * std::sqrt(3.14159265358979);
  random_stream random{r.seed, purpose::user, 0};
  std::array<std::vector<lif>, 2> units;  // excitatory, inhibitory
  std::array<std::vector<double>, 2> places;
  for (index_t n = 0; n < r.neurons; ++n) {
    const std::size_t side = random.uniform() < number("inhibitory") ? 1 : 0;
    const double threshold = number("threshold") * expected * portable_exp(number("spread") * random.normal());
    units[side].push_back(
        {.tau = milliseconds{number("tau")}, .threshold = millivolts{std::fmax(threshold, 1e-3)}, .refractory = 0_ms});
    places[side].push_back(length * n / std::max<index_t>(r.neurons - 1, 1));
  }
  if (units[0].empty() || units[1].empty())
    throw error{"recipe", "the liquid is too small to hold excitatory and inhibitory units"};

  liquid l{network{r.seed}, {}, {}, r.windows.size() * r.neurons};
  network& net = l.net;
  l.input = net.add("input", replay{.nearest = true}, channels, {.positions = grid(static_cast<int>(channels), 1, 1)});
  const auto e = net.add("excitatory", units[0], {.positions = along(places[0])});
  const auto i = net.add("inhibitory", units[1], {.positions = along(places[1])});
  l.layers = {e, i};
  const distance_dependent field{.c = number("input_c"), .lambda = number("input_lambda")};
  const distance_dependent near{.c = number("c"), .lambda = number("lambda")};
  const value<milliseconds> delay = uniform{milliseconds{number("delay_low") - 0.5 * r.tick.value()},
                                            milliseconds{number("delay_high") + 0.49 * r.tick.value()}};
  for (const auto& cells : {e, i}) {
    net.connect(l.input, cells, field, {.weight = 1_mV});
    net.connect(e, cells, near, {.weight = millivolts{number("weight")}, .delay = delay});
    net.connect(i, cells, near, {.weight = millivolts{-number("inhibition")}, .delay = delay});
  }
  return l;
}

}  // namespace

liquid_recipe recipe_for(const std::string& dataset, index_t neurons, std::uint64_t seed) {
  liquid_recipe r{
      .kind = "grid", .neurons = neurons, .seed = seed, .tick = 1_ms, .windows = {}, .numbers = grid_numbers};
  if (dataset == "nmnist")
    r.windows = {105_ms, 210_ms, 340_ms};  // one window for each saccade
  else if (dataset == "mnist" || dataset == "fashion-mnist") {
    r.windows = {250_ms};
    r.numbers["weight"] = r.numbers["input_weight"] = 0.8;
    r.numbers["patch"] = 4;
  } else if (dataset == "shd")
    r = {"tonotopic", neurons, seed, 10_ms, windows_of(10, 100_ms), tonotopic_numbers};
  else
    throw error{"--dataset", fmt::format("there is no recipe for \"{}\"", dataset)};
  if (neurons == 0) {
    r.kind = "input";
    r.numbers = {{"group", dataset == "shd" ? 5.0 : 1.0}};
  }
  return r;
}

nlohmann::json to_json(const liquid_recipe& r) {
  std::vector<double> windows;
  for (const auto w : r.windows) windows.push_back(w.value());
  return {{"kind", r.kind},        {"neurons", r.neurons}, {"seed", r.seed}, {"tick_ms", r.tick.value()},
          {"windows_ms", windows}, {"numbers", r.numbers}};
}

liquid_recipe recipe_from_json(const nlohmann::json& json) {
  try {
    liquid_recipe r;
    r.kind = json.at("kind").get<std::string>();
    r.neurons = json.at("neurons").get<index_t>();
    r.seed = json.at("seed").get<std::uint64_t>();
    r.tick = milliseconds{json.at("tick_ms").get<double>()};
    for (const double w : json.at("windows_ms").get<std::vector<double>>()) r.windows.push_back(milliseconds{w});
    r.numbers = json.at("numbers").get<table>();
    return r;
  } catch (const nlohmann::json::exception& e) {
    throw error{"recipe", e.what()};
  }
}

liquid build(const liquid_recipe& r, const dataset& data) {
  if (r.windows.empty()) throw error{"recipe", "there is no window to count spikes in"};
  if (r.kind == "grid") return build_grid(r, data);
  if (r.kind == "tonotopic") return build_tonotopic(r, data);
  if (r.kind != "input") throw error{"recipe", fmt::format("there is no liquid of kind \"{}\"", r.kind)};
  liquid l{network{r.seed}, {}, {}, 0};
  l.input = l.net.add("input", replay{}, static_cast<index_t>(data.channels()));
  l.layers = {l.input};
  const auto group = static_cast<std::size_t>(at(r.numbers, "group"));
  l.features = r.windows.size() * ((data.channels() + group - 1) / group);
  return l;
}

}  // namespace spinule

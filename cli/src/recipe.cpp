#include "recipe.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/models/sources.hpp>

namespace spinule {
namespace {

/// In the order of the variant.
constexpr std::array kinds{"input", "grid", "tonotopic", "maass"};

double plain(double x) { return x; }
double plain(index_t x) { return x; }
template <int V, int I, int T, int L>
double plain(quantity<V, I, T, L> x) {
  return x.value();
}

template <class Number>
Number from_plain(double x, const std::string& name) {
  if constexpr (std::is_integral_v<Number>) {
    if (!(x >= 0 && x <= std::numeric_limits<Number>::max()) || x != std::floor(x))
      throw spinule_error{name, fmt::format("{} is no whole number from 0 on", x)};
    return static_cast<Number>(x);
  } else {
    return Number{x};
  }
}

/// Calls `visit(name, member)` for every number of a network.
template <class Network, class Visit>
void for_each_number(Network& network, Visit visit) {
  std::apply([&](const auto&... f) { (visit(std::string{f.name}, network.*f.member), ...); },
             std::remove_cv_t<Network>::numbers);
}

std::vector<milliseconds> windows_of(int count, milliseconds length) {
  std::vector<milliseconds> ends;
  for (int i = 1; i <= count; ++i) ends.push_back(i * length);
  return ends;
}

/// Ends of the windows in which the spikes of a recording are counted.
std::vector<milliseconds> windows_for(const std::string& dataset) {
  if (dataset == "nmnist") return {105_ms, 210_ms, 340_ms};  // one window for each saccade
  if (dataset == "mnist" || dataset == "fashion-mnist") return {250_ms};
  if (dataset == "shd") return windows_of(10, 100_ms);
  if (dataset == "csv") return {};  // they follow from the data
  throw spinule_error{"--dataset", fmt::format("there is no recipe for \"{}\"", dataset)};
}

/// Throws for times that no recipe has.
void check_times(const recipe& r) {
  if (!(r.tick >= 1_us && r.tick <= 1_s))
    throw spinule_error{"recipe", fmt::format("a tick of {} ms is outside 0.001 ms to 1000 ms", r.tick.value())};
  double last = 0;
  for (const milliseconds end : r.windows) {
    const double ticks = end.value() <= longest_sample.value() ? tick_grid{r.tick}.count(end) : 0;
    if (!(ticks > last) || ticks != std::floor(ticks))
      throw spinule_error{"recipe", fmt::format("a window ends at {} ms; ends are whole ticks of {} ms, each after the "
                                                "one before, up to {} ms",
                                                end.value(), r.tick.value(), longest_sample.value())};
    last = ticks;
  }
}

void set_tick(recipe& r, milliseconds tick) {
  r.tick = tick;
  std::visit(
      [&](auto& n) {
        if constexpr (requires { n.tick; }) n.tick = tick;
      },
      r.network);
}

}  // namespace

liquid input_counts::build(const liquid_input& from) const {
  if (group == 0) throw spinule_error{"recipe", "groups of 0 channels; give at least 1"};
  liquid l{network{seed}, {}, {}};
  l.input = l.net.add("input", replay{}, from.channels);
  l.layers = {l.input};
  return l;
}

std::uint64_t recipe::seed() const {
  return std::visit([](const auto& n) { return n.seed; }, network);
}

index_t recipe::group() const {
  const auto* counts = std::get_if<input_counts>(&network);
  return counts ? counts->group : 1;
}

std::vector<std::string> recipe_names() { return {"grid", "maass", "nalsm", "tonotopic"}; }

std::vector<milliseconds> quarters_of(milliseconds longest) {
  return windows_of(4, milliseconds{std::max(1.0, std::ceil(longest.value() / 4))});
}

recipe recipe_for(const std::string& dataset, index_t neurons, std::uint64_t seed, const std::string& name) {
  recipe r{.network = {}, .windows = windows_for(dataset)};
  const bool images = dataset == "mnist" || dataset == "fashion-mnist";
  const std::string kind = !name.empty() ? name : dataset == "shd" ? "tonotopic" : "grid";
  if (neurons == 0) {
    r.network = input_counts{.seed = seed, .group = dataset == "shd" ? 5u : 1u};
  } else if (kind == "grid") {
    grid_liquid grid{.neurons = neurons, .seed = seed};
    if (images) {
      grid.weight = grid.input_weight = 0.8_mV;
      grid.patch = 4;
    }
    r.network = grid;
  } else if (kind == "nalsm") {
    r.network = nalsm_liquid(neurons, seed);
  } else if (kind == "maass") {
    r.network = maass_liquid{.neurons = neurons, .seed = seed};
  } else if (kind == "tonotopic") {
    r.network = tonotopic_liquid{.neurons = neurons, .seed = seed};
  } else {
    throw spinule_error{"--recipe", fmt::format("there is no liquid \"{}\"", name)};
  }
  set_tick(r, dataset == "shd" && (neurons == 0 || kind == "tonotopic") ? 10_ms : 1_ms);
  return r;
}

std::map<std::string, double> numbers_of(const recipe& r) {
  std::map<std::string, double> all;
  std::visit([&](const auto& n) { for_each_number(n, [&](const auto& name, auto x) { all[name] = plain(x); }); },
             r.network);
  return all;
}

bool set_number(recipe& r, const std::string& name, double value) {
  bool found = false;
  std::visit(
      [&](auto& n) {
        for_each_number(n, [&](const auto& known, auto& x) {
          if (known != name) return;
          x = from_plain<std::remove_cvref_t<decltype(x)>>(value, name);
          found = true;
        });
      },
      r.network);
  return found;
}

std::uint64_t features_of(const recipe& r, std::uint64_t channels) {
  const auto* counts = std::get_if<input_counts>(&r.network);
  const std::uint64_t in_a_window = counts
                                        ? channels / counts->group + (channels % counts->group != 0)
                                        : std::visit([](const auto& n) { return std::uint64_t{n.neurons}; }, r.network);
  return r.windows.size() * in_a_window;
}

std::string in_words(const recipe& r) {
  if (std::holds_alternative<input_counts>(r.network)) return "the input itself, without a liquid";
  return fmt::format("{} liquid of {} neurons", kinds[r.network.index()],
                     std::visit([](const auto& n) { return n.neurons; }, r.network));
}

nlohmann::json to_json(const recipe& r) {
  std::vector<double> windows;
  for (const auto w : r.windows) windows.push_back(w.value());
  return {{"kind", kinds[r.network.index()]},
          {"neurons", std::visit([](const auto& n) { return n.neurons; }, r.network)},
          {"seed", r.seed()},
          {"tick_ms", r.tick.value()},
          {"windows_ms", windows},
          {"numbers", numbers_of(r)}};
}

recipe recipe_from_json(const nlohmann::json& json) {
  try {
    recipe r;
    const auto kind = json.at("kind").get<std::string>();
    const auto neurons = json.at("neurons").get<index_t>();
    const auto seed = json.at("seed").get<std::uint64_t>();
    if (kind == "grid")
      r.network = grid_liquid{.neurons = neurons, .seed = seed};
    else if (kind == "tonotopic")
      r.network = tonotopic_liquid{.neurons = neurons, .seed = seed};
    else if (kind == "maass")
      r.network = maass_liquid{.neurons = neurons, .seed = seed};
    else if (kind == "input")
      r.network = input_counts{.seed = seed};
    else
      throw spinule_error{"recipe", fmt::format("there is no liquid of kind \"{}\"", kind)};
    set_tick(r, milliseconds{json.at("tick_ms").get<double>()});
    for (const double w : json.at("windows_ms").get<std::vector<double>>()) r.windows.push_back(milliseconds{w});
    check_times(r);
    for (const auto& [name, usual] : numbers_of(r)) set_number(r, name, json.at("numbers").at(name).get<double>());
    if (const auto* counts = std::get_if<input_counts>(&r.network); counts && counts->group == 0)
      throw spinule_error{"recipe", "groups of 0 channels; there is at least 1 in each"};
    return r;
  } catch (const nlohmann::json::exception& e) {
    throw spinule_error{"recipe", e.what()};
  }
}

liquid build(const recipe& r, const liquid_input& from) {
  if (r.windows.empty()) throw spinule_error{"recipe", "there is no window to count spikes in"};
  return std::visit([&](const auto& n) { return n.build(from); }, r.network);
}

liquid_input input_of(const dataset& data) {
  return {.channels = static_cast<index_t>(data.channels()),
          .width = static_cast<index_t>(data.width()),
          .height = static_cast<index_t>(data.height())};
}

}  // namespace spinule

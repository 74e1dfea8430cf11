#include <spinule/models/liquid_recipe.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <tuple>
#include <type_traits>
#include <variant>

#include <fmt/format.h>

#include <spinule/engine/connectivity.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>
#include <spinule/models/sources.hpp>

namespace spinule {
namespace {

/// No liquid: the counts of the events themselves.
struct input_counts {
  std::uint64_t seed = 1;
  index_t group = 1;
  static constexpr auto numbers = std::tuple{parameter{"group", &input_counts::group}};
  liquid build(const liquid_input& from) const {
    liquid l{network{seed}, {}, {}};
    l.input = l.net.add("input", replay{}, from.channels);
    l.layers = {l.input};
    return l;
  }
};

using any_liquid = std::variant<input_counts, grid_liquid, tonotopic_liquid, maass_liquid, nalsm>;

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

/// Calls `visit(name, member)` for every number of a liquid.
template <class Liquid, class Visit>
void for_each_number(Liquid& of, Visit visit) {
  std::apply([&](const auto&... n) { (visit(std::string{n.name}, of.*n.member), ...); },
             std::remove_cv_t<Liquid>::numbers);
}

/// As the description says, but for its numbers.
any_liquid usual(const liquid_description& how) {
  if (how.kind == "input") return input_counts{.seed = how.seed};
  if (how.kind == "grid") return grid_liquid{.neurons = how.neurons, .seed = how.seed};
  if (how.kind == "tonotopic") return tonotopic_liquid{.neurons = how.neurons, .seed = how.seed, .tick = how.tick};
  if (how.kind == "maass") return maass_liquid{.neurons = how.neurons, .seed = how.seed, .tick = how.tick};
  if (how.kind == "nalsm") return nalsm{.neurons = how.neurons, .seed = how.seed};
  throw spinule_error{"liquid", fmt::format("there is no liquid of kind \"{}\"", how.kind)};
}

void take_numbers(liquid_description& how, const any_liquid& from) {
  std::visit(
      [&](const auto& l) { for_each_number(l, [&](const auto& name, auto x) { how.numbers[name] = plain(x); }); },
      from);
}

std::vector<milliseconds> windows_of(int count, milliseconds length) {
  std::vector<milliseconds> ends;
  for (int i = 1; i <= count; ++i) ends.push_back(i * length);
  return ends;
}

/// Ends of the windows in which the spikes of a recording are counted.
std::vector<milliseconds> windows_for(const std::string& data) {
  if (data == "nmnist") return {105_ms, 210_ms, 340_ms};  // one window for each saccade
  if (data == "mnist" || data == "fashion-mnist") return {250_ms};
  if (data == "shd") return windows_of(10, 100_ms);
  if (data == "csv") return {};
  throw spinule_error{"liquid", fmt::format("there is no recipe for \"{}\"", data)};
}

/// A rate code has many events: weaker synapses, and signs by smaller parts of a smaller picture.
grid_liquid grid_for_images(index_t neurons, std::uint64_t seed) {
  return {.neurons = neurons, .seed = seed, .weight = 0.8_mV, .input_weight = 0.8_mV, .patch = 4};
}

}  // namespace

std::vector<std::string> liquid_names() { return {"grid", "maass", "nalsm", "tonotopic"}; }

liquid_description liquid_for(const std::string& data, index_t neurons, std::uint64_t seed, const std::string& name) {
  const bool sounds = data == "shd", images = data == "mnist" || data == "fashion-mnist";
  std::string kind = neurons == 0 ? "input" : !name.empty() ? name : sounds ? "tonotopic" : "grid";
  const bool of_nalsm = kind == "nalsm";
  if (of_nalsm) kind = "grid";
  const milliseconds tick = sounds && (kind == "input" || kind == "tonotopic") ? 10_ms : 1_ms;
  liquid_description how{
      .kind = kind, .neurons = neurons, .seed = seed, .tick = tick, .windows = windows_for(data), .numbers = {}};
  any_liquid made = usual(how);
  if (kind == "input" && sounds) made = input_counts{.seed = seed, .group = 5};
  if (kind == "grid" && images) made = grid_for_images(neurons, seed);
  if (of_nalsm) made = nalsm_liquid(neurons, seed);
  take_numbers(how, made);
  return how;
}

liquid_description nalsm_for(const std::string& data, index_t neurons, std::uint64_t seed) {
  const auto windows = windows_for(data);
  liquid_description how{.kind = "nalsm", .neurons = neurons, .seed = seed, .tick = 1_ms, .windows = {}, .numbers = {}};
  if (!windows.empty()) how.windows = {std::min(windows.back(), 250_ms)};
  if (data == "shd") how.windows = {windows.back()};
  nalsm usual_one{.neurons = neurons, .seed = seed};
  if (neurons >= 8000) usual_one.w_astro = 0.0075;
  take_numbers(how, usual_one);
  return how;
}

bool set_number(liquid_description& how, const std::string& name, double value) {
  bool found = false;
  const any_liquid of = usual(how);
  std::visit(
      [&](const auto& l) {
        for_each_number(l, [&](const auto& known, const auto& x) {
          if (known != name) return;
          how.numbers[name] = plain(from_plain<std::remove_cvref_t<decltype(x)>>(value, name));
          found = true;
        });
      },
      of);
  return found;
}

namespace {

/// With the numbers of the description.
any_liquid described_by(const liquid_description& how) {
  any_liquid of = usual(how);
  std::size_t taken = 0;
  const auto take = [&]<class T>(const std::string& name, T& x) {
    const auto given = how.numbers.find(name);
    if (given == how.numbers.end()) throw spinule_error{"liquid", fmt::format("the number {} is missing", name)};
    x = from_plain<T>(given->second, name);
    ++taken;
  };
  std::visit([&](auto& l) { for_each_number(l, take); }, of);
  if (taken != how.numbers.size())
    throw spinule_error{"liquid",
                        fmt::format("{} numbers are given, and {} has {}", how.numbers.size(), how.kind, taken)};
  return of;
}

/// Lists of all synapses, with these weights one after the other, by source and then by target.
void put_weights(nalsm_network& n, const std::vector<float>& weights) {
  const auto drawn = lower(n.whole.net, 1_ms);
  std::uint64_t used = 0;
  for (const projection& p : n.synapses) used += drawn->summaries[p.id].synapses;
  if (used != weights.size())
    throw spinule_error{"liquid", fmt::format("{} weights are given for {} synapses", weights.size(), used)};
  auto next = weights.begin();
  for (const projection& p : n.synapses) {
    const connectivity c = drawn->draw(p.id);
    std::vector<listed_synapse> synapses;
    for (index_t source = 0; source < c.sources; ++source)
      for (const index_t target : c.targets_of(c.line(source, 0)))
        synapses.push_back({.source = source, .target = target, .weight = *next++, .delay = 1_ms});
    n.whole.net.replace(p, std::move(synapses));
  }
}

}  // namespace

liquid build_liquid(const liquid_description& how, const liquid_input& from) {
  if (!how.weights.empty() && how.kind != "nalsm")
    throw spinule_error{"liquid", fmt::format("weights are given, and \"{}\" learns none", how.kind)};
  const auto build = [&]<class Recipe>(const Recipe& recipe) -> liquid {
    if constexpr (std::same_as<Recipe, nalsm>)
      throw spinule_error{"liquid", "\"nalsm\" learns; it is built with rules, by build_nalsm"};
    else
      return recipe.build(from);
  };
  return std::visit(build, described_by(how));
}

nalsm_network build_nalsm(const liquid_description& how, const liquid_input& from, const nalsm_rules& rules) {
  const any_liquid of = described_by(how);
  const auto* recipe = std::get_if<nalsm>(&of);
  if (recipe == nullptr) throw spinule_error{"liquid", fmt::format("\"{}\" does not learn", how.kind)};
  nalsm_network made = recipe->build(from, rules);
  if (!how.weights.empty()) put_weights(made, how.weights);
  return made;
}

}  // namespace spinule

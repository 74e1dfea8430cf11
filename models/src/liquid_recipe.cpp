#include <spinule/models/liquid_recipe.hpp>

#include <cmath>
#include <limits>
#include <tuple>
#include <type_traits>
#include <variant>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/models/sources.hpp>

namespace spinule {
namespace {

/// No liquid: the counts of the events themselves.
struct input_counts {
  static constexpr index_t neurons = 0;
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

using any_liquid = std::variant<input_counts, grid_liquid, tonotopic_liquid, maass_liquid>;

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
  const bool nalsm = kind == "nalsm";
  if (nalsm) kind = "grid";
  const milliseconds tick = sounds && (kind == "input" || kind == "tonotopic") ? 10_ms : 1_ms;
  liquid_description how{
      .kind = kind, .neurons = neurons, .seed = seed, .tick = tick, .windows = windows_for(data), .numbers = {}};
  any_liquid made = usual(how);
  if (kind == "input" && sounds) made = input_counts{.seed = seed, .group = 5};
  if (kind == "grid" && images) made = grid_for_images(neurons, seed);
  if (nalsm) made = nalsm_liquid(neurons, seed);
  take_numbers(how, made);
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

liquid build_liquid(const liquid_description& how, const liquid_input& from) {
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
  return std::visit([&](const auto& l) { return l.build(from); }, of);
}

}  // namespace spinule

// What a model's tuples say of its parameters, fields and ports, with types erased.
#pragma once

#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <spinule/engine/dimension.hpp>
#include <spinule/error.hpp>
#include <spinule/model.hpp>

namespace spinule {

/// A parameter, a state field or a port: its name, its unit, and what it, or a weight onto it, may be.
struct described_number {
  std::string_view name;
  dimension unit;
  range allowed;
};

struct described_port : described_number {
  takes input = takes::spikes_and_values;
};

/// "it must be positive", and so on.
std::string demand(const range&, dimension);
/// Throws `spinule_error{where, ...}` that names the number, its value and its range when the value is outside.
void check_range(const described_number&, double value, const std::string& where);

template <int V, int I, int T, int L>
constexpr double value_of(quantity<V, I, T, L> x) {
  return x.value();
}
constexpr double value_of(double x) { return x; }
/// The opposite. Throws `spinule_error{where, ...}` for a flag that is neither 0 nor 1.
template <class T>
T from_number(double x, const std::string& where) {
  if constexpr (std::is_same_v<T, bool>)
    if (x != 0 && x != 1) throw spinule_error{where, "a flag is 0 or 1"};
  return static_cast<T>(x);
}

template <class T>
constexpr dimension dimension_of() {
  if constexpr (requires { T{}.value(); })
    return T{};
  else
    return number{};
}

template <class Model>
constexpr auto parameters_of() {
  if constexpr (requires { Model::parameters; })
    return Model::parameters;
  else
    return std::tuple{};
}

template <class Model>
std::span<const described_number> described_parameters() {
  static const auto all = std::apply(
      [](const auto&... p) {
        [[maybe_unused]] const auto describe = []<class T>(const parameter<Model, T>& x) {
          return described_number{x.name, dimension_of<T>(), x.allowed};
        };
        return std::vector<described_number>{describe(p)...};
      },
      parameters_of<Model>());
  return all;
}

template <class State>
std::span<const described_number> described_fields() {
  static const auto all = std::apply(
      [](const auto&... f) {
        return std::vector{described_number{f.name, f.unit, f.allowed}...};
      },
      State::fields);
  return all;
}

/// Calls use(member) with the i-th parameter of a model.
template <class Model>
void with_parameter(Model& model, std::size_t i, auto use) {
  std::apply(
      [&](const auto&... p) {
        std::size_t k = 0;
        ((k++ == i ? use(model.*(p.member)) : void()), ...);
      },
      parameters_of<std::remove_const_t<Model>>());
}

/// Throws `spinule_error{where, ...}` for a parameter out of range, or for some that do not fit each other.
template <class Model>
void check_model(const Model& model, const std::string& where) {
  const auto parameters = described_parameters<Model>();
  for (std::size_t i = 0; i < parameters.size(); ++i)
    with_parameter(model, i, [&](const auto& x) { check_range(parameters[i], value_of(x), where); });
  if constexpr (requires { model.check(where); }) model.check(where);
}

/// The state in which a neuron starts.
template <class Model, class Real>
state_of<Model, Real> start_of(const kernel_of<Model, Real>& k) {
  if constexpr (requires { k.start(); })
    return k.start();
  else
    return static_cast<void>(k), state_of<Model, Real>{};
}

/// The ports of a model in order.
template <class Model>
std::span<const described_port> described_ports() {
  static const auto all = [] {
    if constexpr (requires { Model::receptors; }) {
      static_assert(std::tuple_size_v<std::remove_cvref_t<decltype(Model::receptors)>> == Model::ports,
                    "`receptors` lists each of the model's `ports` once");
      const auto describe = []<class Unit>(const port<Model, Unit>& p) {
        return described_port{{p.name, Unit{}, p.weights}, p.input};
      };
      return std::apply([&](const auto&... p) { return std::vector{describe(p)...}; }, Model::receptors);
    } else {
      static_assert(Model::ports == 1, "a model with several ports names them: see `receptors` in <spinule/model.hpp>");
      return std::vector{described_port{{"input", typename Model::input{}, {}}}};
    }
  }();
  return all;
}

}  // namespace spinule

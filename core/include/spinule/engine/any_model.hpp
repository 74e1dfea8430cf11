// A model with its type erased, as the network stores it.
#pragma once

#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <spinule/engine/dimension.hpp>
#include <spinule/engine/plain_neurons.hpp>
#include <spinule/engine/precision.hpp>
#include <spinule/engine/typed_block.hpp>
#include <spinule/model.hpp>

namespace spinule {

/// A port with its types erased.
struct port_description {
  std::string_view name;
  dimension unit;  ///< of weights
};

/// Names and units of the ports of a model.
template <neuron_model Model>
std::vector<port_description> ports_of() {
  if constexpr (requires { Model::receptors; }) {
    static_assert(std::tuple_size_v<std::remove_cvref_t<decltype(Model::receptors)>> == Model::ports,
                  "`receptors` lists each of the model's `ports` once");
    const auto describe = []<class Unit>(const port<Model, Unit>& p) { return port_description{p.name, Unit{}}; };
    return std::apply([&](const auto&... p) { return std::vector{describe(p)...}; }, Model::receptors);
  } else {
    static_assert(Model::ports == 1, "a model with several ports names them: see `receptors` in <spinule/model.hpp>");
    return {{"input", typename Model::input{}}};
  }
}

/// What a population is made of: neurons (one parameter set for all, or one each) or a source.
class any_model {
 public:
  virtual ~any_model() = default;
  virtual bool is_source() const = 0;
  int ports() const { return static_cast<int>(receptors().size()); }
  /// Its ports in order, none for sources.
  virtual std::span<const port_description> receptors() const = 0;
  virtual double gain() const = 0;
  /// No neuron has more events in one tick: 1 for neurons; a source says, or may have `most_events_per_tick`.
  virtual std::uint32_t most_events(const source_setting&) const = 0;
  virtual std::vector<std::string_view> fields() const = 0;
  /// Throws `error{where, ...}` for parameters out of range.
  virtual void check(const std::string& where) const = 0;
  /// Neurons first .. first + count - 1 of the population. Null for sources.
  virtual std::unique_ptr<neuron_block> block(precision, index_t first, index_t count, milliseconds tick) const = 0;
  virtual std::unique_ptr<plain_neurons> plain(index_t count, milliseconds tick) const = 0;
  /// Null for neurons.
  virtual std::unique_ptr<source_block> source(const source_setting&) const = 0;
};

template <neuron_model Model>
class neuron_holder final : public any_model {
 public:
  explicit neuron_holder(std::vector<Model> units) : units_{std::move(units)} {}
  bool is_source() const override { return false; }
  std::span<const port_description> receptors() const override {
    static const std::vector<port_description> all = ports_of<Model>();
    return all;
  }
  double gain() const override { return 1; }
  std::uint32_t most_events(const source_setting&) const override { return 1; }
  std::vector<std::string_view> fields() const override {
    return std::apply([](const auto&... f) { return std::vector<std::string_view>{f.name...}; },
                      state_of<Model, float>::fields);
  }
  void check(const std::string& where) const override {
    for (const Model& unit : units_) unit.check(where);
  }
  std::unique_ptr<neuron_block> block(precision p, index_t first, index_t count, milliseconds tick) const override {
    if (p == precision::full)
      return std::make_unique<typed_block<Model, double>>(kernels<double>(first, count, tick), count);
    return std::make_unique<typed_block<Model, float>>(kernels<float>(first, count, tick), count);
  }
  std::unique_ptr<plain_neurons> plain(index_t count, milliseconds tick) const override {
    return std::make_unique<typed_plain_neurons<Model>>(kernels<double>(0, count, tick), count);
  }
  std::unique_ptr<source_block> source(const source_setting&) const override { return nullptr; }

 private:
  template <class Real>
  std::vector<kernel_of<Model, Real>> kernels(index_t first, index_t count, milliseconds tick) const {
    std::vector<kernel_of<Model, Real>> made;
    if (units_.size() == 1) {
      made.emplace_back(units_[0], tick);
    } else {
      for (index_t i = first; i < first + count; ++i) made.emplace_back(units_[i], tick);
    }
    return made;
  }

  std::vector<Model> units_;  ///< one for all, or one per neuron
};

template <source_model Source>
class source_holder final : public any_model {
 public:
  explicit source_holder(Source source) : source_{std::move(source)} {}
  bool is_source() const override { return true; }
  std::span<const port_description> receptors() const override { return {}; }
  double gain() const override {
    if constexpr (requires { source_.gain(); })
      return source_.gain();
    else
      return 1;
  }
  std::uint32_t most_events(const source_setting& setting) const override {
    if constexpr (requires(const typename Source::kernel& k) { k.most_events(); })
      return std::max<std::uint32_t>(typename Source::kernel{source_, setting}.most_events(), 1);
    else
      return static_cast<void>(setting), most_events_per_tick;
  }
  std::vector<std::string_view> fields() const override { return {}; }
  void check(const std::string& where) const override {
    if constexpr (requires { source_.check(where); })
      source_.check(where);
    else
      static_cast<void>(where);
  }
  std::unique_ptr<neuron_block> block(precision, index_t, index_t, milliseconds) const override { return nullptr; }
  std::unique_ptr<plain_neurons> plain(index_t, milliseconds) const override { return nullptr; }
  std::unique_ptr<source_block> source(const source_setting& setting) const override {
    return std::make_unique<typed_source<Source>>(source_, setting);
  }

 private:
  Source source_;
};

}  // namespace spinule

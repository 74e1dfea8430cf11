// A model with its type erased, as the network stores it.
#pragma once

#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <spinule/engine/described.hpp>
#include <spinule/engine/plain_neurons.hpp>
#include <spinule/engine/precision.hpp>
#include <spinule/engine/typed_block.hpp>
#include <spinule/engine/typed_source.hpp>
#include <spinule/engine/typed_trainable.hpp>
#include <spinule/model.hpp>

namespace spinule {

/// New values of a parameter: one for all neurons, or one for each.
struct parameter_values {
  std::size_t parameter = 0;
  std::span<const double> values;
};

/// What a population is made of: neurons (one parameter set for all, or one each) or a source.
class any_model {
 public:
  virtual ~any_model() = default;
  virtual bool is_source() const = 0;
  int ports() const { return static_cast<int>(receptors().size()); }
  /// Its ports in order, none for sources.
  virtual std::span<const described_port> receptors() const = 0;
  /// Lanes of a port.
  virtual index_t width(std::size_t /*port*/) const { return 1; }
  /// Sweeps past a plain neuron that a step of one of its neurons takes.
  virtual double work() const { return 1; }
  virtual double gain() const = 0;
  /// No neuron has more events in one tick: 1 for neurons; a source says, or may have `most_events_per_tick`.
  virtual std::uint32_t most_events(const source_setting&) const = 0;
  /// Whether it sends values and not spikes.
  virtual bool is_graded() const = 0;
  /// Whether each value that it sends is a spike with an amplitude, from which a plasticity rule can learn.
  virtual bool sends_amplitudes() const { return false; }
  /// No value is larger in magnitude; 1 where spikes are sent.
  virtual double largest_output(const source_setting&) const = 0;
  virtual std::span<const described_number> fields() const = 0;
  virtual std::span<const described_number> parameters() const = 0;
  /// The value of a parameter, in its coherent unit.
  virtual double parameter(std::size_t which, index_t neuron) const = 0;
  /// The same model with other values of some parameters, which are checked once all are set. A source takes one value
  /// of each. Throws `spinule_error{where, ...}` for values out of range.
  virtual std::shared_ptr<const any_model> with(std::span<const parameter_values> changes,
                                                const std::string& where) const = 0;
  std::shared_ptr<const any_model> with(std::size_t parameter, std::span<const double> values,
                                        const std::string& where) const {
    const parameter_values one{parameter, values};
    return with({&one, 1}, where);
  }
  /// Memory that a neuron takes, about.
  virtual std::size_t neuron_bytes(precision) const = 0;
  /// Throws `spinule_error{where, ...}` for parameters out of range.
  virtual void check(const std::string& where) const = 0;
  /// Throws `spinule_error{where, ...}` for a size that a population of it cannot have.
  virtual void check_size(std::int64_t /*size*/, const std::string& /*where*/) const {}
  /// Neurons first .. first + count - 1 of the population. Null for sources.
  virtual std::unique_ptr<neuron_block> block(precision, index_t first, index_t count, milliseconds tick) const = 0;
  virtual std::unique_ptr<plain_neurons> plain(index_t count, milliseconds tick) const = 0;
  /// Null for neurons.
  virtual std::unique_ptr<source_block> source(const source_setting&) const = 0;
  /// For a trainer. Null for models that cannot be differentiated.
  virtual std::unique_ptr<trainable_neurons> trainable(index_t /*count*/, milliseconds /*tick*/) const {
    return nullptr;
  }
};

/// Models by the names that files have for them, with the parameters that they have where a file gives none.
using named_models = std::map<std::string, std::shared_ptr<const any_model>, std::less<>>;

/// As the model or source says, or else its kernel.
template <class Model, class MakeKernel>
double stated_largest_output(const Model& m, const MakeKernel& make) {
  static_assert(
      requires { m.largest_output(); } || requires { make().largest_output(); },
      "a graded model or source says how large its values can be: see `largest_output` in <spinule/model.hpp>");
  if constexpr (requires { m.largest_output(); })
    return m.largest_output();
  else
    return make().largest_output();
}

template <neuron_model Model>
class neuron_holder final : public any_model {
  static_assert(spiking_model<Model> || graded_model<Model>,
                "`step` returns exactly bool, for spikes, or exactly Real, for values, in float and in double");

 public:
  explicit neuron_holder(std::vector<Model> units) : units_{std::move(units)} {}
  bool is_source() const override { return false; }
  std::span<const described_port> receptors() const override { return described_ports<Model>(); }
  double gain() const override { return 1; }
  std::uint32_t most_events(const source_setting&) const override { return 1; }
  bool is_graded() const override { return graded<Model>; }
  bool sends_amplitudes() const override {
    if constexpr (requires { Model::values_are_spikes; })
      return Model::values_are_spikes;
    else
      return false;
  }
  double largest_output(const source_setting& setting) const override {
    double largest = graded<Model> ? 0 : 1;
    if constexpr (graded<Model>)
      for (const Model& unit : units_)
        largest = std::fmax(largest, stated_largest_output(unit, [&] {
                              return kernel_of<Model, double>{unit, setting.tick};
                            }));
    return static_cast<void>(setting), largest;
  }
  std::span<const described_number> fields() const override { return described_fields<state_of<Model, float>>(); }
  std::span<const described_number> parameters() const override { return described_parameters<Model>(); }
  double parameter(std::size_t which, index_t neuron) const override {
    double value = 0;
    with_parameter(units_.size() == 1 ? units_[0] : units_[neuron], which, [&](const auto& x) { value = value_of(x); });
    return value;
  }
  using any_model::with;
  std::shared_ptr<const any_model> with(std::span<const parameter_values> changes,
                                        const std::string& where) const override {
    std::vector<Model> changed = units_;
    for (const auto& [which, values] : changes) {
      if (changed.size() < values.size()) changed.resize(values.size(), changed[0]);
      for (std::size_t i = 0; i < changed.size(); ++i)
        with_parameter(changed[i], which,
                       [&]<class T>(T& x) { x = from_number<T>(values[values.size() == 1 ? 0 : i], where); });
    }
    auto made = std::make_shared<neuron_holder>(std::move(changed));
    made->check(where);
    return made;
  }
  std::size_t neuron_bytes(precision p) const override {
    return p == precision::full ? neuron_bytes<double>() : neuron_bytes<float>();
  }
  void check(const std::string& where) const override {
    if (units_.size() == 1) return check_model(units_[0], where);
    for (std::size_t i = 0; i < units_.size(); ++i) check_model(units_[i], where + " neuron " + std::to_string(i));
  }
  void check_size(std::int64_t size, const std::string& where) const override {
    if (units_.size() != 1 && static_cast<std::uint64_t>(size) != units_.size())
      throw spinule_error{where, "the model has parameters for " + std::to_string(units_.size()) +
                                     " neurons, not for " + std::to_string(size)};
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
  std::unique_ptr<trainable_neurons> trainable(index_t count, milliseconds tick) const override {
    if constexpr (differentiable_model<Model>)
      return std::make_unique<typed_trainable<Model>>(kernels<float>(0, count, tick), count);
    else
      return static_cast<void>(count), static_cast<void>(tick), nullptr;
  }

 private:
  /// State and start values, a kernel where each neuron has its own, and when it was last visited.
  template <class Real>
  std::size_t neuron_bytes() const {
    return 2 * sizeof(state_of<Model, Real>) + (units_.size() > 1 ? sizeof(kernel_of<Model, Real>) : 0) +
           (skippable<Model> ? sizeof(moment) : 0);
  }
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
  std::span<const described_port> receptors() const override { return {}; }
  double gain() const override {
    if constexpr (requires { source_.gain(); })
      return source_.gain();
    else
      return 1;
  }
  std::uint32_t most_events(const source_setting& setting) const override {
    if constexpr (graded<Source>)
      return 1;
    else if constexpr (requires(const typename Source::kernel& k) { k.most_events(); })
      return std::max<std::uint32_t>(typename Source::kernel{source_, setting}.most_events(), 1);
    else
      return static_cast<void>(setting), most_events_per_tick;
  }
  bool is_graded() const override { return graded<Source>; }
  double largest_output(const source_setting& setting) const override {
    if constexpr (graded<Source>)
      return stated_largest_output(source_, [&] { return typename Source::kernel{source_, setting}; });
    else
      return static_cast<void>(setting), 1;
  }
  std::span<const described_number> fields() const override { return {}; }
  std::size_t neuron_bytes(precision) const override { return 0; }
  std::span<const described_number> parameters() const override { return described_parameters<Source>(); }
  double parameter(std::size_t which, index_t) const override {
    double value = 0;
    with_parameter(source_, which, [&](const auto& x) { value = value_of(x); });
    return value;
  }
  using any_model::with;
  std::shared_ptr<const any_model> with(std::span<const parameter_values> changes,
                                        const std::string& where) const override {
    Source changed = source_;
    for (const auto& [which, values] : changes) {
      if (values.size() != 1) throw spinule_error{where, "a source has one value of each parameter"};
      with_parameter(changed, which, [x = values[0], &where]<class T>(T& to) { to = from_number<T>(x, where); });
    }
    auto made = std::make_shared<source_holder>(std::move(changed));
    made->check(where);
    return made;
  }
  void check(const std::string& where) const override { check_model(source_, where); }
  std::unique_ptr<neuron_block> block(precision, index_t, index_t, milliseconds) const override { return nullptr; }
  std::unique_ptr<plain_neurons> plain(index_t, milliseconds) const override { return nullptr; }
  std::unique_ptr<source_block> source(const source_setting& setting) const override {
    return std::make_unique<typed_source<Source>>(source_, setting);
  }

 private:
  Source source_;
};

}  // namespace spinule

// The description of a network. It is data: a back end turns it into a simulation.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <spinule/distribution.hpp>
#include <spinule/engine/any_model.hpp>
#include <spinule/engine/any_rule.hpp>
#include <spinule/units.hpp>
#include <spinule/wiring.hpp>

namespace spinule {

/// A population of a network and of its copies; all others refuse it.
struct population {
  index_t id = 0;
  std::shared_ptr<const void> identity = {};
  bool operator==(const population&) const = default;
};

/// A port of a population, in the unit of the weights that may arrive there.
template <class Unit>
struct target {
  population neurons;
  int port = 0;
};

/// A population that knows its model, so that weights in the wrong unit do not compile.
template <class Model>
struct population_of : population {
  /// `cells[current_lif::inhibitory]`
  template <class Owner, class Unit>
  target<Unit> operator[](port<Owner, Unit> p) const {
    static_assert(std::same_as<Owner, Model>,
                  "this port belongs to another model: take one of the model that the population is made of");
    return {*this, p.number};
  }
};

/// A projection of a network and of its copies.
struct projection {
  index_t id = 0;
  std::shared_ptr<const void> identity = {};
  bool operator==(const projection&) const = default;
};

/// What the synapses of a projection are like.
template <class Unit>
struct synapse {
  value<Unit> weight;
  value<milliseconds> delay = milliseconds{0};  ///< whole ticks; 0 arrives within the same tick (acyclic only)
  /// 16 or 8: weights are rounded to that many bits of the largest that the law can give (8.3 deviations from the mean
  /// of a normal law) or the list has, for less memory. 32: nearly a float's precision. A projection whose weights are
  /// all equal needs no memory for them in any case.
  int weight_bits = 32;
  /// The cpu back end keeps no synapses but draws a row anew at every spike of its source: for static networks larger
  /// than memory. The answers are the same. Needs a rule that draws by source.
  bool procedural = false;
};

/// One synapse of an explicit list.
template <class Unit>
struct listed {
  index_t source = 0, target = 0;
  Unit weight{};
  milliseconds delay{0};
};

/// Independent Poisson trains of spikes, one for each neuron of a population, each spike of one weight: what comes from
/// outside the network. They belong to no population: nobody records, counts or routes them.
template <class Unit>
struct poisson_drive {
  kilohertz rate{0};
  Unit weight{};
};

struct population_options {
  std::vector<position> positions = {};  ///< one per neuron, or none
};

struct initial_value {
  std::size_t field = 0;
  law values;
  std::vector<double> list;  ///< one per neuron; replaces `values` when not empty
};

struct population_description {
  std::string name;
  index_t size = 0;
  std::shared_ptr<const any_model> model;
  std::vector<position> positions;
  std::vector<initial_value> initial;
  std::shared_ptr<const void> identity;  ///< of the handle; copies of the network share it
};

struct listed_synapse {
  index_t source = 0, target = 0;
  double weight = 0;
  milliseconds delay{0};
};

struct drive_description {
  index_t target = 0;
  int port = 0;
  kilohertz rate{0};
  double weight = 0;  ///< in the unit of the port
};

struct projection_description {
  std::string name;  ///< "source->target"
  index_t source = 0, target = 0;
  int port = 0;
  std::shared_ptr<const wiring> rule;  ///< null: `list`
  law weight, delay;
  int weight_bits = 32;
  bool procedural = false;
  std::vector<listed_synapse> list;
  std::shared_ptr<const any_rule> plasticity;  ///< null: weights stay
  std::shared_ptr<const void> identity;        ///< as of a population
};

/// What a handle stands for; throws `error{where, ...}` when it is of another network.
const population_description& described(std::span<const population_description> all, const population& handle,
                                        const char* where);
const projection_description& described(std::span<const projection_description> all, const projection& handle,
                                        const char* where);

/// A directed multigraph of populations and projections. Everything random in it follows from `seed`.
class network {
 public:
  explicit network(std::uint64_t seed = 1) : seed_{seed} {}

  /// `size` neurons with one set of parameters, 1 to 2^32 - 1. Throws `error` when the name is empty or taken, the size
  /// or the parameters are out of range.
  template <neuron_model Model>
  population_of<Model> add(std::string name, const Model& model, std::int64_t size, population_options options = {}) {
    return {
        insert(std::move(name), std::make_shared<neuron_holder<Model>>(std::vector{model}), size, std::move(options))};
  }
  /// One neuron per entry, each with its own parameters.
  template <neuron_model Model>
  population_of<Model> add(std::string name, std::vector<Model> units, population_options options = {}) {
    const auto size = static_cast<std::int64_t>(units.size());
    return {
        insert(std::move(name), std::make_shared<neuron_holder<Model>>(std::move(units)), size, std::move(options))};
  }
  template <source_model Source>
  population_of<Source> add(std::string name, const Source& source, std::int64_t size,
                            population_options options = {}) {
    return {insert(std::move(name), std::make_shared<source_holder<Source>>(source), size, std::move(options))};
  }

  /// Throws `error` when the rule cannot connect the two populations.
  template <class Model>
  projection connect(population from, population_of<Model> to, wiring rule, synapse<typename Model::input> synapses) {
    return connect(from, target<typename Model::input>{to}, std::move(rule), synapses);
  }
  template <class Unit>
  projection connect(population from, target<Unit> to, wiring rule, std::type_identity_t<synapse<Unit>> synapses) {
    return insert(from, to.neurons, to.port, std::move(rule),
                  {synapses.weight, synapses.delay, synapses.weight_bits, synapses.procedural}, nullptr);
  }
  template <class Model>
  projection connect(population from, population_of<Model> to, const std::vector<listed<typename Model::input>>& list) {
    return connect(from, target<typename Model::input>{to}, list);
  }
  template <class Unit>
  projection connect(population from, target<Unit> to, const std::vector<listed<Unit>>& list) {
    return insert(from, to.neurons, to.port, plain(list), nullptr);
  }

  /// The same with weights that the spikes change, within the bounds of the rule. Throws `error` also for parameters of
  /// the rule out of range and for fewer than 32 bits of weight.
  template <class Model, plasticity_rule Rule>
  projection connect(population from, population_of<Model> to, wiring rule, synapse<typename Model::input> synapses,
                     const Rule& plasticity) {
    return connect(from, target<typename Model::input>{to}, std::move(rule), synapses, plasticity);
  }
  template <class Unit, plasticity_rule Rule>
  requires std::same_as<typename Rule::weight, Unit> projection connect(population from, target<Unit> to, wiring rule,
                                                                        std::type_identity_t<synapse<Unit>> synapses,
                                                                        const Rule& plasticity) {
    return insert(from, to.neurons, to.port, std::move(rule),
                  {synapses.weight, synapses.delay, synapses.weight_bits, synapses.procedural},
                  std::make_shared<rule_holder<Rule>>(plasticity));
  }
  template <class Model, plasticity_rule Rule>
  projection connect(population from, population_of<Model> to, const std::vector<listed<typename Model::input>>& list,
                     const Rule& plasticity) {
    return connect(from, target<typename Model::input>{to}, list, plasticity);
  }
  template <class Unit, plasticity_rule Rule>
  requires std::same_as<typename Rule::weight, Unit> projection connect(population from, target<Unit> to,
                                                                        const std::vector<listed<Unit>>& list,
                                                                        const Rule& plasticity) {
    return insert(from, to.neurons, to.port, plain(list), std::make_shared<rule_holder<Rule>>(plasticity));
  }

  /// Drives every neuron of a population. Throws `error` for a rate or a weight that is not finite.
  template <class Model>
  void drive(population_of<Model> to, poisson_drive<typename Model::input> input) {
    add_drive(to, 0, input.rate, input.weight.value());
  }
  template <class Unit>
  void drive(target<Unit> to, std::type_identity_t<poisson_drive<Unit>> input) {
    add_drive(to.neurons, to.port, input.rate, input.weight.value());
  }

  /// Start values of a state field; drawn per neuron, or one each in the field's own unit. Throws `error` for another
  /// unit, and for values that the field cannot hold.
  template <class Unit>
  void initialise(population cells, const std::string& field, uniform<Unit> values) {
    start(cells, field, typename value_for<Unit>::type{values});
  }
  template <class Unit>
  void initialise(population cells, const std::string& field, normal<Unit> values) {
    start(cells, field, typename value_for<Unit>::type{values});
  }
  template <class Unit>
  void initialise(population cells, const std::string& field, lognormal<Unit> values) {
    start(cells, field, typename value_for<Unit>::type{values});
  }
  template <class Law, class Unit>
  void initialise(population cells, const std::string& field, clipped<Law, Unit> values) {
    start(cells, field, typename value_for<Unit>::type{values});
  }
  template <int V, int I, int T, int L>
  void initialise(population cells, const std::string& field, quantity<V, I, T, L> constant) {
    start(cells, field, value<quantity<V, I, T, L>>{constant});
  }
  void initialise(population cells, const std::string& field, double constant) {
    start(cells, field, value<number>{constant});
  }
  void initialise(population cells, const std::string& field, std::vector<double> values);

  std::uint64_t seed() const { return seed_; }
  std::span<const population_description> populations() const { return populations_; }
  std::span<const projection_description> projections() const { return projections_; }
  std::span<const drive_description> drives() const { return drives_; }
  /// The population of that name; throws `error` with the known names.
  population find(const std::string& name) const;
  /// Handles of populations()[i] and projections()[i].
  population population_at(index_t i) const { return {i, populations_.at(i).identity}; }
  projection projection_at(index_t i) const { return {i, projections_.at(i).identity}; }

 private:
  population insert(std::string name, std::shared_ptr<const any_model> model, std::int64_t size,
                    population_options options);
  struct laws {
    law weight, delay;
    int weight_bits;
    bool procedural;
  };
  template <class Unit>
  static std::vector<listed_synapse> plain(const std::vector<listed<Unit>>& list) {
    std::vector<listed_synapse> all;
    all.reserve(list.size());
    for (const auto& s : list) all.push_back({s.source, s.target, s.weight.value(), s.delay});
    return all;
  }
  using any_plasticity = std::shared_ptr<const any_rule>;
  projection insert(population from, population to, int port, wiring rule, const laws& synapses,
                    any_plasticity plasticity);
  projection insert(population from, population to, int port, std::vector<listed_synapse> list,
                    any_plasticity plasticity);
  void make_plastic(projection_description& p, any_plasticity plasticity);
  void add_drive(population to, int port, kilohertz rate, double weight);
  projection_description& describe(population from, population to, int port);
  template <class Unit>
  void start(population cells, const std::string& field, value<Unit> values) {
    start(cells, field, values, Unit{});
  }
  void start(population cells, const std::string& field, law values, dimension unit);

  std::uint64_t seed_;
  std::vector<population_description> populations_;
  std::vector<projection_description> projections_;
  std::vector<drive_description> drives_;
};

/// The index of a state field; throws `error` that lists the fields the model has.
std::size_t field_index(const population_description& cells, std::string_view field);
/// The same for a parameter.
std::size_t parameter_index(const population_description& cells, std::string_view parameter);

}  // namespace spinule

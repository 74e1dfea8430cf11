// The description of a network. It is data: a back end turns it into a simulation.
#pragma once

#include <concepts>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <spinule/engine/block_holder.hpp>
#include <spinule/engine/description.hpp>
#include <spinule/engine/expect_unit.hpp>
#include <spinule/engine/unit_onto.hpp>

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
  /// Refused in words.
  template <class Other>
  requires(!std::same_as<Other, Unit>) operator target<Other>() const {
    static_cast<void>(expect_unit<Other, Unit>{});
    return {neurons, port};
  }
};

/// Where the two halves of signed weights go: `by_sign{cells[current_lif::excitatory],
/// cells[current_lif::inhibitory]}`.
template <class Unit>
struct by_sign {
  target<Unit> excitatory, inhibitory;
};
template <class Unit, class Other>
by_sign(target<Unit>, target<Other>) -> by_sign<Unit>;

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

struct signed_projections {
  projection excitatory, inhibitory;
};

/// What the synapses of a projection are like.
template <class Unit>
struct synapse {
  value<Unit> weight = Unit{not_given.a};       ///< not for lists and matrices, which have their own
  value<milliseconds> delay = milliseconds{0};  ///< whole ticks; 0 arrives within the same tick (acyclic only)
  /// Bounds. Give both, and weights between them may be assigned while a simulation runs (`simulation::assign`). With a
  /// plasticity rule either will do, and weights stay within them and within those of the rule.
  std::optional<in_unit<Unit>> lowest = {}, highest = {};
  /// 16 or 8: weights are rounded to that many bits of the largest that the law can give (8.3 deviations from the mean
  /// of a normal law) or the list has, for less memory. 32: nearly a float's precision. A projection whose weights are
  /// all equal needs no memory for them in any case.
  int weight_bits = 32;
  /// The cpu back end keeps no synapses but draws a row anew at every spike of its source: for static networks larger
  /// than memory. The answers are the same. Needs a rule that draws by source.
  bool procedural = false;
  /// The share of the delay that lies behind the synapse, 0 to 1; the rest is axonal. A plasticity rule sees a spike of
  /// the source after the axonal part, one of the target after the dendritic one. 1: as in NEST; 0.5: as neurons fire.
  double dendritic = 0;
};

/// Spikes change no weight.
struct no_rule {};

/// One synapse of an explicit list.
template <class Unit>
struct listed {
  index_t source = 0, target = 0;  ///< neurons; onto a wide port `network::lane`
  Unit weight{};
  milliseconds delay{0};
};

/// The weights of all pairs, `weights[source * columns + target]`; a weight of 0 is no synapse.
template <class Unit>
struct dense_matrix {
  index_t rows = 0, columns = 0;    ///< sources and targets: neurons, or lanes of a wide port
  std::span<const double> weights;  ///< in the coherent unit; read while it is connected
};

/// Which pairs are connected: a wiring rule, a list or a matrix.
template <class Unit>
struct edges {
  template <std::convertible_to<wiring> Rule>
  edges(Rule rule) : all{wiring{std::move(rule)}} {}  // NOLINT: implicit by design
  template <class Given>
  edges(std::vector<listed<Given>> list) : all{given_list{std::move(list)}} {  // NOLINT: move long lists in
    static_cast<void>(expect_unit<Unit, unit_in<Given>>{});
  }
  edges(std::initializer_list<listed<Unit>> list) : edges{std::vector<listed<Unit>>{list}} {}
  template <class Given>
  edges(const dense_matrix<Given>& m) : all{synapses_of(m.rows, m.columns, m.weights)} {  // NOLINT
    static_cast<void>(expect_unit<Unit, unit_in<Given>>{});
  }
  /// Refused in words.
  template <class Other>
  requires(!std::convertible_to<Other, wiring> && !std::derived_from<Other, edges>) edges(const Other&)  // NOLINT
      : all{wiring{all_to_all{}}} {
    static_assert(std::derived_from<Other, edges>,
                  "this says no pairs: give a wiring rule as fixed_probability{0.1}, a list or a dense_matrix");
  }
  connected_pairs all;
};

/// Independent Poisson trains of spikes, one for each neuron of a population, each spike of one weight: what comes from
/// outside the network. They belong to no population: nobody records, counts or routes them.
template <class Unit>
struct poisson_drive {
  in_unit<kilohertz> rate{};
  in_unit<Unit> weight{};
};

/// What of a projection is modulated: the amplitude of what it brings, or what its plasticity rule does.
enum class factor { gain, learning };

struct population_options {
  std::vector<position> positions = {};  ///< one per neuron, or none
  weight_sign sign = weight_sign::any;   ///< of all its synapses: Dale's law
};

/// Everything that `network::connect` may be told, without types: numbers are in the unit of the target port, and ms.
struct connection {
  population from, to;
  int port = 0;
  connected_pairs pairs;  ///< a list or a matrix has weights of its own
  law weight = not_given, delay = {};
  std::optional<double> lowest = {}, highest = {};  ///< bounds, see `synapse`
  int weight_bits = 32;
  bool procedural = false;
  std::shared_ptr<const any_rule> rule = nullptr;  ///< null: spikes change no weight
  double dendritic = 0;
};

/// A directed multigraph of populations and projections. Everything random in it follows from `seed`.
class network {
 public:
  explicit network(std::uint64_t seed = 1) : seed_{seed} {}

  /// `size` neurons with one set of parameters, 1 to 2^32 - 1. Throws `spinule_error` when the name is empty or taken,
  /// the size or the parameters are out of range.
  template <neuron_model Model>
  population_of<Model> add(std::string name, const Model& model, std::int64_t size, population_options options = {}) {
    return {add(std::move(name), held(neuron_holder<Model>{std::vector{model}}), size, std::move(options))};
  }
  /// One neuron per entry, each with its own parameters.
  template <neuron_model Model>
  population_of<Model> add(std::string name, std::vector<Model> units, population_options options = {}) {
    const auto size = static_cast<std::int64_t>(units.size());
    return {add(std::move(name), held(neuron_holder<Model>{std::move(units)}), size, std::move(options))};
  }
  /// Neurons that are stepped many at a time, of one set of parameters.
  template <block_model Model>
  population_of<Model> add(std::string name, const Model& model, std::int64_t size, population_options options = {}) {
    const std::string where = "population \"" + name + "\"";
    std::shared_ptr<const any_model> made = std::make_shared<block_holder<Model>>(model, where);
    return {add(std::move(name), std::move(made), size, std::move(options))};
  }
  template <source_model Source>
  population_of<Source> add(std::string name, const Source& source, std::int64_t size,
                            population_options options = {}) {
    return {add(std::move(name), held(source_holder<Source>{source}), size, std::move(options))};
  }
  /// The same without types. A model with parameters for each neuron has as many of them as there are neurons.
  population add(std::string name, std::shared_ptr<const any_model> model, std::int64_t size,
                 population_options options = {});

  /// Connects a population to another (its port 0), to a port, `cells[current_lif::inhibitory]`, or to two ports
  /// `by_sign`. `pairs`: a wiring rule, a list or a matrix, which have weights of their own, a list delays too. With a
  /// plasticity rule the spikes change the weights, within its bounds and those of the synapse. Throws `spinule_error`
  /// for what cannot be.
  ///
  /// Of weights `by_sign` those of 0 and more go to the excitatory port, negative ones to the other port of the same
  /// population: their magnitudes where it takes conductances, else as they are. Bounds lie on both sides of 0 and are
  /// cut likewise. It returns `signed_projections`, else it returns a `projection`.
  template <class Target, class Rule = no_rule>
  auto connect(const population& from, const Target& to, edges<unit_onto<Target>> pairs,
               const synapse<unit_onto<Target>>& synapses = {}, const Rule& rule = {}) {
    if constexpr (std::same_as<Target, by_sign<unit_onto<Target>>>)
      return add(untyped(from, to.excitatory, std::move(pairs), synapses, rule), to.inhibitory.neurons,
                 to.inhibitory.port);
    else
      return add(untyped(from, to, std::move(pairs), synapses, rule));
  }
  /// The same without types.
  projection add(connection c);
  signed_projections add(connection excitatory, const population& inhibited, int inhibitory_port);

  /// What a list or matrix names a lane of a wide port by: neuron * width + lane, both from 0. Throws `spinule_error`
  /// for what does not exist.
  template <class Target>
  index_t lane(const Target& to, index_t neuron, index_t which) const {
    const target<unit_onto<Target>> port{to};
    return lane_of(port.neurons, port.port, neuron, which);
  }

  /// Connects a graded population to a level, a port that takes values only, as `connect` does. Throws `spinule_error`
  /// for a population that spikes and for another port.
  template <class Target>
  projection modulate(const population& from, const Target& to, edges<unit_onto<Target>> pairs,
                      const synapse<unit_onto<Target>>& synapses = {}) {
    return modulate(untyped(from, to, std::move(pairs), synapses, no_rule{}));
  }
  projection modulate(connection c);
  /// Multiplies every spike or value of a projection by what the graded population `from` sent `delay` before that was
  /// sent: `from` has one neuron, for all, or one for each source neuron. Where it sends nothing, nothing arrives.
  /// `delay` is one tick or more. Throws `spinule_error` for a population that spikes, another size, a procedural
  /// projection, one with fewer weight bits, or one that is modulated already. `factor::learning`: what the one neuron
  /// of `from` sent `delay` ago is the third factor of the projection's rule.
  void modulate(const population& from, const projection& p, factor what = factor::gain,
                milliseconds delay = milliseconds{1});

  /// Drives every neuron of a population, of a wide port every lane. Throws `spinule_error` for a rate or a weight that
  /// is not finite.
  template <class Target>
  void drive(const Target& to, poisson_drive<unit_onto<Target>> input) {
    const target<unit_onto<Target>> port{to};
    add_drive(port.neurons, port.port, input.rate, input.weight.value());
  }

  /// Start values of a state field: a constant or a law to draw from for each neuron, or one each in the field's own
  /// unit. Throws `spinule_error` for another unit, and for values that the field cannot hold.
  template <class Values>
  void initialise(const population& cells, const std::string& field, const Values& constant_or_law) {
    start(cells, field, value<unit_in<Values>>(constant_or_law), unit_in<Values>{});
  }
  void initialise(const population& cells, const std::string& field, std::vector<double> values);
  template <int V, int I, int T, int L>
  void initialise(const population& cells, const std::string& field, const std::vector<quantity<V, I, T, L>>& values) {
    std::vector<double> numbers;
    for (const auto x : values) numbers.push_back(x.value());
    start(cells, field, std::move(numbers), quantity<V, I, T, L>{});
  }

  /// Gives a projection these synapses, with delays, instead of those it has; in the unit of its port, and ms.
  void replace(const projection& p, std::vector<listed_synapse> synapses);
  /// Gives neurons another value of a parameter, in its coherent unit: one for all, or one each. Throws `spinule_error`
  /// for a parameter that does not exist, another number of values, values out of range, and sources.
  void set(const population& cells, const std::string& parameter, std::span<const double> values);

  std::uint64_t seed() const { return seed_; }
  std::span<const population_description> populations() const { return populations_; }
  std::span<const projection_description> projections() const { return projections_; }
  std::span<const drive_description> drives() const { return drives_; }
  /// The population of that name; throws `spinule_error` with the known names.
  population find(const std::string& name) const;
  /// Handles of populations()[i] and projections()[i].
  population population_at(index_t i) const;
  projection projection_at(index_t i) const;

 private:
  template <class Holder>
  static std::shared_ptr<const any_model> held(Holder holder) {
    return std::make_shared<Holder>(std::move(holder));
  }
  template <class Target, class Unit, class Rule>
  static connection untyped(const population& from, const Target& to, edges<Unit> pairs, const synapse<Unit>& s,
                            const Rule& rule) {
    const target<Unit> port{to};
    connection c{from,    port.neurons, port.port, std::move(pairs.all), s.weight,
                 s.delay, {},           {},        s.weight_bits,        s.procedural};
    c.dendritic = s.dendritic;
    if (s.lowest) c.lowest = s.lowest->value();
    if (s.highest) c.highest = s.highest->value();
    if constexpr (!std::same_as<Rule, no_rule>) {
      static_cast<void>(expect_unit<Unit, unit_in<typename Rule::weight>>{});
      c.rule = std::make_shared<rule_holder<Rule>>(rule);
    }
    return c;
  }
  projection insert(connection c, const sign_filter& part);
  void add_drive(population to, int port, kilohertz rate, double weight);
  index_t lane_of(const population& cells, int port, index_t neuron, index_t lane) const;
  void start(const population& cells, const std::string& field, law values, dimension unit);
  void start(const population& cells, const std::string& field, std::vector<double> values, dimension unit);

  std::uint64_t seed_;
  std::vector<population_description> populations_;
  std::vector<projection_description> projections_;
  std::vector<drive_description> drives_;
};

}  // namespace spinule

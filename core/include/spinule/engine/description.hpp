// What a network is made of, with types erased: what back ends read.
#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <spinule/distribution.hpp>
#include <spinule/engine/any_model.hpp>
#include <spinule/engine/any_rule.hpp>
#include <spinule/engine/any_wiring.hpp>
#include <spinule/engine/listed_rows.hpp>
#include <spinule/engine/weight_range.hpp>

namespace spinule {

/// Which pairs are connected, without types: a matrix is a list whose synapses all take the delay of the connection.
struct list_without_delays {
  given_list list;
  index_t rows = 0, columns = 0;
};
using connected_pairs = std::variant<wiring, given_list, list_without_delays>;
list_without_delays synapses_of(index_t rows, index_t columns, std::span<const double> weights);

/// No law at all: its draws are no numbers.
inline constexpr law not_given{law::shape::constant, std::numeric_limits<double>::quiet_NaN()};

/// Dale's law: what the synapses of a population do to all their targets. Weights of excitatory ones are never below 0,
/// of inhibitory ones never above it. Ports that take no negative weights, conductances, inhibit by what they are:
/// there an inhibitory population has weights of 0 and more.
enum class weight_sign { any, excitatory, inhibitory };

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
  weight_sign sign = weight_sign::any;
  std::shared_ptr<const void> identity;  ///< of the handle; copies of the network share it

  index_t width(int port) const { return model->width(static_cast<std::size_t>(port)); }
  /// What synapses onto a port are numbered by: lanes, neuron * width + lane, which are the neurons where it has one.
  index_t targets(int port) const { return size * width(port); }
};
/// What a wiring rule is told of two populations.
endpoints endpoints_of(const population_description& from, const population_description& to, int port, bool same);

struct drive_description {
  index_t target = 0;
  int port = 0;
  kilohertz rate{0};
  double weight = 0;  ///< in the unit of the port
};

/// Which of the weights that a law draws, or a list gives, are synapses of a projection.
struct sign_filter {
  int sign = 0;                          ///< 0: all; 1: those of 0 and more; -1: the negative ones
  bool magnitudes = false;               ///< a negative weight w is used as -w
  std::optional<index_t> drawn_as = {};  ///< draws what that projection draws, whatever its own number

  bool takes(double w) const { return sign == 0 || (w < 0) == (sign < 0); }
  double used(double w) const { return magnitudes ? std::fabs(w) : w; }
};

/// A graded population whose values multiply what a projection brings, or are the third factor of its rule.
struct gain_modulation {
  index_t population = 0;
  milliseconds delay{0};
};

struct projection_description {
  std::string name;  ///< "source->target"
  index_t source = 0, target = 0;
  int port = 0;
  std::shared_ptr<const wiring> rule;  ///< null: `list`
  law weight, delay;
  int weight_bits = 32;
  bool procedural = false;
  std::shared_ptr<const listed_rows> list;
  std::shared_ptr<const any_rule> plasticity;  ///< null: weights stay
  sign_filter part;                            ///< of a rule; a list has been split
  double dendritic = 0;                        ///< share of a delay that lies behind the synapse
  std::optional<gain_modulation> modulated = {};
  std::optional<gain_modulation> third_factor = {};  ///< of the rule
  std::shared_ptr<const void> identity;              ///< as of a population

  /// The weight of all synapses, where the law is constant.
  double equal_weight() const { return part.used(weight.constant()); }
};

struct population;
struct projection;
/// What a handle stands for; throws `spinule_error{where, ...}` when it is of another network.
const population_description& described(std::span<const population_description> all, const population& handle,
                                        const char* where);
const projection_description& described(std::span<const projection_description> all, const projection& handle,
                                        const char* where);

/// The index of a state field; throws `spinule_error` that lists the fields the model has.
std::size_t field_index(const population_description& cells, std::string_view field);
/// The same for a parameter.
std::size_t parameter_index(const population_description& cells, std::string_view parameter);

}  // namespace spinule

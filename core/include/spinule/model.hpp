// What a neuron model, and what a source, is. Both are plain structs: no base class, no macro, no registration.
#pragma once

#include <array>
#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <spinule/engine/dimension.hpp>
#include <spinule/engine/range.hpp>
#include <spinule/random.hpp>
#include <spinule/recording.hpp>
#include <spinule/time.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// What may arrive at a port. A *level* is a port that takes values only: in a tick it is the weighted sum of what its
/// modulators send, and 0 where they send nothing; nothing of it is added up over ticks.
enum class takes { spikes_and_values, spikes, values };

/// A receptor port of a model, in the unit of the weights that arrive there. Declared as a static member of it:
/// `static constexpr port<current_lif, picoamperes> inhibitory{1, "inhibitory"};`
template <class Model, class Unit>
struct port {
  int number = 0;
  std::string_view name;
  range weights = any_finite;
  takes input = takes::spikes_and_values;
};

/// A parameter of a model or source: a quantity, a number or a flag, with its name and what it may be.
template <class Model, class T>
struct parameter {
  std::string_view name;
  T Model::*member;
  range allowed = any_finite;
};
template <class Model, class T, class... Range>
parameter(const char*, T Model::*, Range...) -> parameter<Model, T>;

/// A member of a model's state, with the name under which it is probed, initialised and stored, and its unit:
/// `field{"v", &state::v, millivolts{}}`.
template <class State, class T>
struct field {
  std::string_view name;
  T State::*member;
  dimension unit = number{};
  range allowed = storable<T>;
};
template <class State, class T, class... Rest>
field(const char*, T State::*, Rest...) -> field<State, T>;

/// What arrives in one tick: a number, or one number per port when there are several.
template <class Real, int Ports>
using arriving = std::conditional_t<Ports == 1, Real, std::array<Real, static_cast<std::size_t>(Ports)>>;

template <class Model, class Real>
using state_of = typename Model::template state<Real>;
template <class Model, class Real>
using kernel_of = typename Model::template kernel<Real>;
template <class Model, class Real>
using arriving_at = arriving<Real, Model::ports>;
/// What a neuron sends in a tick: whether it fires, or a value.
template <class Model, class Real>
using step_result = decltype(std::declval<const kernel_of<Model, Real>&>().step(
    std::declval<state_of<Model, Real>&>(), std::declval<const arriving_at<Model, Real>&>()));

/// A neuron model is an aggregate of parameters with
/// - `using input`: the unit of weights on port 0; `static constexpr int ports`;
/// - `template <class Real> struct state`: one neuron's state, with `fields`, a tuple of `field`s;
/// - `template <class Real> class kernel`: derived constants, built from the parameters and the tick, with
///   `step(state&, input) const`: one tick passes and its input arrives. It returns exactly `bool`, true when the
///   neuron fires, or, in a *graded* model, exactly `Real`: the value that the neuron sends in this tick, where 0 is
///   nothing.
///
/// A graded model also has `double largest_output() const`, of the model or of the kernel: no value is larger in
/// magnitude, from which follow the steps in which its targets sum. Values travel in single precision; a synapse brings
/// weight times value. It is stepped in every tick.
///
/// With more than one port: `static constexpr auto receptors`, the tuple of all `port`s in order. The port of a model
/// that has one and does not name it is called "input".
///
/// Optional:
/// - `static constexpr auto parameters`, a tuple of `parameter`s: those that are checked, read and set by name;
/// - `void check(where) const`: throws `spinule_error` for parameters that do not fit each other, though each is in its
/// range;
/// - in the kernel `state start() const`: where a neuron starts, if not as `state{}` says;
/// - `static constexpr bool values_are_spikes = true` of a graded model whose values are amplitudes of spikes, as those
/// of a synaptic terminal are: plasticity rules learn from them;
/// - `static constexpr double visit_cost`: how many times a step in a sweep a visit costs (90 if it is not said;
///   bench/sweep_vs_visit measures it).
///
/// Law: where the kernel has `skip(state&, n)`, it leaves what n steps without input leave when none of them fires.
template <class Model>
concept neuron_model = requires(const Model& m, state_of<Model, float>& s, const kernel_of<Model, float>& k,
                                const arriving_at<Model, float>& in, milliseconds tick) {
  typename Model::input;
  { Model::ports } -> std::convertible_to<int>;
  {kernel_of<Model, float>{m, tick}};
  {k.step(s, in)};
  state_of<Model, float>::fields;
};

template <class Model>
concept spiking_model = neuron_model<Model> && std::same_as < step_result<Model, float>,
bool > &&std::same_as<step_result<Model, double>, bool>;
template <class Model>
concept graded_model = neuron_model<Model> && std::same_as < step_result<Model, float>,
float > &&std::same_as<step_result<Model, double>, double>;

/// Models whose silent ticks can be skipped, and so visited only when input arrives.
template <class Model>
concept skippable = requires(const kernel_of<Model, float>& k, state_of<Model, float>& s, ticks n) {
  k.skip(s, n);
};

/// Models that can fire without input say for how many ticks they surely will not.
template <class Model>
concept self_firing = requires(const kernel_of<Model, float>& k, const state_of<Model, float>& s) {
  { k.quiet(s) } -> std::convertible_to<ticks>;
};

/// `quiet` of a neuron that stays silent for ever without input.
inline constexpr ticks forever = 0x7fffffff;

/// A source of which nothing else is known has at most so many events of one neuron in one tick.
inline constexpr std::uint32_t most_events_per_tick = 32;

/// What a source is told when a run is prepared.
struct source_setting {
  index_t size = 0;  ///< of its population
  milliseconds tick{1};
  std::uint64_t seed = 1;
  index_t population = 0;
  std::string where;  ///< for error messages
};

template <class Kernel>
concept emits_spikes = requires(Kernel& k, moment now, std::vector<index_t>& fired) {
  k.emit(now, fired);
};
template <class Kernel>
concept emits_values = requires(Kernel& k, moment now, std::vector<index_t>& neurons, std::vector<float>& values) {
  k.emit(now, neurons, values);
};

/// A source is an aggregate of parameters with a `class kernel`, copyable, built from them and a `source_setting`:
/// - `void emit(moment now, std::vector<index_t>& fired)`: appends the neurons that fire in this tick, ascending, one
///   entry per event; called once per tick, in order;
/// - `void reset(std::uint64_t episode)`: back to time zero; random sources draw afresh for each episode.
/// A *graded* source has instead `void emit(moment now, std::vector<index_t>& neurons, std::vector<float>& values)`:
/// appends the neurons that send something in this tick, ascending and each once, and their values, none of them 0; and
/// `double largest_output() const`, of the source or of the kernel, as a graded model has it.
/// Optional: `parameters` and `check` as a neuron model has them; `std::uint32_t most_events() const` of the kernel: no
/// neuron has more events in one tick, which sizes the sums of its targets (32 if it is not said); `double gain()
/// const`: every weight of its projections is multiplied by it (graded sources); `void play(std::span<const event>,
/// moment start)`: events to emit, in microseconds after tick `start`.
template <class Source>
concept source_model = requires(const Source& s, typename Source::kernel& k, const source_setting& setting,
                                std::uint64_t episode) {
  {typename Source::kernel{s, setting}};
  k.reset(episode);
}
&&(emits_spikes<typename Source::kernel> || emits_values<typename Source::kernel>);

template <class Source>
concept graded_source = source_model<Source> && emits_values<typename Source::kernel>;

/// Models and sources that send values.
template <class T>
concept graded = graded_model<T> || graded_source<T>;

}  // namespace spinule

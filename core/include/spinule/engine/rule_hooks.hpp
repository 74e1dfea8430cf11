// What a plasticity rule asks for, told from its hooks.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include <spinule/engine/spike_trace.hpp>
#include <spinule/time.hpp>

namespace spinule {

/// Traces of arrivals and of the target's spikes; the first of each is the level that the other side reads.
template <class Rule>
inline constexpr std::size_t pre_traces = std::tuple_size_v<decltype(as_traces(std::declval<const Rule&>().pre()))>;
template <class Rule>
inline constexpr std::size_t post_traces = std::tuple_size_v<decltype(as_traces(std::declval<const Rule&>().post()))>;

/// Rules with a third factor, and those whose hooks step an eligibility instead of the weight.
template <class Rule>
concept has_modulation = requires {
  typename Rule::modulation;
};
template <class Rule>
concept has_eligibility = requires(const Rule& r) {
  { r.eligibility() } -> std::same_as<milliseconds>;
};

template <class Rule>
constexpr pairing pairing_of() {
  if constexpr (requires { Rule::pairs; })
    return Rule::pairs;
  else
    return pairing::by_traces;
}

/// What is kept of every synapse beside its weight: nothing, an eligibility, or what is left of the arrivals that no
/// spike of the target has been paired with.
enum class beside_weight { nothing, eligibility, unpaired };
template <class Rule>
inline constexpr beside_weight beside = has_eligibility<Rule>                      ? beside_weight::eligibility
                                        : pairing_of<Rule>() == pairing::by_traces ? beside_weight::nothing
                                                                                   : beside_weight::unpaired;

/// What a rule that follows a state field of its targets is told in every tick.
struct watched {
  std::span<const double> values;  ///< [targets] of the field, at the end of the tick
  std::span<const index_t> fired;  ///< targets that fired in it, ascending
  index_t first = 0;               ///< by which those are numbered: the number of the first target
};
/// Rules that follow one.
template <class Rule>
concept watches_field = requires(const Rule& r) {
  { r.watches() } -> std::convertible_to<std::string>;
};
struct no_watcher {};
template <class Rule, class Real>
struct watcher_type {
  using type = no_watcher;
};
template <watches_field Rule, class Real>
struct watcher_type<Rule, Real> {
  using type = typename Rule::template watcher<Real>;
};
template <class Rule, class Real>
using watcher_of = typename watcher_type<Rule, Real>::type;

/// Whether a rule that follows a field also calls `on_post`, with an amount of each target.
template <class Rule, class Real>
inline constexpr bool watching_fires = requires(watcher_of<Rule, Real>& w, const watched& all, std::span<Real> x) {
  w.step(all, x, x);
};

/// Kernels whose `on_post` adds amount times x, amounts of one sign: what a target does in ticks on end adds up.
template <class Kernel>
concept adds_amounts = requires {
  requires Kernel::adds;
};

/// Kernels of rules whose weights move by themselves between spikes, and of those that deliver another weight than the
/// one that they keep.
template <class Kernel, class Real>
concept has_drift = requires(const Kernel& k, Real w, Real ms) {
  { k.drift(w, ms) } -> std::same_as<Real>;
};
template <class Kernel, class Real>
concept has_sent = requires(const Kernel& k, Real w) {
  { k.sent(w) } -> std::same_as<Real>;
};

struct no_modulation {
  template <class Rule>
  no_modulation(const Rule&, milliseconds) {}
};
template <class Rule>
struct modulation_type {
  using type = no_modulation;
};
template <has_modulation Rule>
struct modulation_type<Rule> {
  using type = typename Rule::modulation;
};
/// What is remembered of the third factor.
template <class Rule>
using modulation_of = typename modulation_type<Rule>::type;

/// A tick passes in which the modulator brought `value`; returns by what an eligibility of 1 at its beginning moves the
/// weight.
template <class Modulation>
double pass_tick(Modulation& m, double value) {
  if constexpr (std::same_as<Modulation, no_modulation>) {
    return 0;
  } else if constexpr (std::same_as<decltype(m.pass(value)), double>) {
    return m.pass(value);
  } else {
    m.pass(value);
    return 0;
  }
}

/// The amount of a spike, worked out once for all synapses that it reaches, from the traces of its own side just before
/// it and the third factor.
template <class Kernel, class Traces, class Modulation>
concept has_pre_amount = requires(const Kernel& k, const Traces& own, const Modulation& m) {
  k.pre_amount(own);
}
|| requires(const Kernel& k, const Traces& own, const Modulation& m) { k.pre_amount(own, m); };
template <class Kernel, class Traces, class Modulation>
concept has_post_amount = requires(const Kernel& k, const Traces& own, const Modulation& m) {
  k.post_amount(own);
}
|| requires(const Kernel& k, const Traces& own, const Modulation& m) { k.post_amount(own, m); };

/// Hooks with or without an amount.
template <class Kernel, class Real>
Real after_pre(const Kernel& k, Real w, Real level, Real amount) {
  if constexpr (requires { k.on_pre(w, level, amount); })
    return k.on_pre(w, level, amount);
  else
    return k.on_pre(w, level);
}
template <class Kernel, class Real>
Real after_post(const Kernel& k, Real w, Real level, Real amount) {
  if constexpr (requires { k.on_post(w, level, amount); })
    return k.on_post(w, level, amount);
  else
    return k.on_post(w, level);
}
template <class Kernel, class Real, std::size_t N, class Modulation>
Real amount_of_pre(const Kernel& k, const std::array<Real, N>& own, const Modulation& m) {
  if constexpr (requires { k.pre_amount(own, m); })
    return k.pre_amount(own, m);
  else if constexpr (requires { k.pre_amount(own); })
    return k.pre_amount(own);
  else
    return 1;
}
template <class Kernel, class Real, std::size_t N, class Modulation>
Real amount_of_post(const Kernel& k, const std::array<Real, N>& own, const Modulation& m) {
  if constexpr (requires { k.post_amount(own, m); })
    return k.post_amount(own, m);
  else if constexpr (requires { k.post_amount(own); })
    return k.post_amount(own);
  else
    return 1;
}

}  // namespace spinule

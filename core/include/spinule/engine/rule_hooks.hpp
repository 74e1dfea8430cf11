// What a plasticity rule asks for, told from its hooks.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <utility>

#include <spinule/engine/spike_trace.hpp>

namespace spinule {

/// Traces of arrivals and of the target's spikes; the first of each is the level that the other side reads.
template <class Rule>
inline constexpr std::size_t pre_traces = std::tuple_size_v<decltype(as_traces(std::declval<const Rule&>().pre()))>;
template <class Rule>
inline constexpr std::size_t post_traces = std::tuple_size_v<decltype(as_traces(std::declval<const Rule&>().post()))>;

/// The amount of a spike, worked out once for all synapses that it reaches, from the traces of its own side just before
/// it.
template <class Kernel, class Real, std::size_t N>
concept has_pre_amount = requires(const Kernel& k, const std::array<Real, N>& own) {
  { k.pre_amount(own) } -> std::same_as<Real>;
};
template <class Kernel, class Real, std::size_t N>
concept has_post_amount = requires(const Kernel& k, const std::array<Real, N>& own) {
  { k.post_amount(own) } -> std::same_as<Real>;
};

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
template <class Kernel, class Real, std::size_t N>
Real amount_of_pre(const Kernel& k, const std::array<Real, N>& own) {
  if constexpr (has_pre_amount<Kernel, Real, N>)
    return k.pre_amount(own);
  else
    return 1;
}
template <class Kernel, class Real, std::size_t N>
Real amount_of_post(const Kernel& k, const std::array<Real, N>& own) {
  if constexpr (has_post_amount<Kernel, Real, N>)
    return k.post_amount(own);
  else
    return 1;
}

}  // namespace spinule

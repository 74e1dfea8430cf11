// One pass over the columns of a population, compiled for several instruction sets; the bits are the same on each.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include <spinule/model.hpp>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SPINULE_MULTIVERSION 1
#endif

namespace spinule {

/// State as structure of arrays: one vector per field.
template <class State, class... T>
auto make_columns(const std::tuple<field<State, T>...>&) -> std::tuple<std::vector<T>...>;
template <class State>
using state_columns = decltype(make_columns(State::fields));

template <class State, class Columns>
inline State load_state(const Columns& columns, std::size_t i) {
  State s{};
  [&]<std::size_t... F>(std::index_sequence<F...>) {
    ((s.*(std::get<F>(State::fields).member) = std::get<F>(columns)[i]), ...);
  }(std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<Columns>>>{});
  return s;
}

template <class State, class Columns>
inline void store_state(Columns& columns, std::size_t i, const State& s) {
  [&]<std::size_t... F>(std::index_sequence<F...>) {
    ((std::get<F>(columns)[i] = s.*(std::get<F>(State::fields).member)), ...);
  }(std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<Columns>>>{});
}

/// `Used` leading ports have a sum; the others receive nothing.
template <class Model, class Real, int Used>
inline arriving_at<Model, Real> take_arrivals(std::int32_t* const* sums, const Real* quanta, std::size_t i) {
  if constexpr (Model::ports == 1) {
    if constexpr (Used == 0) return Real{0};
    else return static_cast<Real>(sums[0][i]) * quanta[0];
  } else {
    arriving_at<Model, Real> in{};
    [&]<std::size_t... P>(std::index_sequence<P...>) {
      ((in[P] = static_cast<Real>(sums[P][i]) * quanta[P]), ...);
    }(std::make_index_sequence<static_cast<std::size_t>(Used)>{});
    return in;
  }
}

/// The states of a few neurons, as columns.
template <std::size_t Size, class State, class... T>
auto make_chunk(const std::tuple<field<State, T>...>&) -> std::tuple<std::array<T, Size>...>;
template <class State, std::size_t Size>
using chunk_of = decltype(make_chunk<Size>(State::fields));

template <class Chunk, class Columns>
inline void copy_chunk(const Chunk& from, const Columns& to, std::size_t begin, std::size_t count) {
  [&]<std::size_t... F>(std::index_sequence<F...>) {
    (std::copy_n(std::get<F>(from).data(), count, std::get<F>(to) + begin), ...);
  }(std::make_index_sequence<std::tuple_size_v<Chunk>>{});
}

/// Steps neurons begin .. end - 1 and appends `first + i` for those that fire.
template <class Model, class Real, int Used, bool Uniform, class Pointers>
inline void sweep_columns(const kernel_of<Model, Real>* kernels, const Pointers& columns, std::int32_t* const* sums,
                          const Real* quanta, std::size_t count, index first, std::vector<index>& fired) {
  using state = state_of<Model, Real>;
  constexpr std::size_t chunk = 256, group = 16;
  alignas(64) std::array<std::int32_t, chunk> fires;
  // New states go through a buffer: written in place, a value that a model leaves as it was becomes a masked store,
  // which some processors take tens of cycles for.
  chunk_of<state, chunk> next;
  std::array<std::int32_t*, static_cast<std::size_t>(Used) + 1> local{};
  std::array<Real, static_cast<std::size_t>(Used) + 1> scale{};
  for (std::size_t p = 0; p < static_cast<std::size_t>(Used); ++p) {
    local[p] = sums[p];
    scale[p] = quanta[p];
  }
  const kernel_of<Model, Real> shared = kernels[0];
  for (std::size_t begin = 0; begin < count; begin += chunk) {
    const std::size_t n = count - begin < chunk ? count - begin : chunk;
    std::int32_t any = 0;
#pragma GCC ivdep
    for (std::size_t j = 0; j < n; ++j) {
      const std::size_t i = begin + j;
      state s = load_state<state>(columns, i);
      const auto in = take_arrivals<Model, Real, Used>(local.data(), scale.data(), i);
      bool fire;
      if constexpr (Uniform) fire = shared.step(s, in);
      else fire = kernels[i].step(s, in);
      store_state(next, j, s);
      for (int p = 0; p < Used; ++p) local[static_cast<std::size_t>(p)][i] = 0;
      fires[j] = fire ? 1 : 0;
      any |= fires[j];
    }
    copy_chunk(next, columns, begin, n);
    if (any == 0) continue;
    std::fill(fires.begin() + static_cast<std::ptrdiff_t>(n), fires.end(), 0);
    for (std::size_t g = 0; g < n; g += group) {
      std::int32_t some = 0;
      for (std::size_t j = g; j < g + group; ++j) some |= fires[j];
      if (some == 0) continue;
      for (std::size_t j = g; j < g + group; ++j)
        if (fires[j] != 0) fired.push_back(first + static_cast<index>(begin + j));
    }
  }
}

#ifdef SPINULE_MULTIVERSION
template <class Model, class Real, int Used, bool Uniform, class... Args>
[[gnu::target("arch=x86-64-v4"), gnu::flatten]] void sweep_v4(Args... args) {
  sweep_columns<Model, Real, Used, Uniform>(args...);
}
template <class Model, class Real, int Used, bool Uniform, class... Args>
[[gnu::target("arch=x86-64-v3"), gnu::flatten]] void sweep_v3(Args... args) {
  sweep_columns<Model, Real, Used, Uniform>(args...);
}
#endif

/// The widest vector unit of this machine: 4, 3 (x86-64 levels) or 0 for the baseline.
int vector_level();

template <class Model, class Real, int Used, bool Uniform, class Pointers>
void sweep(const kernel_of<Model, Real>* kernels, const Pointers& columns, std::int32_t* const* sums, const Real* quanta,
           std::size_t count, index first, std::vector<index>& fired) {
#ifdef SPINULE_MULTIVERSION
  static const int level = vector_level();
  if (level >= 4)
    return sweep_v4<Model, Real, Used, Uniform, const kernel_of<Model, Real>*, const Pointers&, std::int32_t* const*,
                    const Real*, std::size_t, index, std::vector<index>&>(kernels, columns, sums, quanta, count, first, fired);
  if (level >= 3)
    return sweep_v3<Model, Real, Used, Uniform, const kernel_of<Model, Real>*, const Pointers&, std::int32_t* const*,
                    const Real*, std::size_t, index, std::vector<index>&>(kernels, columns, sums, quanta, count, first, fired);
#endif
  sweep_columns<Model, Real, Used, Uniform>(kernels, columns, sums, quanta, count, first, fired);
}

}  // namespace spinule

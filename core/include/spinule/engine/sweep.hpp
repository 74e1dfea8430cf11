// One pass over the columns of a population, compiled for several instruction sets; the bits are the same on each.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include <spinule/engine/aligned.hpp>
#include <spinule/engine/emission.hpp>
#include <spinule/engine/instruction_sets.hpp>
#include <spinule/model.hpp>

#ifdef SPINULE_MULTIVERSION
#include <immintrin.h>
#endif

namespace spinule {

/// State as structure of arrays: one vector per field.
template <class State, class... T>
auto make_columns(const std::tuple<field<State, T>...>&) -> std::tuple<aligned_vector<T>...>;
template <class State>
using state_columns = decltype(make_columns(State::fields));

template <class State, class Columns>
inline State load_state(const Columns& columns, std::size_t i) {
  State s{};
  [&]<std::size_t... F>(std::index_sequence<F...>) {
    ((s.*(std::get<F>(State::fields).member) = std::get<F>(columns)[i]), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<Columns>>>{});
  return s;
}

template <class State, class Columns>
inline void store_state(Columns& columns, std::size_t i, const State& s) {
  [&]<std::size_t... F>(std::index_sequence<F...>) {
    ((std::get<F>(columns)[i] = s.*(std::get<F>(State::fields).member)), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<Columns>>>{});
}

/// `Used` leading ports have a sum; the others receive nothing.
template <class Model, class Real, int Used>
inline arriving_at<Model, Real> take_arrivals(std::int32_t* const* sums, const Real* quanta, std::size_t i) {
  if constexpr (Model::ports == 1) {
    if constexpr (Used == 0)
      return Real{0};
    else
      return static_cast<Real>(sums[0][i]) * quanta[0];
  } else {
    arriving_at<Model, Real> in{};
    [&]<std::size_t... P>(std::index_sequence<P...>) { ((in[P] = static_cast<Real>(sums[P][i]) * quanta[P]), ...); }
    (std::make_index_sequence<static_cast<std::size_t>(Used)>{});
    return in;
  }
}

template <class Pointer>
inline void disguise(Pointer& column) {
#if defined(__GNUC__) && !defined(__clang__)
  asm("" : "+r"(column));
#else
  static_cast<void>(column);
#endif
}

/// The same pointers, though GCC cannot know that. If it did, a value that a model leaves as it was would
/// become a masked store, which some processors take tens of cycles for.
template <class Pointers>
inline Pointers disguised(Pointers columns) {
  std::apply([](auto&... column) { (disguise(column), ...); }, columns);
  return columns;
}

/// Flags of 32 neurons, 0 or -1 each, as bits; `Level`: the x86-64 level the caller is compiled for.
template <int Level>
inline std::uint32_t bits_of(const std::int32_t* flags) {
  std::uint32_t bits = 0;
  for (int k = 0; k < 32; ++k) bits |= static_cast<std::uint32_t>(flags[k] & 1) << k;
  return bits;
}
#ifdef SPINULE_MULTIVERSION
template <>
[[SPINULE_V3]] inline std::uint32_t bits_of<3>(const std::int32_t* flags) {
  const auto* eights = reinterpret_cast<const __m256i*>(flags);
  const __m256i low = _mm256_packs_epi32(eights[0], eights[1]);
  const __m256i high = _mm256_packs_epi32(eights[2], eights[3]);
  const __m256i bytes = _mm256_packs_epi16(low, high);  // fours of neurons, of the lower halves, then of the upper
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_permutevar8x32_epi32(bytes, order)));
}
#endif

/// Appends `first + i` for every i < count whose flag is set; flags up to the next multiple of 32 are clear.
/// Groups that hold a spike are collected without a branch first: where they are, no processor foresees.
template <int Level, std::size_t Most>
inline void append_set(const std::int32_t* flags, std::size_t count, index_t first, std::vector<index_t>& fired) {
  struct {
    index_t first;
    std::uint32_t bits;
  } hit[Most / 32];
  std::size_t hits = 0;
  for (std::size_t i = 0; i < count; i += 32) {
    hit[hits] = {first + static_cast<index_t>(i), bits_of<Level>(flags + i)};
    hits += hit[hits].bits != 0;
  }
  for (std::size_t h = 0; h < hits; ++h)
    for (std::uint32_t bits = hit[h].bits; bits != 0; bits &= bits - 1)
      fired.push_back(hit[h].first + static_cast<index_t>(std::countr_zero(bits)));
}

/// Appends `first + i` with its value for every i < count whose value is not 0.
template <class Real>
inline void append_values(const Real* values, std::size_t count, index_t first, emission_buffer& sent) {
  for (std::size_t i = 0; i < count; ++i) sent.add(first + static_cast<index_t>(i), values[i]);
}

/// Steps neurons 0 .. count - 1 and adds `first + i` for those that send something.
template <int Level, class Model, class Real, int Used, bool Uniform, class Pointers>
inline void sweep_columns(const kernel_of<Model, Real>* kernels, const Pointers& columns, std::int32_t* const* sums,
                          const Real* quanta, std::size_t count, index_t first, emission_buffer& sent) {
  using state = state_of<Model, Real>;
  constexpr std::size_t chunk = 256;
  using result = std::conditional_t<graded<Model>, Real, std::int32_t>;
  alignas(64) result says[chunk];  // a flag is as wide as the state, so that the loop needs few registers
  const Pointers next = disguised(columns);
  std::array<std::int32_t*, static_cast<std::size_t>(Used) + 1> local{};
  std::array<Real, static_cast<std::size_t>(Used) + 1> scale{};
  for (std::size_t p = 0; p < static_cast<std::size_t>(Used); ++p) {
    local[p] = sums[p];
    scale[p] = quanta[p];
  }
  const kernel_of<Model, Real> shared = kernels[0];
  for (std::size_t begin = 0; begin < count; begin += chunk) {
    const std::size_t n = count - begin < chunk ? count - begin : chunk;
    SPINULE_INDEPENDENT
    for (std::size_t j = 0; j < n; ++j) {
      const std::size_t i = begin + j;
      state s = load_state<state>(columns, i);
      const auto in = take_arrivals<Model, Real, Used>(local.data(), scale.data(), i);
      step_result<Model, Real> step;
      if constexpr (Uniform)
        step = shared.step(s, in);
      else
        step = kernels[i].step(s, in);
      store_state(next, i, s);
      for (int p = 0; p < Used; ++p) local[static_cast<std::size_t>(p)][i] = 0;
      if constexpr (graded<Model>)
        says[j] = step;
      else
        says[j] = step ? -1 : 0;
    }
    const index_t first_here = first + static_cast<index_t>(begin);
    if constexpr (graded<Model>) {
      append_values(says, n, first_here, sent);
    } else {
      for (std::size_t j = n; j < (n + 31) / 32 * 32; ++j) says[j] = 0;
      append_set<Level, chunk>(says, n, first_here, sent.neurons);
    }
  }
}

#ifdef SPINULE_MULTIVERSION
template <class Model, class Real, int Used, bool Uniform, class... Args>
[[SPINULE_V4, gnu::flatten]] void sweep_v4(Args... args) {
  sweep_columns<3, Model, Real, Used, Uniform>(args...);
}
template <class Model, class Real, int Used, bool Uniform, class... Args>
[[SPINULE_V3, gnu::flatten]] void sweep_v3(Args... args) {
  sweep_columns<3, Model, Real, Used, Uniform>(args...);
}
#endif

template <class Model, class Real, int Used, bool Uniform, class Pointers>
void sweep(const kernel_of<Model, Real>* kernels, const Pointers& columns, std::int32_t* const* sums,
           const Real* quanta, std::size_t count, index_t first, emission_buffer& sent) {
#ifdef SPINULE_MULTIVERSION
  static const int level = vector_level();
  if (level >= 4)
    return sweep_v4<Model, Real, Used, Uniform, const kernel_of<Model, Real>*, const Pointers&, std::int32_t* const*,
                    const Real*, std::size_t, index_t, emission_buffer&>(kernels, columns, sums, quanta, count, first,
                                                                         sent);
  if (level >= 3)
    return sweep_v3<Model, Real, Used, Uniform, const kernel_of<Model, Real>*, const Pointers&, std::int32_t* const*,
                    const Real*, std::size_t, index_t, emission_buffer&>(kernels, columns, sums, quanta, count, first,
                                                                         sent);
#endif
  sweep_columns<0, Model, Real, Used, Uniform>(kernels, columns, sums, quanta, count, first, sent);
}

}  // namespace spinule

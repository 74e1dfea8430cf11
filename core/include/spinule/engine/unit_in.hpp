// The unit of a constant or a law.
#pragma once

#include <type_traits>

#include <spinule/engine/expect_unit.hpp>
#include <spinule/units.hpp>

namespace spinule {

template <class Unit>
struct normal;
template <class Unit>
struct lognormal;
template <class Unit>
struct uniform;
template <class Law, class Unit>
struct clipped;

template <class T>
struct unit_in_trait {};
template <class T>
requires std::is_arithmetic_v<T>
struct unit_in_trait<T> {
  using type = number;
};
template <int V, int I, int T, int L>
struct unit_in_trait<quantity<V, I, T, L>> {
  using type = quantity<V, I, T, L>;
};
template <class Unit>
struct unit_in_trait<normal<Unit>> : unit_in_trait<Unit> {};
template <class Unit>
struct unit_in_trait<lognormal<Unit>> : unit_in_trait<Unit> {};
template <class Unit>
struct unit_in_trait<uniform<Unit>> : unit_in_trait<Unit> {};
template <class Law, class Unit>
struct unit_in_trait<clipped<Law, Unit>> : unit_in_trait<Unit> {};

/// Of a number, a quantity or a law over either; `number` where there is no unit.
template <class T>
using unit_in = typename unit_in_trait<T>::type;

}  // namespace spinule

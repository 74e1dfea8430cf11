// State tables as matrices of Eigen.
#pragma once

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <Eigen/Core>

#include <spinule/error.hpp>
#include <spinule/learning/liquid_measures.hpp>

namespace spinule::learning {

inline Eigen::Index extent(std::size_t n) { return static_cast<Eigen::Index>(n); }

using state_matrix = Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

/// [rows x columns]; throws `spinule_error{where, ...}` for an empty or ragged table and numbers that are not finite.
inline state_matrix matrix_of(const state_table& states, const char* where) {
  if (states.columns == 0 || states.values.empty())
    throw spinule_error{where, "the table of states is empty: give at least one row of one number"};
  if (states.values.size() % states.columns != 0)
    throw spinule_error{where,
                        fmt::format("{} values do not make whole rows of {}", states.values.size(), states.columns)};
  const auto bad = std::ranges::find_if(states.values, [](double x) { return !std::isfinite(x); });
  if (bad != states.values.end()) {
    const auto at = static_cast<std::size_t>(bad - states.values.begin());
    throw spinule_error{where, fmt::format("number {} of row {} is {}: it must be finite", at % states.columns,
                                           at / states.columns, *bad)};
  }
  return {states.values.data(), extent(states.rows()), extent(states.columns)};
}

}  // namespace spinule::learning

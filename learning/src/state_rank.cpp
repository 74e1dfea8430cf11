#include <limits>

#include "eigen_states.hpp"
#include "singular_values.hpp"

namespace spinule::learning {

state_rank rank_of(const state_table& states, double tolerance) {
  const auto matrix = matrix_of(states, "rank_of");
  if (!(tolerance >= 0))
    throw spinule_error{"rank_of", fmt::format("tolerance = {}; it must not be negative", tolerance)};
  const singular_values svd = decompose(matrix);
  const auto& sigma = svd.singularValues();
  state_rank r{0, tolerance, {sigma.begin(), sigma.end()}};
  if (tolerance == 0)
    r.tolerance =
        sigma[0] * static_cast<double>(std::max(matrix.rows(), matrix.cols())) * std::numeric_limits<double>::epsilon();
  r.rank =
      static_cast<std::size_t>(std::ranges::count_if(r.singular_values, [&](double s) { return s > r.tolerance; }));
  return r;
}

}  // namespace spinule::learning

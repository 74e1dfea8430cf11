#include <spinule/learning/engine/feature_table.hpp>

#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {

void check(const feature_table& table, const char* where) {
  if (table.features == 0 || table.values.empty())
    throw spinule_error{where, "the feature table is empty: give at least one sample with one feature"};
  if (table.values.size() % table.features != 0)
    throw spinule_error{
        where, fmt::format("{} values do not make whole rows of {} features", table.values.size(), table.features)};
  for (std::size_t i = 0; i < table.values.size(); ++i)
    if (!std::isfinite(table.values[i]))
      throw spinule_error{where, fmt::format("feature {} of sample {} is {}: it must be finite", i % table.features,
                                             i / table.features, table.values[i])};
}

}  // namespace spinule::learning

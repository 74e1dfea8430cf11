// Features of many samples, borrowed from whoever counted them.
#pragma once

#include <cstddef>
#include <span>

namespace spinule::learning {

/// Rows of `features` numbers, one row per sample, row after row in `values` [samples x features].
struct feature_table {
  std::span<const float> values;
  std::size_t features = 0;

  std::size_t samples() const { return features == 0 ? 0 : values.size() / features; }
  std::span<const float> row(std::size_t sample) const { return values.subspan(sample * features, features); }
};

/// Throws `spinule_error{where, ...}` unless the table has samples, features, whole rows and none but finite values.
void check(const feature_table& table, const char* where);

}  // namespace spinule::learning

// The inner loops of training against plain ones, at every width.
#include <vector>

#include <gtest/gtest.h>

#include <spinule/random.hpp>

#include "../../learning/src/row_sums.hpp"

namespace spinule::learning::row_sums_test {

std::vector<float> numbers(std::size_t count, std::uint64_t seed) {
  random_stream random{seed, purpose::user, 1};
  std::vector<float> all(count);
  for (float& x : all) x = static_cast<float>(random.uniform() - 0.5);
  return all;
}

TEST(row_sums, are_right_at_every_width_and_write_nothing_else) {
  constexpr std::size_t rows = 5, inner = 9, stride = 160;
  const auto table = numbers(inner * stride + row_slack, 1), a = numbers(rows * inner, 2);
  std::vector<std::uint32_t> offsets{0}, entries;
  std::vector<float> values;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::uint32_t k = 0; k < r * 2; ++k) {
      entries.push_back((3 * k + static_cast<std::uint32_t>(r)) % inner);
      values.push_back(a[k]);
    }
    offsets.push_back(static_cast<std::uint32_t>(entries.size()));
  }
  for (std::size_t width = 1; width <= stride; ++width)
    for (const bool weighted : {false, true}) {
      std::vector<float> listed(rows * stride, 1), product(rows * stride, 1), expected = listed, multiplied = product;
      const row_lists lists{offsets.data(), entries.data(), weighted ? values.data() : nullptr};
      add_listed_rows(lists, rows, table.data(), stride, width, listed.data(), stride);
      add_product(a.data(), inner, rows, inner, table.data(), stride, width, product.data(), stride);
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < width; ++c) {
          float sum = 0, whole = 0;
          for (std::uint32_t e = offsets[r]; e < offsets[r + 1]; ++e)
            sum += table[entries[e] * stride + c] * (weighted ? values[e] : 1);
          for (std::size_t k = 0; k < inner; ++k) whole += a[r * inner + k] * table[k * stride + c];
          expected[r * stride + c] += sum;
          multiplied[r * stride + c] += whole;
        }
      ASSERT_EQ(listed, expected) << width;
      ASSERT_EQ(product, multiplied) << width;
    }
}

TEST(row_sums, correlations_are_dots_of_shifted_rows) {
  constexpr std::size_t rows = 6, count = 48, stride = 80;
  const auto table = numbers(rows * stride + row_slack, 3), x = numbers(count, 4), factors = numbers(rows, 5);
  const std::vector<std::int32_t> shift{0, 3, 31, 40, 7, 1};
  std::vector<float> out(rows, 0);
  add_correlations(x.data(), count, shift.data(), rows, 32, table.data(), stride, factors.data(), out.data());
  for (std::size_t i = 0; i < rows; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k)
      sum += static_cast<double>(x[k]) * table[i * stride + static_cast<std::size_t>(shift[i]) + k];
    EXPECT_NEAR(out[i], shift[i] < 32 ? factors[i] * sum : 0, 1e-6) << i;
  }
}

}  // namespace spinule::learning::row_sums_test

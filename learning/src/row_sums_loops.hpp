// The loops of row_sums.hpp, included once for each instruction set, within a namespace of its own.

/// Adds the first `count` numbers of `sum` to `out`.
template <std::size_t Vectors>
inline void add_to(float* out, const register_of_eight (&sum)[Vectors], std::size_t count) {
  if (count >= Vectors * lanes) {
    for (std::size_t v = 0; v < Vectors; ++v)
      *reinterpret_cast<eight*>(out + v * lanes) = *reinterpret_cast<const eight*>(out + v * lanes) + sum[v];
    return;
  }
  for (std::size_t c = 0; c < count; ++c) out[c] += sum[c / lanes][c % lanes];
}

/// One list, `Vectors` times eight columns from `table` on.
template <std::size_t Vectors, bool Weighted>
inline void add_list(const row_lists& lists, std::size_t r, const float* table, std::size_t stride, float* out,
                     std::size_t count) {
  const std::uint32_t begin = lists.offsets[r], end = lists.offsets[r + 1];
  if (begin == end) return;
  register_of_eight sum[Vectors] = {};
  for (std::uint32_t e = begin; e < end; ++e) {
    const float* row = table + lists.entries[e] * stride;
#pragma GCC unroll 8
    for (std::size_t v = 0; v < Vectors; ++v) {
      const auto& x = *reinterpret_cast<const eight*>(row + v * lanes);
      if constexpr (Weighted)
        sum[v] += x * lists.values[e];
      else
        sum[v] += x;
    }
  }
  add_to(out, sum, count);
}

template <std::size_t Vectors, bool Weighted>
inline void add_lists(const row_lists& lists, std::size_t rows, const float* table, std::size_t table_stride,
                      float* out, std::size_t out_stride, std::size_t count) {
  for (std::size_t r = 0; r < rows; ++r)
    add_list<Vectors, Weighted>(lists, r, table, table_stride, out + r * out_stride, count);
}

template <bool Weighted>
inline void add_all_lists(const row_lists& lists, std::size_t rows, const float* table, std::size_t table_stride,
                          std::size_t width, float* out, std::size_t out_stride) {
  std::size_t c = 0;
  for (; c + 4 * lanes < width; c += 8 * lanes)
    add_lists<8, Weighted>(lists, rows, table + c, table_stride, out + c, out_stride, lesser(width - c, 8 * lanes));
  for (; c < width; c += 2 * lanes)
    add_lists<2, Weighted>(lists, rows, table + c, table_stride, out + c, out_stride, lesser(width - c, 2 * lanes));
}

/// `Rows` rows and `Vectors` times eight columns of a product.
template <std::size_t Rows, std::size_t Vectors>
inline void add_block(const float* a, std::size_t a_stride, std::size_t inner, const float* table,
                      std::size_t table_stride, float* out, std::size_t out_stride, std::size_t count) {
  register_of_eight sum[Rows][Vectors] = {};
  for (std::size_t k = 0; k < inner; ++k) {
    const float* row = table + k * table_stride;
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r)
#pragma GCC unroll 8
      for (std::size_t v = 0; v < Vectors; ++v)
        sum[r][v] += a[r * a_stride + k] * *reinterpret_cast<const eight*>(row + v * lanes);
  }
  for (std::size_t r = 0; r < Rows; ++r) add_to(out + r * out_stride, sum[r], count);
}

inline void add_listed_rows(const row_lists& lists, std::size_t rows, const float* table, std::size_t table_stride,
                            std::size_t width, float* out, std::size_t out_stride) {
  if (lists.values == nullptr)
    add_all_lists<false>(lists, rows, table, table_stride, width, out, out_stride);
  else
    add_all_lists<true>(lists, rows, table, table_stride, width, out, out_stride);
}

inline void add_product(const float* a, std::size_t a_stride, std::size_t rows, std::size_t inner, const float* table,
                        std::size_t table_stride, std::size_t width, float* out, std::size_t out_stride) {
  constexpr std::size_t tall = 4, wide = 2 * lanes;
  for (std::size_t c = 0; c < width; c += wide) {
    const std::size_t count = lesser(width - c, wide);
    std::size_t r = 0;
    for (; r + tall <= rows; r += tall)
      add_block<tall, 2>(a + r * a_stride, a_stride, inner, table + c, table_stride, out + r * out_stride + c,
                         out_stride, count);
    for (; r < rows; ++r)
      add_block<1, 2>(a + r * a_stride, a_stride, inner, table + c, table_stride, out + r * out_stride + c, out_stride,
                      count);
  }
}

/// Of eight numbers, halves added to halves.
inline float sum_of(const register_of_eight& x) {
  const float low = (x[0] + x[4]) + (x[2] + x[6]), high = (x[1] + x[5]) + (x[3] + x[7]);
  return low + high;
}

inline float dot(const float* a, const float* b, std::size_t count) {
  register_of_eight sum[2] = {};
  std::size_t k = 0;
  for (; k + 2 * lanes <= count; k += 2 * lanes)
    for (std::size_t v = 0; v < 2; ++v)
      sum[v] += *reinterpret_cast<const eight*>(a + k + v * lanes) * *reinterpret_cast<const eight*>(b + k + v * lanes);
  float total = sum_of(sum[0] + sum[1]);
  for (; k < count; ++k) total += a[k] * b[k];
  return total;
}

inline void add_correlations(const float* x, std::size_t count, const std::int32_t* shift, std::size_t rows,
                             std::int32_t most, const float* table, std::size_t stride, const float* factors,
                             float* out) {
  for (std::size_t i = 0; i < rows; ++i) {
    if (shift[i] >= most) continue;
    const float sum = dot(x, table + i * stride + shift[i], count);
    out[i] += factors == nullptr ? sum : factors[i] * sum;
  }
}

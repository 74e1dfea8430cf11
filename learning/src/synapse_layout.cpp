#include "synapse_layout.hpp"

#include <algorithm>

namespace spinule::learning {
namespace {

/// Adds four rows of errors, or one, to the synapses of a source.
template <bool Weighted>
void add_errors(const std::uint32_t* targets, std::size_t synapses, const float* errors, std::size_t width,
                const std::uint32_t* rows, const float* values, std::size_t count, float* gradient) {
  const auto of = [&](const float* row, std::size_t e, std::size_t i) {
    if constexpr (Weighted)
      return row[i] * values[e];
    else
      return row[i];
  };
  std::size_t e = 0;
  for (; e + 4 <= count; e += 4) {
    const float *const a = errors + rows[e] * width, *const b = errors + rows[e + 1] * width;
    const float *const c = errors + rows[e + 2] * width, *const d = errors + rows[e + 3] * width;
    for (std::size_t k = 0; k < synapses; ++k) {
      const std::size_t i = targets[k];
      gradient[k] = (((gradient[k] + of(a, e, i)) + of(b, e + 1, i)) + of(c, e + 2, i)) + of(d, e + 3, i);
    }
  }
  for (; e < count; ++e)
    for (std::size_t k = 0; k < synapses; ++k) gradient[k] += of(errors + rows[e] * width, e, targets[k]);
}

}  // namespace

double synapse_layout::bytes(double sources, double targets, double synapses, bool sparse, int more) {
  const double each = (4 + more) * sizeof(float);
  if (sparse) return synapses * (each + sizeof(std::uint32_t)) + sources * sizeof(std::uint32_t);
  return sources * std::ceil(targets / 16) * 16 * each + sources * targets;
}

void synapse_layout::clear_absent(aligned_vector<float>& numbers) const {
  if (present.empty()) return;
  for (std::size_t j = 0; j < sources; ++j)
    for (std::size_t i = 0; i < targets; ++i)
      if (present[j * targets + i] == 0) numbers[j * stride + i] = 0;
}

double synapse_layout::norm_of(const aligned_vector<float>& numbers) const {
  if (numbers.empty()) return 0;
  double sum = 0;
  for_each([&](std::size_t, std::size_t, std::size_t place) {
    const double x = numbers[place];
    sum += x * x;
  });
  return std::sqrt(sum);
}

std::vector<double> synapse_layout::matrix_of(const aligned_vector<float>& numbers) const {
  std::vector<double> all(std::size_t{sources} * targets, 0);
  if (!numbers.empty())
    for_each([&](std::size_t j, std::size_t i, std::size_t place) { all[j * targets + i] = numbers[place]; });
  return all;
}

std::vector<double> synapse_layout::delay_matrix_of(std::span<const float> numbers, double otherwise) const {
  std::vector<double> all(std::size_t{sources} * targets, otherwise);
  if (numbers.empty()) return all;
  for (std::size_t j = 0; j < sources; ++j)
    for (std::size_t k = 0; k < row_size(j); ++k)
      all[j * targets + (sparse ? row_targets(j)[k] : k)] = numbers[delay_row(j) + k];
  return all;
}

void synapse_layout::add_sent(const row_lists& sent, std::size_t samples, const float* weights, float* out) const {
  if (!sparse) return add_listed_rows(sent, samples, weights, stride, targets, out, targets);
  std::vector<float> sums(targets);  // from 0 on, as those of a matrix, whatever else arrives: so bits are the same
  for (std::size_t b = 0; b < samples; ++b, out += targets) {
    if (sent.offsets[b] == sent.offsets[b + 1]) continue;
    std::ranges::fill(sums, 0.0F);
    for (std::uint32_t e = sent.offsets[b]; e < sent.offsets[b + 1]; ++e) {
      const float value = sent.values == nullptr ? 1 : sent.values[e];
      const std::size_t j = sent.entries[e];
      for (std::size_t k = list_offsets[j]; k < list_offsets[j + 1]; ++k) sums[list_targets[k]] += weights[k] * value;
    }
    for (std::size_t i = 0; i < targets; ++i) out[i] += sums[i];
  }
}

float synapse_layout::product(std::size_t source, const float* weights, const float* x) const {
  if (!sparse) return dot(weights + source * stride, x, targets);
  float sum = 0;
  for (std::size_t k = list_offsets[source]; k < list_offsets[source + 1]; ++k) sum += weights[k] * x[list_targets[k]];
  return sum;
}

void synapse_layout::add_gradient(std::size_t first, std::size_t count, const row_lists& rows, const float* errors,
                                  float* gradient) const {
  if (!sparse) {
    add_listed_rows(rows, sources, errors + first, targets, count, gradient + first, stride);
    return;
  }
  // The second cache holds so many columns and rows of errors, which are used for all sources before others are; of
  // each source the rows in which it sent ascend, and so do the targets.
  constexpr std::uint32_t columns = 2048, numbers = 65536;
  const std::uint32_t together = std::max<std::uint32_t>(1, numbers / std::min<std::uint32_t>(targets, columns));
  std::vector<std::uint32_t> begin(list_offsets.begin() + static_cast<std::ptrdiff_t>(first),
                                   list_offsets.begin() + static_cast<std::ptrdiff_t>(first + count));
  std::vector<std::uint32_t> end(count), next;
  for (std::uint64_t last_column = columns, column = 0; column < targets;
       column = last_column, last_column += columns) {
    for (std::size_t s = 0; s < count; ++s)
      for (end[s] = begin[s]; end[s] < list_offsets[first + s + 1] && list_targets[end[s]] < last_column;) ++end[s];
    next.assign(rows.offsets + first, rows.offsets + first + count);
    std::size_t left = rows.offsets[first + count] - rows.offsets[first];
    for (std::uint64_t last_row = together; left > 0; last_row += together)
      for (std::size_t s = 0; s < count; ++s) {
        const std::uint32_t from = next[s], all = rows.offsets[first + s + 1];
        while (next[s] < all && rows.entries[next[s]] < last_row) ++next[s];
        const std::size_t some = next[s] - from, synapses = end[s] - begin[s];
        const auto add = rows.values == nullptr ? add_errors<false> : add_errors<true>;
        add(list_targets.data() + begin[s], synapses, errors, targets, rows.entries + from,
            rows.values == nullptr ? nullptr : rows.values + from, some, gradient + begin[s]);
        left -= some;
      }
    begin = end;
  }
}

}  // namespace spinule::learning

#include "fast_normal.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace spinule {
namespace {

constexpr std::uint32_t knots = 4096, per_knot = 16, tail = 32;

// Small enough for the first-level cache, which 65536 quantiles are not.
struct quantile_table {
  std::array<float, knots> at{}, slope{};
  std::array<float, tail * per_knot> outer{};

  quantile_table() {
    for (std::uint32_t i = 1; i + 1 < knots; ++i) {
      const double here = normal_quantile(i / double{knots}), next = normal_quantile((i + 1) / double{knots});
      slope[i] = static_cast<float>((next - here) / per_knot);
      at[i] = static_cast<float>(here + (next - here) / (2 * per_knot));
    }
    for (std::uint32_t k = 0; k < outer.size(); ++k) outer[k] = static_cast<float>(normal_quantile((k + 0.5) / 65536));
  }

  float operator()(std::uint32_t k) const {
    const std::uint32_t i = k / per_knot;
    if (i - tail < knots - 2 * tail) return at[i] + slope[i] * static_cast<float>(k % per_knot);
    return k < outer.size() ? outer[k] : -outer[65535 - k];
  }
};

}  // namespace

void fill_normals(random_stream& random, std::span<float> out) {
  static const quantile_table quantile;
  std::array<std::uint32_t, 128> drawn;
  for (std::size_t first = 0; first < out.size(); first += 2 * drawn.size()) {
    const std::size_t n = std::min(out.size() - first, 2 * drawn.size());
    random.bits(std::span{drawn}.first((n + 1) / 2));
    for (std::size_t i = 0; i < n; ++i)
      out[first + i] = quantile(i % 2 == 0 ? drawn[i / 2] & 0xFFFF : drawn[i / 2] >> 16);
  }
}

}  // namespace spinule

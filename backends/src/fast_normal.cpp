#include "fast_normal.hpp"

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
  std::size_t i = 0;
  for (; i + 1 < out.size(); i += 2) {
    const std::uint32_t u = random.bits();
    out[i] = quantile(u & 0xFFFF);
    out[i + 1] = quantile(u >> 16);
  }
  if (i < out.size()) out[i] = quantile(random.bits() & 0xFFFF);
}

}  // namespace spinule

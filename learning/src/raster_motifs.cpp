#include <spinule/learning/raster_motifs.hpp>

#include <utility>
#include <vector>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/random.hpp>

namespace spinule::learning {
namespace {

constexpr const char* here = "raster_motifs";
enum stream : std::uint32_t { of_kernels, of_motifs, of_events };

void check_probability(double p, const char* name) {
  if (!(p > 0 && p < 1)) throw spinule_error{here, fmt::format("{} {} must be between 0 and 1", name, p)};
}

void check(const raster_motifs& r) {
  if (r.addresses == 0 || r.motifs == 0 || r.delays < 2)
    throw spinule_error{here, fmt::format("{} addresses, {} motifs and {} delays: give at least 1, 1 and 2",
                                          r.addresses, r.motifs, r.delays)};
  if (r.bins < r.delays)
    throw spinule_error{here, fmt::format("motifs of {} bins do not fit into {} bins", r.delays, r.bins)};
  if (!(r.strength > 0 && r.strength < 1e6))
    throw spinule_error{here, fmt::format("strength {} must be positive, and below 1e6", r.strength)};
  check_probability(r.density, "density");
  check_probability(r.p_event, "p_event");
  check_probability(r.p_motif, "p_motif");
}

/// [delays] weight of the kernel by time since the beginning of the motif.
std::vector<double> envelope(std::uint32_t delays) {
  std::vector<double> e;
  for (std::uint32_t k = 0; k < delays; ++k) {
    const double s = static_cast<double>(k) / (delays - 1);
    e.push_back(portable_exp(-s / 0.4) * (1 - portable_exp(-s / 0.05)));
  }
  return e;
}

std::vector<raster_event> draw_motifs(const raster_motifs& r, std::uint64_t number) {
  random_stream draw{r.seed, purpose::generator, number, of_motifs};
  const std::uint64_t last = std::uint64_t{r.bins - r.delays + 1} * r.motifs;
  std::vector<raster_event> motifs;
  for (std::uint64_t i = draw.geometric(r.p_motif); i < last; i += 1 + draw.geometric(r.p_motif))
    motifs.push_back({static_cast<std::uint32_t>(i / r.motifs) + r.delays - 1, static_cast<index_t>(i % r.motifs)});
  return motifs;
}

}  // namespace

motif_parameters raster_motifs::kernels() const {
  check(*this);
  const motif_shape shape{addresses, delays, motifs};
  motif_parameters result{shape, std::vector<float>(shape.weights()), std::vector<float>(motifs)};
  const auto form = envelope(delays);
  const double least = normal_quantile(1 - density);
  random_stream draw{seed, purpose::generator, 0, of_kernels};
  std::vector<double> drawn(delays);
  for (index_t b = 0; b < motifs; ++b)
    for (index_t a = 0; a < addresses; ++a) {
      draw.normals(drawn);
      for (std::uint32_t k = 0; k < delays; ++k) drawn[k] = drawn[k] > least ? strength * drawn[k] * form[k] : 0;
      const auto at = [&](std::uint32_t k) { return k < delays ? drawn[k] : 0; };
      for (std::uint32_t k = 0; k < delays; ++k)  // k - 1 wraps around to nothing
        result.weights[shape.place(a, delays - 1 - k, b)] =
            static_cast<float>(at(k + 1) - 0.8 * at(k) - 0.2 * at(k - 1));
    }
  return result;
}

motif_sample raster_motifs::trial(const motif_parameters& kernels, std::uint64_t number) const {
  check(*this);
  const motif_shape shape{addresses, delays, motifs};
  if (kernels.shape != shape || kernels.weights.size() != shape.weights())
    throw spinule_error{here, fmt::format("the kernels are not those of {} addresses, {} delays and {} motifs",
                                          addresses, delays, motifs)};
  raster complete{motifs, bins, draw_motifs(*this, number)};
  std::vector<double> logit(std::size_t{bins} * addresses, portable_log(p_event) - portable_log(1 - p_event));
  for (const auto& [bin, motif] : complete.events())
    for (std::uint32_t d = 0; d < delays; ++d)
      for (index_t a = 0; a < addresses; ++a)
        logit[std::size_t{bin - d} * addresses + a] += static_cast<double>(kernels.weights[shape.place(a, d, motif)]);
  random_stream draw{seed, purpose::generator, number, of_events};
  std::vector<raster_event> events;
  for (std::size_t i = 0; i < logit.size(); ++i)
    if (draw.uniform() * (1 + portable_exp(-logit[i])) < 1)
      events.push_back({static_cast<std::uint32_t>(i / addresses), static_cast<index_t>(i % addresses)});
  return {raster{addresses, bins, std::move(events)}, std::move(complete)};
}

}  // namespace spinule::learning

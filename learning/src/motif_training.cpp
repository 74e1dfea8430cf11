#include <spinule/learning/motif_training.hpp>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>

#include "motif_mirror.hpp"
#include "motif_trainer.hpp"

namespace spinule::learning {
namespace {

constexpr const char* here = "motif_training";

void check_options(const motif_training& o) {
  if (o.epochs < 1) throw spinule_error{here, fmt::format("{} epochs: give at least one", o.epochs)};
  if (o.batch == 0) throw spinule_error{here, "a batch of 0 samples: give at least one"};
  if (!(o.learning_rate > 0) || !std::isfinite(o.learning_rate))
    throw spinule_error{here, fmt::format("learning rate {} must be positive, and finite", o.learning_rate)};
  if (!(o.penalty >= 0) || !std::isfinite(o.penalty))
    throw spinule_error{here, fmt::format("penalty {} must be 0 or more, and finite", o.penalty)};
  if (!(o.start > 0) || !std::isfinite(o.start))
    throw spinule_error{here, fmt::format("start {} must be positive, and finite", o.start)};
}

void check_sample(const motif_sample& s, std::size_t i, const motif_shape& shape) {
  if (s.events.addresses() != shape.addresses || s.motifs.addresses() != shape.motifs)
    throw spinule_error{here, fmt::format("sample {} has {} addresses and {} motifs, the first {} and {}", i,
                                          s.events.addresses(), s.motifs.addresses(), shape.addresses, shape.motifs)};
  if (s.events.bins() != s.motifs.bins())
    throw spinule_error{here, fmt::format("sample {} has {} bins of events and {} of motifs: give as many", i,
                                          s.events.bins(), s.motifs.bins())};
  if (s.events.bins() < shape.delays)
    throw spinule_error{here, fmt::format("a layer of {} delays is longer than sample {} of {} bins: give longer "
                                          "recordings, shorter bins or fewer delays",
                                          shape.delays, i, s.events.bins())};
}

void check_exclusive(const motif_sample& s, std::size_t i) {
  const auto all = s.motifs.events();
  const auto twice =
      std::adjacent_find(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.bin == b.bin; });
  if (twice != all.end())
    throw spinule_error{
        here, fmt::format("sample {} has more than one motif in bin {}: take the independent loss", i, twice->bin)};
}

motif_shape checked_shape(std::span<const motif_sample> samples, std::uint32_t delays, const motif_training& options) {
  check_options(options);
  if (samples.empty()) throw spinule_error{here, "no samples: give at least one"};
  if (delays == 0) throw spinule_error{here, "0 delays: give at least one"};
  const motif_shape shape{samples[0].events.addresses(), delays, samples[0].motifs.addresses()};
  for (std::size_t i = 0; i < samples.size(); ++i) check_sample(samples[i], i, shape);
  if (!options.mirror.empty()) check_mirror(here, options.mirror, shape.addresses);
  return shape;
}

std::vector<motif_pair> checked_pairs(std::span<const motif_sample> samples, const motif_training& options) {
  std::vector<motif_pair> pairs;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (options.loss == motif_loss::exclusive) check_exclusive(samples[i], i);
    pairs.push_back({&samples[i].events, &samples[i].motifs});
  }
  return pairs;
}

raster reversed(const raster& r) {
  std::vector<raster_event> events;
  events.reserve(r.events().size());
  for (const auto& e : r.events()) events.push_back({r.bins() - 1 - e.bin, e.address});
  return {r.addresses(), r.bins(), std::move(events)};
}

double log_one_plus_exp(double x) {
  return x > 0 ? x + portable_log(1 + portable_exp(-x)) : portable_log(1 + portable_exp(x));
}

}  // namespace

motif_sample labelled(raster events, std::uint32_t label, std::uint32_t classes) {
  if (label >= classes)
    throw spinule_error{here, fmt::format("label {} must be below {}, the number of classes", label, classes)};
  std::vector<raster_event> all;
  for (std::uint32_t t = 0; t < events.bins(); ++t) all.push_back({t, label});
  raster motifs{classes, events.bins(), std::move(all)};
  return {std::move(events), std::move(motifs)};
}

motif_layer train_motifs(std::span<const motif_sample> samples, std::uint32_t delays, const motif_training& options) {
  const motif_shape shape = checked_shape(samples, delays, options);
  return motif_layer{motif_trainer{checked_pairs(samples, options), shape, options}.run()};
}

motif_layer train_motifs(std::span<const motif_sample> samples, const motif_layer& from,
                         const motif_training& options) {
  const motif_shape shape = checked_shape(samples, from.shape().delays, options);
  if (shape != from.shape())
    throw spinule_error{here, fmt::format("the samples have {} addresses and {} motifs, the layer {} and {}",
                                          shape.addresses, shape.motifs, from.shape().addresses, from.shape().motifs)};
  return motif_layer{motif_trainer{checked_pairs(samples, options), from.parameters(), options}.run()};
}

motif_layer learn_motif_kernels(std::span<const motif_sample> samples, std::uint32_t delays,
                                const motif_training& options) {
  const motif_shape shape = checked_shape(samples, delays, options);
  if (options.loss != motif_loss::independent)
    throw spinule_error{here, "addresses are active independently of each other: take the independent loss"};
  if (!options.mirror.empty()) throw spinule_error{here, "kernels of the generative direction have no mirror"};
  std::vector<motif_sample> mirrored;
  std::vector<motif_pair> pairs, given;
  for (const motif_sample& s : samples) given.push_back({&s.events, &s.motifs});
  const auto odds = log_odds(given);
  for (const motif_sample& s : samples) mirrored.push_back({reversed(s.motifs), reversed(s.events)});
  for (const motif_sample& s : mirrored) pairs.push_back({&s.events, &s.motifs});
  const motif_shape exchanged{shape.motifs, delays, shape.addresses};
  const motif_parameters made = motif_trainer{std::move(pairs), exchanged, options}.run();

  motif_parameters result{shape, std::vector<float>(shape.weights()), {}};
  for (index_t b = 0; b < shape.motifs; ++b) {
    double bias = odds[b];
    for (index_t a = 0; a < shape.addresses; ++a) {
      const auto rest = static_cast<double>(made.bias[a]);
      for (std::uint32_t d = 0; d < delays; ++d) {
        const float k = made.weights[exchanged.place(b, d, a)];
        result.weights[shape.place(a, d, b)] = k;
        bias -= log_one_plus_exp(rest + static_cast<double>(k)) - log_one_plus_exp(rest);
      }
    }
    result.bias.push_back(static_cast<float>(bias));
  }
  return motif_layer{std::move(result)};
}

}  // namespace spinule::learning

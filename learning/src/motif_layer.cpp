#include <spinule/learning/motif_layer.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>

#include "motif_mirror.hpp"

namespace spinule::learning {
namespace {

constexpr const char* here = "motif_layer";

void check_parameters(const motif_parameters& p) {
  const auto& [n, d, m] = p.shape;
  if (n == 0 || d == 0 || m == 0)
    throw spinule_error{here, fmt::format("{} addresses, {} delays and {} motifs: give at least one of each", n, d, m)};
  if (static_cast<double>(n) * d * m > 0x1p40)
    throw spinule_error{here, fmt::format("{} addresses, {} delays and {} motifs are more than 2^40 weights", n, d, m)};
  if (p.weights.size() != p.shape.weights() || p.bias.size() != m)
    throw spinule_error{here, fmt::format("{} addresses, {} delays and {} motifs want {} weights and {} biases, not {} "
                                          "and {}",
                                          n, d, m, p.shape.weights(), m, p.weights.size(), p.bias.size())};
  const auto is_finite = [](float x) { return std::isfinite(x); };
  const auto bad = std::find_if_not(p.weights.begin(), p.weights.end(), is_finite);
  if (bad != p.weights.end()) {
    const auto i = static_cast<std::size_t>(bad - p.weights.begin());
    throw spinule_error{here, fmt::format("the weight of address {}, delay {} and motif {} is {}: give finite ones",
                                          i / m / d, i / m % d, i % m, *bad)};
  }
  const auto wrong = std::find_if_not(p.bias.begin(), p.bias.end(), is_finite);
  if (wrong != p.bias.end())
    throw spinule_error{here,
                        fmt::format("the bias of motif {} is {}: give finite ones", wrong - p.bias.begin(), *wrong)};
}

}  // namespace

motif_layer::motif_layer(motif_parameters parameters) : parameters_{std::move(parameters)} {
  check_parameters(parameters_);
  round_to_step();
  list_rows();
}

void motif_layer::round_to_step() {
  auto& [shape, weights, bias] = parameters_;
  std::vector<double> sum(shape.motifs);
  for (index_t b = 0; b < shape.motifs; ++b) sum[b] = std::fabs(static_cast<double>(bias[b]));
  for (std::size_t i = 0; i < weights.size(); ++i) sum[i % shape.motifs] += std::fabs(static_cast<double>(weights[i]));
  const double largest = *std::max_element(sum.begin(), sum.end());
  if (!(largest > 0)) return;
  int exponent = 0;
  std::frexp(largest, &exponent);
  step_ = std::ldexp(1.0, exponent - 24);
  const auto round = [&](float& x) { x = static_cast<float>(std::nearbyint(static_cast<double>(x) / step_) * step_); };
  std::for_each(weights.begin(), weights.end(), round);
  std::for_each(bias.begin(), bias.end(), round);
}

void motif_layer::list_rows() {
  const auto& [n, delays, motifs] = parameters_.shape;
  const float* w = parameters_.weights.data();
  offsets_.push_back(0);
  for (index_t a = 0; a < n; ++a) {
    for (std::uint32_t d = 0; d < delays; ++d)
      for (index_t b = 0; b < motifs; ++b, ++w)
        if (*w != 0) rows_.push_back({d, b, *w});
    offsets_.push_back(rows_.size());
  }
}

motif_layer motif_layer::pruned(std::size_t keep) const {
  const std::size_t all = shape().weights();
  if (keep == 0 || keep > all)
    throw spinule_error{here, fmt::format("{} weights cannot be kept: give 1 to {}", keep, all)};
  std::vector<std::size_t> order(all);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto& w = parameters_.weights;
  const auto cut = order.begin() + static_cast<std::ptrdiff_t>(keep);
  std::nth_element(order.begin(), cut, order.end(), [&](std::size_t i, std::size_t j) {
    return std::pair{-std::fabs(w[i]), i} < std::pair{-std::fabs(w[j]), j};
  });
  motif_parameters result = parameters_;
  std::for_each(cut, order.end(), [&](std::size_t i) { result.weights[i] = 0; });
  return motif_layer{std::move(result)};
}

motif_layer motif_layer::mirrored(std::span<const index_t> mirror) const {
  check_mirror(here, mirror, shape().addresses);
  const auto& [n, delays, motifs] = shape();
  motif_parameters both{{n, delays, 2 * motifs}, {}, parameters_.bias};
  both.bias.insert(both.bias.end(), parameters_.bias.begin(), parameters_.bias.end());
  for (index_t a = 0; a < n; ++a)
    for (std::uint32_t d = 0; d < delays; ++d)
      for (const index_t from : {a, mirror[a]}) {
        const auto first = parameters_.weights.begin() + static_cast<std::ptrdiff_t>(shape().place(from, d, 0));
        both.weights.insert(both.weights.end(), first, first + motifs);
      }
  return motif_layer{std::move(both)};
}

void motif_layer::check(const raster& events) const {
  if (events.addresses() != shape().addresses)
    throw spinule_error{
        here, fmt::format("the recording has {} addresses, the layer {}", events.addresses(), shape().addresses)};
  if (events.bins() < shape().delays)
    throw spinule_error{here, fmt::format("a layer of {} delays is longer than a recording of {} bins: give longer "
                                          "recordings, shorter bins or fewer delays",
                                          shape().delays, events.bins())};
}

std::vector<double> motif_layer::evidence(const raster& events) const {
  check(events);
  const std::size_t motifs = shape().motifs;
  std::vector<double> result(events.bins() * motifs);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<double>(parameters_.bias[i % motifs]);
  for (const auto& [bin, address] : events.events())
    for (std::size_t k = offsets_[address]; k < offsets_[address + 1]; ++k) {
      const auto& [delay, motif, weight] = rows_[k];
      if (bin + delay >= events.bins()) break;
      result[(bin + delay) * motifs + motif] += static_cast<double>(weight);
    }
  return result;
}

double motif_layer::on_grid(double threshold) const {
  if (!std::isfinite(threshold)) throw spinule_error{here, fmt::format("a threshold of {} is not finite", threshold)};
  return std::ceil(threshold / step_) * step_;
}

raster motif_layer::detect(const raster& events, double threshold) const {
  const double reached = on_grid(threshold);
  const auto b = evidence(events);
  std::vector<raster_event> found;
  for (std::size_t i = 0; i < b.size(); ++i)
    if (b[i] >= reached)
      found.push_back({static_cast<std::uint32_t>(i / shape().motifs), static_cast<index_t>(i % shape().motifs)});
  return {shape().motifs, events.bins(), std::move(found)};
}

std::vector<double> motif_layer::mean_probability(const raster& events) const {
  const auto b = evidence(events);
  const std::size_t motifs = shape().motifs, first = shape().delays - 1;
  std::vector<double> mean(motifs);
  for (std::size_t i = first * motifs; i < b.size(); ++i) mean[i % motifs] += 1 / (1 + portable_exp(-b[i]));
  for (double& p : mean) p /= static_cast<double>(events.bins() - first);
  return mean;
}

std::vector<listed<number>> motif_layer::projection(milliseconds bin, milliseconds lag) const {
  if (!(bin.value() > 0) || !std::isfinite(bin.value()))
    throw spinule_error{here, fmt::format("a bin of {} ms; it must be positive and finite", bin.value())};
  std::vector<listed<number>> list;
  list.reserve(rows_.size());
  for (index_t a = 0; a < shape().addresses; ++a)
    for (std::size_t k = offsets_[a]; k < offsets_[a + 1]; ++k)
      list.push_back({a, rows_[k].motif, number{static_cast<double>(rows_[k].weight)}, lag + rows_[k].delay * bin});
  return list;
}

double threshold_for(std::span<const double> evidence, std::size_t detections) {
  if (detections == 0 || detections > evidence.size())
    throw spinule_error{"threshold_for",
                        fmt::format("{} detections among {} numbers: give 1 to as many", detections, evidence.size())};
  std::vector<double> sorted(evidence.begin(), evidence.end());
  const auto rank = sorted.begin() + static_cast<std::ptrdiff_t>(detections - 1);
  std::nth_element(sorted.begin(), rank, sorted.end(), std::greater{});
  return *rank;
}

}  // namespace spinule::learning

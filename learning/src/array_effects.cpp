// Weights and sums as emulated arrays give them, in a batch that is learned.
#include <spinule/learning/array_effects.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

#include "trainer_parts.hpp"

namespace spinule::learning {
namespace {

constexpr std::uint32_t of_noise = 0x80000000U, of_drop = 0xC0000000U;  ///< parts of streams, beyond any projection

/// Between equally spaced values at 0 to 1.
double interpolated(std::span<const double> table, double x) {
  if (table.size() == 1) return table[0];
  const double at = x * static_cast<double>(table.size() - 1);
  const std::size_t k = std::min(static_cast<std::size_t>(at), table.size() - 2);
  return table[k] + (at - static_cast<double>(k)) * (table[k + 1] - table[k]);
}

/// What a cell keeps of the size of a weight, both over the largest.
double held(double size, const array_effects& how) {
  if (size == 0) return 0;
  const double above = std::max(size, how.least) - how.least;
  if (how.levels == 0) return how.least > 0 ? how.least + above : size;
  const double steps = how.levels - 1, span = 1 - how.least;
  return how.least + std::nearbyint(above / span * steps) / steps * span;
}

double largest_weight(const trained_projection& p) {
  float most = 0;
  for (std::size_t i = 0; i < p.numbers(); ++i) most = std::max(most, std::fabs(p.weights[i]));
  return most;
}

/// The places of a source's synapses, by target.
void find_synapses(const trained_projection& p, std::size_t source, std::vector<std::size_t>& places) {
  places.clear();
  for (std::size_t k = 0; k < p.row_size(source); ++k)
    if (p.present.empty() || p.present[source * p.targets + k] != 0) places.push_back(p.row(source) + k);
}

/// What arrays make of the weights of a projection in a batch.
void draw_weights(trained_projection& p, const training_plan& plan) {
  const array_effects& how = plan.how.arrays;
  p.acting = p.weights;
  const double largest = largest_weight(p);
  if (largest == 0) return;
  random_stream noise{plan.how.seed, purpose::device, plan.batches, of_noise + p.id};
  random_stream loss{plan.how.seed, purpose::device, plan.batches, of_drop + p.id};
  std::vector<std::size_t> places;
  std::vector<double> normals, uniforms;
  for (std::size_t j = 0; j < p.sources; ++j) {
    find_synapses(p, j, places);
    normals.resize(how.noise.empty() ? 0 : places.size());
    uniforms.resize(how.drop > 0 ? places.size() : 0);
    noise.normals(normals);
    loss.open_uniforms(uniforms);
    for (std::size_t k = 0; k < places.size(); ++k) {
      const double w = p.weights[places[k]] / largest, size = std::fabs(w);
      double x = std::copysign(held(size, how), w);
      if (!normals.empty()) x += interpolated(how.noise, size) * normals[k];
      if (!uniforms.empty() && uniforms[k] < how.drop) x = 0;
      p.acting[places[k]] = static_cast<float>(x * largest);
    }
  }
}

/// First sources of the bands of an array and the number of all: those without synapses take no row.
std::vector<std::uint32_t> bands_of(const trained_projection& p, std::size_t rows) {
  std::vector<std::uint32_t> first;
  std::vector<std::size_t> places;
  std::size_t used = 0;
  for (std::size_t j = 0; j < p.sources; ++j) {
    find_synapses(p, j, places);
    if (!places.empty() && used++ % rows == 0) first.push_back(static_cast<std::uint32_t>(j));
  }
  first.push_back(p.sources);
  return first;
}

/// The largest |mean| + k deviations of a target's sum over a band, where each source fires with a probability.
double expected_sum(const trained_projection& p, std::span<const std::uint32_t> bands, double activity, double sigmas) {
  double most = 0;
  std::vector<double> sums, squares;
  for (std::size_t band = 0; band + 1 < bands.size(); ++band) {
    sums.assign(p.targets, 0);
    squares.assign(p.targets, 0);
    for (std::size_t j = bands[band]; j < bands[band + 1]; ++j)
      for (std::size_t k = 0; k < p.row_size(j); ++k) {
        const std::size_t target = p.sparse ? p.row_targets(j)[k] : k;
        const double w = p.weights[p.row(j) + k];
        sums[target] += w;
        squares[target] += w * w;
      }
    for (std::size_t i = 0; i < p.targets; ++i)
      most = std::max(most, activity * std::fabs(sums[i]) + sigmas * std::sqrt(activity * (1 - activity) * squares[i]));
  }
  return most;
}

sum_converter converter_of(const trained_projection& p, const array_effects& how) {
  sum_converter c{.bands = bands_of(p, how.rows)};
  const double largest = largest_weight(p);
  const double full = how.full_scale > 0 ? how.full_scale * largest
                                         : std::max(expected_sum(p, c.bands, how.activity, how.sigmas), largest);
  c.top = static_cast<float>((1 << (how.sum_bits - 1)) - 1);
  if (full > 0) {
    c.step = static_cast<float>(full / c.top);
    c.per_step = static_cast<float>(c.top / full);
  }
  return c;
}

}  // namespace

void array_effects::check() const {
  const auto demand = [](bool holds, const char* name, double value, const char* what) {
    if (!holds) throw spinule_error{"trainer", fmt::format("arrays.{} = {}; {}", name, value, what)};
  };
  for (const double x : noise) demand(x >= 0 && x <= 10, "noise", x, "give 0 to 10, in largest weights");
  demand(levels == 0 || (levels >= 2 && levels <= 1 << 20), "levels", levels, "give 2 or more, or 0 for any weight");
  demand(least >= 0 && least < 1, "least", least, "give a share from 0 to below 1");
  demand(drop >= 0 && drop < 1, "drop", drop, "give a share from 0 to below 1");
  demand(clip >= 0 && clip < 1e9, "clip", clip, "give 0 or more root mean squares");
  demand(sum_bits == 0 || (sum_bits >= 2 && sum_bits <= 22), "sum_bits", sum_bits,
         "give 2 to 22, or 0 for no converter");
  demand(rows > 0, "rows", 0, "give 1 or more");
  demand(full_scale >= 0 && full_scale < 1e9, "full_scale", full_scale, "give 0 or more largest weights");
  demand(activity > 0 && activity <= 1, "activity", activity, "give a share above 0");
  demand(sigmas >= 0 && sigmas < 1e3, "sigmas", sigmas, "give 0 or more deviations");
}

void sum_converter::add(std::span<const float> sums, float* out) const {
  constexpr float shift = 0x1.8p23F;  // adding and subtracting it rounds to the nearest whole number, ties to even
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const float code = (std::clamp(sums[i] * per_step, -top, top) + shift) - shift;
    out[i] += code * step;
  }
}

void block_pass::deliver_converted(const trained_projection& p, const row_lists& sent, float* out) {
  const auto& bands = p.converter.bands;
  for (std::size_t band = 0; band + 1 < bands.size(); ++band) {
    sent_lists part;
    for (std::size_t b = 0; b < count_; ++b) {
      for (std::uint32_t e = sent.offsets[b]; e < sent.offsets[b + 1]; ++e) {
        if (sent.entries[e] < bands[band] || sent.entries[e] >= bands[band + 1]) continue;
        part.entries.push_back(sent.entries[e]);
        if (sent.values != nullptr) part.values.push_back(sent.values[e]);
      }
      part.offsets.push_back(static_cast<std::uint32_t>(part.entries.size()));
    }
    sums_.assign(count_ * p.targets + row_slack, 0);
    p.add_sent(part.from(0, sent.values != nullptr), count_, p.weights.data(), sums_.data());
    p.converter.add(std::span<const float>{sums_}.first(count_ * p.targets), out);
  }
}

trainer::parts::on_arrays::on_arrays(parts& of) : of_{of} {
  const array_effects& how = of.plan.how.arrays;
  auto& all = of.plan.projections;
  share(all.size(), of.plan.how.threads, [&](std::size_t k) {
    if (how.sum_bits > 0) all[k].converter = converter_of(all[k], how);
    if (!how.change_weights()) return;
    draw_weights(all[k], of.plan);
    all[k].acting.swap(all[k].weights);
    of.refresh(all[k]);
  });
}

trainer::parts::on_arrays::~on_arrays() {
  for (trained_projection& p : of_.plan.projections) {
    p.converter = {};
    if (!of_.plan.how.arrays.change_weights()) continue;
    p.acting.swap(p.weights);
    of_.refresh(p);
  }
}

/// Puts weights that lie far out at a bound of so many root mean squares.
void trainer::parts::clip(trained_projection& p) const {
  const auto synapses = static_cast<double>(p.present.empty() ? p.delay_numbers() : std::ranges::count(p.present, 1));
  if (synapses == 0) return;
  const auto most = static_cast<float>(plan.how.arrays.clip * p.norm_of(p.weights) / std::sqrt(synapses));
  for (float& w : p.weights) w = std::clamp(w, -most, most);
}

std::vector<double> trainer::acting_weights(const projection& p) const {
  const auto& of = parts_->of(p);
  return of.matrix_of(of.acting.empty() ? of.weights : of.acting);
}

}  // namespace spinule::learning

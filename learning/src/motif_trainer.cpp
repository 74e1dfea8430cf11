#include "motif_trainer.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

#include <spinule/math.hpp>
#include <spinule/random.hpp>

namespace spinule::learning {

std::vector<double> log_odds(std::span<const motif_pair> samples) {
  std::vector<double> there(samples[0].out->addresses(), 1);
  double bins = 2;
  for (const auto& [in, out] : samples) {
    bins += out->bins();
    for (const auto& e : out->events()) there[e.address] += 1;
  }
  for (double& n : there) n = portable_log(n / std::max(1.0, bins - n));  // it may be there several times in a bin
  return there;
}

namespace {

motif_parameters first_parameters(std::span<const motif_pair> samples, motif_shape shape, const motif_training& o) {
  motif_parameters p{shape, std::vector<float>(shape.weights()), {}};
  if (!o.mirror.empty()) {
    random_stream draw{o.seed, purpose::initial_state, 0};
    for (float& w : p.weights) w = static_cast<float>(o.start * draw.normal());
  }
  for (const double x : log_odds(samples)) p.bias.push_back(static_cast<float>(x));
  return p;
}

}  // namespace

motif_trainer::motif_trainer(std::vector<motif_pair> samples, motif_shape shape, const motif_training& options)
    : motif_trainer{samples, first_parameters(samples, shape, options), options} {
  learns_.clear();
}

motif_trainer::motif_trainer(std::vector<motif_pair> samples, motif_parameters start, const motif_training& options)
    : samples_{std::move(samples)},
      shape_{start.shape},
      options_{options},
      weights_{std::move(start.weights)},
      mean_(shape_.weights()),
      square_(shape_.weights()),
      bias_{std::move(start.bias)},
      bias_mean_(shape_.motifs),
      bias_square_(shape_.motifs),
      residual_(std::min(options.batch, samples_.size())),
      exchanged_(residual_.size()),
      column_sum_(residual_.size(), std::vector<double>(shape_.motifs)) {
  options_.threads = std::max(1u, options.threads);
  for (const float w : weights_) learns_.push_back(w == 0 ? 0.0f : 1.0f);
}

motif_parameters motif_trainer::run() {
  const std::size_t batches = 1 + (samples_.size() - 1) / options_.batch;
  const double steps = static_cast<double>(batches) * options_.epochs;
  double now = 0, first_left = 1, second_left = 1;
  for (int epoch = 0; epoch < options_.epochs; ++epoch) {
    const auto order = shuffled(epoch);
    for (std::size_t at = 0; at < order.size(); at += options_.batch, ++now) {
      first_left *= 0.9, second_left *= 0.999;
      const double rate = options_.learning_rate * (1 - now / steps);
      step(std::span{order}.subspan(at, std::min(options_.batch, order.size() - at)),
           {.rate = static_cast<float>(rate * std::sqrt(1 - second_left) / (1 - first_left)),
            .penalty = static_cast<float>(options_.penalty)});
    }
  }
  return {shape_, std::move(weights_), std::move(bias_)};
}

std::vector<std::size_t> motif_trainer::shuffled(int epoch) const {
  std::vector<std::size_t> order(samples_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  random_stream draw{options_.seed, purpose::split, static_cast<std::uint64_t>(epoch)};
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[draw.below(std::uint64_t{i})]);
  return order;
}

void motif_trainer::step(std::span<const std::size_t> batch, adam_step s) {
  sort_by_address(batch);
  share(batch.size(), [&] { return [&](std::size_t slot) { find_residual(samples_[batch[slot]], slot); }; });
  counted_ = 0;
  for (const std::size_t i : batch)
    counted_ += options_.loss == motif_loss::independent ? samples_[i].out->bins() : samples_[i].out->events().size();
  s.scale = counted_ == 0 ? 0 : static_cast<float>(1 / static_cast<double>(counted_));
  share(shape_.addresses, [&] {
    return [&, gradient = std::vector<float>(std::size_t{shape_.delays} * shape_.motifs)](std::size_t a) mutable {
      learn_address(static_cast<index_t>(a), s, gradient);
    };
  });
  learn_bias(batch.size(), s);
}

void motif_trainer::sort_by_address(std::span<const std::size_t> batch) {
  offsets_.assign(shape_.addresses + std::size_t{1}, 0);
  for (const std::size_t i : batch)
    for (const auto& e : samples_[i].in->events()) ++offsets_[e.address + std::size_t{1}];
  std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  by_address_.resize(offsets_.back());
  std::vector<std::size_t> next(offsets_.begin(), offsets_.end() - 1);
  for (std::size_t slot = 0; slot < batch.size(); ++slot)
    for (const auto& e : samples_[batch[slot]].in->events())
      by_address_[next[e.address]++] = {static_cast<std::uint32_t>(slot), e.bin};
}

void motif_trainer::find_evidence(const raster& in, bool exchanged, std::vector<float>& evidence) const {
  const std::size_t motifs = shape_.motifs, row = shape_.delays * motifs;
  evidence.resize(in.bins() * motifs);
  for (std::size_t t = 0; t < in.bins(); ++t) std::copy(bias_.begin(), bias_.end(), evidence.data() + t * motifs);
  // The row of an address and the evidence that it reaches both run by delay, then motif.
  for (const auto& e : in.events()) {
    const std::size_t first = e.bin * motifs, address = exchanged ? options_.mirror[e.address] : e.address;
    add(evidence.data() + first, weights_.data() + address * row, std::min(row, evidence.size() - first));
  }
}

void motif_trainer::find_residual(const motif_pair& sample, std::size_t slot) {
  auto &p = residual_[slot], &q = exchanged_[slot];
  find_evidence(*sample.in, false, p);
  if (!options_.mirror.empty()) find_evidence(*sample.in, true, q);
  for (std::size_t i = 0; i < q.size(); ++i) {  // q: whose residual it is, 1 for the mirrored recording
    const float other = q[i];
    q[i] = other > p[i] ? 1.0f : 0.0f;
    p[i] = std::max(p[i], other);
  }
  if (options_.loss == motif_loss::independent)
    subtract_independent(*sample.out, p.data());
  else
    subtract_exclusive(*sample.out, p.data());
  auto& sum = column_sum_[slot];
  std::fill(sum.begin(), sum.end(), 0.0);
  const std::size_t motifs = shape_.motifs;
  for (std::size_t t = 0; t < sample.in->bins(); ++t)
    for (std::size_t b = 0; b < motifs; ++b) sum[b] += static_cast<double>(p[t * motifs + b]);
  for (std::size_t i = 0; i < q.size(); ++i) {
    q[i] *= p[i];
    p[i] -= q[i];
  }
}

void motif_trainer::subtract_independent(const raster& out, float* p) const {
  const std::size_t motifs = shape_.motifs;
  sigmoids(p, out.bins() * motifs);
  const raster_event* before = nullptr;
  for (const auto& e : out.events()) {  // a motif that is there twice is there
    if (before == nullptr || *before != e) p[e.bin * motifs + e.address] -= 1;
    before = &e;
  }
}

void motif_trainer::subtract_exclusive(const raster& out, float* p) const {
  const std::size_t motifs = shape_.motifs;
  auto next = out.events().begin();
  for (std::uint32_t t = 0; t < out.bins(); ++t, p += motifs) {
    if (next == out.events().end() || next->bin != t) {
      std::fill(p, p + motifs, 0.0f);
      continue;
    }
    const float top = *std::max_element(p, p + motifs);
    for (std::size_t b = 0; b < motifs; ++b) p[b] -= top;
    exponentials(p, motifs);
    const float share = 1 / std::accumulate(p, p + motifs, 0.0f);
    for (std::size_t b = 0; b < motifs; ++b) p[b] *= share;
    p[next->address] -= 1;
    ++next;
  }
}

void motif_trainer::learn_address(index_t address, adam_step s, std::vector<float>& gradient) {
  const std::size_t row = gradient.size(), at = address * row;
  std::fill(gradient.begin(), gradient.end(), 0.0f);
  add_gradient(address, residual_, gradient);
  if (!options_.mirror.empty()) add_gradient(options_.mirror[address], exchanged_, gradient);
  if (!learns_.empty()) multiply(gradient.data(), learns_.data() + at, row);  // and Adam leaves the rest at 0
  adam(s, weights_.data() + at, mean_.data() + at, square_.data() + at, gradient.data(), row);
}

void motif_trainer::add_gradient(index_t of, const std::vector<std::vector<float>>& residual,
                                 std::vector<float>& gradient) const {
  const std::size_t motifs = shape_.motifs, row = gradient.size();
  for (std::size_t k = offsets_[of]; k < offsets_[of + std::size_t{1}]; ++k) {
    const auto& r = residual[by_address_[k].slot];
    const std::size_t first = by_address_[k].bin * motifs;
    add(gradient.data(), r.data() + first, std::min(row, r.size() - first));
  }
}

void motif_trainer::learn_bias(std::size_t slots, adam_step s) {
  std::vector<float> gradient(shape_.motifs);
  for (index_t b = 0; b < shape_.motifs; ++b) {
    double sum = 0;
    for (std::size_t slot = 0; slot < slots; ++slot) sum += column_sum_[slot][b];
    gradient[b] = static_cast<float>(sum);
  }
  s.penalty = 0;
  adam(s, bias_.data(), bias_mean_.data(), bias_square_.data(), gradient.data(), gradient.size());
}

void motif_trainer::share(std::size_t n, const std::function<std::function<void(std::size_t)>()>& make) const {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    const auto one = make();
    for (std::size_t i = next++; i < n; i = next++) one(i);
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < options_.threads; ++i) helpers.emplace_back(work);
  work();
}

}  // namespace spinule::learning

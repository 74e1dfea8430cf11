#include "collector.hpp"

#include <algorithm>

#include "cost_sums.hpp"

namespace spinule {
namespace {

void put(std::vector<std::byte>& bytes, std::uint32_t x) {
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::byte>(x >> shift));
}

}  // namespace

std::vector<std::byte> spikes_as_bytes(const simulation& sim, std::uint32_t sample,
                                       std::span<const index_t> populations) {
  std::vector<std::byte> bytes;
  for (const index_t p : populations)
    for (const spike& s : sim.spikes(sim.population_at(p))) {
      put(bytes, sample);
      put(bytes, p);
      put(bytes, s.neuron);
      put(bytes, static_cast<std::uint32_t>(s.when));
    }
  return bytes;
}

void collector::deliver(std::size_t sample, sample_outcome o) {
  const std::lock_guard lock{mutex_};
  waiting_.emplace(sample, std::move(o));
  for (auto ready = waiting_.begin(); ready != waiting_.end() && ready->first == next_;
       ready = waiting_.erase(ready), ++next_) {
    take(std::move(ready->second));
    if (done_) done_();
  }
  if (shown_) shown_->done(next_);
}

void collector::take(sample_outcome o) {
  replay_result& r = seen_.result;
  seen_.features.insert(seen_.features.end(), o.features.begin(), o.features.end());
  r.truths.push_back(o.label);
  r.sample_numbers.push_back(o.number);
  if (o.digest) seen_.digests.push_back(*o.digest);
  ++r.samples;
  r.spikes += o.spikes;
  r.synaptic_events += o.synaptic_events;
  layer_spikes_.resize(o.layer_spikes.size(), 0);
  for (std::size_t p = 0; p < o.layer_spikes.size(); ++p) layer_spikes_[p] += o.layer_spikes[p];
  if (!o.digested.empty()) {
    digest_.update(o.digested);
    digesting_ = true;
  }
  if (o.costs) add(*o.costs);
  if (o.example) r.example = std::move(o.example);
}

void collector::add(const cost_report& costs) {
  spinule::add(costs_, costs);
  seen_.notes = costs.notes;  // of one network; what was solved counts on from sample to sample
  seen_.result.sample_energies_pj.push_back(costs.total_pj());
  seen_.result.sample_latencies_us.push_back(costs.latency_us);
}

replayed collector::finish() {
  replay_result& r = seen_.result;
  if (digesting_) r.spike_digest = digest_.hex();
  if (!r.sample_latencies_us.empty()) r.energy = energy_per_sample(costs_, r.samples);
  for (const std::uint64_t n : layer_spikes_)
    r.layers.push_back({"", 0, static_cast<double>(n) / static_cast<double>(std::max<std::uint64_t>(r.samples, 1))});
  return std::move(seen_);
}

}  // namespace spinule

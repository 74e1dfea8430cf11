// What a simulation keeps of a run.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include <spinule/engine/memory.hpp>
#include <spinule/error.hpp>
#include <spinule/simulation.hpp>

#include "spike_store.hpp"

namespace spinule {

class simulation::recorder final : public observer {
 public:
  explicit recorder(const lowered_network& net)
      : observed_(net.populations.size(), false), spikes_(net.populations.size()) {
    for (const auto& p : net.populations) counts_.emplace_back(p.size, 0);
  }

  void on_spikes(index_t p, moment now, std::span<const index_t> fired) override {
    if (fired.empty()) return;
    total_ += fired.size();
    std::uint32_t* count = counts_[p].data();
    for (const index_t i : fired) ++count[i];
    if (observed_[p]) spikes_[p].add(now, fired);
    if (!calls_.empty())
      for (const auto& call : calls_[p]) call(now, fired);
  }

  std::span<const state_probe> probes() const override { return recorded_; }
  /// Before a run that begins with tick `now`.
  void prepare(moment now) {
    recorded_.clear();
    for (auto& [cells, field, kept] : probes_) {
      if (kept.values.empty()) kept.first = now;
      recorded_.push_back({cells, field, kept.neurons, &kept.values});
    }
  }

  /// Throws for probes that would not fit. What is available is asked for only where much is wanted.
  void check_room(const lowered_network& net, ticks n) const {
    constexpr double little = 1 << 28;
    for (const auto& [cells, field, kept] : probes_) {
      const double bytes = sizeof(double) * static_cast<double>(kept.neurons.size()) * n;
      if (bytes < little) continue;
      const double available = available_memory();
      if (bytes <= available) continue;
      throw spinule_error{
          fmt::format("population \"{}\" probe", net.populations[cells].name),
          fmt::format("{} neurons over {} ticks take {}, and {} are available; probe fewer, or read what is "
                      "needed between shorter runs",
                      kept.neurons.size(), n, bytes_text(bytes), bytes_text(available))};
    }
  }

  std::uint64_t synaptic_events(const lowered_network& net) const {
    std::uint64_t events = forgotten_events_;
    for (index_t p = 0; p < counts_.size(); ++p)
      for (index_t i = 0; i < counts_[p].size(); ++i) events += std::uint64_t{counts_[p][i]} * net.fan_out[p][i];
    return events;
  }

  /// For as long as the result lives.
  std::shared_ptr<void> running() {
    running_ = true;
    return {this, [](recorder* r) { r->running_ = false; }};
  }

  void reset() {
    total_ = forgotten_events_ = 0;
    for (auto& c : counts_) std::fill(c.begin(), c.end(), 0);
    for (auto& s : spikes_) s.clear();
    for (auto& p : probes_) p.kept.values.clear();
    for (auto& f : followed_) f.kept.when.clear(), f.kept.values.clear();
  }
  void clear_counts(const lowered_network& net) {
    forgotten_events_ = synaptic_events(net);
    for (auto& c : counts_) std::fill(c.begin(), c.end(), 0);
  }

  struct probed {
    index_t cells;
    std::size_t field;
    trace kept;
  };
  struct followed {
    spinule::projection projection;
    ticks every;
    std::vector<index_t> sources;  ///< empty: all
    weight_trace kept;
  };

  std::vector<bool> observed_;
  std::vector<spike_store> spikes_;
  std::vector<std::vector<std::uint32_t>> counts_;
  std::vector<probed> probes_;
  std::vector<followed> followed_ = {};
  std::vector<state_probe> recorded_;                    ///< `probes_`, for the run under way
  std::vector<std::vector<spike_listener>> calls_ = {};  ///< [populations], or empty
  std::uint64_t total_ = 0, forgotten_events_ = 0;       ///< of counts since cleared
  bool running_ = false;
};

}  // namespace spinule

// neuron_block for one model: where the type-erased world ends and straight vector code begins.
#pragma once

#include <algorithm>
#include <array>
#include <type_traits>
#include <vector>

#include <spinule/engine/described.hpp>
#include <spinule/engine/neuron_block.hpp>
#include <spinule/engine/sweep.hpp>
#include <spinule/engine/wake_queue.hpp>

namespace spinule {

template <class Model, class Real>
class alignas(64) typed_block final
    : public neuron_block {  // no line of the cache shared with what another thread writes
  static_assert(Model::ports >= 1 && Model::ports <= most_ports);
  using kernel = kernel_of<Model, Real>;
  using state = state_of<Model, Real>;
  static constexpr std::size_t field_count = std::tuple_size_v<std::remove_cvref_t<decltype(state::fields)>>;

 public:
  /// One kernel for all `size` neurons, or one each.
  typed_block(std::vector<kernel> kernels, index_t size) : kernels_{std::move(kernels)}, size_{size} {
    std::apply([&](auto&... column) { (column.resize(size), ...); }, columns_);
    for (index_t i = 0; i < size; ++i) put(i, start_of<Model, Real>(kernel_for(i)));
    initial_ = columns_;
    last_.assign(skippable<Model> ? size : 0, -1);
    reset();
  }

  std::unique_ptr<neuron_block> clone() const override { return std::make_unique<typed_block>(*this); }
  index_t size() const override { return size_; }
  bool can_visit() const override { return skippable<Model> && !graded<Model>; }
  double visit_cost() const override {
    if constexpr (requires { Model::visit_cost; })
      return Model::visit_cost;
    else
      return 90;
  }

  void reset() override {
    columns_ = initial_;
    swept_ = -1;
    std::fill(last_.begin(), last_.end(), -1);
    awake_ = false;
  }

  void write(std::size_t f, index_t neuron, double value) override {
    with_field(f, [&](auto column) {
      auto& x = std::get<column()>(columns_)[neuron];
      x = static_cast<std::remove_cvref_t<decltype(x)>>(value);
      std::get<column()>(initial_)[neuron] = x;
    });
  }

  void adopt(neuron_block& changed, moment now) override {
    catch_up(now);
    swept_ = now - 1;
    awake_ = false;
    auto& from = static_cast<typed_block&>(changed);
    kernels_ = std::move(from.kernels_);
    initial_ = std::move(from.initial_);
  }

  void set(std::size_t f, index_t neuron, double value, moment now) override {
    if constexpr (skippable<Model>) {
      state s = get(neuron);
      if (const moment silent = now - reached(neuron); silent > 0) {
        kernel_for(neuron).skip(s, static_cast<ticks>(silent));
        put(neuron, s);
      }
      last_[neuron] = now;
    }
    with_field(f, [&](auto column) {
      auto& x = std::get<column()>(columns_)[neuron];
      x = static_cast<std::remove_cvref_t<decltype(x)>>(value);
    });
    awake_ = false;  // it may fire by itself earlier than was foreseen
  }

  double read(std::size_t f, index_t neuron, moment now) const override {
    state s = get(neuron);
    if constexpr (skippable<Model>) kernel_for(neuron).skip(s, static_cast<ticks>(now - reached(neuron)));
    double result = 0;
    with_field(f, [&](auto column) { result = static_cast<double>(s.*(std::get<column()>(state::fields).member)); });
    return result;
  }

  void read_all(std::size_t f, moment, std::span<double> values) const override {
    with_field(f, [&](auto column) {
      const auto& all = std::get<column()>(columns_);
      for (index_t i = 0; i < size_; ++i) values[i] = static_cast<double>(all[i]);
    });
  }

  void sweep(moment now, arrivals in, index_t first, emission_buffer& sent) override {
    catch_up(now);
    if (in.finer.empty())
      sweep_ports<0>(in, first, sent);
    else
      sweep_finely(in, first, sent);
    swept_ = now;
    awake_ = false;
  }

  void visit(moment now, std::span<const index_t> receivers, arrivals in, index_t first,
             emission_buffer& sent) override {
    if constexpr (skippable<Model> && !graded<Model>) {
      if constexpr (self_firing<Model>) receivers = with_due(now, receivers);
      for (const index_t i : receivers) {
        if (visit_one(now, i, in)) sent.neurons.push_back(first + i);
      }
    } else {
      static_cast<void>(receivers);
      sweep(now, in, first, sent);
    }
  }

 private:
  const kernel& kernel_for(index_t i) const { return kernels_.size() == 1 ? kernels_[0] : kernels_[i]; }
  /// The last tick neuron i has been stepped through.
  moment reached(index_t i) const { return last_.empty() ? swept_ : std::max(swept_, last_[i]); }

  state get(std::size_t i) const { return load_state<state>(columns_, i); }
  void put(std::size_t i, const state& s) { store_state(columns_, i, s); }

  template <class Use>
  static void with_field(std::size_t f, Use use) {
    [&]<std::size_t... F>(std::index_sequence<F...>) {
      ((f == F ? use(std::integral_constant<std::size_t, F>{}) : void()), ...);
    }
    (std::make_index_sequence<field_count>{});
  }

  bool visit_one(moment now, index_t i, arrivals in) {
    const kernel& k = kernel_for(i);
    state s = get(i);
    if (const moment silent = now - 1 - reached(i); silent > 0) k.skip(s, static_cast<ticks>(silent));
    const bool fires = k.step(s, collect(in, i));
    put(i, s);
    last_[i] = now;
    if constexpr (self_firing<Model>) wake_.schedule(i, wake_time(k, s, now));
    return fires;
  }

  static moment wake_time(const kernel& k, const state& s, moment now) {
    const ticks silent = k.quiet(s);
    return silent == forever ? wake_queue::never : now + 1 + silent;
  }

  arriving_at<Model, Real> collect(arrivals in, index_t i) const {
    std::array<Real, Model::ports> x{};
    for (std::size_t p = 0; p < in.sums.size(); ++p) {
      x[p] = static_cast<Real>(in.sums[p][i]) * static_cast<Real>(in.quanta[p]);
      in.sums[p][i] = 0;
    }
    for (const auto& f : in.finer) {
      x[f.port] += static_cast<Real>(f.sums[i]) * static_cast<Real>(f.quantum);
      f.sums[i] = 0;
    }
    if constexpr (Model::ports == 1)
      return x[0];
    else
      return x;
  }

  /// `receivers` and the neurons that are due, ascending and without repeats.
  std::span<const index_t> with_due(moment now, std::span<const index_t> receivers) {
    if (!awake_) {
      wake_.reset(size_);
      for (index_t i = 0; i < size_; ++i) wake_.schedule(i, wake_time(kernel_for(i), get(i), reached(i)));
      awake_ = true;
    }
    merged_.assign(receivers.begin(), receivers.end());
    wake_.take(now, merged_);
    std::sort(merged_.begin(), merged_.end());
    merged_.erase(std::unique(merged_.begin(), merged_.end()), merged_.end());
    return merged_;
  }

  /// Brings every neuron to the end of tick now - 1.
  void catch_up(moment now) {
    if constexpr (skippable<Model>) {
      if (swept_ == now - 1) return;
      for (index_t i = 0; i < size_; ++i) {
        const moment silent = now - 1 - reached(i);
        if (silent <= 0) continue;
        state s = get(i);
        kernel_for(i).skip(s, static_cast<ticks>(silent));
        put(i, s);
      }
    }
  }

  /// One neuron after the other: where ports have several sums, which is rare.
  void sweep_finely(arrivals in, index_t first, emission_buffer& sent) {
    for (index_t i = 0; i < size_; ++i) {
      state s = get(i);
      sent.add(first + i, kernel_for(i).step(s, collect(in, i)));
      put(i, s);
    }
  }

  template <int Used>
  void sweep_ports(arrivals in, index_t first, emission_buffer& sent) {
    if constexpr (Used < Model::ports)
      if (in.sums.size() > static_cast<std::size_t>(Used)) return sweep_ports<Used + 1>(in, first, sent);
    std::array<Real, Model::ports> quanta{};
    for (std::size_t p = 0; p < in.quanta.size(); ++p) quanta[p] = static_cast<Real>(in.quanta[p]);
    const auto pointers = std::apply([](auto&... column) { return std::tuple{column.data()...}; }, columns_);
    if (kernels_.size() == 1)
      spinule::sweep<Model, Real, Used, true>(kernels_.data(), pointers, in.sums.data(), quanta.data(), size_, first,
                                              sent);
    else
      spinule::sweep<Model, Real, Used, false>(kernels_.data(), pointers, in.sums.data(), quanta.data(), size_, first,
                                               sent);
  }

  std::vector<kernel> kernels_;
  index_t size_;
  state_columns<state> columns_, initial_;
  moment swept_ = -1;         ///< every neuron has been stepped through this tick
  std::vector<moment> last_;  ///< [size] later than swept_ for neurons visited since
  bool awake_ = false;        ///< whether wake_ holds an entry for every neuron
  wake_queue wake_;
  std::vector<index_t> merged_;
};

}  // namespace spinule

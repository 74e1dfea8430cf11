// trainable_neurons for one model, by dual numbers.
#pragma once

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>
#include <vector>

#include <spinule/engine/dual.hpp>
#include <spinule/engine/instruction_sets.hpp>
#include <spinule/engine/sweep.hpp>
#include <spinule/engine/trainable_neurons.hpp>
#include <spinule/model.hpp>

namespace spinule {

/// A model whose kernel tells the two halves of a tick apart, each a template of the number type X, float or dual:
/// - `void flow(state<X>&, const arriving<X, ports>&) const`: the state up to the test for firing;
/// - `X margin(const state<X>&) const`: how far it is above the threshold;
/// - `void settle(state<X>&, const X& fired) const`: what comes of the test, `fired` 1 or 0.
///
/// Law: `flow`, `margin(s) >= 0` (or `> 0` with `fires_above = true` in the model) and `settle` are what `step` does,
/// bit for bit. A model without `margin` and `settle` never fires.
template <class Model>
concept differentiable_model = neuron_model<Model> &&
    requires(const kernel_of<Model, float>& k, state_of<Model, float>& s, const arriving_at<Model, float>& in) {
  k.flow(s, in);
};
template <class Model>
concept differentiable_spiking = differentiable_model<Model> &&
    requires(const kernel_of<Model, float>& k, state_of<Model, float>& s) {
  k.settle(s, k.margin(s));
};

template <differentiable_model Model>
class typed_trainable final : public trainable_neurons {
  using kernel = kernel_of<Model, float>;
  static constexpr std::size_t field_count =
      std::tuple_size_v<std::remove_cvref_t<decltype(state_of<Model, float>::fields)>>;
  static constexpr std::size_t port_count = Model::ports;

 public:
  /// One kernel for all, or one each.
  typed_trainable(std::vector<kernel> kernels, index_t size) : kernels_{std::move(kernels)}, size_{size} {}
  index_t size() const override { return size_; }
  std::size_t fields() const override { return field_count; }
  std::size_t ports() const override { return port_count; }
  bool fires() const override { return differentiable_spiking<Model>; }
  bool fires_above() const override {
    if constexpr (requires { Model::fires_above; })
      return Model::fires_above;
    else
      return false;
  }

  void start(float* const* state) const override {
    const rows<float> to = taken<field_count>(state);
    for (index_t i = 0; i < size_; ++i) store(to, i, start_of<Model, float>(kernel_for(i)));
  }

  void flow(const tick& at, float* const* after, float* margin) const override {
    const auto before = taken<field_count>(at.before);
    const auto input = taken<port_count>(at.input);
    const auto to = taken<field_count>(after);
    for_each_neuron(at.samples, [&](const kernel& k, std::size_t i) {
      state_of<Model, float> s{};
      load(s, before, i, [](float x, std::size_t) { return x; });
      k.flow(s, arriving_from<float>(input, i, [](float x, std::size_t) { return x; }));
      if constexpr (differentiable_spiking<Model>) margin[i] = k.margin(s);
      store(to, i, s);
    });
  }

  void settle(std::size_t samples, float* const* after, const float* fired) const override {
    if constexpr (differentiable_spiking<Model>) {
      const auto to = taken<field_count>(after);
      for_each_neuron(samples, [&](const kernel& k, std::size_t i) {
        state_of<Model, float> s{};
        load(s, to, i, [](float x, std::size_t) { return x; });
        k.settle(s, fired[i]);
        store(to, i, s);
      });
    } else {
      static_cast<void>(samples), static_cast<void>(after), static_cast<void>(fired);
    }
  }

  void back(const tick& at, const adjoint& of) const override {
    switch (of.spikes) {
      case through_spikes::surrogate:
        return back_by<through_spikes::surrogate>(at, of);
      case through_spikes::surrogate_detached:
        return back_by<through_spikes::surrogate_detached>(at, of);
      case through_spikes::spike_times:
        return back_by<through_spikes::spike_times>(at, of);
    }
  }

 private:
  template <class T>
  using rows = std::array<T*, field_count>;
  template <class X>
  using states = state_of<Model, X>;
  /// dL / d something, [fields].
  using covector = std::array<float, field_count>;

  const kernel& kernel_for(std::size_t i) const { return kernels_[kernels_.size() == 1 ? 0 : i]; }

  template <std::size_t N, class T>
  static std::array<T*, N> taken(T* const* from) {
    std::array<T*, N> all{};
    for (std::size_t i = 0; from != nullptr && i < N; ++i) all[i] = from[i];
    return all;
  }

  template <class Use>
  static constexpr void for_field(Use use) {
    [&]<std::size_t... F>(std::index_sequence<F...>) { (use(std::integral_constant<std::size_t, F>{}), ...); }
    (std::make_index_sequence<field_count>{});
  }
  /// Whether field F is a real number, which derivatives belong to, and not a count.
  template <std::size_t F>
  static constexpr bool is_real = std::is_same_v<
      std::remove_cvref_t<decltype(std::declval<states<float>>().*(std::get<F>(states<float>::fields).member))>, float>;

  /// Field f of neuron i as `make(number, f)` says, counts as they are.
  template <class State, class T, class Make>
  static void load(State& s, const rows<T>& from, std::size_t i, const Make& make) {
    for_field([&](auto f) {
      auto& x = s.*(std::get<f>(State::fields).member);
      if constexpr (is_real<f>)
        x = make(from[f][i], f);
      else
        x = static_cast<std::remove_cvref_t<decltype(x)>>(from[f][i]);
    });
  }
  static void store(const rows<float>& to, std::size_t i, const states<float>& s) {
    for_field([&](auto f) { to[f][i] = static_cast<float>(s.*(std::get<f>(states<float>::fields).member)); });
  }
  template <class X, class T, class Make>
  static arriving_at<Model, X> arriving_from(const std::array<T*, port_count>& from, std::size_t i, const Make& make) {
    const auto at = [&](std::size_t p) { return make(from[p][i], p); };
    if constexpr (port_count == 1) {
      return at(0);
    } else {
      return [&]<std::size_t... P>(std::index_sequence<P...>) { return arriving_at<Model, X>{at(P)...}; }
      (std::make_index_sequence<port_count>{});
    }
  }
  /// Derivative of the state in a direction, under a covector.
  template <class State>
  static float pulled(const covector& by, const State& s, std::size_t direction) {
    float sum = 0;
    for_field([&](auto f) {
      if constexpr (is_real<f>) sum += by[f] * (s.*(std::get<f>(State::fields).member)).d[direction];
    });
    return sum;
  }

  /// Calls use(kernel, place) for every neuron of every sample; compiled for several instruction sets.
  template <class Use>
  void for_each_neuron(std::size_t samples, const Use& use) const {
#ifdef SPINULE_MULTIVERSION
    static const int level = vector_level();
    if (level >= 4) return each_v4(samples, use);
    if (level >= 3) return each_v3(samples, use);
#endif
    each(samples, use);
  }
  template <class Use>
  void each(std::size_t samples, const Use& use) const {
    if (kernels_.size() == 1) {
      const kernel shared = kernels_[0];
      const std::size_t count = samples * size_;
      SPINULE_INDEPENDENT
      for (std::size_t i = 0; i < count; ++i) use(shared, i);
    } else {
      for (std::size_t b = 0; b < samples; ++b) {
        SPINULE_INDEPENDENT
        for (std::size_t i = 0; i < size_; ++i) use(kernels_[i], b * size_ + i);
      }
    }
  }
#ifdef SPINULE_MULTIVERSION
  template <class Use>
  [[SPINULE_V3, gnu::flatten]] void each_v3(std::size_t samples, const Use& use) const {
    each(samples, use);
  }
  template <class Use>
  [[SPINULE_V4, gnu::flatten]] void each_v4(std::size_t samples, const Use& use) const {
    each(samples, use);
  }
#endif

  template <through_spikes How>
  void back_by(const tick& at, const adjoint& of) const {
    const auto before = taken<field_count>(at.before);
    const auto input = taken<port_count>(at.input);
    const auto by_state = taken<field_count>(of.by_state);
    const auto by_input = taken<port_count>(of.by_input);
    const auto by_input_now = taken<port_count>(of.by_input_now);
    using tangent = dual<float, field_count + port_count, How != through_spikes::surrogate_detached>;
    for_each_neuron(at.samples, [&, of](const kernel& k, std::size_t i) {
      states<tangent> s{};
      load(s, before, i, [](float x, std::size_t f) { return tangent::variable(x, f); });
      k.flow(s, arriving_from<tangent>(input, i,
                                       [](float x, std::size_t p) { return tangent::variable(x, field_count + p); }));
      covector by{}, now{};
      for_field([&](auto f) { by[f] = by_state[f][i]; });
      const covector at_end = by;
      if constexpr (differentiable_spiking<Model>) {
        of.by_margin[i] = through_test<How>(k, s, of, before, i, by, now);
      } else if (of.by_answer != nullptr) {
        now[0] = of.by_answer[i];
      }
      for_field([&](auto f) {
        if constexpr (is_real<f>)
          by_state[f][i] = pulled(by, s, f);
        else if constexpr (How == through_spikes::spike_times && differentiable_spiking<Model>)
          by_state[f][i] = by_count<f>(k, of.fired[i], before, input, i, by, at_end);
        else
          by_state[f][i] = 0;
      });
      for (std::size_t p = 0; p < port_count; ++p) {
        by_input[p][i] = pulled(by, s, field_count + p);
        by_input_now[p][i] = pulled(now, s, field_count + p);
      }
    });
  }

  /// Takes `by` from after the test for firing to before it; `now`: the part through the margin. Gives dL / d margin.
  template <through_spikes How, class Moved>
  static float through_test(const kernel& k, const Moved& moved, const adjoint& of, const rows<const float>& before,
                            std::size_t i, covector& by, covector& now) {
    using tangent = dual<float, field_count + 1, How != through_spikes::surrogate_detached>;
    states<tangent> s{};
    for_field([&](auto f) {
      const auto& x = moved.*(std::get<f>(Moved::fields).member);
      auto& y = s.*(std::get<f>(states<tangent>::fields).member);
      if constexpr (is_real<f>)
        y = tangent::variable(x.x, f);
      else
        y = x;
    });
    const tangent margin = k.margin(s);
    states<tangent> after = s;
    k.settle(after, tangent::variable(of.fired[i], field_count));
    float by_margin = 0;
    if constexpr (How == through_spikes::spike_times)
      by_margin = by_spike_time(k, s, after, margin.x, of, before, i, by) +
                  (of.by_count == nullptr ? 0 : of.slope[i] * of.by_count[i]);
    else
      by_margin = of.slope[i] * (of.by_spike[i] + pulled(by, after, field_count));
    covector passed{};
    for_field([&](auto f) {
      now[f] = by_margin * margin.d[f];
      passed[f] = pulled(by, after, f) + now[f];
    });
    by = passed;
    return by_margin;
  }

  /// dL / d count F at the end of the tick before: what one more makes of this tick.
  template <std::size_t F>
  static float by_count(const kernel& k, float fired, const rows<const float>& before,
                        const std::array<const float*, port_count>& input, std::size_t i, const covector& by_moved,
                        const covector& at_end) {
    const auto in = arriving_from<float>(input, i, [](float x, std::size_t) { return x; });
    states<float> s{}, more{};
    load(s, before, i, [](float x, std::size_t) { return x; });
    more = s;
    ++(more.*(std::get<F>(states<float>::fields).member));
    k.flow(s, in);
    k.flow(more, in);
    float sum = 0;
    const auto add = [&](const covector& by, auto f) {
      const auto member = std::get<f>(states<float>::fields).member;
      sum += by[f] * static_cast<float>(more.*member - s.*member);
    };
    for_field([&](auto f) {
      if constexpr (is_real<f>) add(by_moved, f);
    });
    k.settle(s, fired);
    k.settle(more, fired);
    for_field([&](auto f) {
      if constexpr (!is_real<f>) add(at_end, f);
    });
    return sum;
  }

  /// A spike whose margin is larger by x comes x / rate earlier, where the rate is what the margin rose by in this
  /// tick. By then the unit has flowed less far before its reset and farther after it, and has counted down less.
  template <class State>
  static float by_spike_time(const kernel& k, const State& at, const State& after, float margin, const adjoint& of,
                             const rows<const float>& before, std::size_t i, const covector& by) {
    states<float> s{}, earlier{};
    load(earlier, before, i, [](float x, std::size_t) { return x; });
    const float rise = std::max(margin - k.margin(earlier), 1e-6F);
    float by_time = of.by_spike[i];
    const auto rate_of = [&](const State& from) {
      covector x{}, rate{};
      for_field([&](auto f) {
        const auto& value = from.*(std::get<f>(State::fields).member);
        auto& y = s.*(std::get<f>(states<float>::fields).member);
        if constexpr (is_real<f>)
          y = x[f] = value.x;
        else
          y = value;
      });
      const states<float> start = s;
      k.flow(s, arriving_at<Model, float>{});
      for_field([&](auto f) {
        if constexpr (is_real<f>) rate[f] = s.*(std::get<f>(states<float>::fields).member) - x[f];
      });
      k.settle(s, 0.0F);
      for_field([&](auto f) {
        const auto member = std::get<f>(states<float>::fields).member;
        if constexpr (!is_real<f>) rate[f] = static_cast<float>(s.*member - start.*member);
      });
      return rate;
    };
    const covector up = rate_of(at), down = rate_of(after);
    for_field([&](auto f) { by_time += pulled(by, after, f) * up[f] - by[f] * down[f]; });
    return of.fired[i] == 1 ? -by_time / rise : 0;
  }

  std::vector<kernel> kernels_;
  index_t size_;
};

}  // namespace spinule

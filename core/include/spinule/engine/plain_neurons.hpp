// The same models once more, one struct after the other in double: what the reference back end steps.
#pragma once

#include <memory>
#include <vector>

#include <spinule/engine/described.hpp>
#include <spinule/engine/emission.hpp>
#include <spinule/model.hpp>

namespace spinule {

class plain_neurons {
 public:
  virtual ~plain_neurons() = default;
  virtual std::unique_ptr<plain_neurons> clone() const = 0;
  virtual void reset() = 0;
  /// One tick of all neurons; `input` holds for each port one value per neuron, or per lane of a wide port, in its
  /// unit. What they send is added to `sent`.
  virtual void step(std::span<const std::vector<double>> input, emission_buffer& sent) = 0;
  virtual double read(std::size_t field, index_t neuron) const = 0;
  /// A start value.
  virtual void write(std::size_t field, index_t neuron, double value) = 0;
  /// Takes parameters and start values from neurons of the same model and number, and keeps its states.
  virtual void adopt(plain_neurons& changed) = 0;
  /// The state now.
  virtual void set(std::size_t field, index_t neuron, double value) = 0;
};

template <class Model>
class typed_plain_neurons final : public plain_neurons {
  using kernel = kernel_of<Model, double>;
  using state = state_of<Model, double>;

 public:
  typed_plain_neurons(std::vector<kernel> kernels, index_t size) : kernels_{std::move(kernels)} {
    for (index_t i = 0; i < size; ++i) initial_.push_back(start_of<Model, double>(kernel_for(i)));
    states_ = initial_;
  }
  std::unique_ptr<plain_neurons> clone() const override { return std::make_unique<typed_plain_neurons>(*this); }
  void reset() override { states_ = initial_; }

  void step(std::span<const std::vector<double>> input, emission_buffer& sent) override {
    for (index_t i = 0; i < states_.size(); ++i) sent.add(i, step(i, input));
  }

  double read(std::size_t f, index_t neuron) const override {
    double result = 0;
    for_field(f, [&](auto member) { result = static_cast<double>(states_[neuron].*member); });
    return result;
  }

  void write(std::size_t f, index_t neuron, double value) override {
    for_field(f, [&](auto member) {
      auto& x = states_[neuron].*member;
      x = static_cast<std::remove_cvref_t<decltype(x)>>(value);
      initial_[neuron].*member = x;
    });
  }
  void set(std::size_t f, index_t neuron, double value) override {
    for_field(f, [&](auto member) {
      auto& x = states_[neuron].*member;
      x = static_cast<std::remove_cvref_t<decltype(x)>>(value);
    });
  }

  void adopt(plain_neurons& changed) override {
    auto& from = static_cast<typed_plain_neurons&>(changed);
    kernels_ = std::move(from.kernels_);
    initial_ = std::move(from.initial_);
  }

 private:
  const kernel& kernel_for(index_t i) const { return kernels_.size() == 1 ? kernels_[0] : kernels_[i]; }

  step_result<Model, double> step(index_t neuron, std::span<const std::vector<double>> input) {
    const kernel& k = kernel_for(neuron);
    if constexpr (Model::ports == 1) {
      return k.step(states_[neuron], input[0][neuron]);
    } else {
      arriving_at<Model, double> in{};
      for (std::size_t p = 0; p < in.size(); ++p) in[p] = input[p][neuron];
      return k.step(states_[neuron], in);
    }
  }

  template <class Use>
  static void for_field(std::size_t f, Use use) {
    std::apply(
        [&](const auto&... each) {
          std::size_t i = 0;
          ((i++ == f ? use(each.member) : void()), ...);
        },
        state::fields);
  }

  std::vector<kernel> kernels_;
  std::vector<state> states_, initial_;
};

}  // namespace spinule

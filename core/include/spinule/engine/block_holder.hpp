// A block model with its type erased: as blocks of any back end, and as what the reference steps.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include <spinule/engine/any_model.hpp>
#include <spinule/engine/block_cells.hpp>

namespace spinule {

/// The same fields. Throws `spinule_error{where, ...}` for one without a name or a number, for equal names, and for
/// more than 2^20 numbers a neuron.
std::vector<block_field> checked(std::vector<block_field> fields, const std::string& where);
/// Throws for a change of parameters that changes how many lanes or numbers a neuron has.
void check_same_sizes(const any_model& before, const any_model& after, const std::string& where);
/// Throws for several values of a parameter of which a block model has one.
void check_single(std::span<const double> values, const std::string& name, const std::string& where);

template <class Model, class Real>
class alignas(64) typed_block_of_lanes final : public neuron_block {
 public:
  typed_block_of_lanes(block_cells<Model, Real> cells, std::vector<index_t> width)
      : cells_{std::move(cells)}, width_{std::move(width)} {}
  std::unique_ptr<neuron_block> clone() const override { return std::make_unique<typed_block_of_lanes>(*this); }
  index_t size() const override { return cells_.count(); }
  bool can_visit() const override { return false; }
  bool asks_what_is_touched() const override { return true; }
  double visit_cost() const override { return 1; }
  void reset() override { cells_.reset(); }
  void write(std::size_t f, index_t neuron, double value) override { cells_.write(f, neuron, value); }
  void set(std::size_t f, index_t neuron, double value, moment) override { cells_.set(f, neuron, value); }
  double read(std::size_t f, index_t neuron, moment) const override { return cells_.read(f, neuron); }
  void adopt(neuron_block& changed, moment) override {
    cells_.adopt(static_cast<typed_block_of_lanes&>(changed).cells_);
  }

  void sweep(moment, arrivals in, index_t first, emission_buffer& sent) override {
    for (std::size_t p = 0; p < in.sums.size(); ++p) {
      if (in.touched.empty())
        for (index_t lane = 0; lane < cells_.count() * width_[p]; ++lane) take(in, p, lane);
      else
        for (const index_t lane : in.touched[p]) take(in, p, lane);
    }
    cells_.step(first, sent);
  }
  void visit(moment now, std::span<const index_t>, arrivals in, index_t first, emission_buffer& sent) override {
    sweep(now, in, first, sent);
  }

 private:
  void take(arrivals in, std::size_t port, index_t lane) {
    const std::int32_t sum = in.sums[port][lane];
    if (sum == 0 && in.finer.empty()) return;
    Real amount = static_cast<Real>(sum) * static_cast<Real>(in.quanta[port]);
    in.sums[port][lane] = 0;
    for (const auto& f : in.finer)
      if (f.port == port) {
        amount += static_cast<Real>(f.sums[lane]) * static_cast<Real>(f.quantum);
        f.sums[lane] = 0;
      }
    cells_.arrive(port, lane, amount);
  }

  block_cells<Model, Real> cells_;
  std::vector<index_t> width_;  ///< [ports]
};

template <class Model>
class plain_block final : public plain_neurons {
 public:
  explicit plain_block(block_cells<Model, double> cells) : cells_{std::move(cells)} {}
  std::unique_ptr<plain_neurons> clone() const override { return std::make_unique<plain_block>(*this); }
  void reset() override { cells_.reset(); }
  void step(std::span<const std::vector<double>> input, emission_buffer& sent) override {
    for (std::size_t p = 0; p < input.size(); ++p)
      for (index_t lane = 0; lane < input[p].size(); ++lane) cells_.arrive(p, lane, input[p][lane]);
    cells_.step(0, sent);
  }
  double read(std::size_t f, index_t neuron) const override { return cells_.read(f, neuron); }
  void write(std::size_t f, index_t neuron, double value) override { cells_.write(f, neuron, value); }
  void set(std::size_t f, index_t neuron, double value) override { cells_.set(f, neuron, value); }
  void adopt(plain_neurons& changed) override { cells_.adopt(static_cast<plain_block&>(changed).cells_); }

 private:
  block_cells<Model, double> cells_;
};

/// The kernel of a model for the tick last asked for, for as long as somebody has it.
template <class Model, class Real>
class shared_kernel {
 public:
  std::shared_ptr<const kernel_of<Model, Real>> of(const Model& model, milliseconds tick) {
    const std::lock_guard lock{guard_};
    auto made = kept_.lock();
    if (made && tick_ == tick) return made;
    made = std::make_shared<const kernel_of<Model, Real>>(model, tick);
    kept_ = made;
    tick_ = tick;
    return made;
  }

 private:
  std::mutex guard_;
  std::weak_ptr<const kernel_of<Model, Real>> kept_;
  milliseconds tick_{0};
};

template <block_model Model>
class block_holder final : public any_model {
 public:
  /// Throws `spinule_error{where, ...}` for state fields that cannot be.
  block_holder(Model model, const std::string& where)
      : model_{std::move(model)}, layout_{std::make_shared<const block_layout>(checked(model_.fields(), where))} {}
  bool is_source() const override { return false; }
  std::span<const described_port> receptors() const override { return described_ports<Model>(); }
  index_t width(std::size_t port) const override { return model_.width(static_cast<int>(port)); }
  double work() const override {
    if constexpr (requires { model_.work(); })
      return model_.work();
    else
      return 100;
  }
  double gain() const override { return 1; }
  std::uint32_t most_events(const source_setting&) const override { return 1; }
  bool is_graded() const override { return graded_block_model<Model>; }
  double largest_output(const source_setting&) const override {
    if constexpr (graded_block_model<Model>)
      return model_.largest_output();
    else
      return 1;
  }
  std::span<const described_number> fields() const override { return layout_->numbers; }
  std::span<const described_number> parameters() const override { return described_parameters<Model>(); }
  double parameter(std::size_t which, index_t) const override {
    double value = 0;
    with_parameter(model_, which, [&](const auto& x) { value = value_of(x); });
    return value;
  }
  using any_model::with;
  std::shared_ptr<const any_model> with(std::span<const parameter_values> changes,
                                        const std::string& where) const override {
    Model changed = model_;
    for (const auto& [which, values] : changes) {
      check_single(values, std::string{parameters()[which].name}, where);
      with_parameter(changed, which, [x = values[0], &where]<class T>(T& to) { to = from_number<T>(x, where); });
    }
    auto made = std::make_shared<block_holder>(std::move(changed), where);
    made->check(where);
    check_same_sizes(*this, *made, where);
    return made;
  }
  std::size_t neuron_bytes(precision p) const override {
    return 2 * (p == precision::full ? sizeof(double) : sizeof(float)) * layout_->numbers.size();
  }
  void check(const std::string& where) const override { check_model(model_, where); }
  void check_size(std::int64_t size, const std::string& where) const override {
    if constexpr (requires { model_.check_size(size, where); }) model_.check_size(size, where);
  }
  std::unique_ptr<neuron_block> block(precision p, index_t, index_t count, milliseconds tick) const override {
    if (p == precision::full)
      return std::make_unique<typed_block_of_lanes<Model, double>>(cells(doubles_, count, tick), widths());
    return std::make_unique<typed_block_of_lanes<Model, float>>(cells(floats_, count, tick), widths());
  }
  std::unique_ptr<plain_neurons> plain(index_t count, milliseconds tick) const override {
    return std::make_unique<plain_block<Model>>(cells(doubles_, count, tick));
  }
  std::unique_ptr<source_block> source(const source_setting&) const override { return nullptr; }

 private:
  template <class Real>
  block_cells<Model, Real> cells(shared_kernel<Model, Real>& kernels, index_t count, milliseconds tick) const {
    return {kernels.of(model_, tick), layout_, count};
  }
  std::vector<index_t> widths() const {
    std::vector<index_t> all;
    for (int p = 0; p < Model::ports; ++p) all.push_back(model_.width(p));
    return all;
  }

  Model model_;
  std::shared_ptr<const block_layout> layout_;
  mutable shared_kernel<Model, float> floats_;
  mutable shared_kernel<Model, double> doubles_;
};

}  // namespace spinule

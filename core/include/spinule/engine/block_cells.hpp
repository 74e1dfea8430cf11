// The state of some neurons of a block model and what steps it, in either number type.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <spinule/block_model.hpp>
#include <spinule/engine/aligned.hpp>
#include <spinule/engine/described.hpp>
#include <spinule/engine/instruction_sets.hpp>

namespace spinule {

/// The state fields of a block model number by number, as all that reads them counts.
struct block_layout {
  std::vector<block_field> fields;
  std::vector<std::string> names;                                ///< [numbers]
  std::vector<described_number> numbers;                         ///< [numbers] their names are those above
  std::vector<std::pair<std::size_t, std::size_t>> places = {};  ///< [numbers] field, and which of its numbers

  explicit block_layout(std::vector<block_field> of) : fields{std::move(of)} {
    for (std::size_t f = 0; f < fields.size(); ++f)
      for (std::size_t k = 0; k < fields[f].length; ++k) {
        names.push_back(fields[f].length == 1 ? fields[f].name : fields[f].name + "[" + std::to_string(k) + "]");
        places.push_back({f, k});
      }
    for (std::size_t i = 0; i < names.size(); ++i)
      numbers.push_back({names[i], fields[places[i].first].unit, fields[places[i].first].allowed});
  }
  block_layout(const block_layout&) = delete;
};

/// Throws `spinule_error` unless neurons of the block sent something, ascending, with values where it is graded.
void check_sent(const emission& sent, index_t first, index_t count, bool graded);

#ifdef SPINULE_MULTIVERSION
template <class Kernel, class Real>
[[SPINULE_V4, gnu::flatten]] void step_block_v4(const Kernel& kernel, const block_tick<Real>& tick) {
  kernel.step(tick);
}
template <class Kernel, class Real>
[[SPINULE_V3, gnu::flatten]] void step_block_v3(const Kernel& kernel, const block_tick<Real>& tick) {
  kernel.step(tick);
}
#endif

/// Compiled for several instruction sets, as a sweep is; the bits are the same on each.
template <class Kernel, class Real>
void step_block(const Kernel& kernel, const block_tick<Real>& tick) {
#ifdef SPINULE_MULTIVERSION
  static const int level = vector_level();
  if (level >= 4) return step_block_v4(kernel, tick);
  if (level >= 3) return step_block_v3(kernel, tick);
#endif
  kernel.step(tick);
}

template <class Model, class Real>
class block_cells {
  using kernel = kernel_of<Model, Real>;

 public:
  block_cells(std::shared_ptr<const kernel> steps, std::shared_ptr<const block_layout> layout, index_t count)
      : kernel_{std::move(steps)}, layout_{std::move(layout)}, count_{count} {
    for (const block_field& f : layout_->fields)
      columns_.emplace_back(std::size_t{count} * f.length, static_cast<Real>(f.start));
    initial_ = columns_;
    lanes_.resize(static_cast<std::size_t>(Model::ports));
    amounts_.resize(lanes_.size());
  }

  index_t count() const { return count_; }
  void reset() { columns_ = initial_; }
  double read(std::size_t i, index_t neuron) const { return at(columns_, i, neuron); }
  void write(std::size_t i, index_t neuron, double value) {
    set(i, neuron, value);
    at(initial_, i, neuron) = static_cast<Real>(value);
  }
  void set(std::size_t i, index_t neuron, double value) { at(columns_, i, neuron) = static_cast<Real>(value); }
  /// Takes parameters and start values, and keeps the state.
  void adopt(block_cells& changed) {
    kernel_ = std::move(changed.kernel_);
    initial_ = std::move(changed.initial_);
  }

  /// What arrives is told lane by lane, ascending at each port; then `step`.
  void arrive(std::size_t port, index_t lane, Real amount) {
    if (amount == 0) return;
    lanes_[port].push_back(lane);
    amounts_[port].push_back(amount);
  }
  /// `first`: number of the first neuron within the population. What they send is added to `sent`.
  void step(index_t first, emission_buffer& sent) {
    fields_.assign(columns_.begin(), columns_.end());
    inputs_.clear();
    for (std::size_t p = 0; p < lanes_.size(); ++p) inputs_.push_back({lanes_[p], amounts_[p]});
    const std::size_t before = sent.size();
    step_block(*kernel_, block_tick<Real>{first, count_, fields_, inputs_, room_, sent});
    check_sent(
        {std::span{sent.neurons}.subspan(before), std::span{sent.values}.subspan(std::min(before, sent.values.size()))},
        first, count_, graded_block_model<Model>);
    for (auto& lanes : lanes_) lanes.clear();
    for (auto& amounts : amounts_) amounts.clear();
  }

 private:
  template <class Columns>
  auto& at(Columns& columns, std::size_t i, index_t neuron) const {
    const auto [field, k] = layout_->places[i];
    return columns[field][std::size_t{neuron} * layout_->fields[field].length + k];
  }

  std::shared_ptr<const kernel> kernel_;
  std::shared_ptr<const block_layout> layout_;
  index_t count_;
  std::vector<aligned_vector<Real>> columns_, initial_;  ///< [fields][count * length]
  std::vector<std::vector<index_t>> lanes_;              ///< [ports] of the tick under way
  std::vector<std::vector<Real>> amounts_;               ///< [ports][lanes]
  std::vector<std::span<Real>> fields_;
  std::vector<lane_input<Real>> inputs_;
  std::vector<Real> room_;
};

}  // namespace spinule

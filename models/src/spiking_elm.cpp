#include <cmath>

#include <spinule/math.hpp>
#include <spinule/models/elm.hpp>
#include <spinule/random.hpp>

#include "elm_stepper.hpp"

namespace spinule {
namespace {

enum : std::size_t { before_field = elm_own, bins_field };
constexpr double bins_held = 1 << 20;  ///< a float counts that far

/// Whether the neuron fires in a bin that is drawn for it. `low` + 2^20 `high` bins were before.
bool drawn(double log_odds, std::uint32_t seed, index_t neuron, double low, double high) {
  if (log_odds < -37) return false;  // less than the smallest number drawn
  const auto bin = static_cast<std::uint64_t>(low + bins_held * high);
  random_stream random{seed, purpose::encoding, (std::uint64_t{neuron} << 32) | (bin & 0xffffffff),
                       0xe1000000 | static_cast<std::uint32_t>(bin >> 32)};
  return random.uniform() * (1 + portable_exp(-log_odds)) < 1;
}

bool fires(elm_firing rule, double y, double last, double last_but_one, double threshold) {
  if (rule == elm_firing::above) return y >= threshold;
  if (rule == elm_firing::crossing) return y >= threshold && last < threshold;
  return last >= threshold && last > last_but_one && last >= y;
}

}  // namespace

index_t spiking_elm::width(int) const { return elm_width(neurons, lanes); }
double spiking_elm::work() const { return elm_work(neurons, lanes); }
void spiking_elm::check(const std::string& where) const { check_elm(neurons, lanes, where); }
void spiking_elm::check_size(std::int64_t size, const std::string& where) const {
  check_elm_size(neurons, size, where);
}

std::vector<block_field> spiking_elm::fields() const {
  auto all = elm_fields(neurons, lanes);
  all.push_back({.name = "before", .length = 2, .start = -1e30});
  all.push_back({.name = "bins", .length = 2});
  return all;
}

template <class Real>
spiking_elm::kernel<Real>::kernel(const spiking_elm& model, milliseconds tick)
    : stepper_{std::make_shared<const elm_stepper<Real>>(model.neurons, model.lanes, tick)},
      firing_{model.firing},
      threshold_{model.threshold},
      seed_{static_cast<std::uint32_t>(model.seed)} {}

template <class Real>
void spiking_elm::kernel<Real>::step(const block_tick<Real>& tick) const {
  stepper_->step(tick);
  const auto y = tick.field(elm_output), before = tick.field(before_field), bins = tick.field(bins_field);
  for (index_t n = 0; n < tick.count; ++n) {
    const double now = static_cast<double>(y[n * stepper_->outputs()]);
    Real *last = &before[2 * std::size_t{n}], *bin = &bins[2 * std::size_t{n}];
    const bool fire =
        firing_ == elm_firing::bernoulli
            ? drawn(now - threshold_, seed_, tick.first + n, static_cast<double>(bin[0]), static_cast<double>(bin[1]))
            : fires(firing_, now, static_cast<double>(last[0]), static_cast<double>(last[1]), threshold_);
    if (fire) tick.fire(n);
    last[1] = last[0];
    last[0] = static_cast<Real>(now);
    bin[0] += 1;
    if (bin[0] == static_cast<Real>(bins_held)) bin[0] = 0, bin[1] += 1;
  }
}

template class spiking_elm::kernel<float>;
template class spiking_elm::kernel<double>;

}  // namespace spinule

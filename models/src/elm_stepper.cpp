#include "elm_stepper.hpp"

#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

bool branch_lanes(elm_lanes lanes) { return lanes == elm_lanes::branches; }

void check_alike(const elm_weights& a, const elm_weights& b, bool by_branch, std::size_t k, const std::string& where) {
  bool alike = a.inputs == b.inputs && a.branches == b.branches && a.memory() == b.memory() &&
               a.outputs() == b.outputs() && a.layers[0].outputs == b.layers[0].outputs && a.bin == b.bin;
  alike = alike && common_tau(a, by_branch).has_value() == common_tau(b, by_branch).has_value();
  if (!common_tau(a, by_branch)) alike = alike && a.tau_input.size() == b.tau_input.size();
  if (!alike)
    throw spinule_error{where,
                        fmt::format("set {} of its weights has other sizes, another bin or other kinds of traces "
                                    "than set 0; neurons of one population have the same",
                                    k)};
}

}  // namespace

std::vector<block_field> elm_fields(const elm_neurons& neurons, elm_lanes lanes) {
  if (neurons.sets().empty()) return {};
  const elm_weights& w = neurons.sets()[0];
  if (w.layers.empty() || w.tau_input.empty()) return {};
  const bool projected = common_tau(w, branch_lanes(lanes)).has_value();
  const std::size_t traces = projected ? w.layers[0].outputs : w.tau_input.size();
  return {{.name = "trace", .length = static_cast<index_t>(traces)},
          {.name = "m", .length = w.memory()},
          {.name = "y", .length = w.outputs()}};
}

index_t elm_width(const elm_neurons& neurons, elm_lanes lanes) {
  if (neurons.sets().empty()) return 1;
  return branch_lanes(lanes) ? neurons.sets()[0].branches : neurons.sets()[0].inputs;
}

double elm_work(const elm_neurons& neurons, elm_lanes lanes) {
  if (neurons.sets().empty()) return 1;
  const elm_weights& w = neurons.sets()[0];
  double products = static_cast<double>(w.readout.weights.size());
  for (const elm_layer& layer : w.layers) products += static_cast<double>(layer.weights.size());
  if (common_tau(w, branch_lanes(lanes))) products -= static_cast<double>(w.layers[0].outputs) * w.branches;
  return 0.2 * products;
}

void check_elm(const elm_neurons& neurons, elm_lanes lanes, const std::string& where) {
  const auto sets = neurons.sets();
  if (sets.empty()) throw spinule_error{where, "it has no weights; give load_elm(path) or elm_shape{...}.build()"};
  const bool by_branch = branch_lanes(lanes);
  for (std::size_t k = 0; k < sets.size(); ++k) {
    sets[k].check(sets.size() == 1 ? where : fmt::format("{} set {}", where, k));
    check_alike(sets[0], sets[k], by_branch, k, where);
  }
  if (by_branch && sets[0].version == elm_version::v1 && !common_tau(sets[0], true))
    throw spinule_error{where,
                        "its synapses have several time constants, and lanes are branches; v1 needs one, or lanes "
                        "that are inputs"};
  const double columns = static_cast<double>(elm_width(neurons, lanes)) * sets[0].layers[0].outputs;
  if (columns * static_cast<double>(sets.size()) > 0x1p31)
    throw spinule_error{where,
                        fmt::format("{} sets of {:.0f} numbers, lanes times hidden units, are more than 2^31; share "
                                    "weights, or let lanes be branches",
                                    sets.size(), columns)};
}

void check_elm_size(const elm_neurons& neurons, std::int64_t size, const std::string& where) {
  const auto sets = static_cast<std::int64_t>(neurons.sets().size());
  if (sets > 1 && size != sets)
    throw spinule_error{
        where, fmt::format("{} sets of weights for {} neurons; give one for all, or one for each", sets, size)};
}

template <class Real>
elm_stepper<Real>::elm_stepper(const elm_neurons& neurons, elm_lanes lanes, milliseconds tick) {
  const milliseconds bin = neurons.sets()[0].bin;
  if (std::fabs(tick.in(bin)-1) > 1e-9)
    throw spinule_error{"ELM neurons",
                        fmt::format("their weights are for bins of {} ms, and a tick lasts {} ms; let ticks "
                                    "last as long as bins",
                                    bin.value(), tick.value())};
  for (const elm_weights& w : neurons.sets()) sets_.push_back(prepared<Real>(w, branch_lanes(lanes)));
}

/// Shared weights take all events at once, others those of each neuron by themselves.
template <class Real>
void elm_stepper<Real>::arrive_all(const block_tick<Real>& tick) const {
  const std::size_t lanes = sets_[0].lanes;
  const auto [places, amounts] = tick.port(0);
  Real* trace = tick.field(elm_trace).data();
  if (sets_.size() == 1) return arrive(sets_[0], {places, amounts}, trace);
  for (std::size_t j = 0, end; j < places.size(); j = end) {
    const std::size_t neuron = places[j] / lanes;
    for (end = j + 1; end < places.size() && places[end] < (neuron + 1) * lanes;) ++end;
    arrive(sets_[tick.first + neuron], {places.subspan(j, end - j), amounts.subspan(j, end - j), neuron * lanes},
           trace + neuron * sets_[0].traces);
  }
}

template <class Real>
void elm_stepper<Real>::step(const block_tick<Real>& tick) const {
  const std::size_t together = sets_.size() == 1 ? tick.count : 1;
  elm_run<Real> run{.count = together,
                    .trace = tick.field(elm_trace).data(),
                    .memory = tick.field(elm_memory).data(),
                    .y = tick.field(elm_output).data(),
                    .room = tick.scratch(sets_[0].room(elm_together)).data()};
  const auto each = [&](auto use) {
    elm_run<Real> some = run;
    for (std::size_t n = 0; n < tick.count; n += together) {
      use(sets_.size() == 1 ? sets_[0] : sets_[tick.first + n], some);
      some.trace += together * sets_[0].traces;
      some.memory += together * sets_[0].memory;
      some.y += together * outputs();
    }
  };
  each([](const auto& parts, const auto& some) { decay(parts, some); });
  arrive_all(tick);
  each([](const auto& parts, const auto& some) { remember(parts, some); });
}

template class elm_stepper<float>;
template class elm_stepper<double>;

}  // namespace spinule

// How recordings go into a network, and how answers come out.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>

#include "network_limits.hpp"

namespace spinule {
namespace {

/// Adds exp(x_k) / sum_j exp(x_j) to every score.
void add_softmax(std::span<const double> x, std::vector<double>& scores) {
  const double greatest = *std::max_element(x.begin(), x.end());
  const auto power = [&](double value) { return portable_exp(value - greatest); };
  double sum = 0;
  for (const double value : x) sum += power(value);
  for (std::size_t k = 0; k < x.size(); ++k) scores[k] += power(x[k]) / sum;
}

/// What stepping a model with these changes fails for; empty where it does not.
std::string fault_of(const any_model& usual, std::span<const parameter_values> changes, index_t size,
                     milliseconds tick) {
  const bool alike = std::ranges::all_of(changes, [](const auto& c) { return c.values.size() == 1; });
  try {
    usual.with(changes, "model")->block(precision::single, 0, alike ? 1 : size, tick);
    return {};
  } catch (const spinule_error& wrong) {
    return wrong.what();
  }
}

}  // namespace

std::optional<tick_fault> fault_with_tick(const any_model& usual, std::span<const parameter_values> changes,
                                          index_t size, milliseconds tick) {
  const std::string what = fault_of(usual, changes, size, tick);
  if (what.empty()) return {};
  if (fault_of(usual, {}, 1, tick) == what) return tick_fault{what, {}};
  for (const parameter_values& c : changes)
    if (fault_of(usual, {&c, 1}, size, tick) == what) return tick_fault{what, c.parameter};
  return tick_fault{what, {}};
}

index_t input_neurons(std::size_t channels, const input_encoding& encoding) {
  if (encoding.group == 0) throw spinule_error{"encoding", "groups of 0 channels; give 1 or more"};
  const std::size_t neurons = channels / encoding.group + (channels % encoding.group != 0);
  if (neurons > std::numeric_limits<index_t>::max())
    throw spinule_error{"encoding", fmt::format("{} channels are too many; make the groups larger", channels)};
  return static_cast<index_t>(neurons);
}

recording encoded(const recording& given, const input_encoding& encoding, milliseconds tick) {
  if (encoding.group == 0) throw spinule_error{"encoding", "groups of 0 channels; give 1 or more"};
  const tick_grid grid{tick};
  const double length_us = encoding.length.in(1_us);
  struct last_tick {
    moment when = -1;
    std::uint32_t events = 0;
  };
  std::vector<last_tick> last;  // [neurons]
  recording made;
  made.length = encoding.length;
  for (const event& e : given.events) {
    if (static_cast<double>(e.time_us) >= length_us) break;
    const std::uint32_t neuron = e.channel / encoding.group;
    if (encoding.most_events > 0) {
      if (neuron >= last.size()) last.resize(std::size_t{neuron} + 1);
      last_tick& now = last[neuron];
      const moment when = grid.of_microsecond(e.time_us, false).tick;
      if (now.when != when) now = {when, 0};
      if (++now.events > encoding.most_events) continue;
    }
    made.events.push_back({e.time_us, neuron});
  }
  return made;
}

std::vector<double> class_scores(readout_rule::law over, std::span<const double> x, std::size_t classes) {
  if (classes == 0 || x.empty() || x.size() % classes != 0)
    throw spinule_error{"class_scores", fmt::format("{} values for {} classes; give some for each", x.size(), classes)};
  using enum readout_rule::law;
  const std::size_t steps = x.size() / classes;
  const auto length = static_cast<double>(steps);
  std::vector<double> scores(classes, over == maximum ? -std::numeric_limits<double>::infinity() : 0.0);
  for (std::size_t t = over == last ? steps - 1 : 0; t < steps; ++t) {
    const auto now = x.subspan(t * classes, classes);
    if (over == sum_of_softmax) {
      add_softmax(now, scores);
      continue;
    }
    const double factor = over == last || over == maximum ? 1.0
                          : over == mean                  ? 1 / length
                                                          : portable_exp(-static_cast<double>(t + 1) / length) / length;
    for (std::size_t k = 0; k < classes; ++k)
      scores[k] = over == maximum ? std::fmax(scores[k], now[k]) : scores[k] + factor * now[k];
  }
  return scores;
}

void check_use(const trained_network& t) {
  const auto of = [&](const std::string& name) -> const population_description& {
    return t.net.populations()[t.net.find(name).id];
  };
  const auto &input = of(t.input), &output = of(t.output);
  if (!input.model->is_source())
    throw spinule_error{"input", fmt::format("\"{}\" is no source, into which recordings could be played", t.input)};
  if (!holds_tick(t.tick))
    throw spinule_error{"tick", fmt::format("{} ms is not between 0.001 and 1000 ms", t.tick.value())};
  if (const auto& e = t.encoding; !holds_length(e.length, t.tick) || tick_grid{t.tick}.whole(e.length, "length") == 0)
    throw spinule_error{"length", fmt::format("{} ms is not from 1 to {} ticks", e.length.value(), most_ticks)};
  if (input.size != input_neurons(t.channels, t.encoding))
    throw spinule_error{
        "input", fmt::format("{} neurons for {} channels in groups of {}", input.size, t.channels, t.encoding.group)};
  if (output.size != t.labels.size())
    throw spinule_error{"output", fmt::format("{} neurons for {} classes", output.size, t.labels.size())};
  check_output(output, t.readout);
  if (t.learn.size() != t.net.projections().size())
    throw spinule_error{"learn",
                        fmt::format("{} entries for {} projections", t.learn.size(), t.net.projections().size())};
}

void check_output(const population_description& output, const readout_rule& rule) {
  const std::string where = fmt::format("population \"{}\"", output.name);
  if (rule.by == readout_rule::source::membrane && output.model->fields().empty())
    throw spinule_error{where, "has no state to read; choose another output, or by = \"spikes\""};
  if (rule.by == readout_rule::source::spikes && output.model->is_graded())
    throw spinule_error{where, "sends values, not spikes; read it by = \"membrane\""};
}

}  // namespace spinule

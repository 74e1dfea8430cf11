#include <spinule/learning/event_prop.hpp>

#include <algorithm>
#include <cmath>
#include <compare>
#include <functional>
#include <numeric>
#include <queue>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule::learning {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();

/// exp(-t / b) convolved with exp(-t / a) / a, which is (exp(-t / a) - exp(-t / b)) / (1 - a / b) for a other than b.
/// This form holds for all a and b.
double double_exponential(double t, double a, double b) {
  const double rate = std::abs(1 / a - 1 / b) * t;
  const double share = rate > 0 ? -portable_expm1(-rate) / rate : 1;
  return t / a * portable_exp(-t / std::max(a, b)) * share;
}

struct membrane {
  double v = 0, i = 0, time = 0;
};

membrane after(const membrane& m, double t, const event_prop_network& net) {
  return {m.v * portable_exp(-t / net.tau_m) + m.i * double_exponential(t, net.tau_m, net.tau_s),
          m.i * portable_exp(-t / net.tau_s), m.time + t};
}

void advance(membrane& m, double to, const event_prop_network& net) {
  m = after(m, to - m.time, net);
  m.time = to;
}

/// When V will pass the threshold if nothing arrives. V can only rise while V < I, and I falls, so at most one maximum
/// lies ahead, where V = I. Until then V is increasing and concave: Newton's method comes from the left and never
/// overshoots.
double next_spike(const membrane& m, const event_prop_network& net) {
  if (m.i <= net.threshold) return never;
  if (m.v >= net.threshold) return m.time;  // by rounding
  const double slope = 1 - m.v / m.i;
  const double argument = 1 - (net.tau_m - net.tau_s) * slope / net.tau_m;
  if (argument <= 0) return never;  // far below rest: V rises for ever, towards 0
  const double peak = net.tau_s * slope * (argument == 1 ? 1 : portable_log(argument) / (argument - 1));
  if (m.i * portable_exp(-peak / net.tau_s) <= net.threshold) return never;

  membrane at = m;
  for (double t = 0; at.v < net.threshold;) {
    const double next = std::min(peak, t + net.tau_m * (net.threshold - at.v) / (at.i - at.v));
    if (!(next > t && m.time + next > at.time)) break;
    t = next;
    at = after(m, t, net);
  }
  return at.i > net.threshold ? at.time : never;
}

/// One unit of current that reaches a readout at `time`: what it adds to the integral, and the derivative by the time.
struct readout_response {
  double value = 0, slope = 0;
};

readout_response response(const event_prop_network& net, double time, double duration) {
  const double t = duration - time, a = net.readout_tau_m, b = net.tau_s;
  if (t <= 0) return {};
  const double now = portable_exp(-time / net.tau_loss), end = portable_exp(-duration / net.tau_loss);
  const double scale_v = 1 / (1 + a / net.tau_loss), scale_i = 1 / (1 + b / net.tau_loss);
  // -lambda_V and -lambda_I of the adjoint equations with dL/d(readout) = 1.
  const double v = scale_v * (now - end * portable_exp(-t / a));
  const double i = scale_v * (scale_i * (now - end * portable_exp(-t / b)) - end * double_exponential(t, b, a));
  return {b * i, i - v};
}

/// Synapses of each source by delay.
struct fan_out {
  std::vector<std::uint32_t> order;
  std::vector<std::size_t> first;  ///< [sources + 1]

  explicit fan_out(const event_prop_network& net) : order(net.synapses.size()), first(net.inputs + net.neurons + 1) {
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      const auto &x = net.synapses[a], &y = net.synapses[b];
      return std::tie(x.source, x.delay, a) < std::tie(y.source, y.delay, b);
    });
    for (const auto& s : net.synapses) ++first[s.source + 1];
    std::partial_sum(first.begin(), first.end(), first.begin());
  }
};

/// Spikes come before arrivals of the same time. `which` is a spike where something arrives, and a neuron or a spike
/// where one is fired; `at` is the place of the synapse in `fan_out::order`, or the version of a prediction.
struct event {
  double time;
  bool arrival;
  std::size_t which, at;

  friend auto operator<=>(const event&, const event&) = default;
};

const event_prop_spike& spike_of(const event_prop_run& run, std::size_t k) {
  return k < run.inputs.size() ? run.inputs[k] : run.spikes[k - run.inputs.size()];
}

bool positive(double x) { return x > 0 && std::isfinite(x); }

void check(const event_prop_network& net) {
  const std::string where = "event_prop_network";
  if (!positive(net.tau_m) || !positive(net.tau_s) || !positive(net.readout_tau_m) || !positive(net.threshold) ||
      !(net.tau_loss > 0))
    throw spinule_error{where,
                        "time constants and the threshold must be positive and finite; only tau_loss may be "
                        "infinite"};
  const std::uint64_t sources = std::uint64_t{net.inputs} + net.neurons;
  for (std::size_t k = 0; k < net.synapses.size(); ++k) {
    const auto& s = net.synapses[k];
    if (s.source >= sources || s.target < net.inputs || s.target >= sources + net.readouts)
      throw spinule_error{where, fmt::format("synapse {} from {} to {} must start below {} and end from {} to below {}",
                                             k, s.source, s.target, sources, net.inputs, sources + net.readouts)};
    if (!std::isfinite(s.weight) || !(s.delay >= 0) || !std::isfinite(s.delay))
      throw spinule_error{where, fmt::format("synapse {} needs a finite weight and a delay of 0 or more, not {} and {}",
                                             k, s.weight, s.delay)};
  }
}

void check_size(const char* what, std::size_t has, std::size_t wants) {
  if (has != 0 && has != wants)
    throw spinule_error{"event_prop_losses", fmt::format("{} derivatives of {}, where the run has {}: give one each, "
                                                         "or none",
                                                         has, what, wants)};
}

}  // namespace

event_prop_run event_prop_network::forward(std::span<const event_prop_spike> input_spikes, double duration,
                                           std::size_t most_spikes) const {
  check(*this);
  if (!positive(duration))
    throw spinule_error{"event_prop_network", fmt::format("duration {} must be positive and finite", duration)};
  event_prop_run run{{input_spikes.begin(), input_spikes.end()}, {}, std::vector<double>(readouts), duration};
  for (const auto& s : run.inputs)
    if (s.unit >= inputs || !(s.time >= 0 && s.time <= duration))
      throw spinule_error{"event_prop_network",
                          fmt::format("spike of input {} at {}: inputs are below {}, times from 0 to {}", s.unit,
                                      s.time, inputs, duration)};
  std::sort(run.inputs.begin(), run.inputs.end(), [](const event_prop_spike& a, const event_prop_spike& b) {
    return std::tie(a.time, a.unit) < std::tie(b.time, b.unit);
  });

  const fan_out out{*this};
  std::vector<membrane> states(neurons);
  std::vector<std::size_t> version(neurons, 0);
  std::priority_queue<event, std::vector<event>, std::greater<>> queue;
  // The arrival of spike k at the synapse at this place, if its source has one there.
  const auto send = [&](std::size_t k, std::size_t at) {
    const auto& spike = spike_of(run, k);
    if (at == out.first[spike.unit + 1]) return;
    if (const double time = spike.time + synapses[out.order[at]].delay; time <= duration)
      queue.push({time, true, k, at});
  };
  const auto predict = [&](std::size_t n) {
    ++version[n];
    if (const double time = next_spike(states[n], *this); time <= duration) queue.push({time, false, n, version[n]});
  };
  for (std::size_t k = 0; k < run.inputs.size(); ++k) send(k, out.first[run.inputs[k].unit]);

  while (!queue.empty()) {
    const event e = queue.top();
    queue.pop();
    if (e.arrival) {
      const auto& s = synapses[out.order[e.at]];
      send(e.which, e.at + 1);
      if (s.target >= inputs + neurons) {
        run.readouts[s.target - inputs - neurons] += s.weight * response(*this, e.time, duration).value;
        continue;
      }
      const std::size_t n = s.target - inputs;
      advance(states[n], e.time, *this);
      states[n].i += s.weight;
      predict(n);
    } else if (e.at == version[e.which]) {
      if (run.spikes.size() == most_spikes)
        throw spinule_error{"event_prop_network",
                            fmt::format("more than {} spikes before {}: weaken the recurrent weights, or allow more",
                                        most_spikes, e.time)};
      auto& m = states[e.which];
      advance(m, e.time, *this);
      m.v = 0;
      const auto unit = static_cast<std::uint32_t>(inputs + e.which);
      run.spikes.push_back({e.time, unit, m.i});
      send(run.inputs.size() + run.spikes.size() - 1, out.first[unit]);
      predict(e.which);
    }
  }
  return run;
}

event_prop_gradients event_prop_network::backward(const event_prop_run& run, const event_prop_losses& losses) const {
  check(*this);
  const auto unknown = [&](const event_prop_spike& s) { return s.unit < inputs || s.unit >= inputs + neurons; };
  if (run.readouts.size() != readouts || std::any_of(run.spikes.begin(), run.spikes.end(), unknown) ||
      std::any_of(run.inputs.begin(), run.inputs.end(), [&](const event_prop_spike& s) { return s.unit >= inputs; }))
    throw spinule_error{"event_prop_network", "the run is of another network: call forward again"};
  check_size("spike times", losses.spike_times.size(), run.spikes.size());
  check_size("readouts", losses.readouts.size(), readouts);

  struct adjoint {
    double v = 0, i = 0, time = 0;  // lambda_V and lambda_I just after this time
    double count = 0;
  };
  std::vector<adjoint> states(neurons, {0, 0, run.duration, 0});
  for (const auto& s : run.spikes) ++states[s.unit - inputs].count;
  const auto retreat = [&](adjoint& a, double to) {
    const double t = a.time - to;
    a.i = a.i * portable_exp(-t / tau_s) + a.v * double_exponential(t, tau_s, tau_m);
    a.v *= portable_exp(-t / tau_m);
    a.time = to;
  };

  const fan_out out{*this};
  event_prop_gradients result{std::vector<double>(synapses.size()), std::vector<double>(synapses.size())};
  // Every spike walks its synapses from the longest delay down, then is fired: the order of `forward`, reversed.
  std::vector<double> by_time(run.spikes.size());  // dL/dt of each spike through its arrivals
  std::priority_queue<event> queue;
  const auto send = [&](std::size_t k, std::size_t end) {
    const auto& spike = spike_of(run, k);
    for (; end > out.first[spike.unit]; --end)
      if (const double time = spike.time + synapses[out.order[end - 1]].delay; time <= run.duration) {
        queue.push({time, true, k, end - 1});
        return;
      }
    if (k >= run.inputs.size()) queue.push({spike.time, false, k, 0});
  };
  for (std::size_t k = 0; k < run.inputs.size() + run.spikes.size(); ++k) send(k, out.first[spike_of(run, k).unit + 1]);

  while (!queue.empty()) {
    const event e = queue.top();
    queue.pop();
    if (e.arrival) {
      const auto index = out.order[e.at];
      const auto& s = synapses[index];
      double of_weight = 0, of_time = 0;
      if (s.target >= inputs + neurons) {
        const auto r = response(*this, e.time, run.duration);
        const double scale = losses.readouts.empty() ? 0 : losses.readouts[s.target - inputs - neurons];
        of_weight = scale * r.value;
        of_time = scale * s.weight * r.slope;
      } else {
        auto& a = states[s.target - inputs];
        retreat(a, e.time);
        of_weight = -tau_s * a.i;
        of_time = s.weight * (a.v - a.i);
      }
      result.weights[index] += of_weight;
      result.delays[index] += of_time;
      if (e.which >= run.inputs.size()) by_time[e.which - run.inputs.size()] += of_time;
      send(e.which, e.at);
    } else {
      const std::size_t k = e.which - run.inputs.size();
      const auto& spike = run.spikes[k];
      auto& a = states[spike.unit - inputs];
      retreat(a, e.time);
      const double own = losses.spike_times.empty() ? 0 : losses.spike_times[k];
      a.v += (threshold * a.v + by_time[k] + own) / (spike.current - threshold);
      a.v -= losses.count_strength * (a.count - losses.count_target);
    }
  }
  return result;
}

cross_entropy_loss cross_entropy(std::span<const double> scores, std::size_t label) {
  if (label >= scores.size())
    throw spinule_error{"cross_entropy",
                        fmt::format("label {} must be below {}, the number of scores", label, scores.size())};
  const double largest = *std::max_element(scores.begin(), scores.end());
  cross_entropy_loss result{0, {scores.begin(), scores.end()}};
  double sum = 0;
  for (double& p : result.gradient) sum += p = portable_exp(p - largest);
  for (double& p : result.gradient) p /= sum;
  result.loss = portable_log(sum) + largest - scores[label];
  result.gradient[label] -= 1;
  return result;
}

}  // namespace spinule::learning

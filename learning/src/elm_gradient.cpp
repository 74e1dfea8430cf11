#include <algorithm>
#include <functional>

#include "elm_training.hpp"

namespace spinule::learning {
namespace {

constexpr std::size_t chunk = 16;  ///< rows of a result that one thread works on at a time

/// Numbers first .. first + chunk - 1 of all rows as rows of their own.
aligned_vector<float> turned(const float* x, std::size_t stride, std::size_t rows, std::size_t first,
                             std::size_t count) {
  aligned_vector<float> columns(count * rows);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t i = 0; i < count; ++i) columns[i * rows + r] = x[r * stride + first + i];
  return columns;
}

/// dW = sum over rows of x^T dz, and the bias with it, in parts.
class product_parts {
 public:
  product_parts(const elm_map& map, const float* x, std::size_t x_stride, const float* dz, std::size_t dz_stride)
      : map_{map}, x_{x}, dz_{dz}, x_stride_{x_stride}, dz_stride_{dz_stride} {}
  std::size_t count() const { return (map_.inputs + chunk - 1) / chunk; }
  void collect(std::size_t part, std::size_t rows, std::span<float> gradient) const {
    const std::size_t first = part * chunk, some = std::min(chunk, map_.inputs - first);
    const auto columns = turned(x_, x_stride_, rows, first, some);
    add_product(columns.data(), rows, some, rows, dz_, dz_stride_, map_.outputs,
                gradient.data() + map_.weights + first * map_.stride(), map_.stride());
  }
  void collect_bias(std::size_t rows, std::span<float> gradient) const {
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t o = 0; o < map_.outputs; ++o) gradient[map_.bias + o] += dz_[r * dz_stride_ + o];
  }

 private:
  const elm_map& map_;
  const float *x_, *dz_;
  std::size_t x_stride_, dz_stride_;
};

/// Of each channel its events: the row of bin and sample, and what it brought.
elm_routes events_of_channels(const elm_plan& plan, const elm_record& record) {
  elm_routes events;
  events.offsets.assign(std::size_t{plan.start.inputs} + 1, 0);
  for (const sent_lists& block : record.sent)
    for (const std::uint32_t channel : block.entries) ++events.offsets[channel + 1];
  for (std::size_t c = 0; c < plan.start.inputs; ++c) events.offsets[c + 1] += events.offsets[c];
  events.entries.resize(events.offsets.back());
  events.values.resize(events.offsets.back());
  std::vector<std::uint32_t> next(events.offsets.begin(), events.offsets.end() - 1);
  std::size_t first = 0;
  for (const sent_lists& block : record.sent) {
    const std::size_t count = (block.offsets.size() - 1) / plan.bins;
    for (std::size_t list = 0; list + 1 < block.offsets.size(); ++list)
      for (std::uint32_t e = block.offsets[list]; e < block.offsets[list + 1]; ++e) {
        const std::uint32_t at = next[block.entries[e]]++;
        events.entries[at] = static_cast<std::uint32_t>(list / count * record.samples + first + list % count);
        events.values[at] = block.values[e];
      }
    first += count;
  }
  return events;
}

/// g_c = sum over the events of channel c of x a; then dW1[branch] = sum of w g, and dw = W1[branch] . g.
void collect_events(const elm_plan& plan, const elm_record& record, std::span<float> gradient) {
  const elm_map& map = plan.branches;
  const std::size_t stride = map.stride();
  const elm_routes events = events_of_channels(plan, record);
  aligned_vector<float> of_channel(plan.start.inputs * stride + row_slack, 0);
  const auto parts = [](std::size_t rows) { return (rows + chunk - 1) / chunk; };
  share(parts(plan.start.inputs), plan.how.threads, [&](std::size_t k) {
    row_lists some = events.all();
    some.offsets += k * chunk;
    add_listed_rows(some, std::min(chunk, plan.start.inputs - k * chunk), record.a.data(), stride, map.outputs,
                    of_channel.data() + k * chunk * stride, stride);
  });
  share(parts(map.inputs), plan.how.threads, [&](std::size_t k) {
    const std::size_t first = k * chunk, last = std::min(first + chunk, map.inputs);
    row_lists some = plan.by_branch.all();
    some.offsets += first;
    add_listed_rows(some, last - first, of_channel.data(), stride, map.outputs,
                    gradient.data() + map.weights + first * stride, stride);
    for (std::size_t i = first; plan.how.synapses && i < last; ++i)
      for (std::uint32_t e = plan.by_branch.offsets[i]; e < plan.by_branch.offsets[i + 1]; ++e)
        gradient[plan.weight_at + plan.by_branch.synapse[e]] =
            dot(plan.parameters.data() + map.weights + i * stride,
                of_channel.data() + plan.by_branch.entries[e] * stride, map.outputs);
  });
}

void collect_tau(const elm_plan& plan, const elm_record& record, std::span<float> gradient) {
  for (std::size_t k = 0; k < plan.memory(); ++k) {
    double by_kappa = 0, by_gain = 0;
    for (std::size_t s = 0; s < record.samples; ++s) {
      by_kappa += static_cast<double>(record.by_kappa[s * plan.memory_stride() + k]);
      by_gain += static_cast<double>(record.by_gain[s * plan.memory_stride() + k]);
    }
    const double by_tau = by_kappa * plan.kappa_per_ms[k] + by_gain * plan.gain_per_ms[k];
    gradient[plan.tau_at + k] = static_cast<float>(by_tau * plan.tau_slope(k));
  }
}

}  // namespace

void collect_elm_gradient(const elm_plan& plan, elm_record& record, std::span<float> gradient) {
  std::ranges::fill(gradient, 0.0F);
  const std::size_t rows = plan.bins * record.samples, layers = plan.layers();
  std::vector<product_parts> products;
  if (!plan.event_driven)
    products.emplace_back(plan.branches, record.b.data(), padded(plan.start.branches), record.z[0].data(),
                          plan.first().stride());
  const std::size_t without_bias = products.size();
  for (std::size_t l = 0; l < layers; ++l)
    products.emplace_back(plan.maps[l], l == 0 ? record.read.data() : record.h[l - 1].data(),
                          l == 0 ? plan.memory_stride() : plan.maps[l - 1].stride(), record.z[l].data(),
                          plan.maps[l].stride());
  products.emplace_back(plan.readout(), record.m.data(), plan.memory_stride(), record.slope.data(),
                        plan.readout().outputs);
  std::vector<std::function<void()>> work;
  for (std::size_t p = 0; p < products.size(); ++p) {
    const product_parts& of = products[p];
    for (std::size_t k = 0; k < of.count(); ++k)
      work.emplace_back([&of, k, rows, gradient] { of.collect(k, rows, gradient); });
    if (p >= without_bias) work.emplace_back([&of, rows, gradient] { of.collect_bias(rows, gradient); });
  }
  share(work.size(), plan.how.threads, [&](std::size_t k) { work[k](); });
  if (plan.event_driven) collect_events(plan, record, gradient);
  if (plan.how.tau_memory) collect_tau(plan, record, gradient);
  if (!plan.how.synapses || plan.event_driven) return;
  const std::size_t synapses = plan.start.synapses();
  for (std::size_t s = 0; s < record.samples; ++s)
    for (std::size_t j = 0; j < synapses; ++j) gradient[plan.weight_at + j] += record.by_synapse[s * synapses + j];
}

}  // namespace spinule::learning

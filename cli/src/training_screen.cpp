#include "training_screen.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include <spinule/models/catalogue.hpp>

#include "array_options.hpp"
#include "duration.hpp"
#include "standard_streams.hpp"
#include "training_record.hpp"

namespace spinule {

void print_network(const network_options& o, const described_network& d, const learning::trainer& t,
                   std::size_t batch) {
  fmt::print("Network {}\n", o.network.string());
  for (const auto& p : d.net.populations()) fmt::print("  {:<28} {:>9} {}\n", p.name, p.size, model_name(*p.model));
  std::size_t parameters = 0;
  for (index_t k = 0; k < d.net.projections().size(); ++k) {
    const auto weights = t.weights(d.net.projection_at(k));
    const auto synapses = static_cast<std::size_t>(std::ranges::count_if(weights, [](double w) { return w != 0; }));
    const learnable& learn = d.learn[k];
    fmt::print("  {:<28} {:>9} synapses, {}\n", d.net.projections()[k].name, synapses,
               learn.weight && learn.delay ? "weights and delays are learned"
               : learn.weight              ? "weights are learned"
               : learn.delay               ? "delays are learned"
                                           : "fixed");
    parameters += learn.weight ? synapses : 0;
    if (learn.delay) {
      const auto& p = d.net.projections()[k];
      const index_t of = learn.delay_of == learnable::sharing::axon ? p.source : p.target;
      parameters += learn.delay_of == learnable::sharing::synapse ? synapses : d.net.populations()[of].size;
    }
  }
  for (const std::string& text : o.parameters) {
    const auto cells = d.net.find(text.substr(0, text.find('.')));
    parameters += d.net.populations()[cells.id].size;
  }
  fmt::print("{} numbers are learned by {}; {} of memory for batches of {}\n", parameters, o.rule,
             bytes_text(t.memory(batch).bytes()), batch);
  if (const std::string arrays = effects_text(t.options().arrays); !arrays.empty())
    fmt::print("Learned as on arrays: {}\n", arrays);
}

epoch_table::epoch_table(std::uint64_t first, std::uint64_t epochs, bool validation)
    : first_{first}, epochs_{epochs}, validation_{validation} {
  fmt::print("{:>9} {:>8} {:>7} {:>8} {:>8} {:>6} {:>8}  {}\n", "epoch", "loss", "right %",
             validation ? "valid. %" : "", "gradient", "per s", "left", "silent/saturated %");
  std::fflush(stdout);
}

void epoch_table::add(const learning::epoch_report& e, double gradient_norm) {
  const double passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const auto done = static_cast<double>(e.epoch + 1 - first_), to_come = static_cast<double>(epochs_ - e.epoch - 1);
  std::string layers;
  for (const auto& layer : e.layers)
    layers += fmt::format(" {} {:.0f}/{:.0f}", layer.name, 100 * layer.silent, 100 * layer.saturated);
  fmt::print("{:>9} {:>8.4f} {:>7.2f} {:>8} {:>8.2e} {:>6.0f} {:>8} {}\n", fmt::format("{}/{}", e.epoch + 1, epochs_),
             e.loss, 100 * e.accuracy, validation_ ? fmt::format("{:.2f}", 100 * e.validation_accuracy) : "",
             gradient_norm, e.samples_per_s, duration_text(passed / done * to_come), layers);
  std::fflush(stdout);
  for (const auto& layer : e.layers) warn(layer);
}

void epoch_table::warn(const learning::layer_report& layer) {
  const bool dead = layer.silent == 1, saturated = layer.saturated == 1;
  if ((!dead && !saturated) || !warned_.insert(layer.name + (dead ? " dead" : " full")).second) return;
  if (dead)
    complain(fmt::format(
        "Warning: no unit of \"{}\" fired in the last batch, so nothing passes it; raise the weights onto it, "
        "lower its threshold, or give --rate-penalty with --spikes",
        layer.name));
  else
    complain(
        fmt::format("Warning: every unit of \"{}\" fired in at least half of all ticks, so it tells little; lower the "
                    "weights onto it, raise its threshold, or give --rate-penalty with --spikes",
                    layer.name));
}

}  // namespace spinule

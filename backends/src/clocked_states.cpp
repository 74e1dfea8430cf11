// States of neurons, read and written between runs and recorded within them.
#include "clocked_engine.hpp"

namespace spinule {

double clocked_engine::read(index_t p, std::size_t field, index_t neuron) const {
  for (const auto& [s, b] : cells_[p].parts)
    if (const slice& part = (*plans_)[s].slices[b]; part.holds(neuron))
      return shards_[s].blocks[b].cells->read(field, neuron - part.first, now_ - 1);
  return 0;
}

void clocked_engine::write(index_t p, std::size_t field, index_t neuron, double value) {
  for (const auto& [s, b] : cells_[p].parts)
    if (const slice& part = (*plans_)[s].slices[b]; part.holds(neuron))
      shards_[s].blocks[b].cells->set(field, neuron - part.first, value, now_ - 1);
}

void clocked_engine::place_probes(std::span<const state_probe> probes) {
  if (probes_.empty() && probes.empty()) return;
  probes_ = probes;
  for (std::size_t s = 0; s < shards_.size(); ++s)
    for (std::size_t b = 0; b < shards_[s].blocks.size(); ++b) {
      const slice& part = (*plans_)[s].slices[b];
      auto& probed = shards_[s].blocks[b].probed;
      probed.clear();
      for (std::size_t k = 0; k < probes.size(); ++k)
        for (std::size_t i = 0; probes[k].population == part.population && i < probes[k].neurons.size(); ++i)
          if (part.holds(probes[k].neurons[i])) probed.push_back({k, i, probes[k].neurons[i] - part.first});
    }
}

void clocked_engine::make_room(int length) {
  for (const state_probe& p : probes_)
    p.values->resize(p.values->size() + static_cast<std::size_t>(length) * p.neurons.size());
  epoch_length_ = length;
}

void clocked_engine::record(const block& b, int tick) {
  for (const probed_neuron& x : b.probed) {
    const state_probe& p = probes_[x.probe];
    const std::size_t back = static_cast<std::size_t>(epoch_length_ - tick) * p.neurons.size();
    (*p.values)[p.values->size() - back + x.at] = b.cells->read(p.field, x.neuron, now_ + tick);
  }
}

}  // namespace spinule

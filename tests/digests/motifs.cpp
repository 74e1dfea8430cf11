// Digests of synthetic motifs and of what motif layers learn from them.
#include <spinule/learning/raster_motifs.hpp>

#include "golden.hpp"

namespace spinule {
namespace {

using namespace learning;

constexpr raster_motifs settings{.addresses = 40, .motifs = 9, .delays = 11, .bins = 90, .p_motif = 0.02};

void add(digest& d, const raster& r) {
  for (const auto& e : r.events()) d.add(e.bin), d.add(e.address);
}

void add(digest& d, const motif_layer& layer) {
  d.add(layer.parameters().weights);
  d.add(layer.parameters().bias);
  add(d, layer.detect(settings.trial(settings.kernels(), 99).events, -5));
}

std::vector<motif_sample> trials() {
  std::vector<motif_sample> all;
  for (std::uint64_t i = 0; i < 12; ++i) all.push_back(settings.trial(settings.kernels(), i));
  return all;
}

}  // namespace

void add_motifs(goldens& all) {
  all["motif/synthetic"] = [](digest& d) {
    d.add(settings.kernels().weights);
    for (const motif_sample& s : trials()) add(d, s.events), add(d, s.motifs);
  };
  all["motif/independent"] = [](digest& d) { add(d, train_motifs(trials(), 11, {.epochs = 4, .batch = 5})); };
  all["motif/exclusive"] = [](digest& d) {
    std::vector<motif_sample> samples;
    for (std::uint32_t i = 0; i < 12; ++i) samples.push_back(labelled(trials()[i].events, i % 3, 3));
    add(d, train_motifs(samples, 11, {.loss = motif_loss::exclusive, .epochs = 4, .batch = 5, .penalty = 1e-3}));
  };
  all["motif/generative"] = [](digest& d) { add(d, learn_motif_kernels(trials(), 11, {.epochs = 4, .batch = 5})); };
}

}  // namespace spinule

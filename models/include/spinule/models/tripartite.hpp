// Tripartite synapses: some synapses between neurons are paired with an astrocyte, which hears and answers them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <spinule/error.hpp>
#include <spinule/network.hpp>
#include <spinule/wiring.hpp>

namespace spinule {

/// Which astrocytes the synapses onto one target may be paired with.
enum class astrocyte_pool {
  random,  ///< `pool_size` different ones, drawn for each target
  /// Of pool size 1: consecutive targets share an astrocyte, as many each, so the number of targets is a multiple of
  /// that of astrocytes. Larger: each target has `pool_size` consecutive astrocytes of its own, and none is left over.
  block,
};

/// NEST's `tripartite_bernoulli_with_pool`: each pair of neurons is connected with probability `p_primary`; each
/// synapse that is made is paired, with probability `p_third`, with one astrocyte of the target's pool, each alike. A
/// pairing adds two connections: of the source to the astrocyte, and of the astrocyte to the target.
struct tripartite_bernoulli {
  double p_primary = 0, p_third = 0;
  index_t pool_size = 1;
  astrocyte_pool pool = astrocyte_pool::random;
  bool autapses = false;
};

/// A synapse, and the astrocyte that it is paired with, if any.
struct tripartite_synapse {
  index_t source = 0, target = 0;
  std::optional<index_t> astrocyte = {};
  bool operator==(const tripartite_synapse&) const = default;
};

/// By target, then source. What is drawn for a target depends on the seed, the number of the projection and the target
/// alone. Throws `spinule_error{where, ...}` for a probability outside 0 to 1 and for a pool that does not fit.
std::vector<tripartite_synapse> draw_tripartite(const tripartite_bernoulli& rule, const endpoints& ends,
                                                index_t astrocytes, std::uint64_t seed, index_t projection_id,
                                                const std::string& where);
/// The same for populations of a network, as its next projection.
std::vector<tripartite_synapse> draw_tripartite(const tripartite_bernoulli& rule, const network& net,
                                                const population& from, const population& to,
                                                const population& astrocytes);

/// Where one of the three connections goes, and what its synapses are like.
template <class Unit>
struct tripartite_link {
  target<Unit> to;
  std::type_identity_t<Unit> weight{};
  milliseconds delay{0};
};
template <class Unit>
tripartite_link(target<Unit>, Unit, milliseconds) -> tripartite_link<Unit>;

struct tripartite_projections {
  projection primary;    ///< neuron to neuron
  projection to_glia;    ///< source to astrocyte
  projection from_glia;  ///< astrocyte to target
};

/// Draws and connects: `from` to the port of `primary`, to the astrocytes of `to_glia`, and these back to `from_glia`,
/// a port of the neurons that `primary` goes to; other neurons are an error. The two projections of pairings list them
/// in one order.
template <class Primary, class In, class Out>
tripartite_projections connect_tripartite(network& net, const tripartite_bernoulli& rule, const population& from,
                                          const tripartite_link<Primary>& primary, const tripartite_link<In>& to_glia,
                                          const tripartite_link<Out>& from_glia) {
  if (!(primary.to.neurons == from_glia.to.neurons))
    throw spinule_error{"tripartite wiring", "what astrocytes send must go to the neurons that `primary` connects to"};
  std::vector<listed<Primary>> synapses;
  std::vector<listed<In>> heard;
  std::vector<listed<Out>> answers;
  for (const auto& s : draw_tripartite(rule, net, from, primary.to.neurons, to_glia.to.neurons)) {
    synapses.push_back({s.source, s.target, primary.weight, primary.delay});
    if (!s.astrocyte) continue;
    heard.push_back({s.source, *s.astrocyte, to_glia.weight, to_glia.delay});
    answers.push_back({*s.astrocyte, s.target, from_glia.weight, from_glia.delay});
  }
  const auto made = net.connect(from, primary.to, std::move(synapses));
  const auto in = net.connect(from, to_glia.to, std::move(heard));
  return {made, in, net.connect(to_glia.to.neurons, from_glia.to, std::move(answers))};
}

}  // namespace spinule

#include <spinule/models/tripartite.hpp>

#include <numeric>

#include <fmt/format.h>

namespace spinule {
namespace {

void check(const tripartite_bernoulli& rule, const endpoints& ends, index_t astrocytes, const std::string& where) {
  for (const auto& [name, p] : {std::pair{"p_primary", rule.p_primary}, {"p_third", rule.p_third}})
    if (!(p >= 0 && p <= 1)) throw spinule_error{where, fmt::format("{} = {}; it is a probability", name, p)};
  if (rule.pool_size == 0 || rule.pool_size > astrocytes)
    throw spinule_error{
        where, fmt::format("pool_size = {} of {} astrocytes; it must be 1 to all of them", rule.pool_size, astrocytes)};
  if (rule.pool == astrocyte_pool::random) return;
  if (rule.pool_size == 1 ? ends.targets % astrocytes == 0 : std::uint64_t{rule.pool_size} * ends.targets == astrocytes)
    return;
  throw spinule_error{
      where, fmt::format("blocks of {} of {} astrocytes do not fit {} targets: with pool_size 1 the targets must be a "
                         "multiple of the astrocytes, else astrocytes = pool_size * targets",
                         rule.pool_size, astrocytes, ends.targets)};
}

/// The astrocytes of one target.
std::vector<index_t> pool_of(const tripartite_bernoulli& rule, index_t target, const endpoints& ends,
                             index_t astrocytes, random_stream& random) {
  std::vector<index_t> pool;
  if (rule.pool == astrocyte_pool::random) {
    fixed_indegree{.k = rule.pool_size}.row(target, {.sources = astrocytes, .targets = ends.targets}, random, pool);
    return pool;
  }
  pool.resize(rule.pool_size);
  std::iota(pool.begin(), pool.end(),
            rule.pool_size == 1 ? target / (ends.targets / astrocytes) : target * rule.pool_size);
  return pool;
}

}  // namespace

std::vector<tripartite_synapse> draw_tripartite(const tripartite_bernoulli& rule, const endpoints& ends,
                                                index_t astrocytes, std::uint64_t seed, index_t projection_id,
                                                const std::string& where) {
  check(rule, ends, astrocytes, where);
  const fixed_probability pairs{.p = rule.p_primary, .autapses = rule.autapses};
  const endpoints turned{.sources = ends.targets, .targets = ends.sources, .same = ends.same};
  std::vector<tripartite_synapse> all;
  std::vector<index_t> sources;
  for (index_t target = 0; target < ends.targets; ++target) {
    random_stream random{seed, purpose::wiring, (std::uint64_t{projection_id} << 32) + target, 2};
    const auto pool = pool_of(rule, target, ends, astrocytes, random);
    sources.clear();
    pairs.row(target, turned, random, sources);
    for (const index_t source : sources) {
      all.push_back({source, target});
      if (random.uniform() < rule.p_third) all.back().astrocyte = pool[random.below(pool.size())];
    }
  }
  return all;
}

std::vector<tripartite_synapse> draw_tripartite(const tripartite_bernoulli& rule, const network& net,
                                                const population& from, const population& to,
                                                const population& astrocytes) {
  const char* where = "tripartite wiring";
  const auto size = [&](const population& p) { return described(net.populations(), p, where).size; };
  return draw_tripartite(rule, {.sources = size(from), .targets = size(to), .same = from == to}, size(astrocytes),
                         net.seed(), static_cast<index_t>(net.projections().size()), where);
}

}  // namespace spinule

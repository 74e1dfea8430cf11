#include <spinule/network.hpp>

namespace spinule {

void network::replace(const projection& p, std::vector<listed_synapse> synapses) {
  const projection_description kept = described(projections_, p, "network::replace");
  connection c{.from = population_at(kept.source),
               .to = population_at(kept.target),
               .port = kept.port,
               .pairs = given_list{std::move(synapses)},
               .rule = kept.plasticity,
               .dendritic = kept.dendritic};
  insert(std::move(c), {});
  projection_description made = std::move(projections_.back());
  projections_.pop_back();
  made.weight_bits = kept.weight_bits;
  made.modulated = kept.modulated;
  made.third_factor = kept.third_factor;
  made.identity = kept.identity;
  projections_[p.id] = std::move(made);
}

void network::set(const population& cells, const std::string& parameter, std::span<const double> values) {
  const population_description& p = described(populations_, cells, "network::set");
  const std::string where = "population \"" + p.name + "\"";
  const std::size_t which = parameter_index(p, parameter);
  if (values.size() != 1 && values.size() != p.size)
    throw spinule_error{where, "give one value of " + parameter + " for all neurons, or one each"};
  auto changed = p.model->with(which, values, where);
  if (changed == nullptr) throw spinule_error{where, "the parameters of a source stay as they are"};
  populations_[cells.id].model = std::move(changed);
}

}  // namespace spinule

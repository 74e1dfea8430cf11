#include <spinule/network.hpp>

#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

void check_modulator(const population_description& from) {
  if (!from.model->is_graded())
    throw spinule_error{fmt::format("population \"{}\"", from.name),
                        "spikes; a modulator is a graded model, which sends values"};
}

/// Throws for a projection that cannot be modulated.
void check_static(const projection_description& p, const std::string& where) {
  if (p.modulated) throw spinule_error{where, "is modulated already"};
  if (p.plasticity && p.plasticity->learns())
    throw spinule_error{where, "has a plasticity rule; what it brings cannot be modulated"};
  if (p.procedural) throw spinule_error{where, "is procedural; what is modulated must be kept: leave `procedural` out"};
  if (p.weight_bits != 32)
    throw spinule_error{where, fmt::format("has weights of {} bits; leave weight_bits at 32", p.weight_bits)};
}

}  // namespace

projection network::modulate(connection c) {
  check_modulator(described(populations_, c.from, "network::modulate"));
  const auto& target = described(populations_, c.to, "network::modulate");
  if (c.port >= 0 && c.port < target.model->ports() &&
      target.model->receptors()[static_cast<std::size_t>(c.port)].input != takes::values)
    throw spinule_error{fmt::format("population \"{}\"", target.name),
                        fmt::format("port \"{}\" is no level; use `connect`",
                                    target.model->receptors()[static_cast<std::size_t>(c.port)].name)};
  return add(std::move(c));
}

void network::modulate(const population& from, const projection& handle, factor, milliseconds delay) {
  const auto& source = described(populations_, from, "network::modulate");
  static_cast<void>(described(projections_, handle, "network::modulate"));
  projection_description& p = projections_[handle.id];
  const std::string where = fmt::format("projection \"{}\"", p.name);
  check_modulator(source);
  const index_t sources = populations_[p.source].size;
  if (source.size != 1 && source.size != sources)
    throw spinule_error{where, fmt::format("the modulator \"{}\" has {} neurons; give it 1, or {}, one for each source",
                                           source.name, source.size, sources)};
  check_static(p, where);
  if (!(delay.value() > 0) || !std::isfinite(delay.value()))
    throw spinule_error{where, fmt::format("a modulator acts after {} ms; give one tick or more", delay.value())};
  p.modulated = gain_modulation{from.id, delay};
}

}  // namespace spinule

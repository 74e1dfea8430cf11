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
void check_gain(const projection_description& p, const std::string& where) {
  if (p.modulated) throw spinule_error{where, "is modulated already"};
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

/// Throws for a projection whose rule cannot be modulated.
void check_third_factor(const projection_description& p, const population_description& from, const std::string& where) {
  if (!p.plasticity || !p.plasticity->has_third_factor())
    throw spinule_error{where, "its plasticity rule has no third factor; give it one that has, as dopamine_stdp"};
  if (p.third_factor) throw spinule_error{where, "its plasticity rule has its third factor already"};
  if (from.size != 1)
    throw spinule_error{where, fmt::format("the modulator \"{}\" has {} neurons; the third factor of a rule is what "
                                           "one neuron sends",
                                           from.name, from.size)};
}

void network::modulate(const population& from, const projection& handle, factor what, milliseconds delay) {
  const auto& source = described(populations_, from, "network::modulate");
  static_cast<void>(described(projections_, handle, "network::modulate"));
  projection_description& p = projections_[handle.id];
  const std::string where = fmt::format("projection \"{}\"", p.name);
  check_modulator(source);
  if (!(delay.value() > 0) || !std::isfinite(delay.value()))
    throw spinule_error{where, fmt::format("a modulator acts after {} ms; give one tick or more", delay.value())};
  if (what == factor::learning) {
    check_third_factor(p, source, where);
    p.third_factor = gain_modulation{from.id, delay};
    return;
  }
  const index_t sources = populations_[p.source].size;
  if (source.size != 1 && source.size != sources)
    throw spinule_error{where, fmt::format("the modulator \"{}\" has {} neurons; give it 1, or {}, one for each source",
                                           source.name, source.size, sources)};
  check_gain(p, where);
  p.modulated = gain_modulation{from.id, delay};
}

}  // namespace spinule

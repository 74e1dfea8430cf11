#include <spinule/simulation.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "recorder.hpp"

namespace spinule {

namespace {

const population_description& described(const engine& e, const population& cells) {
  return described(e.net().populations, cells, "simulation");
}

std::string where(const population_description& p) { return fmt::format("population \"{}\"", p.name); }

/// Throws for a population that sends values where spikes are asked for.
void check_spikes(const population_description& p) {
  if (p.model->is_graded())
    throw spinule_error{where(p), "sends values, not spikes; follow a field of its state with `probe`"};
}

void check_neuron(const population_description& p, index_t neuron) {
  if (neuron >= p.size) throw spinule_error{where(p), fmt::format("has no neuron {}; it has {}", neuron, p.size)};
}

/// A state that the field cannot hold.
void check_state(const population_description& p, std::size_t field, index_t neuron, double value) {
  check_range(p.model->fields()[field], value, fmt::format("{} neuron {}", where(p), neuron));
}

}  // namespace

simulation::simulation(std::unique_ptr<engine> built)
    : engine_{std::move(built)}, recorder_{std::make_unique<recorder>(engine_->net())} {
  for (const auto& p : engine_->net().populations) models_.push_back(p.model);
}

simulation::simulation(const simulation& other)
    : engine_{other.engine_->clone()}, recorder_{std::make_unique<recorder>(*other.recorder_)}, models_{other.models_} {
  recorder_->calls_.clear();
  recorder_->running_ = false;
}

simulation& simulation::operator=(const simulation& other) { return *this = simulation{other}; }
simulation::simulation(simulation&&) noexcept = default;
simulation& simulation::operator=(simulation&&) noexcept = default;
simulation::~simulation() = default;

namespace {

/// Says what is wrong with the first event that does not fit.
[[noreturn]] void refuse(const population_description& p, std::span<const event> events) {
  for (const event& e : events)
    if (e.channel >= p.size)
      throw spinule_error{where(p), fmt::format("an event names channel {}; the population has {}", e.channel, p.size)};
    else if (e.time_us < 0)
      throw spinule_error{where(p), fmt::format("an event lies at {} us, before the start", e.time_us)};
  throw spinule_error{where(p), "an event does not fit"};
}

}  // namespace

void simulation::check_idle(const char* what) const {
  if (recorder_->running_)
    throw spinule_error{what, "is called while the simulation runs; what is told of spikes may read it, not change it"};
}

void simulation::play(const population& source, std::span<const event> events) {
  check_idle("play");
  const auto& p = described(*engine_, source);
  bool good = true;
  for (const event& e : events) good &= (e.channel < p.size) & (e.time_us >= 0);
  if (!good) refuse(p, events);
  if (!engine_->play(source.id, events, engine_->now()))
    throw spinule_error{where(p), "takes no recordings; use the source `replay`"};
}

void simulation::run(milliseconds duration) { run_ticks(whole_ticks(duration, tick(), "run")); }

void simulation::run_ticks(ticks n) {
  check_idle("run");
  if (n < 0) throw spinule_error{"run", "the duration is negative"};
  recorder_->prepare(engine_->now());
  recorder_->check_room(engine_->net(), n);
  const auto running = recorder_->running();
  try {
    run_pieces(n);
  } catch (const std::bad_alloc&) {
    throw spinule_error{"run", fmt::format("memory ran out in tick {}; observe or probe less, or fewer ticks at a time",
                                           engine_->now())};
  }
}

void simulation::observe(const population& cells) {
  check_idle("observe");
  check_spikes(described(*engine_, cells));
  recorder_->observed_[cells.id] = true;
}

std::span<const spike> simulation::spikes(const population& cells) const {
  const auto& p = described(*engine_, cells);
  if (!recorder_->observed_[cells.id]) throw spinule_error{where(p), "is not observed; call observe() before run()"};
  return recorder_->spikes_[cells.id].list();
}

std::span<const std::uint32_t> simulation::counts(const population& cells) const {
  check_spikes(described(*engine_, cells));
  return recorder_->counts_[cells.id];
}

void simulation::on_spikes(const population& cells, spike_listener call) {
  check_idle("on_spikes");
  const auto& p = described(*engine_, cells);
  check_spikes(p);
  if (!call) throw spinule_error{where(p), "is given no function to call"};
  recorder_->calls_.resize(engine_->net().populations.size());
  recorder_->calls_[cells.id].push_back(std::move(call));
}

void simulation::clear_counts() {
  check_idle("clear_counts");
  recorder_->clear_counts(engine_->net());
}

probe_id simulation::probe(const population& cells, const std::string& field, std::vector<index_t> neurons) {
  check_idle("probe");
  const auto& p = described(*engine_, cells);
  const std::size_t f = field_index(p, field);
  for (const index_t i : neurons) check_neuron(p, i);
  if (neurons.empty())
    for (index_t i = 0; i < p.size; ++i) neurons.push_back(i);
  recorder_->probes_.push_back({cells.id, f, {std::move(neurons), 0, {}}});
  return {recorder_->probes_.size() - 1};
}

const trace& simulation::traced(probe_id id) const {
  if (id.number >= recorder_->probes_.size())
    throw spinule_error{"simulation", "the probe belongs to another simulation"};
  return recorder_->probes_[id.number].kept;
}

double simulation::read(const population& cells, const std::string& field, index_t neuron) const {
  const auto& p = described(*engine_, cells);
  check_neuron(p, neuron);
  return engine_->read(cells.id, field_index(p, field), neuron);
}

namespace {

/// Throws for parameters with which values could be larger than what the targets' sums were made for.
void check_output(const any_model& changed, const population_description& p, const lowered_network& net, index_t id) {
  const double largest = changed.largest_output({p.size, net.tick, net.seed, id, where(p)});
  if (largest <= net.largest_output[id]) return;
  throw spinule_error{
      where(p), fmt::format("its values could be as large as {:g}, and the simulation was built for {:g}; build it "
                            "with the larger one and set the smaller",
                            largest, net.largest_output[id])};
}

}  // namespace

void simulation::set(const population& cells, const std::string& parameter, std::span<const double> values,
                     dimension unit) {
  const auto& p = described(*engine_, cells);
  const dimension known = p.model->parameters()[parameter_index(p, parameter)].unit;
  if (unit != known)
    throw spinule_error{
        where(p), fmt::format("parameter {} is {}; the value given is {}", parameter, in_words(known), in_words(unit))};
  set(cells, parameter, values);
}

void simulation::set(const population& cells, const std::string& parameter, std::span<const double> values) {
  check_idle("set");
  const auto& p = described(*engine_, cells);
  const std::size_t which = parameter_index(p, parameter);
  if (p.model->is_source())
    throw spinule_error{where(p), "is a source, whose parameters stay; only those of neurons can be set"};
  if (values.size() != 1 && values.size() != p.size)
    throw spinule_error{where(p), fmt::format("{} values of {} for {} neurons; give one for all or one each",
                                              values.size(), parameter, p.size)};
  const auto changed = models_[cells.id]->with(which, values, where(p));
  check_output(*changed, p, engine_->net(), cells.id);
  engine_->adopt(cells.id, *changed);
  models_[cells.id] = changed;
}

std::vector<double> simulation::parameter(const population& cells, const std::string& name) const {
  const auto& p = described(*engine_, cells);
  const std::size_t which = parameter_index(p, name);
  std::vector<double> values(p.size);
  for (index_t i = 0; i < p.size; ++i) values[i] = models_[cells.id]->parameter(which, i);
  return values;
}

std::vector<double> simulation::state(const population& cells, const std::string& field) const {
  const auto& p = described(*engine_, cells);
  const std::size_t f = field_index(p, field);
  std::vector<double> values(p.size);
  for (index_t i = 0; i < p.size; ++i) values[i] = engine_->read(cells.id, f, i);
  return values;
}

void simulation::write(const population& cells, const std::string& field, std::span<const double> values) {
  check_idle("write");
  const auto& p = described(*engine_, cells);
  const std::size_t f = field_index(p, field);
  if (values.size() != p.size)
    throw spinule_error{where(p),
                        fmt::format("{} values of {} for {} neurons; give one each", values.size(), field, p.size)};
  for (index_t i = 0; i < p.size; ++i) check_state(p, f, i, values[i]);
  for (index_t i = 0; i < p.size; ++i) engine_->write(cells.id, f, i, values[i]);
}

void simulation::write(const population& cells, const std::string& field, index_t neuron, double value) {
  check_idle("write");
  const auto& p = described(*engine_, cells);
  check_neuron(p, neuron);
  const std::size_t f = field_index(p, field);
  check_state(p, f, neuron, value);
  engine_->write(cells.id, f, neuron, value);
}

void simulation::reset(std::uint64_t episode) {
  check_idle("reset");
  engine_->reset(episode);
  recorder_->reset();
}

void simulation::begin_episode(std::uint64_t episode) {
  check_idle("begin_episode");
  engine_->begin_episode(episode);
  recorder_->reset();
}

population simulation::population_at(index_t i) const {
  const auto& all = engine_->net().populations;
  if (i >= all.size()) throw spinule_error{"simulation", fmt::format("has no population {}; it has {}", i, all.size())};
  return {i, all[i].identity};
}
projection simulation::projection_at(index_t i) const {
  const auto& all = engine_->net().descriptions;
  if (i >= all.size()) throw spinule_error{"simulation", fmt::format("has no projection {}; it has {}", i, all.size())};
  return {i, all[i].identity};
}
std::uint64_t simulation::synapse_bytes() const { return engine_->synapse_bytes(); }
moment simulation::now() const { return engine_->now(); }
milliseconds simulation::tick() const { return engine_->net().tick; }
std::uint64_t simulation::spike_count() const { return recorder_->total_; }
std::uint64_t simulation::synapse_count() const {
  std::uint64_t n = 0;
  for (const auto& s : engine_->net().summaries) n += s.synapses;
  return n;
}
std::uint64_t simulation::synaptic_events() const { return recorder_->synaptic_events(engine_->net()); }
std::optional<cost_report> simulation::costs() const { return engine_->costs(); }

}  // namespace spinule

#include <spinule/simulation.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <spinule/engine/memory.hpp>
#include <spinule/error.hpp>

#include "spike_store.hpp"

namespace spinule {

std::vector<double> engine::weights(index_t projection) const {
  const connectivity& c = net().synapses(projection);
  std::vector<double> w(c.synapses());
  for (std::uint64_t i = 0; i < w.size(); ++i) w[i] = c.weight(i) * c.quantum;
  return w;
}

class simulation::recorder final : public observer {
 public:
  explicit recorder(const lowered_network& net)
      : observed_(net.populations.size(), false), spikes_(net.populations.size()) {
    for (const auto& p : net.populations) counts_.emplace_back(p.size, 0);
  }

  void on_spikes(index_t p, moment now, std::span<const index_t> fired) override {
    if (fired.empty()) return;
    total_ += fired.size();
    std::uint32_t* count = counts_[p].data();
    for (const index_t i : fired) ++count[i];
    if (observed_[p]) spikes_[p].add(now, fired);
  }

  void on_tick_end(moment now) override {
    for (auto& [cells, field, kept] : probes_) {
      if (kept.values.empty()) kept.first = now;
      for (const index_t i : kept.neurons) kept.values.push_back(source->read(cells, field, i));
    }
  }

  bool reads_state() const override { return !probes_.empty(); }

  /// Throws for probes that would not fit. What is available is asked for only where much is wanted.
  void check_room(const lowered_network& net, ticks n) const {
    constexpr double little = 1 << 28;
    for (const auto& [cells, field, kept] : probes_) {
      const double bytes = sizeof(double) * static_cast<double>(kept.neurons.size()) * n;
      if (bytes < little) continue;
      const double available = available_memory();
      if (bytes <= available) continue;
      throw error{fmt::format("population \"{}\" probe", net.populations[cells].name),
                  fmt::format("{} neurons over {} ticks take {}, and {} are available; probe fewer, or read what is "
                              "needed between shorter runs",
                              kept.neurons.size(), n, bytes_text(bytes), bytes_text(available))};
    }
  }

  std::uint64_t synaptic_events(const lowered_network& net) const {
    std::uint64_t events = forgotten_events_;
    for (index_t p = 0; p < counts_.size(); ++p)
      for (index_t i = 0; i < counts_[p].size(); ++i) events += std::uint64_t{counts_[p][i]} * net.fan_out[p][i];
    return events;
  }

  void reset() {
    total_ = forgotten_events_ = 0;
    for (auto& c : counts_) std::fill(c.begin(), c.end(), 0);
    for (auto& s : spikes_) s.clear();
    for (auto& p : probes_) p.kept.values.clear();
  }
  void clear_counts(const lowered_network& net) {
    forgotten_events_ = synaptic_events(net);
    for (auto& c : counts_) std::fill(c.begin(), c.end(), 0);
  }

  struct followed {
    index_t cells;
    std::size_t field;
    trace kept;
  };

  const engine* source = nullptr;
  std::vector<bool> observed_;
  std::vector<spike_store> spikes_;
  std::vector<std::vector<std::uint32_t>> counts_;
  std::vector<followed> probes_;
  std::uint64_t total_ = 0, forgotten_events_ = 0;  ///< of counts since cleared
};

namespace {

const population_description& described(const engine& e, const population& cells) {
  return described(e.net().populations, cells, "simulation");
}

std::string where(const population_description& p) { return fmt::format("population \"{}\"", p.name); }

void check_neuron(const population_description& p, index_t neuron) {
  if (neuron >= p.size) throw error{where(p), fmt::format("has no neuron {}; it has {}", neuron, p.size)};
}

}  // namespace

simulation::simulation(std::unique_ptr<engine> built)
    : engine_{std::move(built)}, recorder_{std::make_unique<recorder>(engine_->net())} {
  for (const auto& p : engine_->net().populations) models_.push_back(p.model);
}

simulation::simulation(const simulation& other)
    : engine_{other.engine_->clone()},
      recorder_{std::make_unique<recorder>(*other.recorder_)},
      models_{other.models_} {}

simulation& simulation::operator=(const simulation& other) { return *this = simulation{other}; }
simulation::simulation(simulation&&) noexcept = default;
simulation& simulation::operator=(simulation&&) noexcept = default;
simulation::~simulation() = default;

namespace {

/// Says what is wrong with the first event that does not fit.
[[noreturn]] void refuse(const population_description& p, std::span<const event> events) {
  for (const event& e : events)
    if (e.channel >= p.size)
      throw error{where(p), fmt::format("an event names channel {}; the population has {}", e.channel, p.size)};
    else if (e.time_us < 0)
      throw error{where(p), fmt::format("an event lies at {} us, before the start", e.time_us)};
  throw error{where(p), "an event does not fit"};
}

}  // namespace

void simulation::play(population source, std::span<const event> events) {
  const auto& p = described(*engine_, source);
  bool good = true;
  for (const event& e : events) good &= (e.channel < p.size) & (e.time_us >= 0);
  if (!good) refuse(p, events);
  if (!engine_->play(source.id, events, engine_->now()))
    throw error{where(p), "takes no recordings; use the source `replay`"};
}

void simulation::run(milliseconds duration) { run_ticks(whole_ticks(duration, tick(), "run")); }

void simulation::run_ticks(ticks n) {
  if (n < 0) throw error{"run", "the duration is negative"};
  recorder_->source = engine_.get();
  recorder_->check_room(engine_->net(), n);
  try {
    engine_->run(n, *recorder_);
  } catch (const std::bad_alloc&) {
    throw error{"run", fmt::format("memory ran out in tick {}; observe or probe less, or fewer ticks at a time",
                                   engine_->now())};
  }
}

void simulation::observe(population cells) {
  described(*engine_, cells);
  recorder_->observed_[cells.id] = true;
}

std::span<const spike> simulation::spikes(population cells) const {
  const auto& p = described(*engine_, cells);
  if (!recorder_->observed_[cells.id]) throw error{where(p), "is not observed; call observe() before run()"};
  return recorder_->spikes_[cells.id].list();
}

std::span<const std::uint32_t> simulation::counts(population cells) const {
  described(*engine_, cells);
  return recorder_->counts_[cells.id];
}

void simulation::clear_counts() { recorder_->clear_counts(engine_->net()); }

probe_id simulation::probe(population cells, const std::string& field, std::vector<index_t> neurons) {
  const auto& p = described(*engine_, cells);
  const std::size_t f = field_index(p, field);
  for (const index_t i : neurons) check_neuron(p, i);
  if (neurons.empty())
    for (index_t i = 0; i < p.size; ++i) neurons.push_back(i);
  recorder_->probes_.push_back({cells.id, f, {std::move(neurons), 0, {}}});
  return {recorder_->probes_.size() - 1};
}

const trace& simulation::traced(probe_id id) const {
  if (id.number >= recorder_->probes_.size()) throw error{"simulation", "the probe belongs to another simulation"};
  return recorder_->probes_[id.number].kept;
}

double simulation::read(population cells, const std::string& field, index_t neuron) const {
  const auto& p = described(*engine_, cells);
  check_neuron(p, neuron);
  return engine_->read(cells.id, field_index(p, field), neuron);
}

void simulation::set(population cells, const std::string& parameter, std::span<const double> values, dimension unit) {
  const auto& p = described(*engine_, cells);
  const dimension known = p.model->parameters()[parameter_index(p, parameter)].unit;
  if (unit != known)
    throw error{where(p),
                fmt::format("parameter {} is {}; the value given is {}", parameter, in_words(known), in_words(unit))};
  set(cells, parameter, values);
}

void simulation::set(population cells, const std::string& parameter, std::span<const double> values) {
  const auto& p = described(*engine_, cells);
  const std::size_t which = parameter_index(p, parameter);
  if (p.model->is_source())
    throw error{where(p), "is a source, whose parameters stay; only those of neurons can be set"};
  if (values.size() != 1 && values.size() != p.size)
    throw error{where(p), fmt::format("{} values of {} for {} neurons; give one for all or one each", values.size(),
                                      parameter, p.size)};
  const auto changed = models_[cells.id]->with(which, values, where(p));
  engine_->adopt(cells.id, *changed);
  models_[cells.id] = changed;
}

std::vector<double> simulation::parameter(population cells, const std::string& name) const {
  const auto& p = described(*engine_, cells);
  const std::size_t which = parameter_index(p, name);
  std::vector<double> values(p.size);
  for (index_t i = 0; i < p.size; ++i) values[i] = models_[cells.id]->parameter(which, i);
  return values;
}

const connectivity& simulation::synapses(projection p) const {
  described(engine_->net().descriptions, p, "simulation");
  return engine_->net().synapses(p.id);
}

std::vector<double> simulation::weights(projection p) const {
  described(engine_->net().descriptions, p, "simulation");
  return engine_->weights(p.id);
}

void simulation::reset(std::uint64_t episode) {
  engine_->reset(episode);
  recorder_->reset();
}

void simulation::begin_episode(std::uint64_t episode) {
  engine_->begin_episode(episode);
  recorder_->reset();
}

population simulation::population_at(index_t i) const { return {i, engine_->net().populations.at(i).identity}; }
projection simulation::projection_at(index_t i) const { return {i, engine_->net().descriptions.at(i).identity}; }
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

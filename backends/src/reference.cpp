#include <spinule/backends/reference.hpp>

#include <algorithm>
#include <cmath>

#include <spinule/engine/amplitude.hpp>

#include "estimate.hpp"
#include "multiplicity.hpp"

namespace spinule {
namespace {

/// Sums of quanta on their way to one column: a ring of ticks, each with one sum per target.
class inbox {
 public:
  inbox(index_t targets, ticks reach)
      : targets_{targets}, slots_{static_cast<moment>(reach) + 1}, sums_(slots_ * targets, 0) {}
  std::int64_t& at(moment when, index_t target) {
    return sums_[static_cast<std::size_t>(when % slots_ * targets_ + target)];
  }
  void clear() { std::fill(sums_.begin(), sums_.end(), 0); }

 private:
  moment targets_, slots_;
  std::vector<std::int64_t> sums_;
};

class reference_engine final : public engine {
 public:
  explicit reference_engine(std::shared_ptr<const lowered_network> net) : net_{std::move(net)} {
    ticks reach = 0;
    for (index_t j = 0; j < net_->descriptions.size(); ++j) {
      synapses_.push_back(&net_->synapses(j));
      const auto& rule = net_->descriptions[j].plasticity;
      plastic_.push_back(rule ? rule->plain(*synapses_[j], net_->tick) : nullptr);
    }
    for (const ticks r : net_->reach) reach = std::max(reach, r);
    for (index_t p = 0; p < net_->populations.size(); ++p) {
      const auto& cells = net_->populations[p];
      neurons_.push_back(cells.model->plain(cells.size, net_->tick));
      sources_.push_back(cells.model->source({cells.size, net_->tick, net_->seed, p, cells.name}));
      auto& columns = inboxes_.emplace_back();
      for (const int port : net_->column_ports[p]) columns.push_back(inbox{cells.targets(port), reach});
      if (neurons_[p]) set_start_values(*net_, p, *neurons_[p]);
      history_.emplace_back(static_cast<std::size_t>(reach) + 1);
    }
  }

  reference_engine(const reference_engine& other)
      : net_{other.net_},
        synapses_{other.synapses_},
        history_{other.history_},
        inboxes_{other.inboxes_},
        now_{other.now_},
        episode_{other.episode_} {
    for (const auto& n : other.neurons_) neurons_.push_back(n ? n->clone() : nullptr);
    for (const auto& s : other.sources_) sources_.push_back(s ? s->clone() : nullptr);
    for (const auto& p : other.plastic_) plastic_.push_back(p ? p->clone() : nullptr);
  }

  std::unique_ptr<engine> clone() const override { return std::make_unique<reference_engine>(*this); }
  const lowered_network& net() const override { return *net_; }
  moment now() const override { return now_; }

  void reset(std::uint64_t episode) override {
    for (const auto& p : plastic_)
      if (p) p->reset();
    clear(episode);
  }
  void begin_episode(std::uint64_t episode) override {
    for (const auto& p : plastic_)
      if (p) p->rest();
    clear(episode);
  }
  std::vector<double> weights(index_t projection, index_t first, index_t count) const override {
    if (!plastic_[projection]) return engine::weights(projection, first, count);
    const connectivity& c = *synapses_[projection];
    const auto now = plastic_[projection]->weights();
    return {now.begin() + static_cast<std::ptrdiff_t>(c.offsets[c.line(first, 0)]),
            now.begin() + static_cast<std::ptrdiff_t>(c.offsets[c.line(first + count, 0)])};
  }
  void assign(index_t projection, index_t first, index_t, std::span<const double> weights) override {
    const connectivity& c = *synapses_[projection];
    plastic_[projection]->assign(c.offsets[c.line(first, 0)], weights);
  }

  bool play(index_t p, std::span<const event> events, moment start) override {
    return sources_[p] && sources_[p]->play(events, start);
  }

  double read(index_t p, std::size_t field, index_t neuron) const override { return neurons_[p]->read(field, neuron); }
  void write(index_t p, std::size_t field, index_t neuron, double value) override {
    neurons_[p]->set(field, neuron, value);
  }

  void adopt(index_t p, const any_model& changed) override {
    const auto made = changed.plain(net_->populations[p].size, net_->tick);
    set_start_values(*net_, p, *made);
    neurons_[p]->adopt(*made);
  }

  void run(ticks n, observer& watcher) override {
    for (ticks t = 0; t < n; ++t) {
      const moment now = now_;
      for (const lowered_drive& d : net_->drives) drive(d, now);
      for (const auto& level : net_->levels)
        for (const index_t p : level) {
          sent_.clear();
          arrive(p, now);
          if (sources_[p])
            sources_[p]->emit(now, sent_);
          else
            step(p, now);
          check_order(sent_.neurons, net_->populations[p].name);
          check_multiplicity(sent_.neurons, net_->most_events[p], net_->populations[p].name);
          check_values(sent_, *net_, p);
          send(p, now);
          learn(p, now);
          if (!net_->populations[p].model->is_graded()) watcher.on_spikes(p, now, sent_.neurons);
        }
      ++now_;
      for (const state_probe& p : watcher.probes())
        for (const index_t i : p.neurons) p.values->push_back(neurons_[p.population]->read(p.field, i));
    }
  }

 private:
  void clear(std::uint64_t episode) {
    now_ = 0;
    episode_ = episode;
    for (const auto& n : neurons_)
      if (n) n->reset();
    for (const auto& s : sources_)
      if (s) s->reset(episode);
    for (auto& ports : inboxes_)
      for (auto& box : ports) box.clear();
    for (auto& ticks_of : history_)
      for (auto& sent : ticks_of) sent.clear();
  }

  void drive(const lowered_drive& d, moment now) {
    const index_t targets = net_->populations[d.population].size * net_->width(d.population, d.column);
    std::vector<std::int32_t> input(targets, 0);
    d.counts.add(episode_, now, 0, targets, d.code, input.data());
    auto& box = inboxes_[d.population][d.column];
    for (index_t i = 0; i < input.size(); ++i) box.at(now, i) += input[i];
  }

  void step(index_t p, moment now) {
    const auto& cells = net_->populations[p];
    std::vector<std::vector<double>> input;
    for (int port = 0; port < cells.model->ports(); ++port) input.emplace_back(cells.targets(port), 0);
    for (std::size_t c = 0; c < inboxes_[p].size(); ++c) {
      auto& of_port = input[static_cast<std::size_t>(net_->column_ports[p][c])];
      for (index_t i = 0; i < of_port.size(); ++i) {
        std::int64_t& sum = inboxes_[p][c].at(now, i);
        of_port[i] += static_cast<double>(sum) * net_->quanta[p][c];
        sum = 0;
      }
    }
    neurons_[p]->step(input, sent_);
  }

  void send(index_t p, moment now) {
    for (std::size_t j = 0; j < net_->descriptions.size(); ++j) {
      const auto& d = net_->descriptions[j];
      if (d.source != p || plastic_[j] || net_->summaries[j].graded) continue;
      const connectivity& c = *synapses_[j];
      auto& box = inboxes_[d.target][net_->summaries[j].column];
      for (const index_t i : sent_.neurons)
        for (std::size_t k = 0; k < c.delays.size(); ++k)
          for (std::uint64_t s = c.offsets[c.line(i, k)]; s < c.offsets[c.line(i, k) + 1]; ++s)
            box.at(now + c.delays[k], c.target[s]) += c.weight(s);
    }
  }

  emission_buffer& sent_by(index_t p, moment when) {
    return history_[p][static_cast<std::size_t>(when) % history_[p].size()];
  }

  /// Weights that change, and amplitudes, are read on arrival and not when something is sent.
  void arrive(index_t p, moment now) {
    for (std::size_t j = 0; j < plastic_.size(); ++j) {
      const auto& d = net_->descriptions[j];
      if (d.target != p || (!plastic_[j] && !net_->summaries[j].graded)) continue;
      if (plastic_[j]) plastic_[j]->begin(third_factor(j, now));
      const connectivity& c = *synapses_[j];
      for (std::size_t k = 0; k < c.delays.size() && now >= c.delays[k]; ++k) {
        const emission_buffer& sent = sent_by(d.source, now - c.delays[k]);
        for (std::size_t n = 0; n < sent.size(); ++n)
          if (net_->summaries[j].graded)
            arrive_with(j, c.line(sent.neurons[n], k), amplitude(j, sent, n, now - c.delays[k]), now);
          else
            arrive_as_spike(j, c.line(sent.neurons[n], k), now);
      }
    }
  }
  double third_factor(std::size_t j, moment now) {
    const ticks after = net_->summaries[j].third_factor_after;
    if (after == 0 || now < after) return 0;
    return static_cast<double>(value_of(sent_by(net_->descriptions[j].third_factor->population, now - after), 0));
  }
  /// Of the n-th of what was sent in tick `when`.
  float amplitude(std::size_t j, const emission_buffer& sent, std::size_t n, moment when) {
    const float value = sent.values.empty() ? 1 : sent.values[n];
    const ticks before = net_->summaries[j].modulated_after;
    if (before == 0) return value;
    if (when < before) return 0;
    const index_t modulator = net_->descriptions[j].modulated->population;
    const bool one = net_->populations[modulator].size == 1;
    return value * value_of(sent_by(modulator, when - before), one ? 0 : sent.neurons[n]);
  }
  void arrive_as_spike(std::size_t j, std::size_t line, moment now) {
    const connectivity& c = *synapses_[j];
    auto& box = inboxes_[net_->descriptions[j].target][net_->summaries[j].column];
    plastic_[j]->arrive(line, now);  // which learns
    for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s)
      box.at(now, c.target[s]) += std::llround(plastic_[j]->sent(s) / c.quantum);
  }
  void arrive_with(std::size_t j, std::size_t line, float amplitude, moment now) {
    const connectivity& c = *synapses_[j];
    auto& box = inboxes_[net_->descriptions[j].target][net_->summaries[j].column];
    if (amplitude == 0) return;
    if (plastic_[j]) plastic_[j]->arrive(line, now);
    for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s) {
      const auto code =
          plastic_[j] ? static_cast<std::int32_t>(std::llround(plastic_[j]->sent(s) / c.quantum)) : c.weight(s);
      box.at(now, c.target[s]) += times_amplitude(code, amplitude);
    }
  }

  void learn(index_t p, moment now) {
    sent_by(p, now) = sent_;
    for (std::size_t j = 0; j < plastic_.size(); ++j) {
      if (!plastic_[j] || net_->descriptions[j].target != p) continue;
      const auto& back = net_->summaries[j].back;
      for (std::size_t k = 0; k < back.size() && now >= back[k]; ++k)
        for (const index_t i : sent_by(p, now - back[k]).neurons)
          for (index_t l = 0, w = ends_of(*net_, net_->descriptions[j]).width; l < w; ++l)
            plastic_[j]->fire(i * w + l, k, now);
      if (const auto field = followed_field(*net_, static_cast<index_t>(j))) follow(j, *field, p, now);
    }
  }
  void follow(std::size_t j, std::size_t field, index_t p, moment now) {
    std::vector<double> values;
    for (index_t i = 0; i < net_->populations[p].size; ++i) values.push_back(neurons_[p]->read(field, i));
    plastic_[j]->watch({values, sent_.neurons, 0}, now);
  }

  std::shared_ptr<const lowered_network> net_;
  std::vector<const connectivity*> synapses_;             ///< [projections]
  std::vector<std::unique_ptr<plain_synapses>> plastic_;  ///< [projections], null where weights stay
  std::vector<std::vector<emission_buffer>> history_;     ///< [populations][ticks] by tick modulo their number
  std::vector<std::unique_ptr<plain_neurons>> neurons_;   ///< [populations], null for sources
  std::vector<std::unique_ptr<source_block>> sources_;    ///< [populations], null for neurons
  std::vector<std::vector<inbox>> inboxes_;               ///< [populations][columns]
  moment now_ = 0;
  std::uint64_t episode_ = 0;
  emission_buffer sent_;  ///< by the population under way
};

}  // namespace

std::unique_ptr<engine> reference::build(const network& net) const {
  return within_memory(estimate(net), "reference",
                       [&] { return std::make_unique<reference_engine>(lower(net, tick)); });
}

memory_estimate reference::estimate(const network& net) const {
  return estimate_memory(net, tick, {synapse_store::compressed, precision::full});
}

}  // namespace spinule

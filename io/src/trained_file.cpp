// Trained networks as model files.
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <typeinfo>

#include <fmt/format.h>

#include <spinule/engine/lowering.hpp>
#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/io/engine/model_about.hpp>
#include <spinule/io/model_file.hpp>

#include "json_fields.hpp"
#include "network_limits.hpp"

namespace spinule {
namespace {

constexpr const char* kind = "trained network";

/// A section of population or projection `i`.
std::string section(const char* of, std::size_t i, std::string_view what) {
  return fmt::format("{}/{}/{}", of, i, what);
}

/// One value where all are equal.
std::vector<double> compact(std::vector<double> values) {
  const bool equal = std::all_of(values.begin(), values.end(), [&](double x) { return x == values[0]; });
  if (equal && !values.empty()) values.resize(1);
  return values;
}

/// The name that `models` has for a model: those of one type are one model with other parameters.
const std::string& name_of(const population_description& p, const named_models& models) {
  const any_model& used = *p.model;
  for (const auto& [name, model] : models)
    if (const any_model& known = *model; typeid(known) == typeid(used)) return name;
  throw spinule_error{fmt::format("population \"{}\"", p.name),
                      "its model is none of those that a file can name; use one of `model_catalogue`"};
}

/// Refuses what would be lost.
void check_kept(const network& net, const projection_description& p) {
  const std::string where = fmt::format("projection \"{}\"", p.name);
  if (p.plasticity && p.plasticity->learns())
    throw spinule_error{where, "has a rule by which spikes change its weights; a trained network keeps its weights"};
  if (p.modulated) throw spinule_error{where, "is modulated by a population, which the format does not hold"};
  if (p.weight_bits != 32) throw spinule_error{where, "rounds its weights; leave weight_bits at 32"};
  if (net.populations()[p.source].model->gain() != 1)
    throw spinule_error{where, "comes from a source with a gain, which the format does not hold"};
}

/// Every synapse with its weight as it was given: of a list in its order, else by source, delay and target.
std::vector<listed_synapse> synapses_of(const lowered_network& net, index_t projection) {
  const projection_description& p = net.descriptions[projection];
  if (p.list) return p.list->in_given_order();
  std::vector<listed_synapse> all;
  all.reserve(net.summaries[projection].synapses);
  row_drawer drawer{net, projection};
  for (index_t r = 0; r < drawer.rows(); ++r) {
    const drawn_row row = drawer.row(r);
    for (std::size_t i = 0; i < row.partners.size(); ++i) {
      const milliseconds delay = static_cast<double>(row.delay(i)) * net.tick;
      if (drawer.by_source())
        all.push_back({r, row.partners[i], row.weight(i), delay});
      else
        all.push_back({row.partners[i], r, row.weight(i), delay});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const listed_synapse& a, const listed_synapse& b) {
    return std::tuple{a.source, a.delay, a.target} < std::tuple{b.source, b.delay, b.target};
  });
  return all;
}

/// Whether the list holds every pair once, row by row.
bool is_full(std::span<const listed_synapse> all, index_t sources, index_t targets) {
  if (all.size() != std::uint64_t{sources} * targets) return false;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].source != i / targets || all[i].target != i % targets) return false;
  return true;
}

/// The start values of a population, field by field, as a back end is given them.
struct start_values {
  std::span<const described_number> known;
  std::map<std::size_t, std::vector<double>> fields;
  void write(std::size_t field, index_t neuron, double value) {
    auto& all = fields[field];
    if (all.size() <= neuron) all.resize(neuron + std::size_t{1});
    all[neuron] = known[field].allowed.whole ? std::trunc(value) : value;
  }
};

void write_population(model_writer& file, const lowered_network& net, index_t i) {
  const population_description& p = net.populations[i];
  const auto parameters = p.model->parameters();
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    std::vector<double> values(p.model->is_source() ? 1 : p.size);
    for (index_t n = 0; n < values.size(); ++n) values[n] = p.model->parameter(k, n);
    file.add_array(section("population", i, parameters[k].name), std::span<const double>{compact(std::move(values))});
  }
  start_values start{p.model->fields(), {}};
  set_start_values(net, i, start);
  for (auto& [field, values] : start.fields)
    file.add_array(section("population", i, fmt::format("start/{}", start.known[field].name)),
                   std::span<const double>{compact(std::move(values))});
}

constexpr std::array<std::string_view, 3> sharing_names{"synapse", "axon", "dendrite"};

learnable::sharing sharing_named(const json_field& field) {
  std::string name;
  field.read(name);
  const auto found = std::ranges::find(sharing_names, name);
  if (found == sharing_names.end())
    throw spinule_error{field.name(), fmt::format("\"{}\" is none of synapse, axon, dendrite", name)};
  return static_cast<learnable::sharing>(found - sharing_names.begin());
}

/// Writes the synapses; what `about` says of them.
nlohmann::json write_projection(model_writer& file, const lowered_network& net, index_t i, const learnable& learn) {
  const projection_description& p = net.descriptions[i];
  const population_description &from = net.populations[p.source], &to = net.populations[p.target];
  const std::vector<listed_synapse> all = synapses_of(net, i);
  const bool full = is_full(all, from.size, to.size);
  std::vector<double> weights, delays;
  std::vector<std::uint32_t> sources, targets;
  for (const listed_synapse& s : all) {
    weights.push_back(s.weight);
    delays.push_back(s.delay.value());
    if (!full) sources.push_back(s.source), targets.push_back(s.target);
  }
  if (!full) {
    file.add_array(section("projection", i, "source"), std::span<const std::uint32_t>{sources});
    file.add_array(section("projection", i, "target"), std::span<const std::uint32_t>{targets});
    weights = compact(std::move(weights));
  }
  file.add_array(section("projection", i, "weight"), std::span<const double>{weights});
  file.add_array(section("projection", i, "delay"), std::span<const double>{compact(std::move(delays))});
  nlohmann::json about{{"from", from.name},
                       {"to", to.name},
                       {"port", to.model->receptors()[static_cast<std::size_t>(p.port)].name},
                       {"synapses", all.size()},
                       {"full", full},
                       {"learn_weight", learn.weight},
                       {"learn_delay", learn.delay},
                       {"delay_of", sharing_names[static_cast<std::size_t>(learn.delay_of)]},
                       {"bounds", nullptr}};
  if (p.plasticity) about["bounds"] = {p.plasticity->bounds().lowest, p.plasticity->bounds().highest};
  return about;
}

/// One file on its way into a network.
class trained_reader {
 public:
  trained_reader(const model_file& file, const named_models& models) : file_{file}, models_{models} {
    for (const auto& s : file.sections()) neurons_left_ += s.bytes;
  }

  trained_network read(const json_field& about) {
    std::string model;
    about["model"].read(model);
    if (model != kind) throw spinule_error{about["model"].name(), fmt::format("is \"{}\", not \"{}\"", model, kind)};
    std::uint64_t seed = 0;
    about["seed"].read(seed);
    made_.net = network{seed};
    made_.tick = span_in(about["tick_ms"]);
    about["input"].read(made_.input);
    about["output"].read(made_.output);
    about["encoding"]["group"].read(made_.encoding.group);
    made_.encoding.length = span_in(about["encoding"]["length_ms"]);
    about["encoding"]["most_events"].read(made_.encoding.most_events);
    made_.readout.by = readout_rule::source(place_of(about["readout"]["by"], readout_sources));
    made_.readout.over = readout_rule::law(place_of(about["readout"]["over"], readout_laws));
    about["labels"].read(made_.labels);
    about["dataset"].read(made_.dataset);
    std::uint64_t channels = 0;
    about["channels"].read(channels);
    made_.channels = channels;
    if (!holds_tick(made_.tick)) throw spinule_error{about["tick_ms"].name(), "is not between 0.001 and 1000 ms"};
    for (const auto& p : about["populations"].items()) read_population(p);
    for (const auto& p : about["projections"].items()) read_projection(p);
    check_use(made_);
    return std::move(made_);
  }

 private:
  static milliseconds span_in(const json_field& field) {
    double ms = 0;
    field.read(ms);
    return milliseconds{ms};
  }

  static std::size_t place_of(const json_field& field, std::span<const std::string_view> words) {
    std::string word;
    field.read(word);
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) throw spinule_error{field.name(), fmt::format("\"{}\" is unknown", word)};
    return static_cast<std::size_t>(found - words.begin());
  }

  /// Neurons take memory, for which the file must have bytes, but for a few millions.
  void take_neurons(const json_field& field, std::uint64_t count) {
    if (count > neurons_left_) throw spinule_error{field.name(), "has more neurons than a file of this size may have"};
    neurons_left_ -= count;
  }

  /// A section of one value for all, or of `count`.
  std::span<const double> values(const std::string& name, std::uint64_t count) const {
    const auto all = file_.array<double>(name);
    if (all.size() != 1 && all.size() != count)
      throw spinule_error{name, fmt::format("has {} values where there must be 1 or {}", all.size(), count)};
    return all;
  }

  void read_population(const json_field& about) {
    const auto i = static_cast<index_t>(made_.net.populations().size());
    std::string name, model;
    index_t size = 0;
    about["name"].read(name);
    about["model"].read(model);
    about["size"].read(size);
    take_neurons(about["size"], size);
    const auto found = models_.find(model);
    if (found == models_.end()) throw spinule_error{about["model"].name(), fmt::format("\"{}\" is unknown", model)};
    const any_model& usual = *found->second;
    std::vector<parameter_values> changes;
    for (std::size_t k = 0; k < usual.parameters().size(); ++k) {
      const described_number& p = usual.parameters()[k];
      changes.push_back({k, values(section("population", i, p.name), size)});
      for (const double x : changes.back().values) check_range(p, x, about.name());
    }
    const population cells = made_.net.add(name, usual.with(changes, about.name()), size);
    for (const described_number& field : usual.fields()) {
      const std::string at = section("population", i, fmt::format("start/{}", field.name));
      if (!file_.contains(at)) continue;
      const auto given = values(at, size);
      std::vector<double> start(given.begin(), given.end());
      if (start.size() == 1) start.assign(size, start[0]);
      made_.net.initialise(cells, std::string{field.name}, std::move(start));
    }
  }

  population_description const& end(const json_field& field, population& cells) const {
    std::string name;
    field.read(name);
    cells = made_.net.find(name);
    return made_.net.populations()[cells.id];
  }

  void read_projection(const json_field& about) {
    population source, target;
    const population_description &from = end(about["from"], source), &to = end(about["to"], target);
    take_neurons(about["from"], from.size);
    std::string name;
    about["port"].read(name);
    const auto ports = to.model->receptors();
    const auto port = std::find_if(ports.begin(), ports.end(), [&](const auto& p) { return p.name == name; });
    if (port == ports.end()) throw spinule_error{about["port"].name(), fmt::format("\"{}\" is unknown", name)};
    learnable learn;
    about["learn_weight"].read(learn.weight);
    about["learn_delay"].read(learn.delay);
    if (about.has("delay_of")) learn.delay_of = sharing_named(about["delay_of"]);
    connection c{source, target, static_cast<int>(port - ports.begin()), given_list{synapses(about, from, to)}};
    if (!about["bounds"].is_null()) {
      std::vector<double> bounds;
      about["bounds"].read(bounds);
      if (bounds.size() != 2) throw spinule_error{about["bounds"].name(), "holds two numbers"};
      c.lowest = bounds[0], c.highest = bounds[1];
    }
    made_.net.add(std::move(c));
    made_.learn.push_back(learn);
  }

  std::vector<listed_synapse> synapses(const json_field& about, const population_description& from,
                                       const population_description& to) const {
    const std::size_t i = made_.net.projections().size();
    const auto at = [&](const char* what) { return section("projection", i, what); };
    bool full = false;
    std::uint64_t count = 0;
    about["full"].read(full);
    about["synapses"].read(count);
    std::span<const std::uint32_t> sources, targets;
    if (!full) {
      sources = file_.array<std::uint32_t>(at("source"));
      targets = file_.array<std::uint32_t>(at("target"));
    }
    const auto weights = file_.array<double>(at("weight"));
    const std::uint64_t stored = full ? weights.size() : sources.size();
    if (stored != count || (full && count != std::uint64_t{from.size} * to.size) || (!full && targets.size() != count))
      throw spinule_error{about["synapses"].name(),
                          fmt::format("claims {} synapses, and {} are stored", count, stored)};
    const auto weight = values(at("weight"), count), delay = values(at("delay"), count);
    check_delays(at("delay"), delay);
    std::vector<listed_synapse> all(count);
    for (std::size_t k = 0; k < count; ++k)
      all[k] = {full ? static_cast<index_t>(k / to.size) : sources[k],
                full ? static_cast<index_t>(k % to.size) : targets[k], weight[weight.size() == 1 ? 0 : k],
                milliseconds{delay[delay.size() == 1 ? 0 : k]}};
    return all;
  }

  void check_delays(const std::string& where, std::span<const double> delays) const {
    const tick_grid grid{made_.tick};
    for (const double d : delays) {
      if (!holds_delay(milliseconds{d}, made_.tick))
        throw spinule_error{where, fmt::format("{} ms is not from 0 to {} ticks", d, most_delay_ticks)};
      grid.whole(milliseconds{d}, where);
    }
  }

  const model_file& file_;
  const named_models& models_;
  std::uint64_t neurons_left_ = 1 << 22;
  trained_network made_;
};

}  // namespace

void save_trained(const std::filesystem::path& path, const trained_network& t, const named_models& models) {
  check_use(t);
  if (!t.net.drives().empty())
    throw spinule_error{"network", "has a Poisson drive, which the format does not hold; leave it out"};
  for (const auto& p : t.net.projections()) check_kept(t.net, p);
  nlohmann::json about{{"model", kind},
                       {"version", about_version},
                       {"seed", t.net.seed()},
                       {"tick_ms", t.tick.value()},
                       {"input", t.input},
                       {"output", t.output},
                       {"encoding",
                        {{"group", t.encoding.group},
                         {"length_ms", t.encoding.length.value()},
                         {"most_events", t.encoding.most_events}}},
                       {"readout",
                        {{"by", readout_sources[static_cast<std::size_t>(t.readout.by)]},
                         {"over", readout_laws[static_cast<std::size_t>(t.readout.over)]}}},
                       {"labels", t.labels},
                       {"dataset", t.dataset},
                       {"channels", t.channels},
                       {"populations", nlohmann::json::array()},
                       {"projections", nlohmann::json::array()}};
  for (const auto& p : t.net.populations())
    about["populations"].push_back({{"name", p.name}, {"model", name_of(p, models)}, {"size", p.size}});
  const auto net = lower(t.net, t.tick);
  model_writer file{path};
  for (index_t i = 0; i < net->populations.size(); ++i) write_population(file, *net, i);
  for (index_t i = 0; i < net->descriptions.size(); ++i)
    about["projections"].push_back(write_projection(file, *net, i, t.learn[i]));
  about["trained_on"] = add_training_data(file, t.trained_on);
  file.add_text("about", about.dump());
  file.commit();
}

bool holds_trained_network(const model_file& file) {
  return file.contains("about") && about_of(file).value("model", nlohmann::json{}) == kind;
}

trained_network load_trained(const model_file& file, const named_models& models) {
  try {
    const auto about = about_of(file);
    trained_network t = trained_reader{file, models}.read({about, "about"});
    t.trained_on = training_data_of(file, about);
    return t;
  } catch (const file_error&) {
    throw;
  } catch (const std::exception& wrong) {  // of JSON, of the network
    throw file_error{file.path().string(),
                     std::string{"is a model file, but not one of a trained network: "} + wrong.what()};
  }
}

}  // namespace spinule

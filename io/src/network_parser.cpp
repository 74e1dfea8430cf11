// Descriptions of networks in TOML.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/io/network_file.hpp>

#include "bytes.hpp"
#include "network_limits.hpp"
#include "toml_fields.hpp"

namespace spinule {
namespace {

constexpr std::uint64_t largest_description = 1 << 20;

/// What `work` returns; what the library finds wrong, as a fault of the field.
template <class Work>
auto at(const toml_field& field, Work work) {
  try {
    return work();
  } catch (const file_error&) {
    throw;
  } catch (const spinule_error& wrong) {
    field.fail(wrong.what());
  }
}

void check_one_of(const toml_field& field, const char* what, const std::string& given, std::vector<std::string> known) {
  if (std::find(known.begin(), known.end(), given) != known.end()) return;
  const std::string all = known.empty() ? "none" : nearest_first(std::move(known), given);
  field.fail(fmt::format("there is no {} \"{}\"; known: {}", what, given, all));
}

/// A number, or a law in the form { normal = [mean, sd], low = ..., high = ... }.
law law_in(const toml_field& field) {
  if (!field.is_table()) return {law::shape::constant, field.number()};
  static constexpr std::array<std::string_view, 5> known{"normal", "lognormal", "uniform", "low", "high"};
  field.has_only(known);
  law l{law::shape::constant};
  for (std::size_t kind = 0; kind < 3; ++kind) {
    const auto numbers = field.find(known[kind]);
    if (!numbers) continue;
    if (l.kind != law::shape::constant) numbers->fail(field.name() + " names two laws; give one");
    const auto items = numbers->items();
    if (items.size() != 2)
      numbers->fail(
          fmt::format("{} has {} numbers; give two, as in normal = [mean, deviation], lognormal = [median, "
                      "sigma] or uniform = [least, greatest]",
                      numbers->name(), items.size()));
    l = {std::array{law::shape::normal, law::shape::lognormal, law::shape::uniform}[kind], items[0].number(),
         items[1].number()};
  }
  if (l.kind == law::shape::constant)
    field.fail(field.name() + " names no law; give a number, or a table with normal, lognormal or uniform");
  if (const auto low = field.find("low")) l.low = low->number();
  if (const auto high = field.find("high")) l.high = high->number();
  return l;
}

wiring wiring_in(const toml_field& field) {
  static constexpr std::array<std::string_view, 6> kinds{"all_to_all",     "one_to_one",      "fixed_probability",
                                                         "fixed_indegree", "fixed_outdegree", "fixed_total_number"};
  static constexpr std::array<std::vector<std::string_view> (*)(), 6> keys{
      [] {
        return std::vector<std::string_view>{"kind", "autapses"};
      },
      [] { return std::vector<std::string_view>{"kind"}; },
      [] {
        return std::vector<std::string_view>{"kind", "p", "autapses"};
      },
      [] {
        return std::vector<std::string_view>{"kind", "k", "autapses", "multapses"};
      },
      [] {
        return std::vector<std::string_view>{"kind", "k", "autapses", "multapses"};
      },
      [] {
        return std::vector<std::string_view>{"kind", "n"};
      }};
  const bool word = field.is_text();
  const std::size_t kind = (word ? field : field["kind"]).choice(kinds);
  if (word && kind > 1)
    field.fail(fmt::format("{0} needs a number; write wiring = {{ kind = \"{0}\", {1} = ... }}", kinds[kind],
                           keys[kind]()[1]));
  if (!word) field.has_only(keys[kind]());
  const auto flag = [&](std::string_view key) {
    const auto given = word ? std::nullopt : field.find(key);
    return given && given->flag();
  };
  const auto degree = [&] {
    return static_cast<std::uint32_t>(field.required("k", "k = 10, say").whole(0, 0xffffffff));
  };
  switch (kind) {
    case 0:
      return all_to_all{flag("autapses")};
    case 1:
      return one_to_one{};
    case 2:
      return fixed_probability{field.required("p", "p = 0.1, say").number(), flag("autapses")};
    case 3:
      return fixed_indegree{degree(), flag("autapses"), flag("multapses")};
    case 4:
      return fixed_outdegree{degree(), flag("autapses"), flag("multapses")};
    default:
      return fixed_total_number{
          static_cast<std::uint64_t>(field.required("n", "n = 1000, say").whole(0, std::int64_t{1} << 62))};
  }
}

class network_parser {
 public:
  network_parser(const named_models& models, data_sizes sizes) : models_{models}, sizes_{sizes} {}

  described_network read(const toml_field& root) {
    static constexpr std::array<std::string_view, 8> known{"seed",     "tick",    "input",      "output",
                                                           "encoding", "readout", "population", "projection"};
    if (root.keys().empty())
      root.fail("the file is empty; a description has input, output, [encoding], [[population]] and [[projection]]");
    root.has_only(known);
    if (const auto seed = root.find("seed"))
      made_.net = network{static_cast<std::uint64_t>(seed->whole(0, std::numeric_limits<std::int64_t>::max()))};
    if (const auto tick = root.find("tick")) read_tick(*tick);
    read_encoding(root.required("encoding", "[encoding]"));
    if (const auto readout = root.find("readout")) read_readout(*readout);
    for (const auto& p : all_of(root, "population")) read_population(p);
    for (const auto& p : all_of(root, "projection")) read_projection(p);
    read_input(root["input"]);
    read_output(root["output"]);
    return std::move(made_);
  }

 private:
  static std::vector<toml_field> all_of(const toml_field& root, const char* key) {
    const toml_field all = root.required(key, fmt::format("[[{}]]", key));
    if (all.is_table()) all.fail(fmt::format("{0} is one table; write [[{0}]], with two brackets", key));
    return all.items();
  }

  void read_tick(const toml_field& field) {
    made_.tick = milliseconds{field.number()};
    if (!holds_tick(made_.tick))
      field.fail(fmt::format("tick is {} ms; it must lie between 0.001 and 1000 ms", field.number()));
  }

  void read_encoding(const toml_field& field) {
    static constexpr std::array<std::string_view, 3> known{"group", "length", "most_events"};
    field.has_only(known);
    input_encoding& e = made_.encoding;
    if (const auto group = field.find("group")) e.group = static_cast<index_t>(group->whole(1, 0xffffffff));
    if (const auto most = field.find("most_events"))
      e.most_events = static_cast<std::uint32_t>(most->whole(0, 0xffffffff));
    const toml_field length = field["length"];
    e.length = milliseconds{length.number()};
    if (at(length, [&] { return tick_grid{made_.tick}.whole(e.length, "length"); }) == 0 ||
        !holds_length(e.length, made_.tick))
      length.fail(fmt::format("a length of {} ms is not from 1 to {} ticks", e.length.value(), most_ticks));
  }

  void read_readout(const toml_field& field) {
    static constexpr std::array<std::string_view, 2> known{"by", "over"};
    field.has_only(known);
    if (const auto by = field.find("by")) made_.readout.by = readout_rule::source(by->choice(readout_sources));
    if (const auto over = field.find("over")) made_.readout.over = readout_rule::law(over->choice(readout_laws));
  }

  std::int64_t size_in(const toml_field& field) const {
    if (!field.is_text()) return field.whole(1, std::numeric_limits<index_t>::max());
    const std::string word = field.text();
    if (word != "channels" && word != "classes")
      field.fail(fmt::format("size is \"{}\"; it must be a whole number, as size = 50, or one of {}", word,
                             nearest_first({"channels", "classes"}, word)));
    const bool channels = word == "channels";
    if ((channels ? sizes_.channels : sizes_.classes) == 0)
      field.fail("the size follows from data, and none are given; write a number");
    return channels ? input_neurons(sizes_.channels, made_.encoding) : static_cast<std::int64_t>(sizes_.classes);
  }

  /// One number, or one for each neuron, all within the range.
  static std::vector<double> numbers_in(const toml_field& field, const described_number& what, std::int64_t size) {
    const auto items = field.is_array() ? field.items() : std::vector{field};
    if (field.is_array() && static_cast<std::int64_t>(items.size()) != size)
      field.fail(fmt::format("{} has {} values for {} neurons; give one for all or one for each", what.name,
                             items.size(), size));
    std::vector<double> all;
    for (const auto& item : items) {
      const double x = item.number();
      if (!what.allowed.holds(x))
        item.fail(fmt::format("{} = {}; {}", what.name, to_text(x, what.unit), demand(what.allowed, what.unit)));
      all.push_back(x);
    }
    return all;
  }

  std::shared_ptr<const any_model> model_in(const toml_field& field, std::int64_t size) const {
    const std::string name = field["model"].text();
    std::vector<std::string> known;
    for (const auto& [other, model] : models_) known.push_back(other);
    check_one_of(field["model"], "model", name, std::move(known));
    const auto& model = models_.find(name)->second;
    const auto parameters = model->parameters();
    std::vector<std::string_view> keys{"name", "model", "size", "start"};
    for (const auto& p : parameters) keys.push_back(p.name);
    field.has_only(keys);
    std::vector<std::vector<double>> values;
    std::vector<parameter_values> changes;
    values.reserve(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (const auto given = field.find(parameters[i].name)) {
        values.push_back(numbers_in(*given, parameters[i], size));
        changes.push_back({i, values.back()});
      }
    const auto made = at(field, [&] { return model->with(changes, name); });
    if (const auto fault = fault_with_tick(*model, changes, static_cast<index_t>(size), made_.tick)) {
      const std::string what = fmt::format("population \"{}\": {}", field["name"].text(), fault->what);
      (fault->parameter ? *field.find(parameters[*fault->parameter].name) : field).fail(what);
    }
    return made;
  }

  void read_population(const toml_field& field) {
    const std::string name = field["name"].text();
    if (name.find('.') != std::string::npos)
      field["name"].fail(
          fmt::format("\"{}\" has a dot, which separates a population from its port; leave it out", name));
    const std::int64_t size = size_in(field["size"]);
    const auto model = model_in(field, size);
    const population cells = at(field["name"], [&] { return made_.net.add(name, model, size); });
    if (const auto start = field.find("start"))
      for (const auto& key : start->keys()) read_start(*start->find(key), cells);
  }

  void read_start(const toml_field& field, const population& cells) {
    const population_description& p = made_.net.populations()[cells.id];
    std::vector<std::string> known;
    for (const auto& f : p.model->fields()) known.emplace_back(f.name);
    check_one_of(field, "state field", field.name(), std::move(known));
    auto values = numbers_in(field, p.model->fields()[field_index(p, field.name())], p.size);
    if (values.size() == 1) values.assign(p.size, values[0]);
    at(field, [&] { made_.net.initialise(cells, field.name(), std::move(values)); });
  }

  /// The population and port that "cells" or "cells.port" names.
  std::pair<population, int> target_in(const toml_field& field, bool with_port) const {
    const std::string given = field.text();
    const auto dot = with_port ? given.find('.') : given.npos;
    const std::string name = given.substr(0, dot);
    std::vector<std::string> known;
    for (const auto& p : made_.net.populations()) known.push_back(p.name);
    check_one_of(field, "population", name, std::move(known));
    const population cells = made_.net.find(name);
    if (dot == given.npos) return {cells, 0};
    const auto ports = made_.net.populations()[cells.id].model->receptors();
    const auto port =
        std::find_if(ports.begin(), ports.end(), [&](const auto& p) { return p.name == given.substr(dot + 1); });
    std::vector<std::string> names;
    for (const auto& p : ports) names.emplace_back(p.name);
    if (port == ports.end()) check_one_of(field, "port", given.substr(dot + 1), std::move(names));
    return {cells, static_cast<int>(port - ports.begin())};
  }

  law delay_in(const toml_field& field) const {
    law delay = law_in(field);
    if (field.is_table()) delay.low = std::fmax(delay.low, made_.tick.value());
    at(field, [&] {
      delay.check_span("delay");
      if (delay.is_constant()) tick_grid{made_.tick}.whole(milliseconds{delay.constant()}, "delay");
    });
    if (!holds_delay(milliseconds{delay.range().second}, made_.tick))
      field.fail(fmt::format("delays can be {} ms, more than {} ticks; lower them, or give high = ...",
                             delay.range().second, most_delay_ticks));
    return delay;
  }

  void read_projection(const toml_field& field) {
    static constexpr std::array<std::string_view, 6> known{"from", "to", "wiring", "weight", "delay", "learn"};
    field.has_only(known);
    const population source = target_in(field["from"], false).first;
    const auto [target, port] = target_in(field["to"], true);
    connection c{source, target, port, wiring_in(field["wiring"]), law_in(field["weight"])};
    at(field["weight"], [&] { c.weight.check("weight"); });
    if (const auto delay = field.find("delay")) c.delay = delay_in(*delay);
    const bool at_once = c.delay.is_constant() && c.delay.constant() == 0;
    at(field, [&] { made_.net.add(std::move(c)); });
    if (at_once) chain(field, source.id, target.id);
    learnable learn;
    if (const auto words = field.find("learn")) learn = learn_in(*words);
    made_.learn.push_back(learn);
  }

  static learnable learn_in(const toml_field& field) {
    static constexpr std::array<std::string_view, 4> words{"weight", "delay", "axonal_delay", "dendritic_delay"};
    learnable learn{.weight = false};
    for (const auto& item : field.items()) {
      const std::size_t word = item.choice(words);
      if (word == 0) {
        learn.weight = true;
        continue;
      }
      const auto of = static_cast<learnable::sharing>(word - 1);
      if (learn.delay && learn.delay_of != of) item.fail("one projection has delays of one kind; leave the others out");
      learn.delay = true;
      learn.delay_of = of;
    }
    return learn;
  }

  /// Notes a projection without delay. Throws when it closes a cycle of them.
  void chain(const toml_field& field, index_t from, index_t to) {
    at_once_.resize(made_.net.populations().size());
    std::vector<char> seen(at_once_.size(), 0);
    std::vector<index_t> open{to};
    while (!open.empty()) {
      const index_t p = open.back();
      open.pop_back();
      if (p == from) field.fail("projections without delay form a cycle; give one of them a delay of a tick or more");
      if (std::exchange(seen[p], 1) == 0) open.insert(open.end(), at_once_[p].begin(), at_once_[p].end());
    }
    at_once_[from].push_back(to);
  }

  const population_description& named(const toml_field& field) const {
    return made_.net.populations()[target_in(field, false).first.id];
  }

  void check_size(const toml_field& field, const population_description& p, std::size_t data, const char* what,
                  std::int64_t needed) const {
    if (data == 0 || p.size == needed) return;
    field.fail(fmt::format("\"{0}\" has {1} neurons, and the data have {2} {3}{4}; write size = \"{3}\"", p.name,
                           p.size, data, what,
                           needed == static_cast<std::int64_t>(data) ? "" : fmt::format(", in groups {}", needed)));
  }

  void read_input(const toml_field& field) {
    const auto& p = named(field);
    if (!p.model->is_source())
      field.fail(fmt::format("\"{}\" takes no recordings; the model of the input is a source, as \"replay\"", p.name));
    check_size(field, p, sizes_.channels, "channels",
               sizes_.channels == 0 ? 0 : input_neurons(sizes_.channels, made_.encoding));
    made_.input = p.name;
  }

  void read_output(const toml_field& field) {
    const auto& p = named(field);
    check_size(field, p, sizes_.classes, "classes", static_cast<std::int64_t>(sizes_.classes));
    at(field, [&] { check_output(p, made_.readout); });
    made_.output = p.name;
  }

  const named_models& models_;
  data_sizes sizes_;
  described_network made_;
  std::vector<std::vector<index_t>> at_once_;  ///< [populations] targets without delay
};

}  // namespace

described_network parse_network(const std::string& text, const std::string& where, const named_models& models,
                                data_sizes sizes) {
  toml::table root;
  try {
    root = toml::parse(text, where);
  } catch (const toml::parse_error& wrong) {
    refuse(fmt::format("{}:{}:{}", where, wrong.source().begin.line, wrong.source().begin.column),
           std::string{wrong.description()});
  }
  return network_parser{models, sizes}.read({root, "the file", where});
}

described_network read_network(const std::filesystem::path& path, const named_models& models, data_sizes sizes) {
  std::vector<std::byte> bytes;
  read_file(path, bytes, largest_description);
  return parse_network({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string(), models, sizes);
}

}  // namespace spinule

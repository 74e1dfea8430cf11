// From the options of the command to those of the library.
#include <algorithm>
#include <map>
#include <thread>
#include <typeinfo>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/models/catalogue.hpp>

#include "array_options.hpp"
#include "network_training.hpp"
#include "parse_number.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

using namespace learning;
using loss_kind = classification_loss_kind;

const std::map<std::string, training_rule> rules{{"bptt", training_rule::bptt},
                                                 {"eventprop", training_rule::event_prop},
                                                 {"eprop", training_rule::eprop},
                                                 {"ottt", training_rule::ottt},
                                                 {"decolle", training_rule::decolle}};
const std::map<std::string, loss_kind> losses{
    {"last-tick", loss_kind::last_tick},         {"mean-over-ticks", loss_kind::mean_over_ticks},
    {"weighted-mean", loss_kind::weighted_mean}, {"maximum", loss_kind::maximum},
    {"each-tick", loss_kind::each_tick},         {"sum-of-softmax", loss_kind::sum_of_softmax},
    {"squared-error", loss_kind::squared_error}, {"spike-count", loss_kind::spike_count}};
const std::map<std::string, surrogate::form> surrogates{
    {"fast-sigmoid", surrogate::form::fast_sigmoid}, {"arctan", surrogate::form::arctan},
    {"triangle", surrogate::form::triangle},         {"sigmoid", surrogate::form::sigmoid},
    {"gaussian", surrogate::form::gaussian},         {"multi-gaussian", surrogate::form::multi_gaussian}};
const std::map<std::string, feedback> feedbacks{
    {"symmetric", feedback::symmetric}, {"random", feedback::random}, {"adaptive", feedback::adaptive}};
const std::map<std::string, optimiser> optimisers{
    {"sgd", sgd{}}, {"adam", adam{}}, {"adamw", adamw{}}, {"adamax", adamax{}}, {"eg", exponentiated_gradient{}}};

template <class Map>
std::vector<std::string> names_of(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map) names.push_back(name);
  return names;
}

template <class Map>
const auto& named(const Map& map, const std::string& name, const char* option) {
  const auto found = map.find(name);
  if (found == map.end())
    throw usage_error{option, fmt::format("\"{}\" is none of {}", name, fmt::join(names_of(map), ", "))};
  return found->second;
}

/// Two parts of a text around the last `mark`.
std::pair<std::string, std::string> parts_of(const std::string& text, char mark, const std::string& where,
                                             const char* form) {
  const auto at = text.rfind(mark);
  if (at == text.npos || at == 0) throw usage_error{where, fmt::format("give {}", form)};
  return {text.substr(0, at), text.substr(at + 1)};
}

projection projection_named(const network& net, const std::string& name, const std::string& where) {
  std::vector<std::string> known;
  for (index_t p = 0; p < net.projections().size(); ++p) {
    if (net.projections()[p].name == name) return net.projection_at(p);
    known.push_back(net.projections()[p].name);
  }
  throw usage_error{where, fmt::format("there is no projection \"{}\"; known: {}", name, fmt::join(known, ", "))};
}

population population_named(const network& net, const std::string& name, const std::string& where) {
  std::vector<std::string> known;
  for (index_t p = 0; p < net.populations().size(); ++p) {
    if (net.populations()[p].name == name) return net.population_at(p);
    known.push_back(net.populations()[p].name);
  }
  throw usage_error{where, fmt::format("there is no population \"{}\"; known: {}", name, fmt::join(known, ", "))};
}

/// Throws `usage_error` where an option has already said something of `what`; else notes that `where` does.
template <class What>
void check_once(std::map<What, std::string>& said, const What& what, const std::string& where) {
  if (const auto [before, first] = said.emplace(what, where); !first)
    throw usage_error{where, fmt::format("{} is given as well; leave one of them out", before->second)};
}

trainer_options trainer_options_of(const network_options& o) {
  trainer_options t{
      .rule = named(rules, o.rule, "--rule"),
      .surrogate = {.shape = named(surrogates, o.surrogate, "--surrogate"),
                    .width = o.surrogate_width,
                    .height = o.surrogate_height},
      .detach_reset = !o.keep_reset,
      .feedback = named(feedbacks, o.feedback, "--feedback"),
      .optimiser = named(optimisers, o.optimiser, "--optimiser"),
      .rate = o.rate,
      .arrays = array_effects_of(o),
      .delay_rate = o.delay_rate,
      .longest_delay = o.longest_delay,
      .largest_gradient = o.clip,
      .rate_penalty = o.rate_penalty,
      .truncate = o.truncate,
      .checkpoint_every = o.checkpoint_states,
      .seed = o.seed,
      .threads = o.threads > 0 ? static_cast<unsigned>(o.threads) : std::max(std::thread::hardware_concurrency(), 1U)};
  if (!o.spikes.empty()) {
    const auto [low, high] = parts_of(o.spikes, ':', "--spikes", "LO:HI, as 1:20");
    t.least_spikes = parse_number(low, "--spikes");
    t.most_spikes = parse_number(high, "--spikes");
    if (t.least_spikes < 0 || t.most_spikes < t.least_spikes)
      throw usage_error{"--spikes", fmt::format("{} to {} is no range of counts; give LO:HI, as 1:20", low, high)};
  }
  for (const auto& [option, width] :
       {std::pair{"--surrogate-width", o.surrogate_width}, {"--surrogate-height", o.surrogate_height}})
    if (!(width > 0)) throw usage_error{option, fmt::format("{} is not positive", width)};
  if ((o.rate_penalty > 0) == o.spikes.empty())
    throw usage_error{o.spikes.empty() ? "--rate-penalty" : "--spikes",
                      "--rate-penalty and --spikes LO:HI go together; give both or none"};
  if (o.rule != "eprop" && o.feedback != "symmetric")
    throw usage_error{"--feedback", "only eprop has feedback weights; choose --rule eprop, or leave it out"};
  return t;
}

/// EventProp differentiates times of spikes, which needs potentials that are continuous in time.
void check_rule(const network_options& o, const described_network& d) {
  if (o.rule != "eventprop") return;
  const any_model& exponential = *model_catalogue().at("current_lif");
  const any_model& readout = *model_catalogue().at("leaky_integrator");
  for (const auto& p : d.net.populations()) {
    const any_model& model = *p.model;
    if (model.is_source() || typeid(model) == typeid(exponential) || typeid(model) == typeid(readout)) continue;
    throw usage_error{"--rule eventprop",
                      fmt::format("population \"{}\" of {}: EventProp needs synaptic currents that decay "
                                  "exponentially; make it of current_lif, or choose --rule bptt",
                                  p.name, o.network.string())};
  }
}

void check_output(const network_options& o, const described_network& d) {
  const auto& output = d.net.populations()[d.net.find(d.output).id];
  const auto cells = output.model->trainable(output.size, d.tick);
  if (cells == nullptr) return;  // refused by the trainer
  if (cells->fires() != (d.readout.by == readout_rule::source::spikes))
    throw file_error{o.network.string(),
                     cells->fires() ? fmt::format("the units of \"{}\" fire, so a trainer reads their spikes; write by "
                                                  "= \"spikes\" under [readout], or make them of leaky_integrator",
                                                  output.name)
                                    : fmt::format("the units of \"{}\" never fire; write by = \"membrane\" under "
                                                  "[readout], or make them of a model that fires",
                                                  output.name)};
}

std::map<index_t, learning_signs> signs_of(const network_options& o, const network& net) {
  std::map<index_t, learning_signs> all;
  std::map<index_t, std::string> said;
  for (const std::string& text : o.curl) {
    const std::string where = "--curl " + text;
    const auto [name, how] = parts_of(text, '=', where, "PROJECTION=COUNT, or PROJECTION=COUNT:targets");
    const projection p = projection_named(net, name, where);
    check_once(said, p.id, where);
    const auto colon = how.find(':');
    const std::string of = colon == how.npos ? "sources" : how.substr(colon + 1);
    if (of != "sources" && of != "targets")
      throw usage_error{where, fmt::format("\"{}\" is neither sources nor targets", of)};
    const std::size_t count = parse_count(std::string_view{how}.substr(0, colon), where);
    const auto& described = net.projections()[p.id];
    const auto& populations = net.populations();
    all[p.id] = of_option(where, [&] {
      return of == "sources" ? learning_signs::flipped_sources(populations[described.source].size, count)
                             : learning_signs::flipped_targets(populations[described.target].size, count);
    });
  }
  return all;
}

}  // namespace

std::vector<std::string> rule_names() { return names_of(rules); }
std::vector<std::string> loss_names() { return names_of(losses); }
std::vector<std::string> surrogate_names() { return names_of(surrogates); }
std::vector<std::string> feedback_names() { return names_of(feedbacks); }
std::vector<std::string> optimiser_names() { return names_of(optimisers); }
std::vector<std::string> schedule_names() { return {"constant", "cosine", "one-cycle", "step"}; }

nlohmann::json settings_of(const network_options& o) {
  const array_effects arrays = array_effects_of(o);
  return {{"--hardware", o.hardware},
          {"--set", o.overrides},
          {"--weight-noise", arrays.noise},
          {"--weight-levels", arrays.levels},
          {"--weight-clip", arrays.clip},
          {"--drop-connect", arrays.drop},
          {"--sum-bits", arrays.sum_bits},
          {"--dataset", o.data.dataset},
          {"--part", o.data.part},
          {"--first", o.data.first},
          {"--last", o.data.last},
          {"--data-seed", o.data.seed},
          {"--rule", o.rule},
          {"--loss", o.loss},
          {"--label-smoothing", o.label_smoothing},
          {"--surrogate", o.surrogate},
          {"--surrogate-width", o.surrogate_width},
          {"--surrogate-height", o.surrogate_height},
          {"--keep-reset", o.keep_reset},
          {"--feedback", o.feedback},
          {"--truncate", o.truncate},
          {"--optimiser", o.optimiser},
          {"--schedule", o.schedule},
          {"--epochs", o.epochs},
          {"--batch", o.batch},
          {"--rate", o.rate},
          {"--clip", o.clip},
          {"--rate-penalty", o.rate_penalty},
          {"--spikes", o.spikes},
          {"--delay-rate", o.delay_rate},
          {"--longest-delay", o.longest_delay},
          {"--learn", o.parameters},
          {"--curl", o.curl},
          {"--keep-norms", o.keep_norms},
          {"--hlop", o.hlop},
          {"--hlop-later", o.hlop_later},
          {"--shift", o.shift},
          {"--blend", o.blend},
          {"--jitter", o.jitter},
          {"--drop", o.drop},
          {"--move", o.move},
          {"--turn", o.turn},
          {"--zoom", o.zoom},
          {"--validation", o.validation},
          {"--patience", o.patience},
          {"--seed", o.seed}};
}

classification_loss_options loss_of(const network_options& o, const readout_rule& readout) {
  using answer = readout_rule::law;
  const bool spikes = readout.by == readout_rule::source::spikes;
  loss_kind kind = spikes ? loss_kind::spike_count : loss_kind::mean_over_ticks;
  if (readout.over == answer::last) kind = loss_kind::last_tick;
  if (readout.over == answer::maximum) kind = loss_kind::maximum;
  if (readout.over == answer::sum_of_softmax) kind = loss_kind::sum_of_softmax;
  if (readout.over == answer::exponential) kind = loss_kind::weighted_mean;
  if (!o.loss.empty()) kind = named(losses, o.loss, "--loss");
  if (kind == loss_kind::spike_count && !spikes)
    throw usage_error{"--loss", fmt::format("spike-count needs an output that fires; write by = \"spikes\" under "
                                            "[readout] of {}, or choose mean-over-ticks",
                                            o.network.string())};
  return {.kind = kind, .label_smoothing = o.label_smoothing};
}

readout_rule::law law_of(loss_kind kind) {
  using answer = readout_rule::law;
  switch (kind) {
    case loss_kind::last_tick:
      return answer::last;
    case loss_kind::maximum:
      return answer::maximum;
    case loss_kind::sum_of_softmax:
      return answer::sum_of_softmax;
    case loss_kind::weighted_mean:
      return answer::exponential;
    default:
      return answer::mean;
  }
}

learning_rate_schedule schedule_of(const network_options& o, std::uint64_t steps) {
  if (o.schedule == "cosine") return cosine_decay{.rate = o.rate};
  if (o.schedule == "one-cycle") return one_cycle{.rate = o.rate};
  if (o.schedule == "step") return step_decay{.rate = o.rate, .every = std::max<std::uint64_t>((steps + 2) / 3, 1)};
  if (o.schedule == "constant") return constant_rate{o.rate};
  throw usage_error{"--schedule", fmt::format("\"{}\" is none of {}", o.schedule, fmt::join(schedule_names(), ", "))};
}

trainer make_trainer(const network_options& o, const described_network& d, const classification_loss_options& loss) {
  const trainer_options options = trainer_options_of(o);
  check_rule(o, d);
  check_output(o, d);
  try {
    trainer t{d.net,
              d.net.find(d.input),
              d.net.find(d.output),
              d.tick,
              tick_grid{d.tick}.whole(d.encoding.length, "length"),
              loss,
              options};
    const auto signs = signs_of(o, d.net);
    for (index_t p = 0; p < d.net.projections().size(); ++p) {
      trainer::plasticity how{.weights = d.learn[p].weight,
                              .delays = d.learn[p].delay,
                              .sharing = static_cast<delay_sharing>(d.learn[p].delay_of),
                              .keep_norm = o.keep_norms};
      if (const auto found = signs.find(p); found != signs.end()) {
        if (!how.weights)
          throw usage_error{"--curl", fmt::format("\"{}\" of {} learns no weights; write \"weight\" into its learn = "
                                                  "[...], or leave it out",
                                                  d.net.projections()[p].name, o.network.string())};
        how.signs = found->second;
      }
      if (o.hlop > 0) how.subspace = activity_subspace::options{.seed = o.seed};
      t.learn_by(d.net.projection_at(p), std::move(how));
    }
    std::map<std::string, std::string> learned;
    for (const std::string& text : o.parameters) {
      const std::string where = "--learn " + text;
      const auto [what, rate] = parts_of(text, '=', where, "POPULATION.PARAMETER=RATE, as hidden.tau=0.1");
      const auto [name, parameter] = parts_of(what, '.', where, "POPULATION.PARAMETER=RATE, as hidden.tau=0.1");
      const population cells = population_named(d.net, name, where);
      check_once(learned, what, where);
      const double by = parse_number(rate, where);
      const any_model& model = *d.net.populations()[cells.id].model;
      const auto named = [&](const described_number& x) { return x.name == parameter; };
      const bool is_field =
          std::ranges::any_of(model.fields(), named) && std::ranges::none_of(model.parameters(), named);
      of_option(where,
                [&] { is_field ? t.learn_start(cells, parameter, by) : t.learn_parameter(cells, parameter, by); });
    }
    begin_task(t, o, d.net, 0);
    return t;
  } catch (const usage_error&) {
    throw;
  } catch (const file_error&) {
    throw;
  } catch (const spinule_error& wrong) {
    throw file_error{o.network.string(), wrong.what()};
  }
}

void begin_task(trainer& t, const network_options& o, const network& net, std::size_t task) {
  if (o.hlop == 0) return;
  for (index_t p = 0; p < net.projections().size(); ++p) {
    const std::size_t sources = net.populations()[net.projections()[p].source].size;
    const std::size_t before = task == 0 ? 0 : std::min(sources, o.hlop + (task - 1) * o.hlop_later);
    t.begin_task(net.projection_at(p), std::min(task == 0 ? o.hlop : o.hlop_later, sources - before));
  }
}

}  // namespace spinule

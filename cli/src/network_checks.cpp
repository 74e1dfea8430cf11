#include "network_checks.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "standard_streams.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

/// Of what leaves earlier tasks less protected than one would think.
void warn_of_subspaces(const network_options& o) {
  if (o.hlop == 0) return;
  if (o.optimiser != "sgd")
    complain(
        fmt::format("Warning: --hlop keeps weights off what earlier tasks use with --optimiser sgd only; {} scales "
                    "single weights, and so changes what is to stay",
                    o.optimiser));
  if (o.tasks.size() < 2)
    complain("Warning: --hlop serves later tasks, and there is one; give --data once for each task");
}

void check_options_in_use(const network_options& o, const described_network& d) {
  const auto refuse_if = [&](bool idle, std::initializer_list<const char*> options, const std::string& why) {
    if (!idle) return;
    for (const char* option : options)
      if (o.given.contains(option)) throw usage_error{option, why + ", or leave it out"};
  };
  const std::string file = o.network.string();
  refuse_if(
      std::ranges::none_of(d.learn, &learnable::weight),
      {"--rate", "--schedule", "--optimiser", "--clip", "--keep-norms", "--curl", "--weight-clip"},
      fmt::format("is of weights, and no projection of {} learns any; write \"weight\" into a learn = [...]", file));
  refuse_if(
      std::ranges::none_of(d.learn, &learnable::delay), {"--delay-rate", "--longest-delay"},
      fmt::format("is of delays, and no projection of {} learns any; write \"delay\" into a learn = [...]", file));
  refuse_if(
      o.rule == "eventprop" && o.rate_penalty == 0, {"--surrogate", "--surrogate-width", "--surrogate-height"},
      "eventprop goes by the times of spikes and needs a surrogate for --rate-penalty alone; choose another --rule");
  refuse_if(o.rule == "eventprop", {"--keep-reset"},
            "eventprop goes by the times of spikes, resets included; choose another --rule");
  refuse_if(o.tasks.size() < 2, {"--hlop-later"},
            "is of the tasks after the first, and there is one; give --data once for each task");
}

/// [populations] whether projections lead from one to them, or from them to it.
std::vector<char> linked(const network& net, index_t to, bool forwards) {
  std::vector<char> found(net.populations().size(), 0);
  std::vector<index_t> open{to};
  while (!open.empty()) {
    const index_t at = open.back();
    open.pop_back();
    if (std::exchange(found[at], 1) != 0) continue;
    for (const auto& p : net.projections())
      if ((forwards ? p.source : p.target) == at) open.push_back(forwards ? p.target : p.source);
  }
  return found;
}

bool learns(const learnable& l) { return l.weight || l.delay; }

void check_learns(const network_options& o, const described_network& d) {
  const std::string file = o.network.string();
  if (std::ranges::none_of(d.learn, learns) && o.parameters.empty())
    throw file_error{file,
                     "nothing is learned; write learn = [\"weight\"] in a [[projection]], or leave learn out there"};
  if (linked(d.net, d.net.find(d.input).id, true)[d.net.find(d.output).id] == 0)
    throw file_error{file,
                     fmt::format("no projections lead from the input \"{}\" to the output \"{}\", so every sample "
                                 "has the same answer; add a [[projection]]",
                                 d.input, d.output)};
}

void warn_of_learning(const described_network& d) {
  if (d.net.populations()[d.net.find(d.input).id].size == 1)
    complain(
        fmt::format("Warning: the input \"{}\" has one neuron, so samples differ only in when it fires; lower group "
                    "under [encoding]",
                    d.input));
  const auto leads_on = linked(d.net, d.net.find(d.output).id, false);
  for (std::size_t k = 0; k < d.learn.size(); ++k)
    if (const auto& p = d.net.projections()[k]; learns(d.learn[k]) && leads_on[p.target] == 0)
      complain(
          fmt::format("Warning: nothing leads from \"{}\" to the output \"{}\", so what \"{}\" learns changes no "
                      "answer; connect it, or write learn = [] there",
                      d.net.populations()[p.target].name, d.output, p.name));
}

}  // namespace

void check_options(const network_options& o) {
  if (o.output.empty() && o.folds == 0 && o.report.empty() && o.json.empty())
    throw usage_error{"train", "nothing to do: give -o MODEL, --cross-validate K, --report FILE or --json FILE"};
  if (o.patience > 0 && o.validation == 0)
    throw usage_error{"--patience", "to stop early it needs samples for validation; give --validation SHARE"};
  if (o.hlop == 0 && o.hlop_later > 0)
    throw usage_error{"--hlop-later", "is of the tasks after the first; give --hlop NEURONS too"};
  if (o.tasks.size() > 1 && o.folds > 0)
    throw usage_error{"--cross-validate", "divides one data set; give --data once"};
  if (!o.resume.empty() && o.folds > 0)
    throw usage_error{"--resume", "goes on with one training; leave --cross-validate out"};
  if (!o.checkpoint.empty() && o.output.empty() && o.report.empty() && o.json.empty())
    throw usage_error{"--checkpoint", "cross-validation keeps none; give -o MODEL too, or leave it out"};
  if (o.resume.empty() && !o.checkpoint.empty() && std::filesystem::exists(o.checkpoint))
    throw usage_error{"--checkpoint",
                      fmt::format("{0} is there already, of a training that did not end; go on with --resume {0}, "
                                  "remove it, or give another name",
                                  o.checkpoint.string())};
}

void check_use(const network_options& o, const described_network& d) {
  check_learns(o, d);
  check_options_in_use(o, d);
  warn_of_learning(d);
  warn_of_subspaces(o);
}

}  // namespace spinule

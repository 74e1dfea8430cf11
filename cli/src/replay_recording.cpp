// One recording through a model: what it answers, and why.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/error.hpp>
#include <spinule/io/info.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/io/own_recordings.hpp>
#include <spinule/io/result.hpp>

#include "chosen_data.hpp"
#include "commands.hpp"
#include "generated.hpp"
#include "interrupt.hpp"
#include "judge.hpp"
#include "outputs.hpp"
#include "print.hpp"
#include "provenance.hpp"
#include "standard_streams.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

/// A recording, and what is known of it.
struct one_recording {
  std::unique_ptr<dataset> whole;  ///< of which it is sample `sample`
  std::size_t sample = 0;
  std::string name;
  bool labelled = true;
};

std::vector<std::byte> bytes_of(const std::filesystem::path& path) {
  constexpr std::uintmax_t largest = 1 << 30;
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem)) throw file_error{path.string(), "is no file; give a recording"};
  if (const auto bytes = std::filesystem::file_size(path, problem); problem || bytes > largest || bytes == 0)
    throw file_error{path.string(),
                     fmt::format("has {} bytes; a recording has from 1 to {}", problem ? 0 : bytes, largest)};
  std::ifstream file{path, std::ios::binary};
  const std::vector<char> read{std::istreambuf_iterator<char>{file}, {}};
  const auto bytes = std::as_bytes(std::span{read});
  return {bytes.begin(), bytes.end()};
}

/// An N-MNIST file, whose class is that of its folder.
one_recording nmnist_file(const std::filesystem::path& path) {
  const recording events = decode_nmnist(bytes_of(path), path.string());
  const std::string folder = std::filesystem::absolute(path).parent_path().filename().string();
  const bool labelled = folder.size() == 1 && folder[0] >= '0' && folder[0] <= '9';
  const std::uint32_t label = labelled ? static_cast<std::uint32_t>(folder[0] - '0') : 0;
  const sensor pixels;
  return {std::make_unique<own_recordings>(recording_source{.name = "N-MNIST",
                                                            .size = 1,
                                                            .channels = pixels.channels(),
                                                            .classes = 10,
                                                            .width = pixels.width,
                                                            .height = pixels.height,
                                                            .read =
                                                                [=](std::size_t) {
                                                                  return labelled_recording{events, label};
                                                                }}),
          0, path.string(), labelled};
}

one_recording csv_file(const replayable_model& model, const replay_options& o) {
  auto lists = std::make_unique<csv_events>(o.recording, csv_options{.width = o.data.width,
                                                                     .height = o.data.height,
                                                                     .channels = o.data.channels,
                                                                     .time_unit = o.data.time_unit,
                                                                     .from_first = o.data.from_first,
                                                                     .classes = model.labels,
                                                                     .labelled = false});
  const std::size_t sample = o.sample.value_or(0);
  if (sample >= lists->size())
    throw usage_error{"--sample", fmt::format("there is no sample {} in {}; it has {}, counted from 0", sample,
                                              o.recording.string(), lists->size())};
  const bool labelled = lists->says_label(sample);
  return {std::move(lists), sample, o.recording.string(), labelled};
}

/// Throws `file_error` that names an event file of another program, and what can be read instead.
void check_readable(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return;  // said by who reads it
  if (const auto other = of_another_program(path))
    throw file_error{path.string(), fmt::format("is {}, {}", other->format, other->remark)};
}

one_recording chosen(const replayable_model& model, const replay_options& o) {
  if (o.recording.empty()) {
    auto data = open_for(model, o.data);
    if (*o.sample >= data->size())
      throw usage_error{"--sample", fmt::format("there is no sample {}; give 0 to {}", *o.sample, data->size() - 1)};
    return {std::move(data), *o.sample, fmt::format("sample {} of {}", *o.sample, o.data.path.string()), true};
  }
  check_readable(o.recording);
  const std::string kind = o.data.dataset.empty() ? model.dataset : o.data.dataset;
  if (kind == "nmnist") return nmnist_file(o.recording);
  if (kind == "csv") return csv_file(model, o);
  throw usage_error{"recording", fmt::format("a recording of {} has no file of its own; give --dataset {} --data PATH "
                                             "--sample N",
                                             kind, kind)};
}

/// Classes from the largest score on.
std::string best_of(std::span<const double> scores, const std::vector<std::string>& labels) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  order.resize(std::min<std::size_t>(order.size(), 5));
  std::vector<std::string> shown;
  for (const std::size_t c : order) shown.push_back(fmt::format("{} {:.4g}", labels[c], scores[c]));
  return fmt::format("{}", fmt::join(shown, "   "));
}

void print_answer(const replay_result& r, std::span<const double> scores, const one_recording& one) {
  const std::uint32_t answer = r.example->answer, label = r.example->label;
  const std::string on = r.backend + (r.hardware.empty() ? "" : " " + r.hardware);
  fmt::print("{}: {}{}\n", on, r.labels[answer],
             one.labelled ? answer == label ? ", right" : fmt::format(", wrong: it is {}", r.labels[label]) : "");
  fmt::print("  scores   {}\n", best_of(scores, r.labels));
  std::vector<std::string> layers;
  for (const auto& l : r.layers)
    layers.push_back(fmt::format("{} {:.0f} of {} units", l.name, l.spikes_per_sample, l.neurons));
  fmt::print("  spikes   {}\n", fmt::join(layers, ", "));
  if (r.energy && r.energy->dynamic_pj() == 0)
    fmt::print("  costs    none but standing by: no spike meets a synapse\n");
  else if (r.energy)
    fmt::print("  costs    {:.4g} nJ dynamic + {:.4g} nJ static, latency {:.4g} us\n", r.energy->dynamic_pj() * 1e-3,
               r.energy->static_pj() * 1e-3, r.sample_latencies_us.front());
}

void check(const replay_options& o) {
  if (!o.recording.empty() && !o.data.path.empty())
    throw usage_error{"recording", "names a file, and --data other data; leave one of them out"};
  if (o.recording.empty() && o.data.dataset.empty())
    throw usage_error{"--dataset", "says the kind of data, of which --sample is one; give it"};
  if (o.example) throw usage_error{"--example", "there is one recording; leave it out"};
}

void write(const replay_options& o, std::span<const replay_result> results) {
  if (!o.json.empty()) write_text(o.json, to_text(results));
  if (!o.report.empty()) write_report(o.report, results);
  for (const auto& path : {o.json, o.report})
    if (!path.empty() && !is_standard_output(path)) fmt::print("Wrote {}\n", path.string());
}

}  // namespace

int replay_recording(const replay_options& o) {
  check(o);
  const replayable_model model = load_model(o.model);
  const one_recording one = chosen(model, o);
  const provenance from{.model = o.model.string(),
                        .network = model.network,
                        .trained_on = model.trained_on,
                        .command = o.command,
                        .date = utc_now(),
                        .processor = processor_name()};
  check_geometry(model, o.model, *one.whole);
  if (!one.labelled && (!o.report.empty() || !o.json.empty()))
    throw usage_error{o.json.empty() ? "--report" : "--json",
                      fmt::format("counts right answers, and nothing says the class of {}", one.name)};
  const classifier through = model.through(*one.whole);
  fmt::print("{}: {} events\n", one.name, one.whole->read(one.sample).events.events.size());
  std::vector<replay_result> results;
  for (const auto& choice : o.on)
    for (std::uint32_t c = 0; c < (choice.backend == "crossbar" ? o.chips : 1) && !interrupted(); ++c) {
      backend_choice on = choice;
      on.chip += c;
      replay_request want{.digest = true, .identify = model.met.has_value(), .example = one.sample};
      want.only = {one.sample};
      replayed seen = replay_all(*one.whole, through, on, want);
      if (seen.result.samples == 0) break;
      const auto scores = model.scores(seen.features);
      replay_result& r = results.emplace_back(judge(std::move(seen), model));
      r.remark = remark_on_samples(r);
      r.from = from;
      print_answer(r, scores, one);
    }
  if (results.empty()) return exit_interrupted;
  if (results.front().seen && results.front().seen->training > 0)
    fmt::print("The model was trained on this recording.\n");
  write(o, results);
  return interrupted() ? exit_interrupted : exit_done;
}

}  // namespace spinule

#include "chosen_data.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/error.hpp>

#include "stage.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

data_part part_named(const std::string& name) {
  if (name == "train") return data_part::train;
  if (name == "test") return data_part::test;
  return data_part::all;
}

void check_options(const data_choice& d) {
  const data_choice usual;
  if (d.dataset != "nmnist" && d.dataset != "shd")
    for (const auto& [option, given] : {std::pair{"--first", d.first != usual.first}, {"--last", d.last != usual.last}})
      if (given)
        throw usage_error{option,
                          fmt::format("only nmnist and shd number their samples; leave it out for {}", d.dataset)};
  if (d.dataset != "csv")
    for (const auto& [option, given] : {std::pair{"--width", d.width > 0},
                                        {"--height", d.height > 0},
                                        {"--channels", d.channels > 0},
                                        {"--time-unit", !d.time_unit.empty()},
                                        {"--from-first", d.from_first}})
      if (given) throw usage_error{option, fmt::format("describes the files of csv; leave it out for {}", d.dataset)};
  if (d.dataset != "mnist" && d.dataset != "fashion-mnist" && d.seed != usual.seed)
    throw usage_error{"--data-seed",
                      fmt::format("only mnist and fashion-mnist are coded at random; leave it out for {}", d.dataset)};
}

std::unique_ptr<dataset> opened(const data_choice& d, const std::vector<std::string>& classes) {
  check_options(d);
  const stage reading{"Reading " + d.path.string()};
  dataset_options options;
  options.part = part_named(d.part);
  options.first = d.first;
  options.last = d.last;
  options.seed = d.seed;
  options.width = d.width;
  options.height = d.height;
  options.sensor_channels = d.channels;
  options.time_unit = d.time_unit;
  options.from_first = d.from_first;
  options.class_names = classes;
  auto data = open_dataset(d.dataset, d.path, options);
  if (data->size() == 0) throw file_error{d.path.string(), "holds no samples of the chosen part and numbers"};
  return data;
}

}  // namespace

std::unique_ptr<dataset> open(const data_choice& d) { return opened(d, {}); }

std::unique_ptr<dataset> open_for(const replayable_model& model, const data_choice& d) {
  return opened(d, model.dataset == d.dataset ? model.labels : std::vector<std::string>{});
}

std::vector<std::string> label_names(const dataset& data) {
  std::vector<std::string> names;
  for (std::uint32_t c = 0; c < data.classes(); ++c) names.push_back(data.label_name(c));
  return names;
}

void check_every_class(const dataset& data, const data_choice& choice, std::size_t least) {
  if (data.classes() < 2)
    throw file_error{choice.path.string(), "holds samples of one class; training needs two or more to tell apart"};
  std::vector<std::size_t> samples(data.classes(), 0);
  for (std::size_t i = 0; i < data.size(); ++i) ++samples[data.label(i)];
  std::vector<std::string> none, few;
  for (std::uint32_t c = 0; c < samples.size(); ++c)
    if (samples[c] < least) (samples[c] == 0 ? none : few).push_back(data.label_name(c));
  const auto refuse = [&](const char* what, const std::vector<std::string>& classes) {
    throw file_error{choice.path.string(),
                     fmt::format("holds {} of class{} {} in what is chosen of it; {} needs at least {} of each", what,
                                 classes.size() > 1 ? "es" : "", fmt::join(classes, ", "),
                                 least > 1 ? "cross-validation" : "training", least)};
  };
  if (!none.empty()) refuse("no sample", none);
  if (!few.empty()) refuse("too few samples", few);
}

void check_geometry(const replayable_model& model, const std::filesystem::path& path, const dataset& data) {
  if (data.channels() != model.channels)
    throw file_error{path.string(),
                     fmt::format("was trained on {} channels of {}; this data has {}; give data of that kind",
                                 model.channels, model.dataset, data.channels())};
  if (data.classes() != model.labels.size())
    throw file_error{path.string(),
                     fmt::format("knows {} classes; this data has {}; give data of the kind it was trained on",
                                 model.labels.size(), data.classes())};
}

training_data provenance_of(const data_choice& choice, const std::vector<std::filesystem::path>& paths) {
  training_data made{.dataset = choice.dataset, .part = choice.part, .paths = {}, .training = {}, .validation = {}};
  for (const auto& path : paths) made.paths.push_back(choice.generated ? "generated" : path.string());
  return made;
}

std::string remark_on_kind(const replayable_model& model, const data_choice& choice, const dataset& data) {
  if (choice.dataset != model.dataset)
    return fmt::format(
        "The model was trained on {} and these samples are {}: how often it is right says nothing about either.",
        model.dataset, choice.dataset);
  const auto names = label_names(data);
  for (std::size_t c = 0; c < names.size(); ++c)
    if (names[c] != model.labels[c])
      return fmt::format("The model was trained on other classes: its class {} is \"{}\", here it is \"{}\".", c,
                         model.labels[c], names[c]);
  return {};
}

}  // namespace spinule

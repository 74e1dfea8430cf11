#include "chosen_data.hpp"

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

data_part part_named(const std::string& name) {
  if (name == "train") return data_part::train;
  if (name == "test") return data_part::test;
  return data_part::all;
}

}  // namespace

std::unique_ptr<dataset> open(const data_choice& d) {
  auto data =
      open_dataset(d.dataset, d.path, {.part = part_named(d.part), .first = d.first, .last = d.last, .seed = d.seed});
  if (data->size() == 0) throw file_error{d.path.string(), "holds no samples of the chosen part and numbers"};
  return data;
}

std::vector<std::string> label_names(const dataset& data) {
  std::vector<std::string> names;
  for (std::uint32_t c = 0; c < data.classes(); ++c) names.push_back(data.label_name(c));
  return names;
}

void check_geometry(const trained_model& model, const std::filesystem::path& path, const dataset& data) {
  if (data.channels() != model.channels)
    throw file_error{path.string(),
                     fmt::format("was trained on {} channels of {}; this data has {}; give data of that kind",
                                 model.channels, model.dataset, data.channels())};
  if (data.classes() != model.labels.size())
    throw file_error{path.string(),
                     fmt::format("knows {} classes; this data has {}; give data of the kind it was trained on",
                                 model.labels.size(), data.classes())};
}

std::string remark_on_kind(const trained_model& model, const data_choice& choice, const dataset& data) {
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

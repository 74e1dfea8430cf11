#include "training_checkpoint.hpp"

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/io/engine/model_about.hpp>
#include <spinule/io/model_file.hpp>

#include "usage_error.hpp"

namespace spinule {
namespace {

constexpr const char* kind = "checkpoint of a training";

}  // namespace

void training_checkpoint::save(const std::filesystem::path& path) const {
  model_writer file{path};
  const nlohmann::json about{{"model", kind},
                             {"version", about_version},
                             {"description", of.description},
                             {"data", of.data},
                             {"settings", of.settings},
                             {"task", task},
                             {"next_epoch", progress.next_epoch},
                             {"best_epoch", progress.best_epoch},
                             {"stopped", progress.stopped},
                             {"epochs", epochs},
                             {"accuracies", accuracies}};
  file.add_text("about", about.dump());
  file.add_array<double>("state", state);
  file.add_array<double>("best_state", progress.best_state);
  file.add_array<double>("best_loss", {&progress.best_loss, 1});
  file.commit();
}

training_checkpoint training_checkpoint::load(const std::filesystem::path& path) {
  const model_file file = model_file::load(path);
  const auto numbers = [&](const char* name) {
    const auto values = file.array<double>(name);
    return std::vector<double>(values.begin(), values.end());
  };
  try {
    const auto about = about_of(file);
    if (about.value("model", "") != kind)
      throw file_error{path.string(), "is no checkpoint of a training; give what --checkpoint wrote"};
    training_checkpoint c;
    c.of = {about.at("description"), about.at("data"), about.at("settings")};
    c.task = about.at("task");
    c.progress = {.next_epoch = about.at("next_epoch"),
                  .best_epoch = about.at("best_epoch"),
                  .best_state = numbers("best_state"),
                  .stopped = about.at("stopped")};
    c.progress.best_loss = numbers("best_loss").at(0);
    c.state = numbers("state");
    c.epochs = about.at("epochs");
    c.accuracies = about.at("accuracies");
    if (c.task >= c.of.data.size()) throw file_error{path.string(), "names a task that it has no data of"};
    return c;
  } catch (const nlohmann::json::exception& wrong) {
    throw file_error{path.string(), fmt::format("is no checkpoint of a training: {}", wrong.what())};
  } catch (const std::out_of_range&) {
    throw file_error{path.string(), "is no checkpoint of a training: it has no best loss"};
  }
}

void training_checkpoint::check_same(const training_identity& now, const std::filesystem::path& path) const {
  const auto differs = [&](const std::string& what) {
    throw usage_error{"--resume", fmt::format("{} in {}; to go on, give the same again", what, path.string())};
  };
  if (now.description != of.description) differs("the description of the network was another one");
  if (now.data != of.data) differs("the data were others");
  for (const auto& [option, value] : of.settings.items())
    if (const auto given = now.settings.value(option, nlohmann::json{}); given != value)
      differs(fmt::format("{} is {}, and was {}", option, given.dump(), value.dump()));
}

}  // namespace spinule

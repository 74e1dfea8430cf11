#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/io/engine/sha256.hpp>
#include <spinule/io/result.hpp>
#include <spinule/learning/cross_validation.hpp>
#include <spinule/models/catalogue.hpp>

#include "array_options.hpp"
#include "chosen_data.hpp"
#include "generated.hpp"
#include "interrupt.hpp"
#include "network_checks.hpp"
#include "network_training.hpp"
#include "outputs.hpp"
#include "print.hpp"
#include "replaying.hpp"
#include "stage.hpp"
#include "standard_streams.hpp"
#include "training_checkpoint.hpp"
#include "training_record.hpp"
#include "training_screen.hpp"
#include "training_set.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

using nlohmann::json;

class network_training {
 public:
  explicit network_training(const network_options& given) : o_{given} {
    if (o_.checkpoint.empty() && !o_.output.empty()) o_.checkpoint = o_.output.string() + ".checkpoint";
    check_options(o_);
    schedule_of(o_, 1);
    std::vector<std::filesystem::path> read{o_.network};
    if (o_.resume != o_.checkpoint) read.push_back(o_.resume);
    std::ranges::copy(hardware_files(o_.hardware), std::back_inserter(read));
    check_outputs({o_.output, o_.checkpoint, o_.report, o_.json}, read);
    generated_ = o_.tasks.empty() ? generate_if_missing(o_.data) : nullptr;
    if (o_.tasks.empty()) o_.tasks = {o_.data.path};
    for (const auto& path : o_.tasks) open_task(path);
    description_ = read_network(o_.network, model_catalogue(), {data().channels(), data().classes()});
    loss_ = of_option("--label-smoothing", [&] { return loss_of(o_, description_.readout); });
    description_.readout.over = law_of(loss_.kind);
    left_out_ = leave_out_of_training(o_, description_);
    identity_.description = sha256_of_file(o_.network);
    identity_.settings = settings_of(o_);
    for (const auto& task : tasks_) identity_.data.push_back(task.digest());
  }

  int run() {
    describe();
    if (o_.folds > 0 && !cross_validate()) return stopped("The folds that were not finished are lost.");
    if (o_.output.empty() && o_.report.empty() && o_.json.empty()) return exit_done;
    return learn();
  }

 private:
  const dataset& data() const { return tasks_[0].data(); }

  void open_task(const std::filesystem::path& path) {
    const training_set& task = tasks_.emplace_back(o_, path);
    data_choice choice = o_.data;
    choice.path = path;
    if (o_.tasks.size() == 1) check_every_class(task.data(), choice, o_.folds > 0 ? 2 : 1);
    if (task.data().channels() != data().channels() || task.data().classes() != data().classes())
      throw file_error{path.string(),
                       fmt::format("has {} channels and {} classes, and the first task {} and {}; give "
                                   "tasks of one kind",
                                   task.data().channels(), task.data().classes(), data().channels(), data().classes())};
    if ((o_.move > 0 || o_.turn > 0 || o_.zoom > 0) && task.data().width() == 0)
      throw usage_error{"--move, --turn, --zoom",
                        fmt::format("are of pictures, and the channels of {} form none", task.data().name())};
    divisions_.push_back(task.divide(task.everything(), o_));
    if (o_.validation > 0 && divisions_.back().validation.empty())
      throw usage_error{"--validation", fmt::format("{} of {} samples is not one of any class; give more",
                                                    o_.validation, task.data().size())};
    if (o_.folds > task.data().size())
      throw usage_error{"--cross-validate", fmt::format("{} folds of {} samples; give at most as many as samples",
                                                        o_.folds, task.data().size())};
  }

  learning::trainer make(const described_network& d) const { return make_trainer(o_, d, loss_); }

  void describe() {
    const stage building{"Building the network"};
    const learning::trainer t = make(description_);
    check_use(o_, description_);
    const std::size_t batch = std::min(o_.batch, divisions_[0].training.size());
    const memory_estimate memory = t.memory(batch);
    check_memory(memory, available_memory(), "--batch");
    print_network(o_, description_, t, batch);
    if (!left_out_.empty()) fmt::print("{}\n", left_out_);
    const auto length = static_cast<double>(description_.encoding.length.value());
    fmt::print("{}: {} samples to learn from, {} for validation, each {} ms in ticks of {} ms\n", data().name(),
               divisions_[0].training.size(), divisions_[0].validation.size(), length, description_.tick.value());
    json populations = json::array();
    for (const auto& p : description_.net.populations())
      populations.push_back({{"name", p.name}, {"model", model_name(*p.model)}, {"size", p.size}});
    record_ = {{"format", "Spinule training"},   {"format_version", 1},
               {"spinule", SPINULE_VERSION},     {"network", o_.network.string()},
               {"dataset", data().name()},       {"remark", generated_ ? generated_remark : ""},
               {"labels", label_names(data())},  {"settings", identity_.settings},
               {"memory_bytes", memory.bytes()}, {"populations", std::move(populations)}};
  }

  int stopped(const std::string& what) const {
    complain("Interrupted. " + what);
    return exit_interrupted;
  }

  /// Learns from a division of a task, epoch by epoch. False when interrupted. Throws `spinule_error` naming the step
  /// at which a number is no longer finite.
  bool fit(learning::trainer& t, const training_set& task, const training_set::division& d,
           learning::fit_progress& progress, const std::function<void(const learning::epoch_report&, double)>& after) {
    const std::uint64_t steps = (d.training.size() + o_.batch - 1) / o_.batch;
    std::uint64_t step = 0;
    const orderly_stop between_batches;
    std::optional<stage> shown;
    const auto show = [&](std::uint64_t epoch) {
      if (epoch < o_.epochs) shown.emplace(fmt::format("Epoch {} of {}", epoch + 1, o_.epochs), steps);
    };
    const learning::fit_options how{.epochs = o_.epochs,
                                    .batch = o_.batch,
                                    .schedule = schedule_of(o_, steps * o_.epochs),
                                    .patience = o_.patience,
                                    .seed = o_.seed,
                                    .go_on = [&] {
                                      if (shown) shown->done(step);
                                      return ++step, !interrupted();
                                    }};
    epoch_table table{progress.next_epoch, o_.epochs, !d.validation.empty()};
    show(progress.next_epoch);
    const auto report = [&](const learning::epoch_report& e) {
      shown.reset();
      const double norm = gradient_norm(t, description_.net);
      table.add(e, norm);
      after(e, norm);
      step = 0;
      show(e.epoch + 1);
      return !interrupted();
    };
    try {
      learning::fit(t, task.reader(o_, description_, d.training), d.training, d.validation, how, progress, report);
    } catch (const file_error&) {
      throw;
    } catch (const spinule_error& wrong) {
      if (std::string_view{wrong.what()}.find("not finite") == std::string_view::npos) throw;  // as of memory
      throw spinule_error{fmt::format("epoch {}, step {}", progress.next_epoch + 1, step),
                          diverged(wrong, "lower --rate or --surrogate-height, or give --clip")};
    }
    return !interrupted();
  }

  /// What is wrong, with what to do about it here in place of what the library says.
  std::string diverged(const spinule_error& wrong, const char* remedy) const {
    const std::string_view what = wrong.what();
    std::string text = fmt::format("{}; {}", what.substr(0, what.rfind("; ")), remedy);
    if (!o_.checkpoint.empty() && std::filesystem::exists(o_.checkpoint))
      text += fmt::format("; first remove {}, which goes on with the same options alone", o_.checkpoint.string());
    return text;
  }

  /// A trainer of `trained` with the weights that `t` has come to, which may be too large to be written.
  learning::trainer adopt(described_network& trained, const learning::trainer& t) const {
    try {
      trained.net = t.trained();
      return make(trained);
    } catch (const spinule_error& wrong) {
      throw spinule_error{"the trained network",
                          diverged(wrong, "training has diverged: lower --rate, or give --clip")};
    }
  }

  std::size_t correct(learning::trainer& t, const training_set& task, std::span<const std::size_t> samples) const {
    const stage testing{"Testing the model"};
    return learning::evaluate(t, task.reader(o_, description_, {}), samples, o_.batch).correct;
  }

  /// False when interrupted.
  bool cross_validate() {
    std::vector<std::uint32_t> labels;
    for (std::size_t i = 0; i < data().size(); ++i) labels.push_back(data().label(i));
    const auto fold_of = learning::k_fold(labels, o_.folds, o_.seed);
    std::vector<double> accuracies;
    for (std::uint32_t k = 0; k < o_.folds; ++k) {
      std::vector<std::size_t> others, held;
      for (std::size_t i = 0; i < fold_of.size(); ++i) (fold_of[i] == k ? held : others).push_back(i);
      learning::trainer t = make(description_);
      learning::fit_progress progress;
      if (!fit(t, tasks_[0], tasks_[0].divide(others, o_), progress, [](const auto&, double) {})) return false;
      const std::size_t right = correct(t, tasks_[0], held);
      accuracies.push_back(static_cast<double>(right) / static_cast<double>(held.size()));
      fmt::print("Fold {} of {}: {:.2f} % correct ({} of {})\n", k + 1, o_.folds, 100 * accuracies.back(), right,
                 held.size());
    }
    fmt::print("{}-fold cross-validation: {}\n", o_.folds, spread_text(accuracies));
    record_["folds"] = accuracies;
    return true;
  }

  int learn() {
    learning::trainer t = make(description_);
    const auto before = weights_of(t, description_.net);
    training_checkpoint c;
    c.of = identity_;
    if (!o_.resume.empty()) {
      c = training_checkpoint::load(o_.resume);
      c.check_same(identity_, o_.resume);
      of_option("--resume", [&] { t.restore(c.state); });
      fmt::print("Going on after epoch {} of {}\n", c.progress.next_epoch, o_.epochs);
    }
    while (c.task < tasks_.size())
      if (!learn_task(t, c)) return stopped(how_to_go_on(c));
    finish(t, before, c);
    return exit_done;
  }

  bool learn_task(learning::trainer& t, training_checkpoint& c) {
    if (tasks_.size() > 1) fmt::print("Task {} of {}: {}\n", c.task + 1, tasks_.size(), o_.tasks[c.task].string());
    const auto save = [&] {
      c.state = t.state();
      if (!o_.checkpoint.empty()) c.save(o_.checkpoint);
    };
    const auto after = [&](const learning::epoch_report& e, double norm) {
      c.epochs.push_back(to_json(e, norm, c.task));
      save();
    };
    if (!fit(t, tasks_[c.task], divisions_[c.task], c.progress, after)) return false;
    if (tasks_.size() > 1) c.accuracies.push_back(accuracies(t));
    ++c.task;
    c.progress = {};
    if (c.task == tasks_.size()) return true;
    begin_task(t, o_, description_.net, c.task);
    save();
    return true;
  }

  std::string how_to_go_on(const training_checkpoint& c) const {
    if (c.epochs.empty()) return "No epoch was finished, so there is no checkpoint and no model.";
    if (o_.checkpoint.empty()) return "No model was written.";
    return fmt::format("{} epochs are kept; go on with the same options and --resume {}", c.epochs.size(),
                       o_.checkpoint.string());
  }

  /// Shares of each task's samples for validation, or where there are none of all its samples.
  std::vector<double> accuracies(learning::trainer& t) const {
    std::vector<double> all;
    for (std::size_t k = 0; k < tasks_.size(); ++k) {
      const auto& d = divisions_[k];
      const auto& samples = d.validation.empty() ? d.training : d.validation;
      all.push_back(static_cast<double>(correct(t, tasks_[k], samples)) / static_cast<double>(samples.size()));
    }
    return all;
  }

  /// ACC: mean over tasks in the end. BWT, backward transfer: mean of what the accuracy of each but the last task has
  /// changed since it was learned (Lopez-Paz & Ranzato, NeurIPS 2017).
  void print_tasks(const json& accuracies) {
    if (accuracies.empty()) return;
    const std::size_t n = tasks_.size();
    double mean = 0, transfer = 0;
    for (std::size_t k = 0; k < n; ++k) {
      const double in_the_end = accuracies[n - 1][k], when_learned = accuracies[k][k];
      mean += in_the_end / static_cast<double>(n);
      if (k + 1 < n) transfer += (in_the_end - when_learned) / static_cast<double>(n - 1);
      fmt::print("Task {}: {:.2f} % correct when it was learned, {:.2f} % in the end\n", k + 1, 100 * when_learned,
                 100 * in_the_end);
    }
    fmt::print("ACC {:.2f} %, BWT {:+.2f} %\n", 100 * mean, 100 * transfer);
    record_["tasks"] = {{"accuracies", accuracies}, {"ACC", mean}, {"BWT", transfer}};
  }

  /// Writes what is asked for; the checkpoint has served.
  void finish(const learning::trainer& t, const std::vector<std::vector<double>>& before,
              const training_checkpoint& c) {
    trained_network trained;
    static_cast<described_network&>(trained) = description_;
    trained.labels = label_names(data());
    trained.dataset = o_.data.dataset;
    trained.channels = data().channels();
    print_tasks(c.accuracies);
    learning::trainer written = adopt(trained, t);
    for (const auto& [name, samples] : {std::pair{"training", &training_set::division::training},
                                        {"validation", &training_set::division::validation}}) {
      std::size_t right = 0, all = 0;
      for (std::size_t k = 0; k < tasks_.size(); ++k) {
        right += correct(written, tasks_[k], divisions_[k].*samples);
        all += (divisions_[k].*samples).size();
      }
      if (all > 0)
        fmt::print("The model: {:.2f} % of samples for {} correct ({} of {})\n",
                   100 * static_cast<double>(right) / static_cast<double>(all), name, right, all);
      record_[name] = {{"correct", right}, {"samples", all}};
    }
    if (!o_.output.empty()) trained.trained_on = trained_on();
    const orderly_stop no_more;  // what is written is whole, and then so is the work
    if (!o_.output.empty()) save_trained(o_.output, trained, model_catalogue());
    record_["epochs"] = c.epochs;
    record_["weights"] = histograms(description_.net, before, weights_of(t, description_.net));
    write_record(trained);
    for (const auto& path : {o_.output, o_.json, o_.report})
      if (!path.empty() && !is_standard_output(path)) fmt::print("Wrote {}\n", path.string());
    if (!o_.checkpoint.empty()) std::filesystem::remove(o_.checkpoint);
  }

  training_data trained_on() const {
    training_data made = provenance_of(o_.data, o_.tasks);
    std::size_t before = 0;
    for (std::size_t k = 0; k < tasks_.size(); before += tasks_[k++].data().size())
      for (const auto& [to, samples] :
           {std::pair{&made.training, &divisions_[k].training}, {&made.validation, &divisions_[k].validation}})
        for (const std::size_t i : *samples)
          to->add(static_cast<std::uint32_t>(before + i), tasks_[k].data().digest(i));
    return made;
  }

  void write_record(const trained_network& trained) {
    if (o_.json.empty() && o_.report.empty()) return;
    trained_network untrained = trained;
    untrained.net = make(description_).trained();
    const std::size_t sample = divisions_[0].validation.empty() ? 0 : divisions_[0].validation[0];
    record_["example"] = {{"before", example_of(untrained, data(), sample)},
                          {"after", example_of(trained, data(), sample)}};
    if (!o_.json.empty()) write_text(o_.json, record_.dump(1) + "\n");
    if (!o_.report.empty()) write_training_report(o_.report, record_);
  }

  network_options o_;
  std::unique_ptr<scratch_folder> generated_;
  std::vector<training_set> tasks_;
  std::vector<training_set::division> divisions_;
  described_network description_;
  learning::classification_loss_options loss_;
  training_identity identity_;
  std::string left_out_;  ///< what the hardware does and training does not
  json record_;
};

}  // namespace

int train_network(const network_options& options) { return network_training{options}.run(); }

}  // namespace spinule

#include "network_command.hpp"

#include <limits>

#include "option_checks.hpp"
#include "usage_error.hpp"

namespace spinule {
namespace {

constexpr const char* of_networks = "Of networks";
constexpr const char* of_augmentation = "Of networks: recordings changed at random";
constexpr const char* of_arrays = "Of networks: trained for emulated arrays";
constexpr const char* of_tasks = "Of networks: several tasks";
constexpr const char* of_files = "Of networks: files";
constexpr std::uint64_t many = std::numeric_limits<std::uint32_t>::max();

void add_learning(CLI::App& app, network_options& o) {
  app.add_option("--network", o.network, "Description of a network (TOML) to train instead of a readout of a liquid")
      ->check(a_path());
  auto rules = rule_names();
  rules.push_back(learns_by_nalsm);
  app.add_option("--rule", o.rule,
                 "With --network, how errors reach the weights; nalsm, without it: a liquid whose synapses learn")
      ->check(CLI::IsMember(rules))
      ->capture_default_str();
  app.add_option("--epochs", o.epochs, "Times that each sample is shown")->check(whole(1, many))->capture_default_str();
  app.add_option("--batch", o.batch, "Samples of a step")->check(whole(1, many))->capture_default_str();
  app.add_option("--rate", o.rate, "Learning rate of weights")->check(between(0, 1e8))->capture_default_str();
  app.add_option("--schedule", o.schedule, "Of the learning rate")
      ->check(CLI::IsMember(schedule_names()))
      ->capture_default_str();
  app.add_option("--optimiser", o.optimiser, "How weights follow the gradient")
      ->check(CLI::IsMember(optimiser_names()))
      ->capture_default_str();
  app.add_option("--loss", o.loss, "What is compared with the label, and how the model answers")
      ->check(CLI::IsMember(loss_names()))
      ->default_str("as [readout] says");
  app.add_option("--label-smoothing", o.label_smoothing, "Share of the label that is spread over all classes")
      ->check(between(0, 0.99))
      ->capture_default_str();
  app.add_option("--surrogate", o.surrogate, "Shape of the derivative of a spike")
      ->check(CLI::IsMember(surrogate_names()))
      ->capture_default_str();
  app.add_option("--surrogate-width", o.surrogate_width, "Its width, in the unit of the threshold")
      ->check(between(1e-6, 1e6))
      ->capture_default_str();
  app.add_option("--surrogate-height", o.surrogate_height, "Its height")
      ->check(between(1e-6, 1e6))
      ->capture_default_str();
  app.add_flag("--keep-reset", o.keep_reset, "Derivatives pass the reset of the unit that fires");
  app.add_option("--feedback", o.feedback, "Learning signals of eprop")
      ->check(CLI::IsMember(feedback_names()))
      ->capture_default_str();
  app.add_option("--truncate", o.truncate, "Ticks after which derivatives are cut in time; 0: never")
      ->check(whole(0, 1000000))
      ->capture_default_str();
  app.add_option("--checkpoint-states", o.checkpoint_states,
                 "Ticks whose states are in memory at a time; 0: all are kept")
      ->check(whole(0, 1000000))
      ->capture_default_str();
  app.add_option("--clip", o.clip, "Norm that a gradient is scaled down to; 0: as it is")
      ->check(between(0, 1e9))
      ->capture_default_str();
  app.add_option("--rate-penalty", o.rate_penalty, "On half the squared distance of spike counts from --spikes")
      ->check(between(0, 1e8))
      ->capture_default_str();
  app.add_option("--spikes", o.spikes, "LO:HI, spikes of a unit in a sample that cost no penalty");
  app.add_option("--delay-rate", o.delay_rate, "Learning rate of delays, in ticks a step")
      ->check(between(0, 1e6))
      ->capture_default_str();
  app.add_option("--longest-delay", o.longest_delay, "ms; learned delays stay between 0 and this")
      ->check(between(0, 1e5))
      ->capture_default_str();
  app.add_option("--learn", o.parameters,
                 "POPULATION.PARAMETER=RATE, a parameter or the start of a state field to learn; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--curl", o.curl, "PROJECTION=COUNT[:targets], sources (or targets) that learn with the opposite sign")
      ->allow_extra_args(false);
  app.add_flag("--keep-norms", o.keep_norms, "Weights are scaled back to their norms at the start after each step");
  app.add_option("--validation", o.validation, "Share of each class that is held back to test on after each epoch")
      ->check(between(0, 0.9))
      ->capture_default_str();
  app.add_option("--patience", o.patience, "Epochs without a lower validation loss after which it stops; 0: never")
      ->check(whole(0, many))
      ->capture_default_str();
}

void add_augmentation(CLI::App& app, network_options& o) {
  app.add_option("--shift", o.shift, "Channels by which a recording is moved at most")
      ->check(whole(0, 1000000))
      ->capture_default_str();
  app.add_option("--blend", o.blend, "Share of recordings blended with another of their class")
      ->check(between(0, 1))
      ->capture_default_str();
  app.add_option("--move", o.move, "Pixels by which a picture is moved at most, along either axis")
      ->check(between(0, 1e6))
      ->capture_default_str();
  app.add_option("--turn", o.turn, "Degrees by which a picture is turned at most")
      ->check(between(0, 45))
      ->capture_default_str();
  app.add_option("--zoom", o.zoom, "Share by which a picture is enlarged or made smaller at most")
      ->check(between(0, 0.9))
      ->capture_default_str();
  app.add_option("--jitter", o.jitter, "ms, deviation of what is added to times")
      ->check(between(0, 1e6))
      ->capture_default_str();
  app.add_option("--drop", o.drop, "Share of events that are dropped")->check(between(0, 1))->capture_default_str();
}

void add_arrays(CLI::App& app, network_options& o) {
  app.add_option("--weight-noise", o.weight_noise,
                 "Deviation of what is added to weights in a batch, as 5%, of the largest of a projection");
  app.add_option("--weight-levels", o.weight_levels, "Levels of a cell that weights are rounded to in a batch; 0: any")
      ->check(whole(0, 1 << 20));
  app.add_option("--drop-connect", o.drop_connect, "Share of synapses that are missing in a batch, as 1%");
  app.add_option("--sum-bits", o.sum_bits, "Bits of the converters that sums of a batch pass; 0: none")
      ->check(whole(0, 22));
  app.add_option("--weight-clip", o.weight_clip,
                 "Root mean squares of a projection's weights beyond which none goes; 0: never")
      ->check(between(0, 1e8))
      ->capture_default_str();
}

}  // namespace

void add_network_options(CLI::App& app, network_options& o) {
  grouped(app, of_networks, [&] { add_learning(app, o); });
  grouped(app, of_arrays, [&] { add_arrays(app, o); });
  grouped(app, of_augmentation, [&] { add_augmentation(app, o); });
  grouped(app, of_tasks, [&] {
    app.add_option("--hlop", o.hlop, "Lateral neurons of every projection that learn the subspace of the first task")
        ->check(whole(0, 1000000))
        ->capture_default_str();
    app.add_option("--hlop-later", o.hlop_later, "New ones of each later task")
        ->check(whole(0, 1000000))
        ->capture_default_str();
  });
  grouped(app, of_files, [&] {
    app.add_option("--checkpoint", o.checkpoint, "Written after each epoch, removed in the end; MODEL.checkpoint")
        ->check(a_new_file());
    app.add_option("--resume", o.resume, "Checkpoint to go on from, with the same options")->check(a_path());
    app.add_option("--report", o.report, "HTML report to write")->check(a_new_file());
    app.add_option("--json", o.json, "JSON to write, with the numbers of the report; -: to standard output")
        ->check(a_new_file_or_output());
  });
}

void check_kind(const CLI::App& train) {
  const bool network = train.count("--network") > 0;
  for (const auto* option : train.get_options()) {
    if (option->count() == 0) continue;
    if (network && option->get_group() == of_liquids)
      throw usage_error{option->get_name(), "is of liquids, and --network names a network; leave one of them out"};
    const bool of_liquid = option->get_name() == "--rule" && option->as<std::string>() == learns_by_nalsm;
    if (network && of_liquid)
      throw usage_error{"--rule nalsm", "is of liquids, and --network names a network; leave one of them out"};
    if (!network && !of_liquid && option->get_name() == "--rule")
      throw usage_error{"--rule " + option->as<std::string>(),
                        "is of networks; give --network FILE too, or --rule nalsm for a liquid that learns"};
    if (!network && !of_liquid && option->get_group().starts_with(of_networks))
      throw usage_error{option->get_name(), "is of networks; give --network FILE too, or leave it out"};
  }
  if (train.count("--snapshots") > 0 && train.get_option("--rule")->as<std::string>() != learns_by_nalsm)
    throw usage_error{"--snapshots", "is of liquids that learn; give --rule nalsm too, or leave it out"};
  if (!network && train.count("--data") > 1)
    throw usage_error{"--data", "only a network learns several tasks; give it once, or --network FILE too"};
}

std::set<std::string> given_of_networks(const CLI::App& train) {
  std::set<std::string> given;
  for (const auto* option : train.get_options())
    if (option->count() > 0 && option->get_group().starts_with(of_networks)) given.insert(option->get_name());
  return given;
}

}  // namespace spinule

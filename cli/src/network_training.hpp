// Training of a described network by gradients: `spinule train --network`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <spinule/io/network_file.hpp>
#include <spinule/learning/fit.hpp>
#include <spinule/learning/trainer.hpp>

#include "commands.hpp"

namespace spinule {

/// The options of the command, under their names.
struct network_options {
  data_choice data;                          ///< without a path
  std::vector<std::filesystem::path> tasks;  ///< one data set for each task; empty: generated data
  std::filesystem::path network, output, checkpoint, resume, report, json;

  std::string rule = "bptt", loss, surrogate = "fast-sigmoid", feedback = "symmetric";
  std::string optimiser = "adam", schedule = "constant";
  std::uint64_t epochs = 30, patience = 0, seed = 1;
  std::size_t batch = 64;
  double rate = 1e-3, label_smoothing = 0, surrogate_width = 1, surrogate_height = 1, clip = 0;
  bool keep_reset = false;
  int truncate = 0, checkpoint_states = 0;
  double rate_penalty = 0;
  std::string spikes;  ///< "LO:HI"
  double delay_rate = 0.1, longest_delay = 100;
  std::vector<std::string> parameters;  ///< "POPULATION.PARAMETER=RATE"
  std::vector<std::string> curl;        ///< "PROJECTION=COUNT[:targets]"
  bool keep_norms = false;
  std::size_t hlop = 0, hlop_later = 0;

  std::string hardware;                ///< what arrays do to training; empty: nothing but what follows
  std::vector<std::string> overrides;  ///< "adc.bits=6"
  std::optional<std::string> weight_noise, drop_connect;
  std::optional<int> weight_levels, sum_bits;
  double weight_clip = 0;

  std::uint32_t shift = 0;
  double blend = 0, jitter = 0, drop = 0;
  double move = 0, turn = 0, zoom = 0;  ///< of pictures
  double validation = 0;
  std::uint32_t folds = 0;  ///< 0: no cross-validation
  int threads = 0;          ///< 0: one per core

  std::set<std::string> given;  ///< options of networks that stand on the command line, "--rate"
};

/// What --rule names beside the rules of networks: a liquid that learns.
inline constexpr const char* learns_by_nalsm = "nalsm";

int train_network(const network_options& options);

// What an option may be.
std::vector<std::string> rule_names();
std::vector<std::string> loss_names();
std::vector<std::string> surrogate_names();
std::vector<std::string> feedback_names();
std::vector<std::string> optimiser_names();
std::vector<std::string> schedule_names();

/// What bears on what is learned: the value of each option by its name.
nlohmann::json settings_of(const network_options& o);

/// The loss that is asked for, or that which goes with the readout. Throws `usage_error` for one that the readout
/// cannot have.
learning::classification_loss_options loss_of(const network_options& o, const readout_rule& readout);
/// How a network trained with this loss answers.
readout_rule::law law_of(learning::classification_loss_kind kind);

/// `steps`: of the optimiser, in all.
learning::learning_rate_schedule schedule_of(const network_options& o, std::uint64_t steps);

/// A trainer with everything that the options say of populations and projections. Throws `usage_error` for an option
/// that the network cannot have, `file_error` for a network that cannot be trained.
learning::trainer make_trainer(const network_options& o, const described_network& d,
                               const learning::classification_loss_options& loss);
/// New lateral neurons for task `task`, where --hlop asks for them.
void begin_task(learning::trainer& t, const network_options& o, const network& net, std::size_t task);

}  // namespace spinule

// A model with the data it is replayed on, for as many back ends as one likes.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <spinule/io/dataset.hpp>
#include <spinule/io/result.hpp>

#include "commands.hpp"
#include "replaying.hpp"
#include "trained_model.hpp"

namespace spinule {

struct replay_session {
  replayable_model model;
  std::unique_ptr<dataset> data;
  classifier through;
  std::string remark;
  provenance from;
};

/// Opens both, holds them against each other and says what the reader must know of it. Throws `usage_error` and
/// `file_error`.
replay_session open_session(const replay_options& options);

/// Gives `take` one result per choice and chip, in order, as it comes. Ends early when interrupted.
void replay_on(const replay_session& session, std::span<const backend_choice> on, const replay_options& options,
               const std::function<void(replay_result)>& take);

}  // namespace spinule

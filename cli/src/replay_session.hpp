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

/// What a session is about, and what its results say of that.
struct session_source {
  std::filesystem::path model;
  data_choice data;
  std::string command;        ///< as it was given
  std::string model_is = {};  ///< what results say of the model in place of its file; empty: the file
};

/// Opens both, holds them against each other and says what the reader must know of it. Throws `usage_error` and
/// `file_error`.
replay_session open_session(const session_source& source);

/// Gives `take` one result per choice and chip, in order, as it comes. Ends early when interrupted.
void replay_on(const replay_session& session, std::span<const backend_choice> on, const replay_options& options,
               const std::function<void(replay_result)>& take);

/// Replays the data on each choice, as many at a time as there are `threads` (0: one per core); what is left of them
/// goes to the samples of each. `take` is given the place of a choice and its result, one after the other, in the order
/// in which they are done. When interrupted, ends without those under way. The title is shown meanwhile.
void replay_side_by_side(const replay_session& session, std::span<const backend_choice> on, int threads,
                         const std::string& title, const std::function<void(std::size_t place, replay_result)>& take);

}  // namespace spinule

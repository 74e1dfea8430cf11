// The answers of a trained model to what was replayed.
#pragma once

#include "replaying.hpp"
#include "trained_model.hpp"

namespace spinule {

/// The result of the replay with labels, answers and confusion matrix; the example's answer is one of them.
replay_result judge(replayed seen, const replayable_model& model);

}  // namespace spinule

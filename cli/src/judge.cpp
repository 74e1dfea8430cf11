#include "judge.hpp"

#include <span>

namespace spinule {

replay_result judge(replayed seen, const replayable_model& model) {
  replay_result& r = seen.result;
  r.labels = model.labels;
  r.seed = model.seed;
  const std::size_t samples = r.truths.size(), features = seen.features.size() / samples, classes = model.labels.size();
  if (model.met && !seen.digests.empty()) r.seen.emplace();
  r.confusion.assign(classes * classes, 0);
  for (std::size_t i = 0; i < samples; ++i) {
    const std::uint32_t answer = model.answer(std::span{seen.features}.subspan(i * features, features));
    r.answers.push_back(answer);
    ++r.confusion[r.truths[i] * classes + answer];
    r.correct += answer == r.truths[i];
    if (r.example && r.example->sample == r.sample_numbers[i]) r.example->answer = answer;
    if (r.seen) r.seen->training += model.met->trained_on(seen.digests[i]);
    if (r.seen) r.seen->validation += model.met->held_back(seen.digests[i]);
  }
  return std::move(r);
}

}  // namespace spinule

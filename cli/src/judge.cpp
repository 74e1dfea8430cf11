#include "judge.hpp"

#include <span>

namespace spinule {

replay_result judge(replayed seen, const replayable_model& model) {
  replay_result& r = seen.result;
  r.labels = model.labels;
  r.seed = model.seed;
  const std::size_t features = seen.features.size() / seen.labels.size(), classes = model.labels.size();
  r.confusion.assign(classes * classes, 0);
  for (std::size_t i = 0; i < seen.labels.size(); ++i) {
    const std::uint32_t answer = model.answer(std::span{seen.features}.subspan(i * features, features));
    ++r.confusion[seen.labels[i] * classes + answer];
    r.correct += answer == seen.labels[i];
    if (r.example && r.example->sample == i) r.example->answer = answer;
  }
  return std::move(r);
}

}  // namespace spinule

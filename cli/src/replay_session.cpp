#include "replay_session.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "chosen_data.hpp"
#include "generated.hpp"
#include "interrupt.hpp"
#include "judge.hpp"
#include "print.hpp"
#include "provenance.hpp"
#include "stage.hpp"
#include "usage_error.hpp"
#include "warnings.hpp"

namespace spinule {

replay_session open_session(const session_source& o) {
  replay_session s;
  s.model = load_model(o.model);
  s.data = open_for(s.model, o.data);
  check_geometry(s.model, o.model, *s.data);
  s.remark = remark_on_kind(s.model, o.data, *s.data);
  if (!s.remark.empty()) fmt::print("{}\n", s.remark);
  if (o.data.generated) s.remark = generated_remark + (s.remark.empty() ? "" : " " + s.remark);
  s.through = s.model.through(*s.data);
  s.from = {.model = o.model_is.empty() ? o.model.string() : o.model_is,
            .network = s.model.network,
            .trained_on = s.model.trained_on,
            .command = o.command,
            .date = utc_now(),
            .processor = processor_name()};
  return s;
}

void replay_on(const replay_session& s, std::span<const backend_choice> choices, const replay_options& o,
               const std::function<void(replay_result)>& take) {
  std::set<std::string> told;
  const bool wants_example = !o.report.empty() || !o.json.empty();
  for (const auto& choice : choices)
    for (std::uint32_t c = 0; c < (choice.backend == "crossbar" ? o.chips : 1) && !interrupted(); ++c) {
      backend_choice on = choice;
      on.chip += c;
      replay_request want{.digest = true, .identify = s.model.met.has_value(), .title = name_of(on)};
      if (wants_example && c == 0) want.example = o.example.value_or(0);  // once for all chips of a hardware
      replayed seen = replay_all(*s.data, s.through, on, want);
      if (seen.result.samples == 0) break;
      warn_of_weights(seen.result);
      for (const std::string& note : seen.notes)
        if (told.insert(note).second) fmt::print("Note: {}\n", note);
      warn_of_activity(seen.result, s.through);
      replay_result r = judge(std::move(seen), s.model);
      const std::string met = remark_on_samples(r);
      r.remark = s.remark + (s.remark.empty() || met.empty() ? "" : " ") + met;
      r.from = s.from;
      take(std::move(r));
    }
}

void replay_side_by_side(const replay_session& s, std::span<const backend_choice> on, int threads,
                         const std::string& title, const std::function<void(std::size_t, replay_result)>& take) {
  const int cores = threads > 0 ? threads : static_cast<int>(std::max(std::thread::hardware_concurrency(), 1u));
  const int team = std::min(cores, static_cast<int>(on.size()));
  const orderly_stop between_samples;
  stage shown{title, on.size() * s.data->size()};
  std::atomic<std::size_t> next = 0, samples = 0;
  std::mutex taking;
  std::exception_ptr wrong;
  const auto replay_one = [&](std::size_t i) {
    backend_choice one = on[i];
    one.threads = cores / team;
    const auto count = [&] { shown.done(++samples); };
    replayed seen = replay_all(*s.data, s.through, one, {.digest = true, .title = "", .done = count});
    if (seen.result.interrupted) return;
    replay_result r = judge(std::move(seen), s.model);
    const std::lock_guard lock{taking};
    take(i, std::move(r));
  };
  const auto work = [&] {
    for (std::size_t i = next++; i < on.size() && !interrupted(); i = next++) try {
        replay_one(i);
      } catch (...) {
        const std::lock_guard lock{taking};
        if (!wrong) wrong = std::current_exception();
        next = on.size();
      }
  };
  {
    std::vector<std::jthread> others;
    for (int t = 1; t < team; ++t) others.emplace_back(work);
    work();
  }
  if (wrong) std::rethrow_exception(wrong);
}

}  // namespace spinule

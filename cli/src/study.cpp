#include "study.hpp"

#include <fmt/format.h>

#include "print.hpp"
#include "usage_error.hpp"

namespace spinule {

backend_choice hardware_to_study(backend_choice on, std::uint32_t chips) {
  if (on.hardware.empty()) on.hardware = "random_rram_40nm";
  const hardware hw = of_option("--hardware", [&] { return load_hardware(on.hardware); });
  on.backend = hw.kind == hardware_kind::crossbar ? "crossbar" : "digital";
  on = checked(on);
  check_chips({&on, 1}, chips);
  return on;
}

std::vector<backend_choice> on_chips(const backend_choice& on, std::uint32_t chips) {
  std::vector<backend_choice> all(chips, on);
  for (std::uint32_t c = 0; c < chips; ++c) all[c].chip += c;
  return all;
}

void look_for_samples_met(replay_session& s) {
  if (!s.model.met) return;
  replay_result r;
  r.samples = s.data->size();
  r.seen.emplace();
  for (std::size_t i = 0; i < s.data->size(); ++i) {
    const std::uint64_t digest = s.data->digest(i);
    r.seen->training += s.model.met->trained_on(digest);
    r.seen->validation += s.model.met->held_back(digest);
  }
  const std::string met = remark_on_samples(r);
  fmt::print("{}\n", met.empty() ? "The model was trained on none of these samples." : met);
  s.remark += (s.remark.empty() || met.empty() ? "" : " ") + met;
}

nlohmann::json study_json(const std::string& format, const replay_session& s, const backend_choice& on,
                          std::uint32_t chips) {
  const hardware_description preset = describe(hardware_of(on));
  nlohmann::json numbers = nlohmann::json::array();
  for (const auto& one : on_chips(on, chips)) numbers.push_back(one.chip);
  return {{"format", format},
          {"format_version", 1},
          {"version", SPINULE_VERSION},
          {"provenance", s.from},
          {"dataset", s.data->name()},
          {"samples", s.data->size()},
          {"duration_us", s.through.windows.back().in(1_us)},
          {"remark", s.remark},
          {"backend", on.backend},
          {"hardware", preset.name},
          {"chips", on.backend == "crossbar" ? numbers : nlohmann::json::array()},
          {"preset", preset}};
}

std::string study_title(const replay_session& s, const backend_choice& on, std::uint32_t chips) {
  return fmt::format("{}, {}{} sample{}", name_of(on), chips > 1 ? fmt::format("{} chips, ", chips) : "",
                     s.data->size(), s.data->size() == 1 ? "" : "s");
}

std::string accuracy_text(const spread& accuracy, std::uint32_t chips) {
  if (chips < 2) return fmt::format("{:.2f} %", 100 * accuracy.mean);
  return fmt::format("{:.2f} +- {:.2f} %", 100 * accuracy.mean, 100 * accuracy.deviation);
}

}  // namespace spinule

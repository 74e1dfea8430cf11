#include <spinule/io/engine/model_about.hpp>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

constexpr std::size_t most_bytes = 64 << 20;
constexpr int most_levels = 32;

}  // namespace

nlohmann::json about_of(const model_file& file) {
  using nlohmann::json;
  const auto refuse = [&](const std::string& what) -> void {
    throw file_error{file.path().string(), "section \"about\" " + what};
  };
  const std::string_view text = file.text("about");
  if (text.size() > most_bytes) refuse(fmt::format("has {} bytes, and at most {} are read", text.size(), most_bytes));
  const auto shallow = [&](int depth, json::parse_event_t, json&) {
    if (depth > most_levels) refuse(fmt::format("is nested deeper than {} levels", most_levels));
    return true;
  };
  json about;
  try {
    about = json::parse(text, shallow);
  } catch (const json::exception& wrong) {
    refuse(std::string{"is not JSON: "} + wrong.what());
  }
  if (!about.is_object()) refuse("is no object of JSON");
  const json version = about.value("version", json{});
  if (version != about_version)
    refuse(fmt::format("is of version {}; this Spinule reads version {}; use the Spinule that wrote the model",
                       version.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 20), about_version));
  return about;
}

}  // namespace spinule

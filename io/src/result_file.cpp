// Files of results.
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/error.hpp>
#include <spinule/io/engine/atomic_file.hpp>
#include <spinule/io/engine/comparison.hpp>
#include <spinule/io/result.hpp>

namespace spinule {
namespace {

using nlohmann::json;

constexpr const char* format_name = "spinule-comparison";
constexpr int format_version = 1;

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// A line for each field: readable, and a raster does not take a line for each of its numbers.
std::string lines_of(const json& object, const std::string& indent) {
  std::string text = "{";
  for (const auto& [key, value] : object.items())
    text += fmt::format("{}\n{}  {}: {}", text.size() > 1 ? "," : "", indent, text_of(key), text_of(value));
  return text + "\n" + indent + "}";
}

std::vector<replay_result> results_in(const json& file) {
  if (file.is_array()) return file.get<std::vector<replay_result>>();
  if (!file.is_object() || file.value("format", json{}) != format_name) return {file.get<replay_result>()};
  if (file.value("format_version", json{}) != format_version)
    throw spinule_error{"result.format_version",
                        fmt::format("{} is not known; this Spinule reads version {}",
                                    text_of(file.value("format_version", json{})), format_version)};
  if (!file.value("results", json{}).is_array()) throw spinule_error{"result.results", "is missing or no array"};
  return file["results"].get<std::vector<replay_result>>();
}

}  // namespace

std::string to_text(const replay_result& result) { return lines_of(result, "") + "\n"; }

std::string to_text(std::span<const replay_result> results) {
  if (results.size() == 1) return to_text(results.front());
  json head = json_of(compare(results), results);
  head["format"] = format_name;
  head["format_version"] = format_version;
  std::string text = lines_of(head, "");
  text.resize(text.size() - 2);  // without the closing brace
  text += ",\n  \"results\": [";
  for (std::size_t i = 0; i < results.size(); ++i) text += (i > 0 ? ", " : "") + lines_of(results[i], "  ");
  return text + "]\n}\n";
}

void write_result(const std::filesystem::path& path, const replay_result& result) {
  write_whole(path, to_text(result));
}

void write_results(const std::filesystem::path& path, std::span<const replay_result> results) {
  write_whole(path, to_text(results));
}

std::vector<replay_result> read_results(const std::filesystem::path& path) try {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw spinule_error{"result", "cannot be opened for reading; check the name and its permissions"};
  return results_in(json::parse(file));
} catch (const json::exception& wrong) {
  throw file_error{path.string(), std::string{"is not JSON: "} + wrong.what()};
} catch (const file_error&) {
  throw;
} catch (const spinule_error& wrong) {
  throw file_error{path.string(), wrong.what()};
}

}  // namespace spinule

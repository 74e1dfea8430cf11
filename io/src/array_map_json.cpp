#include "array_map_json.hpp"

#include <openssl/evp.h>
#include <nlohmann/json.hpp>

namespace spinule {
namespace {

using nlohmann::json;

std::string text_of(const std::vector<std::int8_t>& levels) {
  std::vector<unsigned char> text(4 * ((levels.size() + 2) / 3) + 1);
  const int length = EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(levels.data()),
                                     static_cast<int>(levels.size()));
  return {text.begin(), text.begin() + length};
}

/// `count` levels, or fewer or more where the text has not as many.
std::vector<std::int8_t> levels_of(const std::string& text, std::size_t count) {
  std::vector<unsigned char> bytes(text.size() + 3);
  const int length =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0) return {};
  bytes.resize(static_cast<std::size_t>(length));
  const std::size_t filled = bytes.size() - count;  // the last group stands for three bytes, whatever there are
  if (bytes.size() >= count && filled < 3) bytes.resize(count);
  return {bytes.begin(), bytes.end()};
}

json picture_json(const array_picture& p) {
  return {{"rows", p.rows}, {"columns", p.columns}, {"largest", p.largest}, {"levels", text_of(p.levels)}};
}

array_picture picture_from(const json_field& field) {
  array_picture p;
  std::string text;
  field["rows"].read(p.rows);
  field["columns"].read(p.columns);
  field["largest"].read(p.largest);
  field["levels"].read(text);
  const std::size_t count = std::size_t{p.rows} * p.columns;
  p.levels = levels_of(text, count);
  if (p.levels.size() != count)
    throw spinule_error{field.name() + ".levels",
                        fmt::format("is no base64 of the levels of {} x {} pixels", p.rows, p.columns)};
  return p;
}

}  // namespace

json arrays_json(const std::vector<array_map>& maps) {
  auto all = json::array();
  for (const auto& m : maps)
    all.push_back({{"projection", m.projection},
                   {"tile", m.tile},
                   {"tiles", m.tiles},
                   {"rows", m.rows},
                   {"pairs", m.pairs},
                   {"mean_error", m.mean_error},
                   {"conductance", picture_json(m.conductance)},
                   {"error", picture_json(m.error)},
                   {"drop", m.drop ? picture_json(*m.drop) : json(nullptr)}});
  return all;
}

std::vector<array_map> arrays_from(const json_field& field) {
  std::vector<array_map> maps;
  for (const auto& item : field.items()) {
    auto& m = maps.emplace_back();
    item["projection"].read(m.projection);
    for (const auto& [key, whole] :
         {std::pair{"tile", &m.tile}, {"tiles", &m.tiles}, {"rows", &m.rows}, {"pairs", &m.pairs}})
      item[key].read(*whole);
    item["mean_error"].read(m.mean_error);
    m.conductance = picture_from(item["conductance"]);
    m.error = picture_from(item["error"]);
    if (const auto drop = item["drop"]; !drop.is_null()) m.drop = picture_from(drop);
  }
  return maps;
}

}  // namespace spinule

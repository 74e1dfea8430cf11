#include "example_json.hpp"

#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace spinule {
namespace {

using nlohmann::json;

// One array per member: a tenth of the size of an array of objects.
template <class Item, class Member>
json column(const std::vector<Item>& items, Member member) {
  auto values = json::array();
  for (const auto& item : items) values.push_back(item.*member);
  return values;
}

template <class Item, class Value>
void read_column(const json_field& field, Value Item::*member, std::vector<Item>& items) {
  std::vector<std::conditional_t<std::is_same_v<Value, bool>, std::uint8_t, Value>> values;
  field.read(values);
  if (values.size() != items.size())
    throw spinule_error{field.name(),
                        fmt::format("has {} values, expected {} as in the first column", values.size(), items.size())};
  for (std::size_t i = 0; i < values.size(); ++i) items[i].*member = static_cast<Value>(values[i]);
}

json events_json(const std::vector<input_event>& events, bool sensor) {
  json columns{{"time_us", column(events, &input_event::time_us)}, {"channel", column(events, &input_event::channel)}};
  if (!sensor) return columns;
  columns["x"] = column(events, &input_event::x);
  columns["y"] = column(events, &input_event::y);
  columns["on"] = json::array();
  for (const auto& e : events) columns["on"].push_back(e.on ? 1 : 0);
  return columns;
}

std::vector<input_event> events_from(const json_field& field, bool sensor) {
  std::vector<input_event> events(field["time_us"].items().size());
  read_column(field["time_us"], &input_event::time_us, events);
  read_column(field["channel"], &input_event::channel, events);
  if (!sensor) return events;
  read_column(field["x"], &input_event::x, events);
  read_column(field["y"], &input_event::y, events);
  read_column(field["on"], &input_event::on, events);
  return events;
}

}  // namespace

json json_of(const example_replay& example) {
  auto layers = json::array();
  for (const auto& layer : example.layers)
    layers.push_back({{"name", layer.name},
                      {"size", layer.size},
                      {"ticks", column(layer.spikes, &raster_spike::tick)},
                      {"neurons", column(layer.spikes, &raster_spike::neuron)}});
  return {{"sample", example.sample},           {"label", example.label},
          {"answer", example.answer},           {"tick_us", example.tick_us},
          {"length_us", example.length_us},     {"input", example.input},
          {"channels", example.channels},       {"width", example.width},
          {"height", example.height},           {"events", events_json(example.events, example.width > 0)},
          {"saccades_us", example.saccades_us}, {"layers", layers}};
}

example_replay example_from(const json_field& field) {
  example_replay example;
  field["sample"].read(example.sample);
  field["label"].read(example.label);
  field["answer"].read(example.answer);
  field["tick_us"].read(example.tick_us);
  field["length_us"].read(example.length_us);
  field["input"].read(example.input);
  field["channels"].read(example.channels);
  field["width"].read(example.width);
  field["height"].read(example.height);
  example.events = events_from(field["events"], example.width > 0);
  field["saccades_us"].read(example.saccades_us);
  for (const auto& item : field["layers"].items()) {
    auto& layer = example.layers.emplace_back();
    item["name"].read(layer.name);
    item["size"].read(layer.size);
    layer.spikes.resize(item["ticks"].items().size());
    read_column(item["ticks"], &raster_spike::tick, layer.spikes);
    read_column(item["neurons"], &raster_spike::neuron, layer.spikes);
  }
  return example;
}

void check_example(const example_replay& example, std::size_t classes) {
  const std::string where = "result.example";
  if (example.label >= classes || example.answer >= classes)
    throw spinule_error{
        where, fmt::format("label {} or answer {} is no class; there are {}", example.label, example.answer, classes)};
  for (const auto& e : example.events)
    if (e.channel >= example.channels || (example.width && (e.x >= example.width || e.y >= example.height)))
      throw spinule_error{where + ".events",
                          fmt::format("channel {} (x {}, y {}) lies outside the input of {} channels ({} x {})",
                                      e.channel, e.x, e.y, example.channels, example.width, example.height)};
  for (const auto& layer : example.layers)
    for (const auto& spike : layer.spikes)
      if (spike.neuron >= layer.size)
        throw spinule_error{where + ".layers", fmt::format("neuron {} lies outside layer \"{}\" of {} neurons",
                                                           spike.neuron, layer.name, layer.size)};
}

}  // namespace spinule

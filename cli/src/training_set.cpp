#include "training_set.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/io/engine/sha256.hpp>
#include <spinule/learning/augmentation.hpp>

#include "chosen_data.hpp"

namespace spinule {
namespace {

std::unique_ptr<dataset> opened(const network_options& o, const std::filesystem::path& path) {
  data_choice choice = o.data;
  choice.path = path;
  return open(choice);
}

/// Numbers of samples by class.
std::vector<std::vector<std::size_t>> by_class(const dataset& data, std::span<const std::size_t> samples) {
  std::vector<std::vector<std::size_t>> classes(data.classes());
  for (const std::size_t i : samples) classes[data.label(i)].push_back(i);
  return classes;
}

recording changed_at_random(const network_options& o, const dataset& data, std::size_t i, std::uint64_t epoch,
                            std::span<const std::size_t> alike) {
  random_stream draw{o.seed, purpose::user, i, static_cast<std::uint32_t>(epoch)};
  const auto channels = static_cast<std::uint32_t>(data.channels());
  recording r = data.read(i).events;
  if (o.blend > 0 && draw.uniform() < o.blend && !alike.empty())
    r = learning::blend(r, data.read(alike[draw.below(alike.size())]).events, channels, draw);
  if (o.shift > 0) r = learning::shift_channels(r, channels, o.shift, draw);
  if (o.move > 0 || o.turn > 0 || o.zoom > 0)
    r = learning::move_picture(r, channels, static_cast<std::uint32_t>(data.width()),
                               static_cast<std::uint32_t>(data.height()), {o.move, o.turn, o.zoom}, draw);
  if (o.jitter > 0) r = learning::jitter(r, milliseconds{o.jitter}, draw);
  if (o.drop > 0) r = learning::drop_events(r, o.drop, draw);
  return r;
}

/// A trainer takes any number of events, the source of a network that is replayed does not.
void check_events(std::span<const learning::raster_event> events, std::size_t sample, const network_options& o) {
  for (std::size_t i = most_events_per_tick; i < events.size(); ++i)
    if (events[i - most_events_per_tick] == events[i])
      throw file_error{
          o.network.string(),
          fmt::format("sample {} has more than {} events of input neuron {} in one tick; write most_events "
                      "= {} or fewer under [encoding], or give a smaller group or a shorter tick",
                      sample, most_events_per_tick, events[i].address, most_events_per_tick)};
}

}  // namespace

training_set::training_set(const network_options& o, std::filesystem::path path)
    : path_{std::move(path)}, data_{opened(o, path_)} {}

std::string training_set::digest() const {
  sha256 digest;
  for (std::size_t i = 0; i < data_->size(); ++i) digest.update(fmt::format("{} ", data_->label(i)));
  const std::size_t step = (data_->size() + 255) / 256;
  for (std::size_t i = 0; i < data_->size(); i += step)
    for (const event& e : data_->read(i).events.events) {
      const std::int64_t numbers[2] = {e.time_us, e.channel};
      digest.update(std::as_bytes(std::span{numbers}));
    }
  return digest.hex();
}

training_set::division training_set::divide(std::span<const std::size_t> samples, const network_options& o) const {
  division d;
  auto classes = by_class(*data_, samples);
  for (std::size_t c = 0; c < classes.size(); ++c) {
    auto& of = classes[c];
    random_stream draw{o.seed, purpose::split, c, 2};
    for (std::size_t i = of.size(); i > 1; --i) std::swap(of[i - 1], of[draw.below(i)]);
    const auto held = static_cast<std::size_t>(std::nearbyint(o.validation * static_cast<double>(of.size())));
    d.validation.insert(d.validation.end(), of.begin(), of.begin() + static_cast<std::ptrdiff_t>(held));
    d.training.insert(d.training.end(), of.begin() + static_cast<std::ptrdiff_t>(held), of.end());
  }
  std::ranges::sort(d.training);
  std::ranges::sort(d.validation);
  return d;
}

std::vector<std::size_t> training_set::everything() const {
  std::vector<std::size_t> all(data_->size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

learning::sample_reader training_set::reader(const network_options& o, const described_network& d,
                                             std::span<const std::size_t> training) const {
  const index_t neurons = d.net.populations()[d.net.find(d.input).id].size;
  return
      [&o, &d, neurons, data = data_.get(), classes = by_class(*data_, training)](std::size_t i, std::uint64_t epoch) {
        const std::uint32_t label = data->label(i);
        const recording r =
            epoch == learning::no_epoch ? data->read(i).events : changed_at_random(o, *data, i, epoch, classes[label]);
        const recording in = encoded(r, d.encoding, d.tick);
        const learning::raster grid{in.events, neurons, d.tick, d.encoding.length};
        check_events(grid.events(), i, o);
        return learning::training_sample{.events = {grid.events().begin(), grid.events().end()}, .label = label};
      };
}

}  // namespace spinule

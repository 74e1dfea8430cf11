#include <spinule/io/mnist.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <spinule/error.hpp>
#include <spinule/io/engine/sha256.hpp>
#include <spinule/random.hpp>

#include "idx.hpp"

namespace spinule {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t side = 28;

/// `folder`/`name`.gz, or without .gz.
fs::path published(const fs::path& folder, const std::string& name) {
  std::error_code ignored;
  if (fs::exists(folder / (name + ".gz"), ignored)) return folder / (name + ".gz");
  if (fs::exists(folder / name, ignored)) return folder / name;
  throw file_error{folder.string(), "has no " + name + ".gz"};
}

double brightness(std::span<const std::byte> image) {
  std::uint32_t sum = 0;
  for (const std::byte pixel : image) sum += std::to_integer<std::uint32_t>(pixel);
  return sum;
}

/// The largest pixel / sum(image) of the set.
double greatest_share(const idx_file& pixels) {
  double greatest = 0;
  for (std::uint32_t i = 0; i < pixels.count; ++i) {
    const auto image = pixels.item(i);
    const auto brightest = std::to_integer<std::uint32_t>(*std::max_element(image.begin(), image.end()));
    if (brightest > 0) greatest = std::max(greatest, brightest / brightness(image));
  }
  return greatest;
}

std::uint32_t whole_steps(milliseconds length) {
  const double steps = length.value();
  if (!(steps >= 1 && steps <= 1e6) || steps != std::floor(steps))
    throw spinule_error{"length of a rate-coded sample",
                        fmt::format("{} ms; a whole number from 1 to 1000000 is wanted", steps)};
  return static_cast<std::uint32_t>(steps);
}

/// Every step from 0 to `steps` - 1 is an event with probability p: draws the gaps between events, whose logarithm of
/// 1 - p the caller knows.
template <class Event>
void draw_train(random_stream& random, double p, double log_miss, std::uint32_t steps, Event event_at) {
  for (double step = 0;; ++step) {
    if (p < 1) step += std::floor(portable_log(random.open_uniform()) / log_miss);
    if (step >= steps) return;
    event_at(static_cast<std::uint32_t>(step));
  }
}

}  // namespace

struct mnist::images {
  data_part part;
  idx_file pixels, classes;
  double greatest;

  images(const fs::path& folder, data_part which) : part{which} {
    const std::string prefix = which == data_part::train ? "train" : "t10k";
    const fs::path pixel_file = published(folder, prefix + "-images-idx3-ubyte");
    const fs::path class_file = published(folder, prefix + "-labels-idx1-ubyte");
    pixels = read_idx(pixel_file);
    classes = read_idx(class_file);
    if (pixels.magic != idx_file::images_magic || pixels.rows != side || pixels.columns != side)
      throw file_error{pixel_file.string(), "holds no images of 28 x 28 pixels"};
    if (classes.magic != idx_file::labels_magic) throw file_error{class_file.string(), "holds no labels"};
    if (classes.count != pixels.count)
      throw file_error{class_file.string(), fmt::format("holds {} labels for {} images", classes.count, pixels.count)};
    for (std::uint32_t i = 0; i < classes.count; ++i)
      if (label(i) > 9)
        throw file_error{class_file.string(), fmt::format("label {} of item {} is no digit", label(i), i)};
    greatest = greatest_share(pixels);
  }
  std::uint32_t label(std::size_t i) const { return std::to_integer<std::uint32_t>(classes.item(i)[0]); }
  /// p of a pixel of full value 1 in image i.
  double scale(std::size_t i) const {
    const double sum = brightness(pixels.item(i));
    return sum > 0 ? 1 / sum / greatest : 0;
  }
};

mnist::mnist(const fs::path& folder, mnist_options options)
    : options_{std::move(options)}, steps_{whole_steps(options_.length)} {
  for (const data_part part : {data_part::train, data_part::test})
    if (options_.part == data_part::all || options_.part == part)
      parts_.push_back(std::make_unique<const images>(folder, part));
  if (size() == 0) throw file_error{folder.string(), "holds no images"};
}

mnist::~mnist() = default;

std::size_t mnist::size() const {
  return std::accumulate(parts_.begin(), parts_.end(), std::size_t{0},
                         [](std::size_t n, const auto& part) { return n + part->pixels.count; });
}

mnist::place mnist::at(std::size_t i) const {
  check_index(i);
  const images& first = *parts_.front();
  return i < first.pixels.count ? place{&first, i} : place{parts_.back().get(), i - first.pixels.count};
}

std::uint32_t mnist::label(std::size_t i) const {
  const auto [part, within] = at(i);
  return part->label(within);
}

std::uint64_t mnist::digest(std::size_t i) const {
  const auto [part, within] = at(i);
  return sha256{}.update(part->classes.item(within)).update(part->pixels.item(within)).first_64_bits();
}

std::vector<double> mnist::probabilities(std::size_t i) const {
  const auto [part, within] = at(i);
  const double scale = part->scale(within);
  std::vector<double> p;
  for (const std::byte pixel : part->pixels.item(within))
    p.push_back(std::min(1.0, scale * std::to_integer<std::uint32_t>(pixel)));
  return p;
}

labelled_recording mnist::read(std::size_t i) const {
  const auto [part, within] = at(i);
  const double scale = part->scale(within);
  random_stream random{options_.seed, purpose::encoding, within, part->part == data_part::train ? 0u : 1u};

  std::vector<event> by_channel;
  std::vector<std::uint32_t> start(steps_ + 1);  // first the count of each step, then where its events begin
  std::array<double, 256> log_miss{};
  std::uint32_t channel = 0;
  for (const std::byte pixel : part->pixels.item(within)) {
    const auto value = std::to_integer<std::uint32_t>(pixel);
    const double p = std::min(1.0, scale * value);
    if (p > 0 && p < 1 && log_miss[value] == 0) log_miss[value] = portable_log(1 - p);
    if (p > 0)
      draw_train(random, p, log_miss[value], steps_, [&](std::uint32_t step) {
        by_channel.push_back({std::int64_t{step} * 1000, channel});
        ++start[step + 1];
      });
    ++channel;
  }
  std::partial_sum(start.begin(), start.end(), start.begin());
  labelled_recording result{.events = {std::vector<event>(by_channel.size()), options_.length},
                            .label = part->label(within)};
  for (const event& e : by_channel) result.events.events[start[static_cast<std::size_t>(e.time_us / 1000)]++] = e;
  return result;
}

}  // namespace spinule

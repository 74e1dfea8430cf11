#include <spinule/io/shd.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <spinule/error.hpp>

#include "order.hpp"

namespace spinule {
namespace {

constexpr std::uint32_t channel_count = 700;
constexpr std::size_t most_classes = 1000;
constexpr double longest_s = 1000;  // far beyond any word; in microseconds it fits 32 bits

/// Which sample and spike the n-th value of a ragged array belongs to.
std::string place(const std::vector<std::uint64_t>& offsets, std::size_t n) {
  const auto row = std::upper_bound(offsets.begin(), offsets.end(), n) - offsets.begin() - 1;
  return fmt::format("sample {}, spike {}", row, n - offsets[static_cast<std::size_t>(row)]);
}

template <class T>
std::vector<std::uint32_t> microseconds(const std::vector<T>& seconds, const std::vector<std::uint64_t>& offsets,
                                        const std::string& file) {
  std::vector<std::uint32_t> result(seconds.size());
  for (std::size_t n = 0; n < seconds.size(); ++n) {
    const double s = seconds[n];
    if (!(s >= 0 && s < longest_s))
      throw file_error{fmt::format("{}, /spikes/times, {}", file, place(offsets, n)),
                       fmt::format("{} s is no time of a spike; from 0 to {} s are", s, longest_s)};
    result[n] = static_cast<std::uint32_t>(s * 1e6 + 0.5);
  }
  return result;
}

template <class T>
std::vector<std::uint16_t> checked_channels(std::vector<T>& units, const std::vector<std::uint64_t>& offsets,
                                            const std::string& file) {
  const auto outside = [](T unit) { return unit < 0 || unit >= T{channel_count}; };
  const auto bad = std::find_if(units.begin(), units.end(), outside);
  if (bad != units.end())
    throw file_error{
        fmt::format("{}, /spikes/units, {}", file, place(offsets, static_cast<std::size_t>(bad - units.begin()))),
        fmt::format("unit {} does not exist; 0 to {} do", *bad, channel_count - 1)};
  if constexpr (std::is_same_v<T, std::uint16_t>)
    return std::move(units);
  else
    return {units.begin(), units.end()};
}

/// The values of `array`, whose element type must be one of Types; calls `use` with them.
template <class... Types, class Use>
auto with(hdf5_array& array, const std::string& where, const char* wanted, Use use) {
  using result = std::common_type_t<decltype(use(std::declval<std::vector<Types>&>()))...>;
  return std::visit(
      [&]<class T>(std::vector<T>& values) -> result {
        if constexpr ((std::is_same_v<T, Types> || ...))
          return use(values);
        else
          throw file_error{where, fmt::format("has elements of another type; {} is wanted", wanted)};
      },
      array.values);
}

std::vector<std::string> class_names(std::map<std::string, hdf5_array>& arrays) {
  const auto keys = arrays.find("/extra/keys");
  if (keys != arrays.end())
    if (const auto* names = std::get_if<std::vector<std::string>>(&keys->second.values);
        names && !names->empty() && names->size() <= most_classes)
      return *names;
  return {"zero", "one",  "two",  "three", "four", "five",  "six",   "seven",  "eight", "nine",
          "null", "eins", "zwei", "drei",  "vier", "fuenf", "sechs", "sieben", "acht",  "neun"};
}

void check_rows(const hdf5_array& array, std::size_t rows, const std::string& where) {
  if (!array.ragged) throw file_error{where, "has no rows of variable length; one row per sample is wanted"};
  if (array.offsets.size() != rows + 1)
    throw file_error{
        where, fmt::format("has {} rows, /labels has {}; one per sample is wanted", array.offsets.size() - 1, rows)};
}

}  // namespace

shd::shd(const std::filesystem::path& path, const shd_options& which, const hdf5_limits& limits)
    : name_{"SHD (" + path.filename().string() + ")"} {
  const hdf5_request wanted[] = {
      {"/labels"}, {"/spikes/times"}, {"/spikes/units"}, {.path = "/extra/keys", .required = false}};
  auto arrays = read_hdf5(path, wanted, limits);
  const std::string file = path.string();
  names_ = class_names(arrays);

  hdf5_array &labels = arrays["/labels"], &times = arrays["/spikes/times"], &units = arrays["/spikes/units"];
  const auto integers = [](auto& values) { return std::vector<std::int64_t>(values.begin(), values.end()); };
  const auto classes = with<std::uint16_t, std::int64_t>(labels, file + ", /labels", "an integer", integers);
  if (labels.ragged || labels.shape.size() != 1 || classes.empty())
    throw file_error{file + ", /labels", "is no list of one class per sample"};
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] < 0 || classes[i] >= static_cast<std::int64_t>(names_.size()))
      throw file_error{fmt::format("{}, /labels, sample {}", file, i),
                       fmt::format("class {} does not exist; 0 to {} do", classes[i], names_.size() - 1)};
    labels_.push_back(static_cast<std::uint32_t>(classes[i]));
  }

  check_rows(times, size(), file + ", /spikes/times");
  check_rows(units, size(), file + ", /spikes/units");
  const auto [one, other] = std::mismatch(times.offsets.begin(), times.offsets.end(), units.offsets.begin());
  if (one != times.offsets.end())
    throw file_error{fmt::format("{}, sample {}", file, one - times.offsets.begin() - 1),
                     "has not as many times as units; one of each per spike is wanted"};
  offsets_ = std::move(times.offsets);
  times_us_ = with<float, double>(times, file + ", /spikes/times", "floating point",
                                  [&](auto& values) { return microseconds(values, offsets_, file); });
  channels_ = with<std::uint16_t, std::int64_t>(units, file + ", /spikes/units", "an integer",
                                                [&](auto& values) { return checked_channels(values, offsets_, file); });
  keep(which);
}

void shd::keep(const shd_options& which) {
  const std::size_t first = std::min<std::size_t>(which.first, size());
  const std::size_t end = std::clamp<std::size_t>(std::size_t{which.last} + 1, first, size());
  const auto cut = [](auto& all, std::size_t from, std::size_t to) {
    all = {all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(to)};
  };
  cut(labels_, first, end);
  cut(times_us_, static_cast<std::size_t>(offsets_[first]), static_cast<std::size_t>(offsets_[end]));
  cut(channels_, static_cast<std::size_t>(offsets_[first]), static_cast<std::size_t>(offsets_[end]));
  cut(offsets_, first, end + 1);
  const std::uint64_t before = offsets_[0];
  for (std::uint64_t& offset : offsets_) offset -= before;
}

std::uint32_t shd::label(std::size_t i) const {
  check_index(i);
  return labels_[i];
}

labelled_recording shd::read(std::size_t i) const {
  labelled_recording result{.events = {}, .label = label(i)};
  const auto first = static_cast<std::size_t>(offsets_[i]), last = static_cast<std::size_t>(offsets_[i + 1]);
  std::vector<event>& events = result.events.events;
  events.reserve(last - first);
  for (std::size_t n = first; n < last; ++n) events.push_back({times_us_[n], channels_[n]});
  put_in_order(events);
  result.events.length = length_of(events.empty() ? 0 : events.back().time_us);
  return result;
}

std::int64_t shd::last_us() const {
  return times_us_.empty() ? 0 : std::int64_t{*std::max_element(times_us_.begin(), times_us_.end())};
}

std::string shd::label_name(std::uint32_t label) const {
  return label < names_.size() ? names_[label] : dataset::label_name(label);
}

}  // namespace spinule

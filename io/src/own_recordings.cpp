#include <spinule/io/own_recordings.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "order.hpp"

namespace spinule {

own_recordings::own_recordings(recording_source source) : source_{std::move(source)} {
  const auto refuse = [&](const std::string& what) { throw spinule_error{source_.name, what}; };
  if (!source_.read) refuse("has no function that reads a sample");
  if (source_.size == 0 || source_.channels == 0 || source_.classes == 0)
    refuse(fmt::format("{} samples, {} channels and {} classes; give at least one of each", source_.size,
                       source_.channels, source_.classes));
  if ((source_.width == 0) != (source_.height == 0) ||
      (source_.width > 0 && source_.channels % (source_.width * source_.height) != 0))
    refuse(
        fmt::format("{} channels are no pictures of {} x {} pixels", source_.channels, source_.width, source_.height));
  if (!source_.label_names.empty() && source_.label_names.size() != source_.classes)
    refuse(fmt::format("{} names for {} classes", source_.label_names.size(), source_.classes));
  if (source_.labels.empty())
    for (std::size_t i = 0; i < source_.size; ++i) source_.labels.push_back(source_.read(i).label);
  if (source_.labels.size() != source_.size)
    refuse(fmt::format("{} labels for {} samples", source_.labels.size(), source_.size));
  for (std::size_t i = 0; i < source_.size; ++i)
    if (source_.labels[i] >= source_.classes)
      refuse(fmt::format("label {} of sample {} must be below {}, the number of classes", source_.labels[i], i,
                         source_.classes));
}

std::uint32_t own_recordings::label(std::size_t i) const {
  check_index(i);
  return source_.labels[i];
}

labelled_recording own_recordings::read(std::size_t i) const {
  check_index(i);
  labelled_recording sample = source_.read(i);
  const std::string where = fmt::format("{}, sample {}", source_.name, i);
  if (sample.label != source_.labels[i])
    throw spinule_error{where, fmt::format("has label {}, and was said to have {}", sample.label, source_.labels[i])};
  for (const event& e : sample.events.events) {
    if (e.channel >= source_.channels)
      throw spinule_error{where, fmt::format("channel {} does not exist; 0 to {} do", e.channel, source_.channels - 1)};
    if (e.time_us < 0) throw spinule_error{where, fmt::format("an event at {} us, before the start", e.time_us)};
  }
  put_in_order(sample.events.events);
  const std::int64_t last = sample.events.events.empty() ? 0 : sample.events.events.back().time_us;
  if (sample.events.length == milliseconds{0}) sample.events.length = length_of(last);
  if (!(sample.events.length.in(1_us) >= static_cast<double>(last)))
    throw spinule_error{where, fmt::format("is {} ms long and has an event at {} us; make it longer, or leave its "
                                           "length at 0",
                                           sample.events.length.value(), last)};
  return sample;
}

std::string own_recordings::label_name(std::uint32_t label) const {
  return label < source_.label_names.size() ? source_.label_names[label] : dataset::label_name(label);
}

}  // namespace spinule

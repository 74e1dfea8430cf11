#include <spinule/io/dataset.hpp>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/io/engine/sha256.hpp>

namespace spinule {

std::uint64_t digest_of(const labelled_recording& sample) {
  std::vector<std::byte> bytes;
  bytes.reserve(4 + 12 * sample.events.events.size());
  const auto add = [&](std::uint64_t x, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(x >> 8 * i));
  };
  add(sample.label, 4);
  for (const event& e : sample.events.events) {
    add(static_cast<std::uint64_t>(e.time_us), 8);
    add(e.channel, 4);
  }
  return sha256{}.update(bytes).first_64_bits();
}

std::uint64_t dataset::digest(std::size_t i) const { return digest_of(read(i)); }

std::string dataset::label_name(std::uint32_t label) const { return std::to_string(label); }

void dataset::check_index(std::size_t i) const {
  if (i >= size())
    throw spinule_error{name(), fmt::format("sample {} was asked for, there are {}, counted from 0", i, size())};
}

subset::subset(const dataset& whole, std::vector<std::size_t> chosen) : whole_{&whole}, chosen_{std::move(chosen)} {
  for (const std::size_t i : chosen_)
    if (i >= whole.size())
      throw spinule_error{whole.name(),
                          fmt::format("sample {} was chosen, there are {}, counted from 0", i, whole.size())};
}

std::string subset::name() const { return fmt::format("{} ({} of {})", whole_->name(), size(), whole_->size()); }

std::size_t subset::original(std::size_t i) const {
  check_index(i);
  return chosen_[i];
}

}  // namespace spinule

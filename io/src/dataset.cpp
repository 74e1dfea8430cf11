#include <spinule/io/dataset.hpp>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {

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

// MNIST as numbers for one sample after another.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <spinule/error.hpp>
#include <spinule/io/mnist.hpp>

#include "../tests/io/real_data.hpp"

namespace spinule::bench {

struct image {
  std::vector<float> pixel;
  std::uint32_t label;
};

/// The first samples of a part; `pixels_of` gets the 28 x 28 grey values of one, the brightest as 1.
template <class Pixels>
std::vector<image> mnist_images(const char* bench, data_part part, std::size_t most, Pixels pixels_of) {
  const auto folder = real_data("mnist");
  if (folder.empty()) throw spinule_error{bench, "SPINULE_DATA names no folder with mnist"};
  const mnist digits{folder, {.part = part}};
  std::vector<image> all;
  for (std::size_t i = 0; i < std::min(most, digits.size()); ++i) {
    auto grey = digits.probabilities(i);
    const double brightest = *std::max_element(grey.begin(), grey.end());
    for (double& g : grey) g /= brightest;
    all.push_back({pixels_of(grey), digits.label(i)});
  }
  return all;
}

}  // namespace spinule::bench

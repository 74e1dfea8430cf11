#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include <spinule/error.hpp>
#include <spinule/io/dataset.hpp>
#include <spinule/io/mnist.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/io/own_recordings.hpp>
#include <spinule/io/shd.hpp>

namespace spinule {
namespace {

namespace fs = std::filesystem;

/// The file of a folder that holds the part asked for: shd_train*.h5 or shd_test*.h5, perhaps with .gz.
fs::path shd_file(const fs::path& path, data_part part) {
  std::error_code problem;
  if (!fs::is_directory(path, problem)) return path;
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator{path, problem}) {
    const std::string name = entry.path().filename().string();
    const bool train = name.starts_with("shd_train"), test = name.starts_with("shd_test");
    const bool wanted = part == data_part::all ? train || test : part == data_part::train ? train : test;
    if (wanted && (name.ends_with(".h5") || name.ends_with(".h5.gz"))) found.push_back(entry.path());
  }
  if (problem) throw file_error{path.string(), "cannot be listed: " + problem.message()};
  std::sort(found.begin(), found.end());
  if (found.empty())
    throw file_error{path.string(), "has no shd_train*.h5[.gz] or shd_test*.h5[.gz] of the part asked for"};
  if (found.size() > 1)
    throw file_error{path.string(), fmt::format("has {} and {}; name the file, or the part",
                                                found[0].filename().string(), found[1].filename().string())};
  return found.front();
}

}  // namespace

std::span<const std::string_view> dataset_kinds() {
  static constexpr std::array<std::string_view, 5> kinds{"nmnist", "shd", "mnist", "fashion-mnist", "csv"};
  return kinds;
}

std::unique_ptr<dataset> open_dataset(std::string_view kind, const fs::path& path, const dataset_options& options) {
  if (kind == "nmnist")
    return std::make_unique<nmnist>(path,
                                    nmnist_options{.part = options.part, .first = options.first, .last = options.last});
  if (kind == "shd")
    return std::make_unique<shd>(shd_file(path, options.part),
                                 shd_options{.first = options.first, .last = options.last});
  if (kind == "mnist" || kind == "fashion-mnist")
    return std::make_unique<mnist>(path, mnist_options{.part = options.part,
                                                       .seed = options.seed,
                                                       .length = options.length,
                                                       .name = kind == "mnist" ? "MNIST" : "Fashion-MNIST"});
  if (kind == "csv")
    return std::make_unique<csv_events>(path, csv_options{.part = options.part,
                                                          .width = options.width,
                                                          .height = options.height,
                                                          .channels = options.sensor_channels,
                                                          .time_unit = options.time_unit,
                                                          .from_first = options.from_first,
                                                          .classes = options.class_names});
  throw spinule_error{"data set",
                      fmt::format("\"{}\" is unknown; there are {}", kind, fmt::join(dataset_kinds(), ", "))};
}

}  // namespace spinule

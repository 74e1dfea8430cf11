#include <spinule/io/info.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <spinule/error.hpp>
#include <spinule/io/mnist.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/io/shd.hpp>

#include "bytes.hpp"
#include "csv_extent.hpp"
#include "foreign_formats.hpp"
#include "gzip.hpp"
#include "idx.hpp"

namespace spinule {
namespace {

namespace fs = std::filesystem;

constexpr const char* labels_format = "MNIST idx labels";
constexpr std::uint64_t largest_recording = std::uint64_t{1} << 30;

dataset_info recording_file(const fs::path& path, sensor pixels, std::string format) {
  std::vector<std::byte> bytes;
  read_file(path, bytes, largest_recording);
  if (bytes.empty()) throw file_error{path.string(), "is empty; copy or unpack it again"};
  const nmnist_extent extent = scan_nmnist(bytes, path.string(), pixels);
  dataset_info info{.format = std::move(format),
                    .samples = 1,
                    .events = extent.events,
                    .duration_us = extent.last_us,
                    .width = pixels.width,
                    .height = pixels.height,
                    .channels = pixels.channels(),
                    .labels = {}};
  const std::string folder = path.parent_path().filename().string();
  if (folder.size() == 1 && std::isdigit(static_cast<unsigned char>(folder[0])))
    info.labels[static_cast<std::uint32_t>(folder[0] - '0')] = 1;
  return info;
}

dataset_info camera_file(const fs::path& path) { return recording_file(path, {128, 128}, "5-byte event recording"); }

/// The recordings that lie in a folder itself.
dataset_info camera_folder(const fs::path& path) {
  dataset_info all;
  std::error_code problem;
  for (fs::directory_iterator at{path, problem}, end; !problem && at != end; at.increment(problem)) {
    if (at->path().extension() != ".bs2") continue;
    dataset_info one = camera_file(at->path());
    one.samples += all.samples;
    *one.events += all.events.value_or(0);
    one.duration_us = std::max(*one.duration_us, all.duration_us.value_or(0));
    for (const auto& [label, count] : all.labels) one.labels[label] += count;
    all = std::move(one);
  }
  if (problem) throw file_error{path.string(), "cannot be listed: " + problem.message()};
  all.format = "folder of 5-byte event recordings";
  return all;
}

/// The sum over samples first, first + stride, ... of a folder.
nmnist_extent scan_every(const nmnist& data, std::size_t first, std::size_t stride) {
  nmnist_extent sum;
  std::vector<std::byte> bytes;
  for (std::size_t i = first; i < data.size(); i += stride) {
    const std::string where = data.path(i).string();
    read_file(data.path(i), bytes, largest_recording);
    if (bytes.empty()) throw file_error{where, "is empty; copy or unpack it again"};
    const nmnist_extent one = scan_nmnist(bytes, where);
    sum.events += one.events;
    sum.last_us = std::max(sum.last_us, one.last_us);
  }
  return sum;
}

/// `scan_every` on two threads; of several errors, that of the first thread.
nmnist_extent scan_all(const nmnist& data) {
  nmnist_extent theirs;
  std::exception_ptr problem;
  std::thread helper{[&] {
    try {
      theirs = scan_every(data, 1, 2);
    } catch (...) {
      problem = std::current_exception();
    }
  }};
  nmnist_extent sum;
  try {
    sum = scan_every(data, 0, 2);
  } catch (...) {
    helper.join();
    throw;
  }
  helper.join();
  if (problem) std::rethrow_exception(problem);
  return {sum.events + theirs.events, std::max(sum.last_us, theirs.last_us)};
}

dataset_info describe(const dataset& data, std::string format) {
  dataset_info info{.format = std::move(format),
                    .samples = data.size(),
                    .events = {},
                    .duration_us = {},
                    .width = static_cast<std::uint32_t>(data.width()),
                    .height = static_cast<std::uint32_t>(data.height()),
                    .channels = static_cast<std::uint32_t>(data.channels()),
                    .labels = {}};
  for (std::size_t i = 0; i < data.size(); ++i) ++info.labels[data.label(i)];
  for (const auto& [label, count] : info.labels)
    if (const std::string name = data.label_name(label); name != std::to_string(label)) info.names[label] = name;
  return info;
}

dataset_info nmnist_folder(const fs::path& path) {
  const nmnist data{path};
  dataset_info info = describe(data, "N-MNIST folder");
  const nmnist_extent all = scan_all(data);
  info.events = all.events;
  info.duration_us = all.last_us;
  return info;
}

dataset_info shd_file(const fs::path& path) {
  const shd data{path};
  dataset_info info = describe(data, "SHD HDF5");
  info.events = data.spikes();
  info.duration_us = data.last_us();
  return info;
}

/// The SHD files of a folder.
std::vector<fs::path> shd_files(const fs::path& path) {
  std::vector<fs::path> files;
  std::error_code problem;
  for (fs::directory_iterator at{path, problem}, end; !problem && at != end; at.increment(problem)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with("shd_") && (name.ends_with(".h5") || name.ends_with(".h5.gz"))) files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

dataset_info shd_folder(const std::vector<fs::path>& files) {
  dataset_info all = shd_file(files.front());
  all.format = "SHD HDF5 folder";
  for (const fs::path& path : std::span{files}.subspan(1)) {
    const dataset_info one = shd_file(path);
    all.samples += one.samples;
    *all.events += *one.events;
    all.duration_us = std::max(*all.duration_us, *one.duration_us);
    for (const auto& [label, count] : one.labels) all.labels[label] += count;
    all.names.insert(one.names.begin(), one.names.end());
  }
  return all;
}

dataset_info hdf5_file(const fs::path& path) {
  if (auto other = foreign_hdf5(path)) return *other;
  return shd_file(path);
}

dataset_info event_lists(const fs::path& path) {
  csv_options options = csv_extent(path);
  options.labelled = fs::is_directory(path);
  const csv_events data{path, options};
  dataset_info info = describe(data, fs::is_directory(path) ? "event lists (CSV folder)" : "event list (CSV)");
  info.events = data.events();
  info.duration_us = data.last_us();
  return info;
}

dataset_info idx(const fs::path& path) {
  const idx_file file = read_idx(path);
  dataset_info info;
  info.samples = file.count;
  if (file.magic == idx_file::labels_magic) {
    info.format = labels_format;
    for (std::uint32_t i = 0; i < file.count; ++i) ++info.labels[std::to_integer<std::uint32_t>(file.item(i)[0])];
  } else {
    info.format = "MNIST idx images";
    info.width = file.columns;
    info.height = file.rows;
    info.channels = file.rows * file.columns;
  }
  return info;
}

bool has_images(const fs::path& path, const char* part) {
  std::error_code ignored;
  const std::string file = std::string{part} + "-images-idx3-ubyte";
  return fs::exists(path / file, ignored) || fs::exists(path / (file + ".gz"), ignored);
}

/// Whether a folder is meant as N-MNIST, be it whole or not; what is missing its reader says.
bool looks_like_nmnist(const fs::path& path) {
  std::error_code ignored;
  for (const char* name : {"Train", "train", "Test", "test", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"})
    if (fs::is_directory(path / name, ignored)) return true;
  return false;
}

/// The first names in a folder, and how many more there are.
std::string contents(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code problem;
  for (fs::directory_iterator at{path, problem}, end; !problem && at != end; at.increment(problem))
    names.push_back(at->path().filename().string() + (at->is_directory(problem) ? "/" : ""));
  if (problem) throw file_error{path.string(), "cannot be listed: " + problem.message()};
  if (names.empty()) return "is empty";
  std::sort(names.begin(), names.end());
  constexpr std::size_t shown = 5;
  const std::size_t more = names.size() - std::min(names.size(), shown);
  names.resize(names.size() - more);
  return fmt::format("holds {}{}", fmt::join(names, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

dataset_info folder(const fs::path& path) {
  const bool train = has_images(path, "train"), test = has_images(path, "t10k");
  if (train || test)
    return describe(mnist{path,
                          {.part = train && test ? data_part::all
                                   : train       ? data_part::train
                                                 : data_part::test}},
                    "MNIST idx folder");
  if (const auto files = shd_files(path); !files.empty()) return shd_folder(files);
  const bool digits = looks_like_nmnist(path);
  if (!(digits && holds_files(path, {".bin"})) && holds_files(path, {".csv", ".tsv"})) return event_lists(path);
  if (digits) return nmnist_folder(path);
  if (holds_files(path, {".bs2"}, 0)) return camera_folder(path);
  throw file_error{path.string(),
                   fmt::format("is a folder of no known kind: it {}; known are N-MNIST, with files "
                               "Train/<digit>/<number>.bin, MNIST, with files train-images-idx3-ubyte[.gz] and "
                               "train-labels-idx1-ubyte[.gz] (t10k for test), SHD, with files shd_*.h5[.gz], event "
                               "lists, <class>/*.csv, and 5-byte recordings, *.bs2",
                               contents(path))};
}

/// The first bytes of a file, after gzip.
std::string first_bytes(const fs::path& path) {
  std::string start;
  expand(path, ~std::uint64_t{0}, [&](auto piece) {
    start.assign(reinterpret_cast<const char*>(piece.data()), std::min<std::size_t>(piece.size(), 4096));
    return false;
  });
  return start;
}

/// Bytes as one can read them.
std::string quoted(const std::string& bytes) {
  std::string text;
  for (const char c : bytes)
    text += c >= ' ' && c <= '~' ? std::string{c} : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return '"' + text + '"';
}

/// A format of files: what marks it and who describes it. A new one needs one more row.
struct format {
  bool (*matches)(const fs::path& path, const std::string& start);
  dataset_info (*describe)(const fs::path& path);
};

constexpr std::string_view hdf5_mark = "\x89HDF\r\n\x1a\n";

constexpr std::array formats{
    format{[](const fs::path&, const std::string& start) { return start.starts_with(hdf5_mark); }, hdf5_file},
    format{[](const fs::path&, const std::string& start) {
             const std::string_view magic{"\0\0\x08", 3};
             return start.starts_with(magic) && start.size() > 3 && (start[3] == 1 || start[3] == 3);
           },
           idx},
    format{[](const fs::path& path, const std::string&) { return path.extension() == ".bin"; },
           [](const fs::path& path) { return recording_file(path, {}, "N-MNIST recording"); }},
    format{[](const fs::path& path, const std::string&) { return path.extension() == ".bs2"; }, camera_file},
    format{[](const fs::path& path, const std::string& start) {
             const auto extension = path.extension();
             return !start.empty() && !start.starts_with("#!") &&
                    (extension == ".csv" || extension == ".tsv" ||
                     (extension == ".txt" && start.find(',') != start.npos));
           },
           event_lists},
};

/// Lines of at most 80 characters, where names allow it.
std::string classes_text(const dataset_info& info) {
  std::string text, line = "classes ";
  for (const auto& [label, count] : info.labels) {
    const auto name = info.names.find(label);
    const std::string one = fmt::format("  {}{}: {}", label, name == info.names.end() ? "" : " " + name->second, count);
    if (line.size() + one.size() > 80) text += std::exchange(line, "        ") + "\n";
    line += one;
  }
  return text + line + "\n";
}

}  // namespace

dataset_info inspect(const fs::path& path) {
  std::error_code problem;
  if (fs::is_directory(path, problem)) return folder(path);
  const std::string start = first_bytes(path);
  if (const auto other = foreign_file(start)) return *other;
  for (const format& known : formats)
    if (known.matches(path, start)) return known.describe(path);
  throw file_error{path.string(),
                   fmt::format("is of no known format: it {}; known are N-MNIST .bin, 5-byte .bs2, SHD .h5 or .h5.gz, "
                               "idx or idx.gz, event lists .csv, models .spn, and folders of these",
                               start.empty() ? "is empty" : "begins with " + quoted(start.substr(0, 16)))};
}

std::optional<dataset_info> of_another_program(const fs::path& path) {
  const std::string start = first_bytes(path);
  return start.starts_with(hdf5_mark) ? foreign_hdf5(path) : foreign_file(start);
}

std::string to_text(const dataset_info& info) {
  std::string text = fmt::format("format    {}\n", info.format);
  if (!info.remark.empty()) {
    if (info.width > 0) text += fmt::format("sensor    {} x {}\n", info.width, info.height);
    return text + fmt::format("reading   {}\n", info.remark);
  }
  const bool of_labels = info.format == labels_format;
  text += fmt::format("{}{}", info.events ? "samples   " : of_labels ? "labels    " : "images    ", info.samples);
  if (!info.events && info.width > 0) text += fmt::format(" of {} x {} pixels", info.width, info.height);
  text += "\n";
  if (info.events) text += fmt::format("events    {}\n", *info.events);
  if (info.duration_us) text += fmt::format("duration  {:.1f} ms\n", static_cast<double>(*info.duration_us) * 1e-3);
  if (info.events && info.width > 0) text += fmt::format("sensor    {} x {}\n", info.width, info.height);
  if (info.channels > 0) text += fmt::format("channels  {}\n", info.channels);
  if (info.labels.empty()) return text;
  return text + classes_text(info);
}

std::string to_json(const dataset_info& info) {
  using nlohmann::ordered_json;
  ordered_json labels = ordered_json::object();
  for (const auto& [label, count] : info.labels) labels[std::to_string(label)] = count;
  ordered_json names = ordered_json::object();
  for (const auto& [label, name] : info.names) names[std::to_string(label)] = name;
  const auto known = [](const auto& count) { return count ? ordered_json(*count) : ordered_json(nullptr); };
  return ordered_json{{"format", info.format},
                      {"samples", info.samples},
                      {"events", known(info.events)},
                      {"duration_us", known(info.duration_us)},
                      {"width", info.width},
                      {"height", info.height},
                      {"channels", info.channels},
                      {"labels", labels},
                      {"names", names},
                      {"remark", info.remark}}
      .dump(2);
}

}  // namespace spinule

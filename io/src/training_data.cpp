#include <spinule/io/engine/training_data.hpp>

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/error.hpp>

#include "json_fields.hpp"

namespace spinule {
namespace {

/// First and last of numbers that follow each other.
struct run {
  std::uint32_t first = 0, last = 0;
};

std::vector<run> runs_of(std::span<const std::uint32_t> ascending) {
  std::vector<run> runs;
  for (const std::uint32_t n : ascending)
    if (!runs.empty() && n == runs.back().last + 1)
      runs.back().last = n;
    else
      runs.push_back({n, n});
  return runs;
}

std::string section(const char* of, const char* what) { return fmt::format("{}/{}", of, what); }

void add(model_writer& file, const char* of, const known_samples& samples) {
  std::vector<std::uint32_t> bounds;
  for (const run& r : runs_of(samples.numbers)) bounds.insert(bounds.end(), {r.first, r.last});
  file.add_array(section(of, "runs"), std::span<const std::uint32_t>{bounds});
  file.add_array(section(of, "digests"), std::span<const std::uint64_t>{samples.digests});
}

known_samples samples_of(const model_file& file, const char* of) {
  const auto bounds = file.array<std::uint32_t>(section(of, "runs"));
  const auto digests = file.array<std::uint64_t>(section(of, "digests"));
  known_samples samples{{}, {digests.begin(), digests.end()}};
  const auto refuse = [&](const std::string& what) {
    throw file_error{file.path().string(), fmt::format("section \"{}\" {}", section(of, "runs"), what)};
  };
  if (bounds.size() % 2 != 0) refuse("has a first number without a last");
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < bounds.size(); i += 2) {
    const run r{bounds[i], bounds[i + 1]};
    if (r.first < next || r.last < r.first) refuse("has runs of numbers that do not ascend");
    if (std::uint64_t{r.last} - r.first >= digests.size() - samples.numbers.size())
      refuse(fmt::format("has more numbers than there are digests, {}", digests.size()));
    for (std::uint64_t n = r.first; n <= r.last; ++n) samples.numbers.push_back(static_cast<std::uint32_t>(n));
    next = std::uint64_t{r.last} + 1;
  }
  if (samples.numbers.size() != digests.size())
    refuse(fmt::format("has {} numbers for {} digests", samples.numbers.size(), digests.size()));
  return samples;
}

std::vector<std::uint64_t> sorted(std::vector<std::uint64_t> digests) {
  std::ranges::sort(digests);
  return digests;
}

}  // namespace

sample_memory::sample_memory(const training_data& data)
    : training_{sorted(data.training.digests)}, validation_{sorted(data.validation.digests)} {}

bool sample_memory::trained_on(std::uint64_t digest) const { return std::ranges::binary_search(training_, digest); }

bool sample_memory::held_back(std::uint64_t digest) const {
  return !trained_on(digest) && std::ranges::binary_search(validation_, digest);
}

std::string runs_text(std::span<const std::uint32_t> ascending, std::size_t most) {
  const auto runs = runs_of(ascending);
  std::vector<std::string> shown;
  for (const run& r : std::span{runs}.first(std::min(runs.size(), most)))
    shown.push_back(r.first == r.last ? fmt::format("{}", r.first) : fmt::format("{}-{}", r.first, r.last));
  return fmt::format("{}{}", fmt::join(shown, ", "),
                     runs.size() > most ? fmt::format(" and {} more runs", runs.size() - most) : "");
}

nlohmann::json add_training_data(model_writer& file, const training_data& data) {
  if (data == training_data{}) return nullptr;
  add(file, "training", data.training);
  add(file, "validation", data.validation);
  return {{"dataset", data.dataset},
          {"part", data.part},
          {"paths", data.paths},
          {"training", data.training.numbers.size()},
          {"validation", data.validation.numbers.size()}};
}

training_data training_data_of(const model_file& file, const nlohmann::json& about) try {
  const json_field field{about, "about"};
  training_data data;
  if (!field.has("trained_on") || field["trained_on"].is_null()) return data;
  const json_field said = field["trained_on"];
  said["dataset"].read(data.dataset);
  said["part"].read(data.part);
  said["paths"].read(data.paths);
  data.training = samples_of(file, "training");
  data.validation = samples_of(file, "validation");
  return data;
} catch (const file_error&) {
  throw;
} catch (const spinule_error& wrong) {
  throw file_error{file.path().string(), wrong.what()};
}

}  // namespace spinule

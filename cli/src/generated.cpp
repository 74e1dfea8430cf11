#include "generated.hpp"

#include <cstdlib>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/io/generator.hpp>

#include "stage.hpp"
#include "usage_error.hpp"

namespace spinule {

namespace {

std::filesystem::path new_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "spinule-XXXXXX").string();
  if (!mkdtemp(name.data())) throw file_error{name, "cannot be created; is the temporary folder writable?"};
  return name;
}

void remove_quietly(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

}  // namespace

scratch_folder::scratch_folder() : path_{new_folder()}, emptied_{[this] { remove_quietly(path_); }} {}

scratch_folder::~scratch_folder() { remove_quietly(path_); }

std::unique_ptr<scratch_folder> generate_if_missing(data_choice& data) {
  if (!data.path.empty()) return nullptr;
  auto scratch = std::make_unique<scratch_folder>();
  const stage generating{"Generating recordings"};
  if (data.dataset == "nmnist") {
    data.path = scratch->path() / "digits";
    write_nmnist(data.path);
  } else if (data.dataset == "shd") {
    data.path = scratch->path() / "words.h5";
    write_shd(data.path, 400);
  } else {
    throw usage_error{"--data",
                      fmt::format("give the folder of {}; only nmnist and shd can be generated", data.dataset)};
  }
  data.generated = true;
  fmt::print("No data given. {}\n", generated_remark);
  return scratch;
}

}  // namespace spinule

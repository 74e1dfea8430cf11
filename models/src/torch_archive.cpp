#include "torch_archive.hpp"

#include <zip.h>

#include <memory>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

constexpr std::uint64_t most_bytes = 256 << 20, most_of_pickle = 1 << 20;
constexpr const char* pickle_name = "/data.pkl";

struct close_zip {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

class archive {
 public:
  explicit archive(std::filesystem::path path) : path_{std::move(path)} {
    std::error_code problem;
    const auto status = std::filesystem::status(path_, problem);
    if (!std::filesystem::exists(status)) throw file_error{path_.string(), "does not exist"};
    if (!std::filesystem::is_regular_file(status))
      throw file_error{path_.string(), "is no file; give the .pt file itself"};
    int code = 0;
    zip_.reset(zip_open(path_.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
    if (!zip_) throw file_error{path_.string(), refusal(code)};
    find_folder();
  }

  std::string where(const std::string& member) const { return path_.string() + ": " + printable(folder_) + member; }

  /// `size`: what it must be.
  std::vector<std::byte> read(const std::string& member, std::uint64_t size) {
    const zip_stat_t about = stat(member);
    if (about.size != size)
      throw file_error{
          where(member),
          fmt::format("has {} bytes where its tensor needs {}; the file is damaged, copy it again", about.size, size)};
    return content(member, about);
  }
  std::vector<std::byte> pickle() {
    const zip_stat_t about = stat(pickle_name);
    if (about.size > most_of_pickle)
      throw file_error{where(pickle_name),
                       fmt::format("has {} bytes, more than the {} of any ELM neuron", about.size, most_of_pickle)};
    return content(pickle_name, about);
  }
  bool says_big_endian() {
    if (zip_name_locate(zip_.get(), (folder_ + "/byteorder").c_str(), 0) < 0) return false;
    const auto order = read("/byteorder", stat("/byteorder").size);
    return std::string_view{reinterpret_cast<const char*>(order.data()), order.size()} == "big";
  }

 private:
  static std::string refusal(int code) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (code == ZIP_ER_NOZIP)
      reason +=
          "; PyTorch 1.6 and later write one (torch.save(model.state_dict(), path)), older files must be saved again";
    return "cannot be read as a zip archive: " + reason;
  }

  /// All members lie in one folder, of any name.
  void find_folder() {
    const zip_int64_t members = zip_get_num_entries(zip_.get(), 0);
    for (zip_int64_t i = 0; i < members; ++i) {
      const char* name = zip_get_name(zip_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
      const std::string_view full = name ? name : "";
      if (!full.ends_with(pickle_name) || full.find('/') != full.size() - std::string_view{pickle_name}.size())
        continue;
      folder_ = full.substr(0, full.find('/'));
      return;
    }
    throw file_error{path_.string(), "is a zip archive without FOLDER/data.pkl, so not one of PyTorch"};
  }

  zip_stat_t stat(const std::string& member) const {
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat(zip_.get(), (folder_ + member).c_str(), 0, &about) != 0)
      throw file_error{where(member), "is missing in the archive; the file is cut or damaged, copy it again"};
    constexpr zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_INDEX;
    if ((about.valid & needed) != needed || about.comp_method != ZIP_CM_STORE || about.comp_size != about.size)
      throw file_error{where(member), "is compressed or encrypted, which PyTorch does not do; save it again"};
    std::error_code problem;
    if (about.size > std::filesystem::file_size(path_, problem))
      throw file_error{where(member), fmt::format("claims {} bytes, more than the file has", about.size)};
    return about;
  }

  std::vector<std::byte> content(const std::string& member, const zip_stat_t& about) {
    taken_ += about.size;
    if (taken_ > most_bytes)
      throw file_error{path_.string(),
                       fmt::format("holds more than {} MiB of tensors; no ELM neuron does", most_bytes >> 20)};
    const std::unique_ptr<zip_file_t, close_zip> file{zip_fopen_index(zip_.get(), about.index, 0)};
    std::vector<std::byte> bytes(about.size + 1);  // one more, so that the check sum is compared
    const zip_int64_t n = file ? zip_fread(file.get(), bytes.data(), bytes.size()) : -1;
    const zip_int64_t more = n < 0 ? -1 : zip_fread(file.get(), bytes.data() + about.size, 1);
    if (n != static_cast<zip_int64_t>(about.size) || more != 0) {
      const char* reason = file ? zip_file_strerror(file.get()) : zip_strerror(zip_.get());
      throw file_error{where(member), fmt::format("cannot be read ({}); the file is damaged, copy it again", reason)};
    }
    bytes.pop_back();
    return bytes;
  }

  std::filesystem::path path_;
  std::unique_ptr<zip_t, close_zip> zip_;
  std::string folder_;
  std::uint64_t taken_ = 0;
};

}  // namespace

std::map<std::string, loaded_tensor> load_torch_archive(const std::filesystem::path& path) {
  archive from{path};
  if (from.says_big_endian())
    throw file_error{path.string(), "was written on a big-endian machine; save it on another"};
  std::map<std::string, loaded_tensor> tensors;
  for (const torch_tensor& t : read_state_dict(from.pickle(), from.where(pickle_name))) {
    const std::size_t width = bytes_of(t.type);
    std::vector<std::byte> bytes = from.read("/data/" + t.storage, t.storage_size * width);
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(t.offset * width);
    loaded_tensor made{t.type, t.shape, {first, first + static_cast<std::ptrdiff_t>(t.size() * width)}};
    if (!tensors.emplace(t.name, std::move(made)).second)
      throw file_error{from.where(pickle_name), fmt::format("names the tensor {} twice", printable(t.name))};
  }
  return tensors;
}

}  // namespace spinule

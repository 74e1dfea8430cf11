// Makes PyTorch archives by hand, right and wrong ones.
#pragma once

#include <zip.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace spinule {

/// Bytes of a pickle of protocol 2, instruction by instruction.
struct pickle {
  std::string bytes = "\x80\x02";

  pickle& op(const std::string& code) { return bytes += code, *this; }
  pickle& global(const std::string& module, const std::string& name) { return op("c" + module + "\n" + name + "\n"); }
  pickle& text(const std::string& s) { return op("X" + little_endian(s.size()) + s); }
  pickle& whole(std::int64_t x) { return op("J" + little_endian(static_cast<std::uint64_t>(x))); }
  pickle& wholes(const std::vector<std::int64_t>& all) {
    op("(");
    for (const auto x : all) whole(x);
    return op("t");
  }
  pickle& dictionary() { return global("collections", "OrderedDict").op(")R"); }

  static std::string little_endian(std::uint64_t x) {
    std::string four;
    for (int shift = 0; shift < 32; shift += 8) four += static_cast<char>(x >> shift & 0xff);
    return four;
  }
};

struct described_tensor {
  std::string name, type = "FloatStorage", storage;
  std::int64_t storage_size = 0;
  std::vector<std::int64_t> shape;
  std::int64_t offset = 0;
  std::vector<std::int64_t> strides = {};  ///< row by row if there are none
};

inline void add_tensor(pickle& p, const described_tensor& t) {
  std::vector<std::int64_t> strides = t.strides;
  if (strides.empty()) {
    strides.assign(t.shape.size(), 1);
    for (std::size_t d = t.shape.size(); d-- > 1;) strides[d - 1] = strides[d] * t.shape[d];
  }
  p.text(t.name).global("torch._utils", "_rebuild_tensor_v2").op("((").text("storage").global("torch", t.type);
  p.text(t.storage).text("cpu").whole(t.storage_size).op("tQ").whole(t.offset).wholes(t.shape).wholes(strides);
  p.op("\x89").dictionary().op("tR");
}

inline std::string pickle_of(const std::vector<described_tensor>& tensors) {
  pickle p;
  p.dictionary().op("(");
  for (const auto& t : tensors) add_tensor(p, t);
  return p.op("u.").bytes;
}

using members = std::vector<std::pair<std::string, std::string>>;  ///< name, bytes

/// Built in memory, as libzip waits for the disk.
inline std::string zip_of(const members& all, int method = ZIP_CM_STORE) {
  zip_source_t* memory = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(memory);
  zip_t* archive = zip_open_from_source(memory, ZIP_CREATE, nullptr);
  for (const auto& [name, bytes] : all) {
    const auto index =
        zip_file_add(archive, name.c_str(), zip_source_buffer(archive, bytes.data(), bytes.size(), 0), 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0);
  }
  if (zip_close(archive) != 0) throw std::runtime_error{"no zip"};
  zip_stat_t about;
  zip_source_stat(memory, &about);
  std::string zip(about.size, '\0');
  zip_source_open(memory);
  zip_source_read(memory, zip.data(), zip.size());
  zip_source_close(memory);
  zip_source_free(memory);
  return zip;
}

/// A new file: some file systems wait for the disk when an old one is overwritten.
inline void put(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::remove(path);
  std::ofstream{path, std::ios::binary} << bytes;
}

inline void write_zip(const std::filesystem::path& path, const members& all, int method = ZIP_CM_STORE) {
  put(path, zip_of(all, method));
}

inline members read_zip(const std::filesystem::path& path) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, &code);
  members all;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t about;
    zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &about);
    std::string bytes(about.size, '\0');
    zip_file_t* file = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    zip_fread(file, bytes.data(), bytes.size());
    zip_fclose(file);
    all.push_back({about.name, bytes});
  }
  zip_discard(archive);
  return all;
}

template <class T>
std::string raw(const std::vector<T>& x) {
  return {reinterpret_cast<const char*>(x.data()), x.size() * sizeof(T)};
}

/// The tensors of a small ELM neuron, and the members that hold them: 4 inputs on 2 branches of 2 synapses, 1 memory
/// unit, 2 hidden units, 1 output.
struct small_elm {
  std::vector<described_tensor> tensors{
      {.name = "_proto_w_s", .storage = "0", .storage_size = 4, .shape = {4}},
      {.name = "tau_s", .storage = "1", .storage_size = 4, .shape = {4}},
      {.name = "_proto_tau_m", .storage = "2", .storage_size = 1, .shape = {1}},
      {.name = "mlp.network.0.weight", .storage = "3", .storage_size = 6, .shape = {2, 3}},
      {.name = "mlp.network.0.bias", .storage = "4", .storage_size = 2, .shape = {2}},
      {.name = "mlp.network.2.weight", .storage = "5", .storage_size = 2, .shape = {1, 2}},
      {.name = "mlp.network.2.bias", .storage = "6", .storage_size = 1, .shape = {1}},
      {.name = "w_y.weight", .storage = "7", .storage_size = 1, .shape = {1, 1}},
      {.name = "w_y.bias", .storage = "8", .storage_size = 1, .shape = {1}}};
  std::map<std::string, std::string> bytes{{"0", raw<float>({0.5f, 1, -2, 0.25f})},
                                           {"1", raw<float>({5, 5, 5, 5})},
                                           {"2", raw<float>({0})},
                                           {"3", raw<float>({1, 2, 3, -1, -2, 0.5f})},
                                           {"4", raw<float>({0.1f, 0.2f})},
                                           {"5", raw<float>({1, -1})},
                                           {"6", raw<float>({0.5f})},
                                           {"7", raw<float>({2})},
                                           {"8", raw<float>({-1})}};
  std::string prefix = "archive";

  members files() const { return files(pickle_of(tensors)); }
  members files(const std::string& pickle) const {
    members all{{prefix + "/data.pkl", pickle}};
    for (const auto& [key, content] : bytes) all.push_back({prefix + "/data/" + key, content});
    return all;
  }
};

}  // namespace spinule

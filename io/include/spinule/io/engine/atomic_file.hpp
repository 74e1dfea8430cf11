// A file that is there whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spinule {

/// Writes `path` so that a reader, a crash or a full disk never leaves half a file: bytes go to a file without a name
/// in the same folder, which the system removes if the process ends; `commit()` writes them through to the disk, gives
/// the file its name and writes the folder through. Where the file system has no nameless files (O_TMPFILE), the file
/// has a hidden name until then. Destroyed without `commit()`, it leaves what `path` held before and nothing else.
///
/// A link at `path` is followed. What is no regular file (a pipe, /dev/stdout) has nothing to keep whole and is written
/// to directly. A file that is replaced passes its permissions on.
///
/// Every function but the destructor throws `file_error{path, ...}` with the system's reason and a remedy. After an
/// error the object is only good for destruction.
class atomic_file {
 public:
  explicit atomic_file(const std::filesystem::path& path);
  ~atomic_file();
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;

  void write(std::string_view text);
  void write(std::span<const std::byte> bytes);
  /// Bytes written so far.
  std::size_t size() const { return size_; }
  /// The file appears under its name. Nothing may be written afterwards.
  void commit();

 private:
  std::filesystem::path folder() const;
  std::filesystem::path hidden_name(int attempt) const;
  void open_temporary();
  void give_name();
  void flush();
  void sync();
  void close();
  void sync_folder();
  [[noreturn]] void fail(const std::string& doing, int reason) const;

  std::filesystem::path asked_;      ///< as the user named it, for messages
  std::filesystem::path target_;     ///< with links resolved
  std::filesystem::path temporary_;  ///< its hidden name; empty while it has none
  bool direct_ = false;              ///< `target_` itself is written to
  int descriptor_ = -1;
  std::size_t size_ = 0;
  std::vector<char> buffer_;
};

/// Writes `text` to `path` through an `atomic_file`.
void write_whole(const std::filesystem::path& path, std::string_view text);

}  // namespace spinule

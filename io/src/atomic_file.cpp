#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/io/engine/atomic_file.hpp>

namespace spinule {
namespace {

constexpr std::size_t buffer_bytes = 1 << 16;

const char* remedy(int reason) {
  switch (reason) {
    case ENOSPC:
    case EDQUOT:
      return "free some space or write elsewhere";
    case EFBIG:
      return "raise the limit on file sizes (ulimit -f) or write elsewhere";
    case EACCES:
    case EPERM:
      return "choose a folder you may write to, or change its permissions";
    case EROFS:
      return "choose a folder on a disk that is mounted for writing";
    case ENOENT:
      return "create the folder first";
    case ENOTDIR:
      return "a part of the path is a file; choose a path through folders only";
    case EISDIR:
      return "a folder has this name; choose a file name in it";
    case ENAMETOOLONG:
      return "choose a shorter name";
    case EMFILE:
    case ENFILE:
      return "too many files are open; raise the limit (ulimit -n)";
    default:
      return "check the disk and the path";
  }
}

/// Where the system shows an open file, so that a file without a name can be given one.
std::string shown_at(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

// Calls `attempt` again for as long as a signal interrupts it.
template <class Attempt>
auto uninterrupted(Attempt attempt) {
  auto result = attempt();
  while (result < 0 && errno == EINTR) result = attempt();
  return result;
}

}  // namespace

void atomic_file::fail(const std::string& doing, int reason) const {
  throw file_error{asked_.string(),
                   fmt::format("cannot {}: {}; {}", doing, std::generic_category().message(reason), remedy(reason))};
}

atomic_file::atomic_file(const std::filesystem::path& path) : asked_{path}, target_{path} {
  if (path.filename().empty()) fail("write", path.empty() ? ENOENT : EISDIR);
  std::error_code unresolved;
  if (auto resolved = std::filesystem::weakly_canonical(path, unresolved); !unresolved) target_ = resolved;
  struct stat found {};
  const bool exists = ::stat(target_.c_str(), &found) == 0;
  if (exists && S_ISDIR(found.st_mode)) fail("write", EISDIR);
  buffer_.reserve(buffer_bytes);
  if (exists && !S_ISREG(found.st_mode)) {
    direct_ = true;
    descriptor_ = uninterrupted([&] { return ::open(target_.c_str(), O_WRONLY | O_CLOEXEC); });
    if (descriptor_ < 0) fail("open it for writing", errno);
    return;
  }
  open_temporary();
  if (exists) ::fchmod(descriptor_, found.st_mode & 07777);  // a file system without permissions may refuse: no harm
}

atomic_file::~atomic_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

std::filesystem::path atomic_file::folder() const {
  return target_.has_parent_path() ? target_.parent_path() : std::filesystem::path{"."};
}

/// A name that no other process uses, in the folder of the file.
std::filesystem::path atomic_file::hidden_name(int attempt) const {
  return folder() / fmt::format(".{}.{}-{}.part", target_.filename().string().substr(0, 200), ::getpid(), attempt);
}

void atomic_file::open_temporary() {
  const auto open = [](const std::filesystem::path& path, int flags) {
    return uninterrupted([&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666); });
  };
  descriptor_ = open(folder(), O_TMPFILE);
  if (descriptor_ >= 0 && ::access(shown_at(descriptor_).c_str(), F_OK) != 0) ::close(std::exchange(descriptor_, -1));
  for (int attempt = 0; descriptor_ < 0; ++attempt) {  // no nameless files here, or no /proc to name them by
    auto candidate = hidden_name(attempt);
    descriptor_ = open(candidate, O_CREAT | O_EXCL);
    if (descriptor_ >= 0)
      temporary_ = std::move(candidate);
    else if (errno != EEXIST)
      fail("write into its folder", errno);
  }
}

/// A nameless file gets its name, if it can have it at once, or a hidden one, by which it then replaces what is there.
void atomic_file::give_name() {
  auto candidate = target_;
  const std::string shown = shown_at(descriptor_);
  for (int attempt = 0; ::linkat(AT_FDCWD, shown.c_str(), AT_FDCWD, candidate.c_str(), AT_SYMLINK_FOLLOW) != 0;) {
    if (errno != EEXIST) fail("give the finished file its name", errno);
    candidate = hidden_name(attempt++);
  }
  if (candidate != target_) temporary_ = std::move(candidate);
}

void atomic_file::write(std::string_view text) {
  size_ += text.size();
  while (!text.empty()) {
    const auto part = text.substr(0, buffer_bytes - buffer_.size());
    buffer_.insert(buffer_.end(), part.begin(), part.end());
    text.remove_prefix(part.size());
    if (buffer_.size() == buffer_bytes) flush();
  }
}

void atomic_file::write(std::span<const std::byte> bytes) {
  write(std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void atomic_file::flush() {
  for (std::size_t done = 0; done < buffer_.size();) {
    const auto n = uninterrupted([&] { return ::write(descriptor_, buffer_.data() + done, buffer_.size() - done); });
    if (n <= 0) fail("write", n < 0 ? errno : ENOSPC);
    done += static_cast<std::size_t>(n);
  }
  buffer_.clear();
}

void atomic_file::sync() {
  if (uninterrupted([&] { return ::fsync(descriptor_); }) != 0) fail("write through to disk", errno);
}

// Some file systems (network, quota) report a failed write only here. The descriptor is gone even after EINTR.
void atomic_file::close() {
  const int result = ::close(std::exchange(descriptor_, -1));
  if (result != 0 && errno != EINTR) fail("finish writing", errno);
}

void atomic_file::commit() {
  flush();
  if (direct_) return close();
  sync();
  if (temporary_.empty()) give_name();
  close();
  if (!temporary_.empty() && ::rename(temporary_.c_str(), target_.c_str()) != 0)
    fail("give the finished file its name", errno);
  temporary_.clear();
  sync_folder();
}

// A folder that can be written but not read cannot be opened, and some file systems sync no folders: then the new name
// reaches the disk when the system writes it, and the file is whole under the old name or the new one all the same.
void atomic_file::sync_folder() {
  const int opened = uninterrupted([&] { return ::open(folder().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (opened < 0) return;
  const int result = uninterrupted([&] { return ::fsync(opened); });
  const int reason = errno;
  ::close(opened);
  if (result != 0 && reason != EINVAL && reason != ENOTSUP) fail("write its folder through to disk", reason);
}

void write_whole(const std::filesystem::path& path, std::string_view text) {
  atomic_file file{path};
  file.write(text);
  file.commit();
}

}  // namespace spinule

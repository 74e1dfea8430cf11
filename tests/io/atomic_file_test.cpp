#include <spinule/io/engine/atomic_file.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <io/scratch.hpp>
#include <spinule/error.hpp>

namespace spinule::atomic_file_test {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

// Files may grow to `bytes` only, as on a disk that is nearly full, for as long as this lives.
class size_limit {
 public:
  explicit size_limit(rlim_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit tight{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~size_limit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(atomic_file, appears_only_when_committed) {
  const scratch folder;
  atomic_file file{folder / "a.txt"};
  file.write("seven ");
  file.write("spikes");
  EXPECT_FALSE(std::filesystem::exists(folder / "a.txt"));
  file.commit();
  EXPECT_EQ(folder.text("a.txt"), "seven spikes");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(atomic_file, leaves_nothing_when_abandoned) {
  const scratch folder;
  { atomic_file{folder / "a.txt"}.write(std::string(100'000, 'x')); }
  EXPECT_EQ(folder.count(), 0u);
}

/// The folder after a process was killed that had written to `name` and not committed.
std::size_t left_by_a_killed_writer(const scratch& folder, const char* name) {
  const pid_t child = ::fork();
  if (child == 0) {
    atomic_file file{folder / name};
    file.write(std::string(1'000'000, 'x'));
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  return folder.count();
}

TEST(atomic_file, leaves_nothing_when_its_process_is_killed) {
  const scratch folder;
  const int nameless = ::open(folder.path().c_str(), O_TMPFILE | O_WRONLY, 0600);
  if (nameless < 0) GTEST_SKIP() << "this file system has no files without a name";
  ::close(nameless);
  EXPECT_EQ(left_by_a_killed_writer(folder, "a.txt"), 0u);
  write_whole(folder / "a.txt", "old");
  EXPECT_EQ(left_by_a_killed_writer(folder, "a.txt"), 1u);
  EXPECT_EQ(folder.text("a.txt"), "old");
}

TEST(atomic_file, keeps_the_old_file_when_abandoned) {
  const scratch folder;
  write_whole(folder / "a.txt", "old");
  { atomic_file{folder / "a.txt"}.write("new"); }
  EXPECT_EQ(folder.text("a.txt"), "old");
  write_whole(folder / "a.txt", "new");
  EXPECT_EQ(folder.text("a.txt"), "new");
}

TEST(atomic_file, writes_every_size_whole) {
  const scratch folder;
  for (const std::size_t size : {0, 1, 65'535, 65'536, 65'537, 200'000}) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31);
    write_whole(folder / "a.bin", text);
    EXPECT_EQ(folder.text("a.bin"), text) << size;
  }
}

TEST(atomic_file, two_writers_of_one_name_do_not_mix) {
  const scratch folder;
  atomic_file first{folder / "a.txt"}, second{folder / "a.txt"};
  first.write("first");
  second.write("second");
  second.commit();
  first.commit();
  EXPECT_EQ(folder.text("a.txt"), "first");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(atomic_file, passes_permissions_on_and_follows_links) {
  const scratch folder;
  write_whole(folder / "real.txt", "old");
  ::chmod((folder / "real.txt").c_str(), 0640);
  std::filesystem::create_symlink("real.txt", folder / "link.txt");
  write_whole(folder / "link.txt", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.txt"));
  EXPECT_EQ(folder.text("real.txt"), "new");
  struct stat found {};
  ::stat((folder / "real.txt").c_str(), &found);
  EXPECT_EQ(found.st_mode & 0777u, 0640u);
}

TEST(atomic_file, takes_a_name_as_long_as_the_system_allows) {
  const scratch folder;
  const std::string name(255, 'n');
  write_whole(folder / name, "x");
  EXPECT_EQ(folder.text(name), "x");
}

TEST(atomic_file, a_full_disk_leaves_the_old_file_and_says_so) {
  const scratch folder;
  write_whole(folder / "a.txt", "old");
  {
    const size_limit tight{100'000};
    EXPECT_THAT(
        [&] { write_whole(folder / "a.txt", std::string(1'000'000, 'x')); },
        ThrowsMessage<file_error>(AllOf(HasSubstr("a.txt: cannot write: File too large"), HasSubstr("ulimit"))));
  }
  EXPECT_EQ(folder.text("a.txt"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(atomic_file, a_full_device_is_an_error_at_the_latest_on_commit) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this system";
  atomic_file file{"/dev/full"};
  file.write("x");
  EXPECT_THAT([&] { file.commit(); },
              ThrowsMessage<file_error>(AllOf(HasSubstr("/dev/full"), HasSubstr("No space left"), HasSubstr("free"))));
}

TEST(atomic_file, writes_to_a_device_directly) {
  write_whole("/dev/null", "x");
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(atomic_file, refuses_a_missing_folder_a_folder_and_an_empty_name) {
  const scratch folder;
  EXPECT_THAT([&] { atomic_file{folder / "no" / "a.txt"}; },
              ThrowsMessage<file_error>(AllOf(HasSubstr("no/a.txt"), HasSubstr("create the folder"))));
  EXPECT_THAT([&] { atomic_file{folder / ""}; }, ThrowsMessage<file_error>(HasSubstr("a folder has this name")));
  EXPECT_THAT([&] { atomic_file{folder.path()}; }, ThrowsMessage<file_error>(HasSubstr("a folder has this name")));
  EXPECT_THROW(atomic_file{""}, file_error);
  write_whole(folder / "file", "x");
  EXPECT_THAT([&] { atomic_file{folder / "file" / "a.txt"}; }, ThrowsMessage<file_error>(HasSubstr("is a file")));
}

TEST(atomic_file, refuses_a_read_only_folder) {
  if (::geteuid() == 0) GTEST_SKIP() << "the superuser may write everywhere";
  const scratch folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_THAT([&] { atomic_file{folder / "a.txt"}; },
              ThrowsMessage<file_error>(AllOf(HasSubstr("Permission denied"), HasSubstr("may write to"))));
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

}  // namespace spinule::atomic_file_test

#include <spinule/io/model_file.hpp>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include <spinule/engine/memory.hpp>
#include <spinule/error.hpp>

#include "bytes.hpp"
#include "model_layout.hpp"

namespace spinule {
namespace {

const model_section* named(std::span<const model_section> sections, std::string_view name) {
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const auto& s) { return s.name == name; });
  return found == sections.end() ? nullptr : &*found;
}

void read_at(const descriptor& file, const std::string& path, std::uint64_t offset, std::span<std::byte> to) {
  while (!to.empty()) {
    const auto n = ::pread(file.number(), to.data(), to.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw file_error{path, "cannot be read: " + std::generic_category().message(errno)};
    if (n == 0) throw file_error{path, "became shorter while it was read; let its writer finish"};
    to = to.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

std::vector<std::byte> piece_of(const descriptor& file, const std::string& path, std::uint64_t offset,
                                std::uint64_t bytes) {
  std::vector<std::byte> piece(bytes);
  read_at(file, path, offset, piece);
  return piece;
}

/// The table of a file of `bytes` bytes, of which little more is read.
std::vector<model_section> outline_of(const descriptor& file, const std::string& path, std::uint64_t bytes) {
  using namespace model_layout;
  check_header(path, piece_of(file, path, 0, std::min(bytes, header_bytes)), bytes);
  const auto place = read_footer(path, piece_of(file, path, bytes - footer_bytes, footer_bytes), bytes);
  return read_table(path, piece_of(file, path, place.offset, place.bytes()), place);
}

}  // namespace

model_writer::model_writer(const std::filesystem::path& path) : path_{path}, file_{path} {
  put(model_layout::header());
}

void model_writer::add_text(std::string_view name, std::string_view text) {
  add(name, section_type::text, std::as_bytes(std::span{text}));
}

void model_writer::add(std::string_view name, section_type type, std::span<const std::byte> content) {
  if (const auto fault = model_layout::fault_in_name(name); !fault.empty())
    throw file_error{path_.string(), fmt::format("the section name \"{}\" {}", name, fault)};
  if (named(sections_, name)) throw file_error{path_.string(), fmt::format("the section \"{}\" is added twice", name)};
  pad();
  sections_.push_back({std::string{name}, type, file_.size(), content.size(), sha256{}.update(content).hex()});
  put(content);
}

void model_writer::put(std::span<const std::byte> bytes) {
  file_.write(bytes);
  digest_.update(bytes);
}

void model_writer::pad() {
  put(std::string((model_layout::alignment - file_.size() % model_layout::alignment) % model_layout::alignment, '\0'));
}

void model_writer::commit() {
  pad();
  const auto table = file_.size();
  for (const auto& section : sections_) put(model_layout::record(section));
  put(model_layout::footer(table, sections_.size(), file_.size() + model_layout::footer_bytes));
  file_.write(digest_.hex());
  file_.commit();
}

model_file model_file::load(const std::filesystem::path& path) {
  std::uint64_t bytes = 0;
  const auto opened = open_file(path, bytes);
  model_file file;
  file.path_ = path;
  file.sections_ = outline_of(opened, path.string(), bytes);
  if (static_cast<double>(bytes) > available_memory()) fail_for_memory(path);
  try {
    file.memory_.reset(static_cast<std::byte*>(::operator new[](bytes, std::align_val_t{model_layout::alignment})));
  } catch (const std::bad_alloc&) {
    fail_for_memory(path);
  }
  const std::span content{file.memory_.get(), bytes};
  read_at(opened, path.string(), 0, content);
  model_layout::check_digests(path.string(), content, file.sections_);
  return file;
}

bool model_file::contains(std::string_view name) const { return named(sections_, name) != nullptr; }

std::string_view model_file::text(std::string_view name) const {
  const auto content = find(name, section_type::text);
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

std::span<const std::byte> model_file::find(std::string_view name, section_type type) const {
  const auto* section = named(sections_, name);
  if (!section)
    throw file_error{path_.string(), fmt::format("has no section \"{}\"; it was made for another purpose or by another "
                                                 "version",
                                                 name)};
  if (section->type != type)
    throw file_error{path_.string(),
                     fmt::format("section \"{}\" holds {}, expected {}", name, name_of(section->type), name_of(type))};
  return {memory_.get() + section->offset, section->bytes};
}

}  // namespace spinule

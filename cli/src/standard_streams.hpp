// Standard output and error, which may be closed or full.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace spinule {

/// Opens those that are closed, before anything else is opened: no file may take their numbers. What is written to
/// standard output then fails, what is written to standard error is lost.
void open_missing_streams();

/// What an output path that stands for standard output looks like.
inline bool is_standard_output(const std::filesystem::path& path) { return path == "-"; }

/// From now on standard output takes what `write_text` writes to "-" and nothing else; other text goes to standard
/// error.
void keep_output_for_json();

/// Writes a file, whole or not at all; throws `file_error`. Where the path is "-", to standard output: if that fails,
/// `finish_output` says so, once all files are written.
void write_text(const std::filesystem::path& path, std::string_view text);

/// Writes what has been printed, unless that is being done. What fails is left to `finish_output`.
void flush_output();

/// Everything printed is written through. Throws `file_error` where it cannot be, also for earlier failures.
void finish_output();

/// A line on standard error, after all that has been printed; if it cannot be written, nothing can be said.
void complain(const std::string& text);

}  // namespace spinule

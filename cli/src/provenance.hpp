// Where results come from, in words.
#pragma once

#include <string>

namespace spinule {

/// The command as a shell takes it again: words with spaces or signs of the shell in quotes.
std::string command_line(int argc, const char* const* argv);
/// The time now, "2026-11-29T12:00:00Z".
std::string utc_now();
/// Name of the processor and its cores, as far as the system tells.
std::string processor_name();

}  // namespace spinule

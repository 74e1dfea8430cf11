// How large the sensor of some event lists is, at least.
#pragma once

#include <filesystem>
#include <initializer_list>

#include <spinule/io/own_recordings.hpp>

namespace spinule {

/// Whether there is a file with one of these extensions in a folder, or in its folders down to a depth.
bool holds_files(const std::filesystem::path& folder, std::initializer_list<const char*> extensions, int depth = 2);

/// What comments say of the sensor, and where they say nothing what the events need. Throws as `csv_events`.
csv_options csv_extent(const std::filesystem::path& path);

}  // namespace spinule

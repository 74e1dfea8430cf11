// The side of the HDF5 reader that runs in the child process.
#pragma once

#include <span>

#include <spinule/io/engine/hdf5_reader.hpp>

namespace spinule {

/// Reads `requests` from the open file and sends frames of `hdf5_protocol` to the pipe; the last is `end` or `failure`.
/// Never throws.
void serve_hdf5(int pipe, int file, std::span<const hdf5_request> requests, const hdf5_limits& limits);

}  // namespace spinule

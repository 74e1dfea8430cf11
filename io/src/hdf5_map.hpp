// A file as memory that the HDF5 library reads.
#pragma once

#include "hdf5_handle.hpp"

namespace spinule {

/// The file behind a descriptor, handed to the library without a copy: it neither knows nor needs a name, and a file
/// that is cut while it is read ends this child only. Throws `hdf5_refusal`.
hdf5_handle map_hdf5(int file);

}  // namespace spinule

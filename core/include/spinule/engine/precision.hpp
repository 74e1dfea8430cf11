// In what states and plastic weights are held.
#pragma once

namespace spinule {

enum class precision { single, full };  ///< float, double

}  // namespace spinule

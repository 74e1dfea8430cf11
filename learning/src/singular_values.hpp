// One instance of Eigen's decomposition for all files that use it: it takes the compiler half a minute.
#pragma once

#include <Eigen/SVD>

namespace spinule::learning {

using singular_values = Eigen::BDCSVD<Eigen::MatrixXd>;

/// `parts`: 0, or Eigen::ComputeThinU | Eigen::ComputeThinV.
singular_values decompose(const Eigen::MatrixXd& matrix, unsigned parts = 0);

}  // namespace spinule::learning

extern template class Eigen::BDCSVD<Eigen::MatrixXd>;

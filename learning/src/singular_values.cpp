#include "singular_values.hpp"

template class Eigen::BDCSVD<Eigen::MatrixXd>;

namespace spinule::learning {

singular_values decompose(const Eigen::MatrixXd& matrix, unsigned parts) { return {matrix, parts}; }

}  // namespace spinule::learning

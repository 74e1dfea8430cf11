#include <spinule/random.hpp>

int main() {
  spinule::random_stream random{1, spinule::purpose::user, 0};
  const double x = random.uniform();
  return x >= 0 && x < 1 ? 0 : 1;
}

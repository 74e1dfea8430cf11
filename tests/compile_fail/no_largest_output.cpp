// first error: a graded model or source says how large its values can be: see `largest_output` in <spinule/model.hpp>
#include <spinule/network.hpp>

using namespace spinule;

struct echo {
  using input = number;
  static constexpr int ports = 1;
#ifndef WRONG
  double largest_output() const { return 1; }
#endif
  template <class Real>
  struct state {
    Real x = 0;
    static constexpr auto fields = std::tuple{field{"x", &state::x}};
  };
  template <class Real>
  struct kernel {
    kernel(const echo&, milliseconds) {}
    Real step(state<Real>& s, Real in) const { return s.x = in; }
  };
};

int main() {
  network net;
  net.add("cells", echo{}, 1);
}

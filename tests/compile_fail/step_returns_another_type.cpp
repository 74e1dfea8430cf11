// first error: `step` returns exactly bool, for spikes, or exactly Real, for values, in float and in double
#include <spinule/network.hpp>

using namespace spinule;

struct counter {
  using input = number;
  static constexpr int ports = 1;
  template <class Real>
  struct state {
    Real x = 0;
    static constexpr auto fields = std::tuple{field{"x", &state::x}};
  };
  template <class Real>
  struct kernel {
    kernel(const counter&, milliseconds) {}
#ifdef WRONG
    int step(state<Real>& s, Real in) const { return static_cast<int>(s.x += in); }
#else
    bool step(state<Real>& s, Real in) const { return (s.x += in) >= 1; }
#endif
  };
};

int main() {
  network net;
  net.add("cells", counter{}, 1);
}

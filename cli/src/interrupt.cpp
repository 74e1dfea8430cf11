#include "interrupt.hpp"

#include <csignal>

#include <unistd.h>

namespace spinule {
namespace {

volatile std::sig_atomic_t flag = 0;

void on_signal(int) {
  if (flag != 0) _exit(130);
  flag = 1;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);  // a file beyond the size limit is then an error of the write, and is cleaned up
}

bool interrupted() { return flag != 0; }

}  // namespace spinule

// Ctrl-C: end after what is under way, keep what is done.
#pragma once

namespace spinule {

/// From now on SIGINT and SIGTERM set a flag; a second one ends the program at once.
/// Files that outgrow a limit become errors instead of ending it.
void catch_interrupts();
bool interrupted();

}  // namespace spinule

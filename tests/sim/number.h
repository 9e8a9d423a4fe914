/* Numbers that a test takes from the environment: how much it does, and from which seed. */
#ifndef WW_TESTS_SIM_NUMBER_H
#define WW_TESTS_SIM_NUMBER_H

#include <stdint.h>

/* The number in that variable; the other one when there is none. Something else ends the test. */
uint64_t sim_number(const char *variable, uint64_t otherwise);

#endif

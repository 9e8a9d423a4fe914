/* Places at which a test may kill the process, to see what a kill there costs: nothing that was promised. They exist in
 * the build with FAILPOINTS=1 only (tests/faults/failpoint.c); in every other build they are nothing at all. */
#ifndef WW_BASE_FAILPOINT_H
#define WW_BASE_FAILPOINT_H

#ifdef WW_FAILPOINTS
#include <stdint.h>

/* WW_FAILPOINT=NAME:N in the environment: killed (SIGKILL) when the N-th passing of that name comes by. */
void ww_failpoint(const char *name);
/* WW_FAILPOINT=NAME=N: crashes (SIGABRT) at each passing of that name with that number. */
void ww_failpoint_at(const char *name, uint64_t number);

#define WW_FAILPOINT(name) ww_failpoint(name)
#define WW_FAILPOINT_IF(condition, name)                                                           \
	do {                                                                                       \
		if (condition)                                                                     \
			ww_failpoint(name);                                                        \
	} while (0)
#define WW_FAILPOINT_AT(name, number) ww_failpoint_at((name), (number))
#else
#define WW_FAILPOINT(name) ((void)0)
#define WW_FAILPOINT_IF(condition, name) ((void)0)
#define WW_FAILPOINT_AT(name, number) ((void)0)
#endif

#endif

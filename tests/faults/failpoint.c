/* What stands behind WW_FAILPOINT in the build with FAILPOINTS=1. Which point and when is said by the environment, so that
 * the same binary runs unharmed without it. */
#include "base/failpoint.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The number behind NAME and the mark; false when the environment says something else. */
static bool
is_wanted(const char *name, char mark, uint64_t *number)
{
	const char *text = getenv("WW_FAILPOINT");
	size_t n = strlen(name);
	char *end;

	if (text == NULL || strncmp(text, name, n) != 0 || text[n] != mark)
		return false;
	*number = strtoull(text + n + 1, &end, 10);
	return end != text + n + 1 && *end == '\0';
}

void
ww_failpoint(const char *name)
{
	static atomic_uint_least64_t passed;
	uint64_t number;

	if (is_wanted(name, ':', &number) && atomic_fetch_add(&passed, 1) + 1 == number)
		(void)raise(SIGKILL);
}

void
ww_failpoint_at(const char *name, uint64_t at)
{
	uint64_t number;

	if (is_wanted(name, '=', &number) && at == number)
		abort();
}

/* Numbers from the environment. */
#include "tests/sim/number.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t
sim_number(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);
	char *end;
	uint64_t n;

	if (text == NULL || *text == '\0')
		return otherwise;
	n = strtoull(text, &end, 0);
	if (*end == '\0')
		return n;
	(void)fprintf(stderr, "%s is no number: %s\n", variable, text);
	exit(EXIT_FAILURE);
}

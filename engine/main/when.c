/* Reads times on command lines. */
#include "main/when.h"

#include <wardwire/time.h>

#include <stdio.h>

enum { DAY_MS = 86400000 };

bool
ww_when_read(const char *command, const char *option, const char *text, bool behind, int64_t *out)
{
	ww_time t;

	*out = 0;
	if (text == NULL)
		return true;
	if (!ww_time_fhir(ww_str_from(text), ww_zone_utc(), &t)) {
		(void)fprintf(stderr,
		    "%s: --%s takes a time as 2026-03-02 or 2026-03-02T10:15:00-05:00\n", command,
		    option);
		return false;
	}
	*out = t.ms;
	if (behind)
		*out += t.prec <= WW_PREC_DAY ? DAY_MS : 1000;
	return true;
}

/* Times on command lines. */
#ifndef WW_MAIN_WHEN_H
#define WW_MAIN_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* Reads a FHIR date or instant into UTC ms; UTC where it states no offset. behind: the moment after all that it names, so that a
 * day is the whole day. NULL gives 0. False: it is none, and that was said on standard error. */
bool ww_when_read(
    const char *command, const char *option, const char *text, bool behind, int64_t *out);

#endif

/* How loud a failure is: an endpoint may be away for days and is tried all the while. One line says that the trouble began, or
 * that it became another one, and one how long it took when it is over. */
#ifndef WW_COURIER_QUIET_H
#define WW_COURIER_QUIET_H

#include <wardwire/log.h>
#include <wardwire/str.h>

/* Of an endpoint, or of a lane to one. All zero: no trouble. */
struct ww_quiet {
	char reason[96]; /* of the last failure that was told, cut */
	unsigned tries;  /* failures since it began; 0: there is none */
	int64_t began;   /* ms */
};

/* A failure, and the level of its line. */
enum ww_log_level ww_quiet_failed(struct ww_quiet *q, const char *reason, int64_t now);
/* It took something. Logs that the trouble is over, if there was one: key says what name is of. */
void ww_quiet_over(struct ww_quiet *q, const char *key, ww_str name, int64_t now);

#endif

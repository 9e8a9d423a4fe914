/* One line for each change, and not for each try. */
#include "courier/quiet.h"

#include <stdio.h>
#include <string.h>

enum ww_log_level
ww_quiet_failed(struct ww_quiet *q, const char *reason, int64_t now)
{
	char cut[sizeof(q->reason)];
	bool news;

	(void)snprintf(cut, sizeof(cut), "%s", reason);
	news = q->tries == 0 || strcmp(cut, q->reason) != 0;
	if (q->tries == 0)
		q->began = now;
	q->tries++;
	memcpy(q->reason, cut, sizeof(cut));
	return news ? WW_LOG_WARN : WW_LOG_DEBUG;
}

void
ww_quiet_over(struct ww_quiet *q, const char *key, ww_str name, int64_t now)
{
	if (q->tries > 0)
		ww_log(WW_LOG_WARN, "%s=%.*s trouble=over failures=%u seconds=%lld", key,
		    WW_STR_FMT(name), q->tries, (long long)(now - q->began) / 1000);
	q->tries = 0;
}

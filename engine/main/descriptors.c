/* The limit on descriptors, raised to what the connections and the engine itself need. */
#include "main/descriptors.h"

#include <wardwire/config.h>
#include <wardwire/log.h>

#include <stddef.h>
#include <sys/resource.h>

enum { OWN = 128 }; /* files, pipes, and some to spare */

unsigned
ww_descriptors_for(const struct ww_config *c)
{
	uint64_t own = OWN, wanted = 0, limit;
	struct rlimit r = { 0, 0 };

	for (size_t i = 0; i < c->endpoints_n; i++)
		own += c->endpoints[i].inflight;
	for (size_t i = 0; i < c->listeners_n; i++)
		wanted += c->listeners[i].max_connections;
	(void)getrlimit(RLIMIT_NOFILE, &r);
	if (r.rlim_cur < own + wanted && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = own + wanted < r.rlim_max ? own + wanted : r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
		(void)getrlimit(RLIMIT_NOFILE, &r);
	}
	limit = r.rlim_cur > own ? r.rlim_cur - own : 1;
	if (limit >= wanted)
		return (unsigned)wanted + 1;
	ww_log(WW_LOG_WARN,
	    "event=few-descriptors limit=%llu own=%llu connections=%llu max_connections=%llu",
	    (unsigned long long)r.rlim_cur, (unsigned long long)own, (unsigned long long)limit,
	    (unsigned long long)wanted);
	return (unsigned)limit;
}

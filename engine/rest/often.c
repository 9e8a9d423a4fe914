/* Counters in a table of fixed size, a place for each pair: two that fall into one place share it, which the salt keeps anybody
 * from bringing about. */
#include "rest/often.h"

#include "base/crypto.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 4096 };

struct ww_often {
	uint32_t most;
	int64_t ms;
	uint8_t salt[WW_SHA256];
	struct {
		int64_t since; /* ms */
		uint32_t n;
	} v[PLACES];
};

struct ww_often *
ww_often_new(uint32_t most, int64_t ms)
{
	struct ww_often *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->most = most;
	o->ms = ms;
	ww_random(o->salt, sizeof(o->salt));
	return o;
}

void
ww_often_free(struct ww_often *o)
{
	free(o);
}

static size_t
place_of(const struct ww_often *o, ww_str a, ww_str b)
{
	const ww_str parts[] = { a, b };
	uint8_t digest[WW_SHA256];
	size_t at;

	ww_hmac(ww_str_of(o->salt, sizeof(o->salt)), parts, 2, digest);
	memcpy(&at, digest, sizeof(at));
	return at % PLACES;
}

void
ww_often_add(struct ww_often *o, ww_str a, ww_str b, int64_t now)
{
	size_t at = place_of(o, a, b);

	if (now - o->v[at].since >= o->ms || now < o->v[at].since) {
		o->v[at].since = now;
		o->v[at].n = 0;
	}
	if (o->v[at].n < o->most)
		o->v[at].n++;
}

bool
ww_often_over(const struct ww_often *o, ww_str a, ww_str b, int64_t now)
{
	size_t at = place_of(o, a, b);

	return o->v[at].n >= o->most && now >= o->v[at].since && now - o->v[at].since < o->ms;
}

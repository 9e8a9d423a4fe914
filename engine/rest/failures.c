/* Counters in a table of fixed size, a place for each address and name: two that fall into one place share it, which the salt
 * keeps anybody from bringing about. */
#include "rest/failures.h"

#include "base/crypto.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 4096 };

struct ww_failures {
	struct {
		int64_t since; /* ms */
		uint32_t n;
	} v[PLACES];
	uint8_t salt[WW_SHA256];
};

struct ww_failures *
ww_failures_new(void)
{
	struct ww_failures *f = calloc(1, sizeof(*f));

	if (f != NULL)
		ww_random(f->salt, sizeof(f->salt));
	return f;
}

void
ww_failures_free(struct ww_failures *f)
{
	free(f);
}

static size_t
place_of(const struct ww_failures *f, ww_str peer, ww_str who)
{
	const ww_str parts[] = { peer, who };
	uint8_t digest[WW_SHA256];
	size_t at;

	ww_hmac(ww_str_of(f->salt, sizeof(f->salt)), parts, 2, digest);
	memcpy(&at, digest, sizeof(at));
	return at % PLACES;
}

void
ww_failures_add(struct ww_failures *f, ww_str peer, ww_str who, int64_t now)
{
	size_t at = place_of(f, peer, who);

	if (now - f->v[at].since >= WW_FAILURES_MS || now < f->v[at].since) {
		f->v[at].since = now;
		f->v[at].n = 0;
	}
	if (f->v[at].n < WW_FAILURES_MOST)
		f->v[at].n++;
}

bool
ww_failures_over(const struct ww_failures *f, ww_str peer, ww_str who, int64_t now)
{
	size_t at = place_of(f, peer, who);

	return f->v[at].n >= WW_FAILURES_MOST && now >= f->v[at].since &&
	       now - f->v[at].since < WW_FAILURES_MS;
}

/* A hash table with open addressing. What is over stays in its place until somebody else needs it, or the table is half
 * full of what is over and is written anew. */
#include "rest/seen.h"

#include "base/crypto.h"

#include <wardwire/ctx.h>

#include <stdlib.h>
#include <string.h>

struct slot {
	uint8_t digest[WW_SHA256];
	int64_t until; /* 0: never used */
};

struct ww_seen {
	struct slot *v;
	size_t slots;            /* a power of two, at least twice most */
	size_t most, used;       /* used: slots with something in them, over or not */
	uint8_t salt[WW_SHA256]; /* nobody can choose texts that fall into one place */
};

struct ww_seen *
ww_seen_new(size_t most)
{
	struct ww_seen *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->most = most;
	for (s->slots = 16; s->slots < 2 * most; s->slots *= 2)
		;
	s->v = calloc(s->slots, sizeof(*s->v));
	if (s->v == NULL) {
		free(s);
		return NULL;
	}
	ww_random(s->salt, sizeof(s->salt));
	return s;
}

void
ww_seen_free(struct ww_seen *s)
{
	if (s == NULL)
		return;
	free(s->v);
	free(s);
}

/* Where it is, or where it would go. There is always a slot that was never used. */
static struct slot *
find(const struct ww_seen *s, struct slot *v, const uint8_t digest[WW_SHA256])
{
	size_t at;

	memcpy(&at, digest, sizeof(at));
	for (at &= s->slots - 1; v[at].until != 0; at = (at + 1) & (s->slots - 1))
		if (memcmp(v[at].digest, digest, WW_SHA256) == 0)
			break;
	return &v[at];
}

/* Leaves out what is over. False when memory is short: then all stays. */
static bool
clean(struct ww_seen *s, int64_t now)
{
	struct slot *v = calloc(s->slots, sizeof(*v));
	size_t used = 0;

	if (v == NULL)
		return false;
	for (size_t i = 0; i < s->slots; i++)
		if (s->v[i].until > now) {
			*find(s, v, s->v[i].digest) = s->v[i];
			used++;
		}
	free(s->v);
	s->v = v;
	s->used = used;
	return true;
}

static void
digest_of(const struct ww_seen *s, ww_str who, ww_str what, uint8_t out[WW_SHA256])
{
	const ww_str parts[] = { who, what };

	ww_hmac(ww_str_of(s->salt, sizeof(s->salt)), parts, 2, out);
}

bool
ww_seen_has(const struct ww_seen *s, ww_str who, ww_str what, int64_t now)
{
	uint8_t digest[WW_SHA256];

	digest_of(s, who, what, digest);
	return find(s, s->v, digest)->until > now;
}

ww_status
ww_seen_add(
    struct ww_ctx *cx, struct ww_seen *s, ww_str who, ww_str what, int64_t until, int64_t now)
{
	uint8_t digest[WW_SHA256];
	struct slot *slot;

	digest_of(s, who, what, digest);
	slot = find(s, s->v, digest);
	if (slot->until > now)
		return ww_fail(cx, WW_E_CONFLICT, NULL, "it was used before");
	if (slot->until == 0 && s->used >= s->most) {
		(void)clean(s, now);
		if (s->used >= s->most)
			return ww_fail(cx, WW_E_BUSY, NULL, "too many at a time");
		slot = find(s, s->v, digest);
	}
	s->used += slot->until == 0;
	memcpy(slot->digest, digest, sizeof(digest));
	slot->until = until;
	return WW_OK;
}

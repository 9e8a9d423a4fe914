/* Peers in a hash table of fixed size: what is kept of one is small, and how many there are follows from the limit on
 * connections. */
#include "link/mllp_peer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000) /* nanoseconds */
#define MS INT64_C(1000000)

enum { BUCKETS = 1024, ADDRESS_MAX = 48 };

struct ww_mllp_peer {
	struct ww_mllp_peer *next;
	int64_t paid; /* until when its messages are paid, monotonic ns; later than now: a debt */
	unsigned connections;
	char address[ADDRESS_MAX];
};

struct ww_mllp_peers {
	int64_t price; /* of a message, ns */
	struct ww_mllp_peer *bucket[BUCKETS];
};

struct ww_mllp_peers *
ww_mllp_peers_new(unsigned rate)
{
	struct ww_mllp_peers *ps = calloc(1, sizeof(*ps));

	assert(rate > 0);
	if (ps != NULL)
		ps->price = SECOND / rate;
	return ps;
}

void
ww_mllp_peers_free(struct ww_mllp_peers *ps)
{
	if (ps == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		struct ww_mllp_peer *p, *next;

		for (p = ps->bucket[i]; p != NULL; p = next) {
			next = p->next;
			free(p);
		}
	}
	free(ps);
}

/* FNV-1a. */
static struct ww_mllp_peer **
bucket_of(struct ww_mllp_peers *ps, const char *address)
{
	uint32_t h = UINT32_C(2166136261);

	for (; *address != '\0'; address++)
		h = (h ^ (unsigned char)*address) * UINT32_C(16777619);
	return &ps->bucket[h % BUCKETS];
}

struct ww_mllp_peer *
ww_mllp_peer_enter(struct ww_mllp_peers *ps, const char *address)
{
	struct ww_mllp_peer **bucket = bucket_of(ps, address), *p = *bucket;

	while (p != NULL && strcmp(p->address, address) != 0)
		p = p->next;
	if (p == NULL) {
		p = calloc(1, sizeof(*p));
		if (p == NULL)
			return NULL;
		snprintf(p->address, sizeof(p->address), "%s", address);
		p->next = *bucket;
		*bucket = p;
	}
	p->connections++;
	return p;
}

void
ww_mllp_peer_leave(struct ww_mllp_peers *ps, struct ww_mllp_peer *p, int64_t now_ms)
{
	struct ww_mllp_peer **at = bucket_of(ps, p->address);

	assert(p->connections > 0);
	if (--p->connections > 0 || ww_mllp_peer_rest(p, now_ms) > 0)
		return;
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	free(p);
}

unsigned
ww_mllp_peer_connections(const struct ww_mllp_peer *p)
{
	return p->connections;
}

const char *
ww_mllp_peer_address(const struct ww_mllp_peer *p)
{
	return p->address;
}

void
ww_mllp_peer_charge(const struct ww_mllp_peers *ps, struct ww_mllp_peer *p, int64_t now_ms)
{
	int64_t saved = now_ms * MS - SECOND; /* no more than a second's worth can be saved up */

	p->paid = (p->paid > saved ? p->paid : saved) + ps->price;
}

int64_t
ww_mllp_peer_rest(const struct ww_mllp_peer *p, int64_t now_ms)
{
	int64_t debt = p->paid - now_ms * MS;

	return debt > 0 ? (debt + MS - 1) / MS : 0;
}

size_t
ww_mllp_peers_sweep(struct ww_mllp_peers *ps, int64_t now_ms)
{
	size_t left = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		struct ww_mllp_peer **at = &ps->bucket[i], *p;

		while ((p = *at) != NULL) {
			if (p->connections == 0 && ww_mllp_peer_rest(p, now_ms) == 0) {
				*at = p->next;
				free(p);
			} else {
				at = &p->next;
				left++;
			}
		}
	}
	return left;
}

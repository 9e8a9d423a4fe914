/* Lanes in a hash table by person, and in a list by what they wait for. */
#include "courier/lanes.h"

#include <assert.h>
#include <stdlib.h>

enum { BUCKETS_FIRST = 64 };

/* -- by person --------------------------------------------------------------------------------------- */

static size_t
bucket_of(size_t buckets, ww_id person)
{
	return (size_t)(((uint64_t)person * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (buckets - 1);
}

struct ww_lane *
ww_lanes_find(const struct ww_lanes *l, ww_id person)
{
	struct ww_lane *k = l->buckets_n > 0 ? l->buckets[bucket_of(l->buckets_n, person)] : NULL;

	while (k != NULL && k->person != person)
		k = k->chain;
	return k;
}

/* Twice as many buckets. With the old ones when memory is short: it only takes longer to find a lane. */
static void
grow(struct ww_lanes *l)
{
	size_t n = l->buckets_n == 0 ? BUCKETS_FIRST : 2 * l->buckets_n;
	struct ww_lane **to = calloc(n, sizeof(struct ww_lane *));

	if (to == NULL)
		return;
	for (size_t i = 0; i < l->buckets_n; i++) {
		struct ww_lane *k = l->buckets[i], *next;

		for (; k != NULL; k = next) {
			struct ww_lane **b = &to[bucket_of(n, k->person)];

			next = k->chain;
			k->chain = *b;
			*b = k;
		}
	}
	free(l->buckets);
	l->buckets = to;
	l->buckets_n = n;
}

/* -- lists ------------------------------------------------------------------------------------------- */

static struct ww_lane_list *
list_of(struct ww_lanes *l, enum ww_lane_state state)
{
	switch (state) {
	case WW_LANE_READY:
		return &l->ready;
	case WW_LANE_RESTING:
		return &l->resting;
	case WW_LANE_FLYING:
		break;
	}
	return NULL;
}

static void
leave(struct ww_lanes *l, struct ww_lane *lane)
{
	struct ww_lane_list *list = list_of(l, lane->state);

	if (list == NULL)
		return;
	*(lane->prev != NULL ? &lane->prev->next : &list->first) = lane->next;
	*(lane->next != NULL ? &lane->next->prev : &list->last) = lane->prev;
	lane->next = lane->prev = NULL;
	list->n--;
}

void
ww_lanes_set(struct ww_lanes *l, struct ww_lane *lane, enum ww_lane_state state)
{
	struct ww_lane_list *list = list_of(l, state);

	leave(l, lane);
	lane->state = state;
	if (state == WW_LANE_RESTING && (list->n == 0 || lane->until < l->wake))
		l->wake = lane->until;
	if (list == NULL)
		return;
	lane->prev = list->last;
	*(list->last != NULL ? &list->last->next : &list->first) = lane;
	list->last = lane;
	list->n++;
}

/* -- lanes ------------------------------------------------------------------------------------------- */

struct ww_lane *
ww_lanes_add(struct ww_lanes *l, ww_id person)
{
	struct ww_lane *lane = calloc(1, sizeof(*lane));
	struct ww_lane **b;

	if (lane == NULL)
		return NULL;
	if (l->n >= l->buckets_n)
		grow(l);
	if (l->buckets_n == 0) {
		free(lane);
		return NULL;
	}
	lane->person = person;
	lane->state = WW_LANE_FLYING;
	b = &l->buckets[bucket_of(l->buckets_n, person)];
	lane->chain = *b;
	*b = lane;
	l->n++;
	return lane;
}

void
ww_lanes_drop(struct ww_lanes *l, struct ww_lane *lane)
{
	struct ww_lane **p = &l->buckets[bucket_of(l->buckets_n, lane->person)];

	leave(l, lane);
	while (*p != lane) {
		assert(*p != NULL);
		p = &(*p)->chain;
	}
	*p = lane->chain;
	l->n--;
	free(lane);
}

/* The rests are looked through only when one has ended: there are not many of them (courier.c). */
void
ww_lanes_wake(struct ww_lanes *l, int64_t now)
{
	struct ww_lane *k = l->resting.first, *next;

	if (k == NULL || l->wake > now)
		return;
	l->wake = INT64_MAX;
	for (; k != NULL; k = next) {
		next = k->next;
		if (k->until <= now)
			ww_lanes_set(l, k, WW_LANE_READY);
		else if (k->until < l->wake)
			l->wake = k->until;
	}
}

void
ww_lanes_end_rests(struct ww_lanes *l)
{
	while (l->resting.first != NULL)
		ww_lanes_set(l, l->resting.first, WW_LANE_READY);
}

void
ww_lanes_relieve(struct ww_lanes *l, int64_t now, int64_t most)
{
	for (struct ww_lane *k = l->resting.first; k != NULL; k = k->next) {
		int64_t until = now + most * (int64_t)k->tries;

		if (!k->endpoint || k->until <= until)
			continue;
		k->until = until;
		if (until < l->wake)
			l->wake = until;
	}
}

void
ww_lanes_free(struct ww_lanes *l)
{
	for (size_t i = 0; i < l->buckets_n; i++) {
		struct ww_lane *k = l->buckets[i], *next;

		for (; k != NULL; k = next) {
			next = k->chain;
			free(k);
		}
	}
	free(l->buckets);
	*l = (struct ww_lanes){ .buckets = NULL };
}

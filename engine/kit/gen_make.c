/* A made-up hospital from a seed: patients, then what happens to each, then what becomes of the messages. */
#include "kit/gen_parts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* -- chance ------------------------------------------------------------------------------------------ */

unsigned
ww_gen_below(struct ww_gen *g, unsigned n)
{
	return ww_chance_below(&g->random, n);
}

bool
ww_gen_chance(struct ww_gen *g, unsigned percent)
{
	return ww_chance_percent(&g->random, percent);
}

void
ww_gen_date(ww_gen_time t, int *year, int *month, int *day)
{
	time_t s = (time_t)(t / 1000);
	struct tm tm;

	(void)gmtime_r(&s, &tm);
	*year = tm.tm_year + 1900;
	*month = tm.tm_mon + 1;
	*day = tm.tm_mday;
}

/* -- room -------------------------------------------------------------------------------------------- */

/* One more of size bytes, zeroed; NULL when there is no memory. */
static void *
one_more(struct ww_gen *g, void **list, size_t *n, size_t *room, size_t size)
{
	if (*n == *room) {
		size_t more = *room == 0 ? 64 : 2 * *room;
		void *p = g->failed ? NULL : realloc(*list, more * size);

		if (p == NULL) {
			g->failed = true;
			return NULL;
		}
		*list = p;
		*room = more;
	}
	return memset((char *)*list + size * (*n)++, 0, size);
}

size_t
ww_gen_new_person(struct ww_gen *g)
{
	void *list = g->persons;
	struct ww_gen_person *p = one_more(g, &list, &g->persons_n, &g->persons_room, sizeof(*p));

	g->persons = list;
	if (p == NULL)
		return 0;
	p->number = (unsigned)g->persons_n;
	return g->persons_n - 1;
}

size_t
ww_gen_new_visit(struct ww_gen *g, unsigned person)
{
	void *list = g->visits;
	struct ww_gen_visit *v = one_more(g, &list, &g->visits_n, &g->visits_room, sizeof(*v));

	g->visits = list;
	if (v == NULL)
		return 0;
	v->person = person;
	v->status = v->disposition = "";
	return g->visits_n - 1;
}

struct ww_gen_message *
ww_gen_new_message(struct ww_gen *g)
{
	void *list = g->messages;
	struct ww_gen_message *m =
	    one_more(g, &list, &g->messages_n, &g->messages_room, sizeof(*m));

	g->messages = list;
	return m;
}

/* -- the hospital ------------------------------------------------------------------------------------ */

static unsigned
practice(struct ww_gen *g)
{
	static const struct {
		unsigned percent, practice;
	} shares[] = { { 60, WW_GEN_RCCA }, { 20, WW_GEN_LAKESIDE }, { 4, WW_GEN_BOTH },
		{ 6, WW_GEN_EXPIRED }, { 10, WW_GEN_NO_PRACTICE } };
	unsigned n = ww_gen_below(g, 100), i = 0;

	while (n >= shares[i].percent)
		n -= shares[i++].percent;
	return shares[i].practice;
}

static void
populate(struct ww_gen *g)
{
	for (unsigned i = 0; i < g->set.patients; i++) {
		size_t at = ww_gen_new_person(g);
		struct ww_gen_person *p;

		if (g->failed)
			return;
		p = &g->persons[at];
		p->practice = practice(g);
		p->sex = ww_gen_chance(g, 50) ? 'F' : 'M';
		p->year = 1930 + (int)ww_gen_below(g, 75);
		p->month = 1 + (int)ww_gen_below(g, 12);
		p->day = 1 + (int)ww_gen_below(g, 28);
		if (ww_gen_chance(g, 4))
			p->typo_until = g->begins + (int64_t)ww_gen_below(g, g->set.days * 1440) *
			                                WW_GEN_MINUTE;
	}
}

ww_status
ww_gen_make(const struct ww_gen_settings *set, struct ww_gen *out)
{
	*out = (struct ww_gen){ .set = *set, .random = { set->seed } };
	out->begins = INT64_C(1773100800000); /* 2026-03-10, two days after the clocks changed */
	out->ends = out->begins + (int64_t)set->days * WW_GEN_DAY;
	populate(out);
	for (unsigned i = 0; i < set->patients && !out->failed; i++)
		ww_gen_live(out, i);
	if (!out->failed)
		ww_gen_disturb(out);
	return out->failed ? WW_E_MEMORY : WW_OK;
}

void
ww_gen_free(struct ww_gen *g)
{
	free(g->persons);
	free(g->visits);
	free(g->messages);
	*g = (struct ww_gen){ 0 };
}

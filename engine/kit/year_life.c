/* What happens to the members of a made-up payer. */
#include "kit/year.h"

#include <wardwire/buf.h>

#include <stdlib.h>
#include <string.h>

/* Weights: BMJ Open 2017;7:e016921, table 1, as in the weight set lace-variant. */
const struct ww_year_condition ww_year_conditions[WW_YEAR_CONDITIONS] = {
	{ "E11.9", "DIAB_UC", 1, "dm-diabetes", 14 },
	{ "I50.9", "CHF", 2, "dm-heart-failure", 8 },
	{ "J44.9", "COPD", 2, "dm-copd", 8 },
	{ "J45.40", "COPD", 2, "dm-asthma", 5 },
	{ "N18.4", "RD", 2, NULL, 6 },
	{ "I25.2", "MI", 1, NULL, 6 },
	{ "F03.90", "DEM", 3, NULL, 3 },
	{ "C50.911", "CANCER", 2, NULL, 3 },
	{ "B20", "HIV", 4, NULL, 1 },
};

/* Planned: maintenance chemotherapy (CCS 45) always, a hip replaced for arthrosis as its procedure may be planned and its
 * diagnosis is not acute. Not an index stay: psychiatric (CCS 657), and chemotherapy (CCS 45). */
const struct ww_year_reason ww_year_reasons[WW_YEAR_REASONS] = {
	{ "J18.9", NULL, false, true, 0, "" },
	{ "A41.9", NULL, false, true, 0, "" },
	{ "I21.4", NULL, false, true, 1, "MI" },
	{ "S72.001A", NULL, false, true, 0, "" },
	{ "N17.9", NULL, false, true, 0, "" },
	{ "F32.9", NULL, false, false, 0, "" },
	{ "Z51.11", NULL, true, false, 0, "" },
	{ "M16.11", "0SR90J9", true, true, 0, "" },
};
enum { CHEMOTHERAPY = 6, HIP = 7 };

/* -- room -------------------------------------------------------------------------------------------- */

/* One more of size bytes, zeroed; NULL when there is no memory. */
static void *
one_more(struct ww_year *y, void **list, size_t *n, size_t *room, size_t size)
{
	if (*n == *room) {
		size_t more = *room == 0 ? 256 : 2 * *room;
		void *p = y->failed ? NULL : realloc(*list, more * size);

		if (p == NULL) {
			y->failed = true;
			return NULL;
		}
		*list = p;
		*room = more;
	}
	return memset((char *)*list + size * (*n)++, 0, size);
}

#define ONE_MORE(y, list, out)                                                                     \
	do {                                                                                       \
		void *list_ = (y)->list;                                                           \
		(out) =                                                                            \
		    one_more((y), &list_, &(y)->list##_n, &(y)->list##_room, sizeof(*(y)->list));  \
		(y)->list = list_;                                                                 \
	} while (0)

static unsigned
below(struct ww_year *y, unsigned n)
{
	return ww_chance_below(&y->chance, n);
}

static bool
percent(struct ww_year *y, unsigned n)
{
	return ww_chance_percent(&y->chance, n);
}

/* An hour of the day at which no clock changes. */
static ww_year_time
some_time(struct ww_year *y, ww_year_time day)
{
	return day / WW_YEAR_DAY * WW_YEAR_DAY + 7 * WW_YEAR_HOUR + below(y, 600) * WW_YEAR_MINUTE;
}

/* -- a member ---------------------------------------------------------------------------------------- */

static void
be_born(struct ww_year *y, struct ww_year_member *m)
{
	unsigned n = below(y, 100);

	m->number = (unsigned)y->members_n;
	m->practice = n < 60 ? WW_YEAR_RCCA : n < 85 ? WW_YEAR_LAKESIDE : WW_YEAR_NOBODY;
	if (percent(y, 5))
		m->leaves = WW_YEAR_BEGINS + (60 + below(y, 240)) * WW_YEAR_DAY;
	m->sex = percent(y, 50) ? 'F' : 'M';
	m->year = 1930 + (int)below(y, 70);
	m->month = 1 + (int)below(y, 12);
	m->day = 1 + (int)below(y, 28);
	for (unsigned i = 0; i < WW_YEAR_CONDITIONS; i++) {
		if (percent(y, ww_year_conditions[i].percent))
			m->conditions |= 1u << i;
	}
	m->twice = m->conditions & below(y, 1u << WW_YEAR_CONDITIONS);
	for (unsigned i = 0; i < WW_YEAR_CONDITIONS; i++) {
		ww_year_time day = WW_YEAR_PAST + (230 + below(y, 60)) * WW_YEAR_DAY;

		if ((m->conditions >> i & 1) != 0)
			m->office[i] = day;
	}
}

/* -- visits ------------------------------------------------------------------------------------------ */

static struct ww_year_visit *
visit(struct ww_year *y, enum ww_year_class class_, ww_year_time start)
{
	struct ww_year_visit *v;

	ONE_MORE(y, visits, v);
	if (v == NULL)
		return NULL;
	v->member = (unsigned)y->members_n - 1;
	v->number = ++y->numbers;
	v->hospital = percent(y, 70) ? 0 : 1;
	v->class_ = class_;
	v->start = start;
	v->messages = start >= WW_YEAR_BEGINS;
	v->disposition = "01";
	v->type = 'E';
	return v;
}

/* Some go often, and then within a short time. */
static void
emergencies(struct ww_year *y)
{
	unsigned often = below(y, 100), n = often < 55   ? 0
	                                    : often < 75 ? 1
	                                    : often < 88 ? 2
	                                                 : 3 + below(y, 5);
	ww_year_time around = WW_YEAR_PAST + (180 + below(y, 500)) * WW_YEAR_DAY;

	for (unsigned i = 0; i < n; i++) {
		ww_year_time day = n > 2 && percent(y, 70)
		                       ? around + below(y, 60) * WW_YEAR_DAY
		                       : WW_YEAR_PAST + (180 + below(y, 540)) * WW_YEAR_DAY;
		struct ww_year_visit *v = visit(y, WW_YEAR_ED, some_time(y, day));

		if (v == NULL)
			return;
		v->came = v->start;
		v->end = v->start + (1 + below(y, 5)) * WW_YEAR_HOUR;
		v->messages = v->messages && percent(y, 85);
		v->bill = !v->messages || percent(y, 50);
		v->reason = below(y, 5);
	}
}

static void
observation(struct ww_year *y)
{
	struct ww_year_visit *v;

	if (!percent(y, 5))
		return;
	v = visit(
	    y, WW_YEAR_OBSERVED, some_time(y, WW_YEAR_BEGINS + (10 + below(y, 330)) * WW_YEAR_DAY));
	if (v == NULL)
		return;
	v->end = v->start + 20 * WW_YEAR_HOUR;
	v->reason = below(y, 2);
}

/* Days in hospital, and from a discharge to the next admission: where points and windows change. */
static const unsigned stays[] = { 0, 1, 2, 3, 4, 6, 7, 13, 14, 20 };
static const unsigned gaps[] = { 1, 5, 12, 29, 30, 31, 32, 45, 90 };
enum { TRANSFER_HOURS = 3 };

static void
ask_for(struct ww_year *y, struct ww_year_visit *v)
{
	v->requested = some_time(y, v->start - 5 * WW_YEAR_DAY);
	v->decided = v->requested + 20 * WW_YEAR_HOUR;
	v->approved = percent(y, 80);
}

/* One stay, so many days after another; NULL ends them. An admission is not cancelled while somebody may be waiting to call the
 * patient because of the stay before. */
static struct ww_year_visit *
stay(struct ww_year *y, ww_year_time day, unsigned gap)
{
	enum { CALLED = 6 };
	struct ww_year_visit *v = visit(y, WW_YEAR_INPATIENT, some_time(y, day));
	unsigned n = below(y, 100);

	if (v == NULL)
		return NULL;
	v->reason = below(y, WW_YEAR_REASONS);
	v->end = some_time(y, v->start + stays[below(y, 10)] * WW_YEAR_DAY);
	if (v->end <= v->start)
		v->end = v->start + 3 * WW_YEAR_HOUR;
	if (ww_year_reasons[v->reason].planned) {
		v->type = 'C';
		if (percent(y, 60))
			ask_for(y, v);
		if (percent(y, 40))
			v->expected = v->start;
	} else if (percent(y, 60)) {
		v->came = v->start;
		v->start += (1 + below(y, 4)) * WW_YEAR_HOUR;
		if (v->end <= v->start)
			v->end = v->start + 3 * WW_YEAR_HOUR;
	}
	v->bill = true;
	v->disposition = n < 84 ? "01" : n < 92 ? "03" : n < 96 ? "07" : "20";
	if (n >= 96 && v->end / WW_YEAR_DAY == v->start / WW_YEAR_DAY)
		v->disposition = "01"; /* what came up on the day of a death could be told or not */
	v->cancelled =
	    v->expected == 0 && v->requested == 0 && v->came == 0 && gap >= CALLED && percent(y, 6);
	if (v->cancelled) {
		v->end = v->start + 7 * WW_YEAR_HOUR;
		v->disposition = "01";
		v->bill = false;
	}
	return v;
}

/* The other hospital takes over, three hours later, for the same reason. */
static void
transfer(struct ww_year *y, struct ww_year_visit *from)
{
	ww_year_time at = from->end + TRANSFER_HOURS * WW_YEAR_HOUR;
	unsigned hospital = 1 - from->hospital, reason = from->reason;
	struct ww_year_visit *v;

	from->disposition = "02";
	v = visit(y, WW_YEAR_INPATIENT, at);
	if (v == NULL)
		return;
	v->hospital = hospital;
	v->reason = reason;
	v->end = some_time(y, at + (1 + below(y, 8)) * WW_YEAR_DAY);
	v->bill = true;
}

static void
admissions(struct ww_year *y)
{
	unsigned n = below(y, 100), left = n < 70 ? 0 : n < 86 ? 1 : 2 + below(y, 3);
	ww_year_time day = WW_YEAR_BEGINS + (15 + below(y, 250)) * WW_YEAR_DAY;
	unsigned gap = 365;

	while (left-- > 0 && day < WW_YEAR_ENDS - 60 * WW_YEAR_DAY) {
		struct ww_year_visit *v = stay(y, day, gap);

		if (v == NULL)
			return;
		if (strcmp(v->disposition, "20") == 0) {
			y->members[v->member].dies = v->end;
			return;
		}
		if (!v->cancelled && !ww_year_reasons[v->reason].planned && percent(y, 8))
			transfer(y, v);
		if (y->failed)
			return;
		gap = gaps[below(y, 9)];
		day = y->visits[y->visits_n - 1].end + gap * WW_YEAR_DAY;
	}
}

static int
by_start(const void *a, const void *b)
{
	const struct ww_year_visit *x = a, *z = b;

	return x->start < z->start ? -1 : x->start > z->start ? 1 : (int)(x->number - z->number);
}

/* Stays come first; what would begin within a day of one, or after a death or the year, does not happen. A transfer is from hospital to
 * hospital. */
static void
make_room(struct ww_year *y, size_t first)
{
	size_t n = first;

	for (size_t i = first; i < y->visits_n; i++) {
		const struct ww_year_visit *v = &y->visits[i];
		ww_year_time dies = y->members[v->member].dies;
		bool gone = (dies != 0 && v->start > dies) || v->end >= WW_YEAR_ENDS;

		for (size_t k = first; k < n && !gone; k++) {
			const struct ww_year_visit *o = &y->visits[k];

			gone = v->class_ != WW_YEAR_INPATIENT &&
			       v->start < o->end + 2 * WW_YEAR_DAY &&
			       o->start < v->end + 2 * WW_YEAR_DAY;
		}
		if (!gone)
			y->visits[n++] = *v;
	}
	y->visits_n = n;
	if (n > first)
		qsort(y->visits + first, n - first, sizeof(*y->visits), by_start);
}

/* -- what is sent ------------------------------------------------------------------------------------ */

static struct ww_year_item *
send(struct ww_year *y, enum ww_year_kind kind, ww_year_time at, size_t visit_at)
{
	struct ww_year_item *i;

	if (at >= WW_YEAR_ENDS) /* nobody hears of it any more */
		return NULL;
	ONE_MORE(y, items, i);
	if (i == NULL)
		return NULL;
	i->at = at;
	i->order = y->items_n;
	i->kind = kind;
	i->member = (unsigned)y->members_n - 1;
	i->visit = (unsigned)visit_at;
	return i;
}

static void
message(struct ww_year *y, size_t v, ww_year_time at, const char *trigger)
{
	struct ww_year_item *i = send(y, WW_YEAR_MESSAGE, at, v);

	if (i != NULL)
		i->trigger = trigger;
}

/* The hospital tells of it when it happens, a payer ten days later. */
static void
tell_visit(struct ww_year *y, size_t at)
{
	const struct ww_year_visit v = y->visits[at];

	if (v.requested != 0) {
		(void)send(y, WW_YEAR_REQUEST, v.requested, at);
		(void)send(y, WW_YEAR_DECISION, v.decided, at);
	}
	if (v.messages) {
		if (v.expected != 0)
			message(y, at, v.start - 4 * WW_YEAR_DAY, "A05");
		if (v.came != 0)
			message(y, at, v.came, "A04");
		if (v.class_ == WW_YEAR_INPATIENT)
			message(y, at, v.start, v.came != 0 ? "A06" : "A01");
		if (v.class_ == WW_YEAR_OBSERVED)
			message(y, at, v.start, "A01");
		message(y, at, v.end, v.cancelled ? "A11" : "A03");
	}
	if (v.bill)
		(void)send(y, WW_YEAR_BILL, v.end + (v.messages ? 10 : 1) * WW_YEAR_DAY, at);
}

/* A doctor's claim comes after three days. */
static void
tell_office(struct ww_year *y, unsigned condition, ww_year_time on)
{
	struct ww_year_item *i =
	    send(y, WW_YEAR_OFFICE, on + 3 * WW_YEAR_DAY + 12 * WW_YEAR_HOUR, 0);

	if (i == NULL)
		return;
	i->condition = condition;
	i->day = on;
}

/* A fill each quarter. */
static void
tell_fills(struct ww_year *y, unsigned condition, ww_year_time dies)
{
	for (unsigned k = 0; k < 4; k++) {
		ww_year_time on = WW_YEAR_BEGINS + (10 + 90 * k) * WW_YEAR_DAY;
		struct ww_year_item *i;

		if (dies != 0 && on >= dies)
			return;
		i = send(y, WW_YEAR_FILL, on + 20 * WW_YEAR_HOUR, 0);
		if (i == NULL)
			return;
		i->condition = condition;
		i->day = on;
	}
}

static void
tell_conditions(struct ww_year *y)
{
	const struct ww_year_member m = y->members[y->members_n - 1];

	for (unsigned c = 0; c < WW_YEAR_CONDITIONS; c++) {
		if (m.office[c] == 0)
			continue;
		tell_office(y, c, m.office[c]);
		if ((m.twice >> c & 1) != 0)
			tell_office(y, c, m.office[c] + WW_YEAR_SECOND * WW_YEAR_DAY);
		tell_fills(y, c, m.dies);
	}
}

static void
live(struct ww_year *y)
{
	struct ww_year_member *m;
	size_t first = y->visits_n;

	ONE_MORE(y, members, m);
	if (m == NULL)
		return;
	be_born(y, m);
	admissions(y);
	observation(y);
	emergencies(y);
	if (y->failed)
		return;
	make_room(y, first);
	(void)send(y, WW_YEAR_PATIENT, WW_YEAR_PAST + 6 * WW_YEAR_HOUR, 0);
	tell_conditions(y);
	for (size_t v = first; v < y->visits_n; v++)
		tell_visit(y, v);
}

static int
by_time(const void *a, const void *b)
{
	const struct ww_year_item *x = a, *z = b;

	if (x->at != z->at)
		return x->at < z->at ? -1 : 1;
	return x->order < z->order ? -1 : 1;
}

ww_status
ww_year_make(const struct ww_year_settings *set, struct ww_year *out)
{
	*out = (struct ww_year){ .set = *set, .chance = { set->seed } };
	for (unsigned i = 0; i < set->members && !out->failed; i++)
		live(out);
	if (out->items_n > 0)
		qsort(out->items, out->items_n, sizeof(*out->items), by_time);
	return out->failed ? WW_E_MEMORY : WW_OK;
}

void
ww_year_free(struct ww_year *y)
{
	free(y->members);
	free(y->visits);
	free(y->items);
	*y = (struct ww_year){ 0 };
}

/* The fold of an encounter as a table: events in a short notation, the state they end in, and the same state
 * for every order in which they arrive. */
#include "tests/unit/unit.h"

#include "model/fold.h"

#include <wardwire/buf.h>

#include <stdlib.h>
#include <string.h>

/* -- the notation ----------------------------------------------------------------------------------- */

/* Events, a semicolon between: trigger@EVN-2[/class] and then, as a message would state them, at= (EVN-6),
 * in= (PV1-44), out= (PV1-45), to= (disposition), type=, from= (admit source), fac=, svc=, loc= (PV1-3), exp= (when it is
 * expected), mv= (ZBE-1), zbe= (ZBE-4), id= (MSH-10). Times are [Nd][HH:MM]: of the N-th day; a day without an hour is a
 * day. */

enum { EVENTS_MAX = 32, DAY_MS = 86400000 };

/* 2026-03-02T00:00Z */
static const int64_t day_zero = INT64_C(1772409600000);

static ww_time
time_of(ww_str s)
{
	ww_time t = { .ms = day_zero, .prec = WW_PREC_DAY };
	ww_str rest, day = ww_str_cut(s, 'd', &rest), hour, minute;
	uint64_t n = 0;
	bool ok = true;

	if (day.n != s.n) {
		ok = ww_str_u64(day, 1000, &n);
		t.ms += (int64_t)n * DAY_MS;
	} else {
		rest = s;
	}
	if (rest.n > 0) {
		hour = ww_str_cut(rest, ':', &minute);
		ok = ok && ww_str_u64(hour, 23, &n);
		t.ms += (int64_t)n * 3600000;
		ok = ok && ww_str_u64(minute, 59, &n);
		t.ms += (int64_t)n * 60000;
		t.prec = WW_PREC_MIN;
	}
	ck_assert_msg(ok, "no time: %.*s", WW_STR_FMT(s));
	return t;
}

static int64_t
class_of(ww_str s)
{
	static const struct {
		const char *letter;
		enum ww_encounter_class class_;
	} table[] = {
		{ "E", WW_encounter_class_ED },
		{ "I", WW_encounter_class_INPATIENT },
		{ "O", WW_encounter_class_OUTPATIENT },
		{ "B", WW_encounter_class_OB },
		{ "P", WW_encounter_class_PREADMIT },
		{ "OBS", WW_encounter_class_OBSERVATION },
		{ "", WW_encounter_class_UNKNOWN },
	};

	for (size_t i = 0; i < UNIT_COUNT(table); i++) {
		if (ww_str_is(s, table[i].letter))
			return table[i].class_;
	}
	ck_abort_msg("no class: %.*s", WW_STR_FMT(s));
}

struct said {
	ww_time at;
	struct ww_event *ev;
};

static void
read_key(struct said *x, ww_str word)
{
	ww_str value, key = ww_str_cut(word, '=', &value);
	struct ww_event *ev = x->ev;
	struct {
		const char *key;
		ww_time *time;
		ww_str *text;
	} keys[] = {
		{ "at", &x->at, NULL },
		{ "in", &ev->admitted, NULL },
		{ "out", &ev->discharged, NULL },
		{ "to", NULL, &ev->disposition },
		{ "type", NULL, &ev->admit_type },
		{ "from", NULL, &ev->admit_source },
		{ "fac", NULL, &ev->facility },
		{ "svc", NULL, &ev->service },
		{ "loc", NULL, &ev->location },
		{ "exp", &ev->expected, NULL },
		{ "mv", NULL, &ev->movement },
		{ "zbe", NULL, &ev->action },
		{ "id", NULL, &ev->control },
	};

	for (size_t i = 0; i < UNIT_COUNT(keys); i++) {
		if (!ww_str_is(key, keys[i].key))
			continue;
		if (keys[i].time != NULL)
			*keys[i].time = time_of(value);
		else
			*keys[i].text = value;
		return;
	}
	ck_abort_msg("no key: %.*s", WW_STR_FMT(word));
}

static ww_time
first_known(ww_time a, ww_time b)
{
	return ww_time_known(a) ? a : b;
}

/* The clocks are set as mappers/in/adt.c sets them. */
static void
read_event(ww_str text, int64_t id, struct ww_event *ev)
{
	struct said x = { .ev = ev };
	ww_time value = { 0 };
	ww_str rest = text, word;

	ww_row_init(&ww_entity_event, ev);
	ev->id = id;
	word = ww_str_cut(rest, ' ', &rest);
	ev->trigger = ww_str_cut(word, '@', &word);
	ev->recorded = time_of(ww_str_cut(word, '/', &word));
	ev->class_ = class_of(word);
	while (rest.n > 0)
		read_key(&x, ww_str_cut(rest, ' ', &rest));
	ev->stated = first_known(x.at, ev->recorded);
	if (ww_str_is(ev->trigger, "A01") || ww_str_is(ev->trigger, "A04"))
		value = ev->admitted;
	else if (ww_str_is(ev->trigger, "A03"))
		value = ev->discharged;
	ev->occurred = first_known(first_known(x.at, value), ev->recorded);
}

static size_t
read_events(const char *text, struct ww_event events[EVENTS_MAX])
{
	ww_str rest = ww_str_from(text);
	size_t n = 0;

	while (rest.n > 0) {
		ww_str one = ww_str_trim(ww_str_cut(rest, ';', &rest));

		ck_assert_uint_lt(n, EVENTS_MAX);
		read_event(one, (int64_t)n + 1, &events[n]);
		n++;
	}
	return n;
}

static void
write_time(struct ww_buf *b, const char *name, ww_time t)
{
	int64_t day, minute;

	if (!ww_time_known(t))
		return;
	day = (t.ms - day_zero) / DAY_MS;
	minute = (t.ms - day_zero) % DAY_MS / 60000;
	ww_buf_printf(b, " %s ", name);
	if (day != 0 || t.prec == WW_PREC_DAY)
		ww_buf_printf(b, "%dd", (int)day);
	if (t.prec != WW_PREC_DAY)
		ww_buf_printf(b, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

static void
write_text(struct ww_buf *b, const char *name, ww_str s)
{
	if (s.n > 0)
		ww_buf_printf(b, " %s %.*s", name, WW_STR_FMT(s));
}

/* "in-progress inpatient start 09:00 ed 09:00 inpatient 13:00", what is not known left out. */
static void
write_state(const struct ww_encounter *e, struct ww_buf *b)
{
	ww_buf_clear(b);
	ww_buf_printf(
	    b, "%s %s", ww_encounter_status_text(e->status), ww_encounter_class_text(e->class_));
	write_time(b, "start", e->start);
	write_time(b, "ed", e->ed_start);
	write_time(b, "inpatient", e->inpatient_start);
	write_time(b, "end", e->end);
	write_text(b, "to", e->disposition);
	write_text(b, "type", e->admit_type);
	write_text(b, "from", e->admit_source);
	write_text(b, "fac", e->facility);
	write_text(b, "svc", e->service);
	write_text(b, "loc", e->location);
	write_time(b, "obs", e->obs_start);
	write_time(b, "expected", e->expected);
	write_time(b, "until", e->expected_end);
	if (e->inferred != 0)
		ww_buf_cstr(b, " inferred");
	if (e->closed != 0)
		ww_buf_cstr(b, " closed");
	if (e->admit_missing != 0)
		ww_buf_cstr(b, " missing");
	ck_assert_int_eq(b->error, WW_OK);
}

/* -- folding ---------------------------------------------------------------------------------------- */

static struct ww_ctx cx;
static struct ww_buf state;

/* What must be left alone is set to something, and what must not to something else. */
static void
fold(const struct ww_event *events, size_t n)
{
	struct ww_encounter e;

	ww_row_init(&ww_entity_encounter, &e);
	e.id = 7;
	e.person = 8;
	e.feed = WW_STR("feed");
	e.visit_system = WW_STR("system");
	e.visit = WW_STR("visit");
	e.status = WW_encounter_status_ERROR;
	e.end = time_of(WW_STR("9d"));
	e.disposition = WW_STR("left over");
	e.admit_missing = 1;
	ck_assert_int_eq(ww_fold(&cx, events, n, &e), WW_OK);
	ck_assert(e.id == 7 && e.person == 8);
	unit_str_is(e.feed, "feed");
	unit_str_is(e.visit_system, "system");
	unit_str_is(e.visit, "visit");
	for (size_t i = 0; i < n; i++)
		ck_assert_int_ge(e.last_event, events[i].id);
	write_state(&e, &state);
}

/* As apply does: one event after the other, and what is not needed is forgotten. */
static void
fold_as_they_come(const struct ww_event *events, size_t n)
{
	struct ww_event log[EVENTS_MAX + 1];
	size_t kept = 0, updates = 0;

	for (size_t i = 0; i < n; i++) {
		bool needed[EVENTS_MAX + 1];

		log[kept++] = events[i];
		ck_assert_int_eq(ww_fold_needed(&cx, log, kept, needed), WW_OK);
		for (size_t k = kept; k-- > 0;) {
			if (!needed[k])
				memmove(&log[k], &log[k + 1], (--kept - k) * sizeof(log[0]));
		}
	}
	for (size_t k = 0; k < kept; k++)
		updates += ww_act_of(log[k].trigger) == WW_ACT_UPDATE;
	ck_assert_uint_le(updates, 6);
	fold(log, kept);
}

static void
folds_to(const char *events, const struct ww_event *ev, size_t n, const char *want, const char *how)
{
	for (int forgetting = 0; forgetting < 2; forgetting++) {
		(forgetting ? fold_as_they_come : fold)(ev, n);
		ck_assert_msg(ww_str_is(ww_buf_view(&state), want), "%s\n  %s%s: %.*s\n  want: %s",
		    events, how, forgetting ? ", forgetting" : "", WW_STR_FMT(ww_buf_view(&state)),
		    want);
	}
	if (ww_arena_used(cx.arena) > 8 << 20)
		ck_abort_msg("the fold keeps what it needs for one order only");
}

/* -- the table -------------------------------------------------------------------------------------- */

#define STAYED "in-progress inpatient start 10:00 inpatient 10:00"
#define ENDED "finished inpatient start 10:00 inpatient 10:00 end 3d11:00"
#define FROM_ED "in-progress inpatient start 09:00 ed 09:00 inpatient 13:00"
#define IN_ED "arrived emergency start 09:00 ed 09:00"

static const struct {
	const char *events, *want;
} rows[] = {
	{ "", "unknown unknown" },

	/* admission and discharge */
	{ "A01@10:00/I", STAYED },
	{ "A01@10:05/I in=10:00", STAYED },
	{ "A01@10:05/I at=10:00", STAYED },
	{ "A01@10:00/I; A03@3d11:00/I", ENDED },
	{ "A01@10:00/I; A03@3d11:30 out=3d11:00", ENDED },
	{ "A01@10:00/I; A03@3d11:30 at=3d11:00", ENDED },
	{ "A01@10:00/B; A03@3d11:00/B",
	    "finished obstetrics start 10:00 inpatient 10:00 end 3d11:00" },
	{ "A01@10:00/O", "in-progress outpatient start 10:00" },
	{ "A01@10:00", "in-progress unknown start 10:00" },

	/* the emergency department */
	{ "A04@09:00/E", IN_ED },
	{ "A01@09:00/E", "in-progress emergency start 09:00 ed 09:00" },
	{ "A04@09:00/E; A03@12:00/E to=01",
	    "finished emergency start 09:00 ed 09:00 end 12:00 to 01" },
	{ "A04@09:00/E; A06@13:00/I", FROM_ED },
	{ "A04@09:00/E; A06@13:20/I at=13:00", FROM_ED },
	{ "A04@09:00/E; A06@13:00/B",
	    "in-progress obstetrics start 09:00 ed 09:00 inpatient 13:00" },
	{ "A04@09:00/O; A06@13:00/I", "in-progress inpatient start 09:00 inpatient 13:00" },
	{ "A06@13:00/I", "in-progress inpatient start 13:00 inpatient 13:00" },
	/* admitted by A01 on the same visit; PV1-44 often repeats the arrival, to the minute */
	{ "A04@09:00/E; A01@13:00/I", FROM_ED },
	{ "A04@09:00/E in=09:00; A01@13:10/I in=13:00", FROM_ED },
	{ "A04@09:05/E in=09:00; A01@13:00/I in=09:00", FROM_ED },
	{ "A04@09:05/E in=09:00; A01@13:20/I in=09:00 at=13:00", FROM_ED },
	{ "A04@09:00/E; A01@13:00/I in=09:01", FROM_ED },
	{ "A04@09:00/E; A01@13:00/I; A03@3d11:00/I",
	    "finished inpatient start 09:00 ed 09:00 inpatient 13:00 end 3d11:00" },
	{ "A04@09:00/E; A01@09:00/I",
	    "in-progress inpatient start 09:00 ed 09:00 inpatient 09:00" },
	/* a class that is not stated changes none */
	{ "A04@09:00/E; A01@13:00", "in-progress emergency start 09:00 ed 09:00" },
	{ "A04@09:00/E; A01@10:00/O; A06@13:00/I", FROM_ED },
	/* registered again, later and without PV1-44: an inpatient is not sent back by it */
	{ "A04@09:00/E; A06@13:00/I; A04@13:30/E",
	    "in-progress inpatient start 13:00 ed 13:30 inpatient 13:00" },
	{ "A04@09:00/E in=09:00; A06@13:00/I; A04@13:30/E in=09:00", FROM_ED },
	{ "A04@09:00/E in=09:00; A01@13:00/I; A04@13:30/E in=09:00 fac=NORTH",
	    FROM_ED " fac NORTH" },

	/* out of order */
	{ "A03@3d11:00/I in=10:00; A01@10:00/I", ENDED },
	{ "A03@3d11:00/I in=10:00", ENDED " missing" },
	{ "A03@3d11:00/I", "finished inpatient end 3d11:00 missing" },
	{ "A03@12:00/E in=09:00", "finished emergency start 09:00 ed 09:00 end 12:00 missing" },
	{ "A03@12:00/E", "finished emergency ed 12:00 end 12:00 missing" },
	{ "A03@12:00/E in=09:00; A04@09:00/E",
	    "finished emergency start 09:00 ed 09:00 end 12:00" },
	{ "A04@09:00/E; A03@3d11:00/I; A06@13:00/I",
	    "finished inpatient start 09:00 ed 09:00 inpatient 13:00 end 3d11:00" },
	/* a discharge on a day without an hour ends that day, whenever in it the admission was */
	{ "A01@10:00/I; A03@12:00/I out=0d",
	    "finished inpatient start 10:00 inpatient 10:00 end 0d" },
	{ "A01@10:00/I in=0d; A03@12:00/I out=0d",
	    "finished inpatient start 0d inpatient 0d end 0d" },
	/* admitted after it was over: kept as what it says, and the stay stays ended */
	{ "A01@10:00/I; A03@3d11:00; A06@3d12:00/I", ENDED },

	/* corrections: the newer statement counts, also one of an earlier time */
	{ "A01@10:00/I; A01@10:30/I in=09:30",
	    "in-progress inpatient start 09:30 inpatient 09:30" },
	{ "A01@09:00/I; A01@09:30/I in=10:00", STAYED },
	{ "A01@10:00/I; A01@10:30/O in=10:00", "in-progress outpatient start 10:00" },
	{ "A01@10:00/I; A03@3d12:00 out=3d12:00 to=01; A03@3d13:00 out=3d11:00 to=06",
	    ENDED " to 06" },
	{ "A04@09:00/E; A06@12:00/I; A06@12:30/I at=13:00", FROM_ED },
	/* "still a patient" on an interim bill */
	{ "A01@10:00/I; A03@3d11:00 to=30", STAYED },

	/* retractions */
	{ "A01@10:00/I; A11@12:00", "cancelled unknown" },
	{ "A04@09:00/E; A11@12:00", "cancelled unknown" },
	{ "A06@13:00/I; A11@14:00", "cancelled unknown" },
	{ "A04@09:00/E; A01@13:00/I; A11@14:00", IN_ED },
	{ "A04@09:00/E; A06@13:00/I; A11@14:00", IN_ED },
	{ "A04@09:00/E; A06@13:00/I; A11@14:00; A11@15:00", "cancelled unknown" },
	{ "A04@09:00/E; A06@12:00/I; A11@12:30; A06@13:00/I", FROM_ED },
	{ "A01@10:00/I; A03@3d11:00; A11@3d12:00", "cancelled unknown" },
	/* one recorded later admits again, although it states the same start */
	{ "A01@10:00/I in=10:00; A11@10:20; A01@11:00/I in=10:00", STAYED },
	/* the cancel came alone: what it cancels was recorded before it, what is new after it */
	{ "A11@12:00", "cancelled unknown" },
	{ "A11@12:00; A01@10:00/I", "cancelled unknown" },
	{ "A11@09:00; A01@10:00/I", STAYED },
	{ "A01@10:00/I; A03@3d11:00 to=01; A13@3d12:00", STAYED },
	{ "A01@10:00/I; A13@3d12:00; A03@3d11:00", STAYED },
	{ "A01@10:00/I; A03@2d08:00 to=07; A13@2d09:00; A03@3d11:00", ENDED },
	{ "A04@09:00/E; A03@12:00/E; A13@12:30", IN_ED },
	{ "A13@3d12:00/I in=10:00", STAYED " inferred" },
	{ "A03@3d11:00/I in=10:00; A13@3d12:00/I in=10:00", STAYED " inferred" },
	{ "A13@3d12:00/E in=09:00", "in-progress emergency start 09:00 ed 09:00 inferred" },
	{ "A13@3d10:00/I in=10:00; A03@3d11:00/I in=10:00", ENDED " missing" },

	/* updates, and facts that any message may bring */
	{ "A08@11:00/I in=10:00", "unknown unknown" },
	{ "A04@09:00/E; A08@13:00/I", FROM_ED },
	{ "A04@09:00/E; A02@13:00/I", FROM_ED },
	{ "A04@09:00/E; A08@13:00/I; A08@13:30/I; A08@14:00/E; A08@15:00/I", FROM_ED },
	/* cancelled, whatever was said of it meanwhile */
	{ "A04@09:00/E; A06@13:00/I; A02@14:00/I; A08@14:30/I; A11@15:00", IN_ED },
	{ "A04@09:00/E; A06@13:00/I; A08@14:00/I; A11@15:00; A06@16:00/I; A08@17:00/I",
	    "in-progress inpatient start 09:00 ed 09:00 inpatient 16:00" },
	{ "A04@09:00/E; A08@13:00/I; A11@15:00", IN_ED },
	{ "A04@09:00/E; A08@13:00/I; A11@15:00; A11@16:00", "cancelled unknown" },
	{ "A04@09:00/O; A08@09:30/E; A08@09:40/E", IN_ED },
	{ "A04@09:00/O; A08@09:30/E; A08@10:00/O; A08@10:30/O; A08@11:00/O; A08@12:00/O",
	    "arrived outpatient start 09:00 ed 09:00" },
	/* what is coded after the discharge */
	{ "A01@10:00/I; A03@3d11:00; A08@3d12:00 to=20; A08@4d12:00", ENDED " to 20" },
	{ "A01@10:00/I; A03@3d12:00 to=01; A08@4d12:00 out=3d11:00; A08@5d12:00 to=30",
	    ENDED " to 01" },
	{ "A01@10:00/I; A08@3d10:00 to=20 out=3d10:00; A03@3d11:00 to=01", ENDED " to 01" },
	{ "A01@10:00/I; A03@3d11:00 to=01; A08@3d12:00/I", ENDED " to 01" },
	{ "A01@10:00/I type=E from=7 fac=NORTH svc=MED; A08@11:00 svc=CAR",
	    STAYED " type E from 7 fac NORTH svc CAR" },
	{ "A01@10:00/I fac=NORTH; A08@12:00 fac=WEST; A08@11:00 fac=SOUTH", STAYED " fac WEST" },
	{ "A01@10:00/I; A08@12:00 to=01", STAYED },
	{ "A01@10:00/I fac=NORTH; A08@11:00 fac=SOUTH; A08@12:00 svc=CAR; A08@13:00 svc=MED; "
	  "A08@14:00",
	    STAYED " fac SOUTH svc MED" },

	/* moves and leaves are no discharge and no admission */
	{ "A01@10:00/I; A02@11:00/I; A21@1d09:00; A22@2d09:00; A03@3d11:00", ENDED },
	{ "A01@10:00/I; A21@1d09:00", "onleave inpatient start 10:00 inpatient 10:00" },
	{ "A01@10:00/I; A21@1d09:00; A22@2d09:00", STAYED },
	{ "A01@10:00/I; A22@2d09:00; A21@1d09:00", STAYED },
	{ "A01@10:00/I; A21@1d09:00; A22@2d09:00; A21@2d20:00",
	    "onleave inpatient start 10:00 inpatient 10:00" },
	{ "A01@10:00/I; A21@1d09:00; A22@2d09:00; A21@2d20:00; A52@2d21:00", STAYED },
	{ "A01@10:00/I; A21@1d09:00; A52@1d10:00", STAYED },
	{ "A01@10:00/I; A21@1d09:00; A22@2d09:00; A53@2d10:00",
	    "onleave inpatient start 10:00 inpatient 10:00" },
	{ "A01@10:00/I loc=4W; A02@11:00 loc=5N; A02@12:00 loc=6S", STAYED " loc 6S" },
	{ "A01@10:00/I loc=4W; A02@12:00 loc=6S; A02@11:00 loc=5N", STAYED " loc 6S" },
	{ "A01@10:00/I loc=4W; A02@11:00 loc=5N; A02@12:00 loc=6S; A12@12:30 loc=5N",
	    STAYED " loc 5N" },
	{ "A01@10:00/I loc=4W; A02@12:05 at=12:00 loc=6S; A02@12:10 at=12:00 loc=6S; A12@12:30",
	    STAYED " loc 4W" },
	{ "A01@10:00/I loc=4W; A08@12:00 loc=9X", STAYED " loc 4W" },
	{ "A02@11:00/I in=10:00", STAYED " inferred" },
	{ "A02@11:00/I in=10:00; A01@10:00/I", STAYED },
	{ "A12@11:00", "unknown unknown" },

	/* observation, and an inpatient stay that is taken back */
	{ "A04@09:00/OBS", "arrived observation start 09:00 obs 09:00" },
	{ "A04@09:00/OBS; A06@20:00/I; A07@22:00/OBS",
	    "in-progress observation start 09:00 obs 09:00" },
	{ "A04@09:00/OBS; A06@20:00/I; A07@22:00/O",
	    "in-progress outpatient start 09:00 obs 09:00" },
	{ "A04@09:00/E; A06@13:00/I; A07@14:00/O; A06@16:00/I",
	    "in-progress inpatient start 09:00 ed 09:00 inpatient 16:00" },
	{ "A04@09:00/E; A06@13:00/I; A07@14:00; A08@15:00/I",
	    "in-progress outpatient start 09:00 ed 09:00" },
	{ "A07@14:00/O in=09:00", "in-progress outpatient start 09:00 inferred" },

	/* plans */
	{ "A05@09:00/P exp=5d", "planned preadmit expected 5d" },
	{ "A14@09:00 exp=5d; A27@10:00", "cancelled preadmit" },
	{ "A05@09:00/P exp=5d; A38@10:00", "cancelled preadmit" },
	{ "A05@09:00/P exp=5d; A05@10:00/P exp=6d", "planned preadmit expected 6d" },
	{ "A05@09:00/P exp=5d; A01@5d10:00/I",
	    "in-progress inpatient start 5d10:00 inpatient 5d10:00 expected 5d" },
	{ "A05@09:00/P exp=5d; A01@5d10:00/I; A11@5d11:00", "planned preadmit expected 5d" },
	{ "A05@09:00/P; A01@5d10:00/I; A38@5d11:00",
	    "in-progress inpatient start 5d10:00 inpatient 5d10:00" },
	{ "A01@10:00/I; A05@11:00/P", STAYED },
	{ "A38@10:00", "cancelled preadmit" },
	{ "A01@10:00/I; A16@1d09:00 exp=3d; A25@1d10:00", STAYED },
	{ "A01@10:00/I; A16@1d09:00 exp=3d", STAYED " until 3d" },

	/* entered in error; a visit that is over is only put away */
	{ "A01@10:00/I; A23@11:00", "entered-in-error inpatient start 10:00 inpatient 10:00" },
	{ "A01@10:00/I; A03@3d11:00; A23@4d11:00", ENDED },

	/* closed for silence, unless something was heard since or the discharge comes after all */
	{ "A04@09:00/E; close@5d09:00", "finished emergency start 09:00 ed 09:00 closed" },
	{ "A04@09:00/E; close@5d09:00; A08@5d10:00", IN_ED },
	{ "A04@09:00/E; close@5d09:00; A03@12:00/E",
	    "finished emergency start 09:00 ed 09:00 end 12:00" },
	{ "A04@09:00/E; close@5d09:00; A03@6d12:00/E out=12:00",
	    "finished emergency start 09:00 ed 09:00 end 12:00" },

	/* IHE PAM: movements */
	{ "A01@10:00/I mv=1 zbe=INSERT loc=4W; A02@11:00/I mv=2 zbe=INSERT loc=5N; "
	  "A02@12:00/I mv=3 zbe=INSERT loc=6S; A12@13:00 mv=2 zbe=CANCEL",
	    STAYED " loc 6S" },
	{ "A01@10:00/I mv=1 zbe=INSERT; A01@12:00/I mv=1 zbe=UPDATE at=09:00",
	    "in-progress inpatient start 09:00 inpatient 09:00" },
	{ "A01@10:00/I mv=1 zbe=INSERT; A01@12:00/I mv=1 zbe=CANCEL", "cancelled unknown" },
	{ "A01@12:00/I mv=1 zbe=CANCEL", "cancelled unknown" },

	/* a long one */
	{ "A04@08:59/E in=09:00; A08@09:10 type=E; A04@09:20/E in=09:00 type=E; A06@12:40/I; "
	  "A11@12:50; "
	  "A06@13:00/I; A08@14:00 fac=NORTH; A03@2d08:00 to=07; A13@2d09:00; A03@3d12:00 "
	  "out=3d12:00; "
	  "A03@3d13:00 out=3d11:00 to=01",
	    "finished inpatient start 09:00 ed 09:00 inpatient 13:00 end 3d11:00 to 01 type E fac "
	    "NORTH" },
};

START_TEST(ends_in_the_state_the_events_tell_of)
{
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_event ev[EVENTS_MAX];
		size_t n;

		ww_ctx_clear(&cx);
		n = read_events(rows[i].events, ev);
		folds_to(rows[i].events, ev, n, rows[i].want, "got");
	}
}
END_TEST

/* All at the same time, in the order in which they were sent. */
static const struct tie {
	const char *events, *want;
} ties[] = {
	{ "A01@10:00/I; A11@10:00; A01@10:00/I", STAYED },
	{ "A01@0d/I; A11@0d; A01@0d/I", "in-progress inpatient start 0d inpatient 0d" },
	{ "A01@10:00/I; A11@10:00; A01@10:00/I; A11@10:00", "cancelled unknown" },
	{ "A01@10:00/I; A01@10:00/I; A11@10:00", "cancelled unknown" },
	{ "A01@10:00/I; A11@10:00; A11@10:00; A01@10:00/I", STAYED },
	{ "A04@09:00/E; A06@13:00/I; A11@13:00; A06@13:00/I", FROM_ED },
	{ "A01@09:00/I; A01@10:00/I; A03@3d11:00; A13@3d11:00", STAYED },
	{ "A01@10:00/I; A03@3d11:00; A13@3d11:00; A03@3d11:00", ENDED },
	{ "A01@10:00/I; A03@3d11:00; A13@3d11:00; A13@3d11:00; A03@3d11:00; A13@3d11:00", STAYED },
	{ "A01@10:00/I fac=NORTH; A08@10:00 fac=WEST; A08@10:00 fac=SOUTH", STAYED " fac SOUTH" },
	/* a registration comes before its admission, and an admission before its discharge */
	{ "A01@09:00/I; A04@09:00/E",
	    "in-progress inpatient start 09:00 ed 09:00 inpatient 09:00" },
	{ "A03@10:00/I; A01@10:00/I", "finished inpatient start 10:00 inpatient 10:00 end 10:00" },
};

/* Nothing tells them apart but what they are: a cancel comes after what it cancels. */
static const struct tie untold[] = {
	{ "A11@10:00; A01@10:00/I", "cancelled unknown" },
	{ "A11@10:00; A11@10:00; A01@10:00/I", "cancelled unknown" },
	{ "A04@09:00/E; A11@13:00; A01@13:00/I", IN_ED },
	{ "A01@10:00/I; A13@3d11:00; A03@3d11:00", STAYED },
	{ "A01@10:00/I; A11@10:00; A01@10:00/I", "cancelled unknown" },
};

/* -- order of arrival ------------------------------------------------------------------------------- */

enum { ALL_UP_TO = 5, SHUFFLES = 200 };
static const uint32_t seed = 20260302; /* of the shuffles, the same in every run */

static void
swap(struct ww_event *a, struct ww_event *b)
{
	struct ww_event t = *a;

	*a = *b;
	*b = t;
}

/* All orders of the first n, by Heap's algorithm: each is one swap away from the one before. */
static void
permute_all(const char *events, const char *want, struct ww_event *ev, size_t n, size_t all)
{
	if (n <= 1) {
		folds_to(events, ev, all, want, "in another order");
		return;
	}
	for (size_t i = 0; i + 1 < n; i++) {
		permute_all(events, want, ev, n - 1, all);
		swap(&ev[n % 2 == 0 ? i : 0], &ev[n - 1]);
	}
	permute_all(events, want, ev, n - 1, all);
}

static uint32_t
next_random(uint32_t *state_)
{
	*state_ ^= *state_ << 13;
	*state_ ^= *state_ >> 17;
	*state_ ^= *state_ << 5;
	return *state_;
}

static void
shuffle(size_t row, struct ww_event *ev, size_t n)
{
	uint32_t random = seed;
	char how[64];

	for (int k = 0; k < SHUFFLES; k++) {
		for (size_t i = n - 1; i > 0; i--)
			swap(&ev[i], &ev[next_random(&random) % (i + 1)]);
		snprintf(how, sizeof(how), "seed %u, shuffle %d", seed, k);
		folds_to(rows[row].events, ev, n, rows[row].want, how);
	}
}

START_TEST(ends_in_the_same_state_whatever_the_order)
{
	size_t longer = 0;

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_event ev[EVENTS_MAX];
		size_t n;

		ww_ctx_clear(&cx);
		n = read_events(rows[i].events, ev);
		if (n <= ALL_UP_TO) {
			permute_all(rows[i].events, rows[i].want, ev, n, n);
		} else {
			shuffle(i, ev, n);
			longer++;
		}
	}
	ck_assert_uint_gt(longer, 0);
}
END_TEST

/* A sender that repeats a message under another control id: other bytes, the same statement. */
START_TEST(takes_an_event_sent_again_as_the_same)
{
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_event ev[EVENTS_MAX];
		size_t n;

		ww_ctx_clear(&cx);
		n = read_events(rows[i].events, ev);
		ck_assert_uint_le(2 * n, EVENTS_MAX);
		for (size_t k = 0; k < n; k++) {
			ev[n + k] = ev[k];
			ev[n + k].id += 100;
		}
		folds_to(rows[i].events, ev, 2 * n, rows[i].want, "each sent twice");
	}
}
END_TEST

/* Recorded in the same minute, or on the same day: what was sent first by MSH-7 came first, however it arrived. */
START_TEST(goes_by_the_time_of_sending_where_that_of_recording_is_the_same)
{
	for (size_t i = 0; i < UNIT_COUNT(ties); i++) {
		struct ww_event ev[EVENTS_MAX];
		size_t n;

		ww_ctx_clear(&cx);
		n = read_events(ties[i].events, ev);
		for (size_t k = 0; k < n; k++) {
			ev[k].sent = (ww_time){ .ms = day_zero + (int64_t)k, .prec = WW_PREC_MS };
			ev[k].id = 100 - (int64_t)k;
		}
		folds_to(ties[i].events, ev, n, ties[i].want, "got");
		for (size_t k = 0; k + 1 < n; k++) {
			swap(&ev[k], &ev[n - 1]);
			folds_to(ties[i].events, ev, n, ties[i].want, "in another order");
		}
	}
}
END_TEST

/* The same by MSH-10, where it counts up. */
START_TEST(goes_by_the_control_id_where_the_time_of_sending_is_the_same_too)
{
	static const char *const forms[] = { "", "ADT", "Q-00000" };

	for (size_t i = 0; i < UNIT_COUNT(ties); i++) {
		for (size_t form = 0; form < UNIT_COUNT(forms); form++) {
			struct ww_event ev[EVENTS_MAX];
			char ids[EVENTS_MAX][16];
			size_t n;

			ww_ctx_clear(&cx);
			n = read_events(ties[i].events, ev);
			for (size_t k = 0; k < n; k++) {
				snprintf(ids[k], sizeof(ids[k]), "%s%zu", forms[form], k + 8);
				ev[k].control = ww_str_from(ids[k]);
				ev[k].id = 100 - (int64_t)k;
			}
			folds_to(ties[i].events, ev, n, ties[i].want, forms[form]);
			for (size_t k = 0; k + 1 < n; k++) {
				swap(&ev[k], &ev[n - 1]);
				folds_to(ties[i].events, ev, n, ties[i].want, "in another order");
			}
		}
	}
}
END_TEST

/* And where nothing else tells, by what happened and then by the content: the order of arrival never counts. */
START_TEST(goes_by_what_happened_and_by_content_where_nothing_else_tells)
{
	for (size_t i = 0; i < UNIT_COUNT(untold); i++) {
		struct ww_event ev[EVENTS_MAX];
		char digests[EVENTS_MAX][16];
		size_t n;

		ww_ctx_clear(&cx);
		n = read_events(untold[i].events, ev);
		for (size_t k = 0; k < n; k++) {
			snprintf(digests[k], sizeof(digests[k]), "%04zx", k * 7919 % 4096);
			ev[k].digest = ww_str_from(digests[k]);
			ev[k].control = WW_STR("8f1c-22b7"); /* no counter */
		}
		permute_all(untold[i].events, untold[i].want, ev, n, n);
	}
}
END_TEST

START_TEST(takes_the_newer_of_two_statements_by_content_where_nothing_else_tells)
{
	struct ww_event ev[EVENTS_MAX];
	static const char events[] = "A01@10:00/I in=09:00; A01@10:00/I in=10:00";

	for (int order = 0; order < 2; order++) {
		ck_assert_uint_eq(read_events(events, ev), 2);
		ev[0].digest = WW_STR("aa");
		ev[1].digest = WW_STR("bb");
		if (order == 1) {
			swap(&ev[0], &ev[1]);
			ev[0].id = 1;
			ev[1].id = 2;
		}
		fold(ev, 2);
		ck_assert_msg(ww_str_is(ww_buf_view(&state), STAYED), "%.*s",
		    WW_STR_FMT(ww_buf_view(&state)));
	}
}
END_TEST

START_TEST(leaves_the_events_as_they_are)
{
	struct ww_event ev[EVENTS_MAX], was[EVENTS_MAX];
	size_t n = read_events("A03@3d11:00/I; A01@10:00/I; A13@3d12:00", ev);

	memcpy(was, ev, n * sizeof(ev[0]));
	fold(ev, n);
	for (size_t i = 0; i < n; i++)
		ck_assert(ww_row_equal(&ww_entity_event, &was[i], &ev[i]));
}
END_TEST

START_TEST(tells_of_an_arena_that_is_full)
{
	struct ww_ctx small = { .arena = ww_arena_new(64) };
	struct ww_event ev[EVENTS_MAX];
	struct ww_encounter e;
	size_t n = read_events("A01@10:00/I; A03@3d11:00; A13@3d12:00", ev);

	ww_row_init(&ww_entity_encounter, &e);
	ck_assert_int_eq(ww_fold(&small, ev, n, &e), WW_E_LIMIT);
	ww_arena_free(small.arena);
}
END_TEST

START_TEST(names_each_trigger_event)
{
	static const struct {
		const char *trigger;
		enum ww_act act;
		const char *text;
	} table[] = {
		{ "A01", WW_ACT_ADMIT, "admit" },
		{ "A03", WW_ACT_DISCHARGE, "discharge" },
		{ "A04", WW_ACT_REGISTER, "register" },
		{ "A06", WW_ACT_INPATIENT, "outpatient to inpatient" },
		{ "A08", WW_ACT_UPDATE, "update" },
		{ "A11", WW_ACT_CANCEL_ADMIT, "cancel admit" },
		{ "A13", WW_ACT_CANCEL_DISCHARGE, "cancel discharge" },
		{ "A02", WW_ACT_TRANSFER, "transfer" },
		{ "A31", WW_ACT_PERSON, "person" },
		{ "A20", WW_ACT_NONE, "nothing" },
		{ "A19", WW_ACT_NONE, "nothing" },
		{ "A63", WW_ACT_NONE, "nothing" },
		{ "close", WW_ACT_CLOSE, "closed without discharge" },
		{ "A011", WW_ACT_NONE, "nothing" },
		{ "A0", WW_ACT_NONE, "nothing" },
		{ "", WW_ACT_NONE, "nothing" },
	};

	for (size_t i = 0; i < UNIT_COUNT(table); i++) {
		enum ww_act a = ww_act_of(ww_str_from(table[i].trigger));

		ck_assert_int_eq(a, table[i].act);
		ck_assert_str_eq(ww_act_text(a), table[i].text);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { ends_in_the_state_the_events_tell_of,
		ends_in_the_same_state_whatever_the_order, takes_an_event_sent_again_as_the_same,
		goes_by_the_time_of_sending_where_that_of_recording_is_the_same,
		goes_by_the_control_id_where_the_time_of_sending_is_the_same_too,
		goes_by_what_happened_and_by_content_where_nothing_else_tells,
		takes_the_newer_of_two_statements_by_content_where_nothing_else_tells,
		leaves_the_events_as_they_are, tells_of_an_arena_that_is_full,
		names_each_trigger_event };
	int code;

	cx.arena = ww_arena_new(0);
	code = unit_main("fold", tests, UNIT_COUNT(tests));
	ww_buf_free(&state);
	ww_arena_free(cx.arena);
	return code;
}

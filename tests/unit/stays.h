/* What the tests of readmission share: stays out of a text, and what was judged of them as a text.
 *
 *	A H1 2026-01-01..2026-01-05 01 I509 0SR90J9; B(observation only) H1 2026-01-10..2026-01-11
 *
 * Each has a letter, perhaps a kind, a hospital (- is none), when it began and ended (.. alone: still there; no ..: on that day),
 * a discharge status (- is none), a principal diagnosis (- is none) and procedures. */
#ifndef WW_TESTS_STAYS_H
#define WW_TESTS_STAYS_H

#include "rules/readmission.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { STAYS_MAX = 12, STAY_PROCEDURES = 4 };

struct stays {
	struct ww_ctx cx;
	struct ww_readmission_terms terms; /* those of the measure, over all adults */
	struct ww_readmission_stay v[STAYS_MAX];
	struct ww_readmission_result r[STAYS_MAX];
	char names[STAYS_MAX];
	ww_str procedures[STAYS_MAX][STAY_PROCEDURES];
	size_t n;
	char text[512];
};

/* A date, or one with a clock of the zone: 2026-01-05, 2026-01-05T10:00. */
static inline ww_time
stays_time(const struct stays *st, ww_str text)
{
	char digits[16];
	ww_time t = { 0 };
	size_t n = 0;
	bool ok;

	for (size_t i = 0; i < text.n && n < sizeof(digits); i++) {
		if (text.p[i] >= '0' && text.p[i] <= '9')
			digits[n++] = text.p[i];
	}
	ok = n == 0 || ww_time_hl7(ww_str_of(digits, n), st->terms.zone, &t);
	assert(ok);
	return t;
}

static inline ww_str
stays_word(ww_str *rest)
{
	ww_str word;

	*rest = ww_str_trim(*rest);
	word = ww_str_cut(*rest, ' ', rest);
	return ww_str_is(word, "-") ? ww_str_empty() : word;
}

static inline enum ww_encounter_class
stays_class(ww_str kind)
{
	static const struct {
		const char *kind;
		enum ww_encounter_class class_;
	} kinds[] = {
		{ "observation only", WW_encounter_class_OBSERVATION },
		{ "ED only", WW_encounter_class_ED },
		{ "surgery", WW_encounter_class_OUTPATIENT },
		{ "planned", WW_encounter_class_PREADMIT },
		{ "", WW_encounter_class_INPATIENT },
	};
	size_t i = 0;

	while (i < 4 && !ww_str_is(kind, kinds[i].kind))
		i++;
	return kinds[i].class_;
}

static inline void
stays_read(struct stays *st, ww_str one)
{
	struct ww_readmission_stay *s = &st->v[st->n];
	ww_str kind = ww_str_empty(), dates, rest, procedure;
	size_t n = 0;

	assert(st->n < STAYS_MAX);
	one = ww_str_trim(one);
	st->names[st->n] = one.p[0];
	if (one.n > 1 && one.p[1] == '(')
		kind = ww_str_cut(ww_str_sub(one, 2, one.n), ')', &rest);
	else
		rest = ww_str_sub(one, 1, one.n);
	s->class_ = stays_class(kind);
	s->facility = stays_word(&rest);
	dates = stays_word(&rest);
	s->start = stays_time(st, ww_str_cut(dates, '.', &dates));
	s->end = dates.n == 0 ? s->start : stays_time(st, ww_str_sub(dates, 1, dates.n));
	s->disposition = stays_word(&rest);
	s->coded.principal = stays_word(&rest);
	while ((procedure = stays_word(&rest)).n != 0 && n < STAY_PROCEDURES)
		st->procedures[st->n][n++] = procedure;
	s->coded.procedures = st->procedures[st->n];
	s->coded.procedures_n = n;
	st->n++;
}

/* The caller frees it by stays_free. */
static inline struct stays *
stays_new(ww_str text)
{
	struct stays *st = calloc(1, sizeof(*st));

	assert(st != NULL);
	st->cx.arena = ww_arena_new(0);
	st->terms = (struct ww_readmission_terms){ .zone = ww_zone_find("America/New_York"),
		.days = 30,
		.min_age = 18,
		.max_age = 150,
		.as_of = ww_day_of(2030, 1, 1) };
	assert(st->cx.arena != NULL && st->terms.zone != NULL);
	while (text.n != 0)
		stays_read(st, ww_str_cut(text, ';', &text));
	return st;
}

static inline void
stays_free(struct stays *st)
{
	ww_arena_free(st->cx.arena);
	free(st);
}

static inline void
stays_judge(struct stays *st)
{
	ww_status s = ww_readmission_judge(&st->cx, st->v, st->n, &st->terms, st->r);

	assert(s == WW_OK);
}

/* What was judged: "A unplanned B; B index; C joins B". */
static inline const char *
stays_text(struct stays *st)
{
	static const char *const outcomes[] = {
		[WW_READMISSION_NONE] = "index",
		[WW_READMISSION_OPEN] = "open",
		[WW_READMISSION_PLANNED] = "planned",
		[WW_READMISSION_UNPLANNED] = "unplanned",
		[WW_READMISSION_PROVISIONAL] = "provisional",
	};
	size_t at = 0;

	for (size_t i = 0; i < st->n; i++) {
		const struct ww_readmission_result *r = &st->r[i];
		char to[3] = { ' ', st->names[r->role == WW_READMISSION_INDEX ? r->by : r->with],
			'\0' };
		const char *what = "out";

		if (r->role == WW_READMISSION_JOINED)
			what = "joins";
		else if (r->role == WW_READMISSION_TRANSFER)
			what = "to";
		else if (r->role == WW_READMISSION_NO_INDEX)
			what = ww_readmission_why_text(r->why);
		else if (r->role == WW_READMISSION_INDEX)
			what = outcomes[r->outcome];
		at += (size_t)snprintf(st->text + at, sizeof(st->text) - at, "%s%c %s%s%s%s",
		    i == 0 ? "" : "; ", st->names[i], what, to[1] == st->names[i] ? "" : to,
		    r->ed_visit ? " +ed" : "", r->observation_visit ? " +obs" : "");
		assert(at < sizeof(st->text));
	}
	return st->text;
}

#endif

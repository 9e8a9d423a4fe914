/* Goes through the messages from the newest on, block by block: the ledger's row decides, then the person's numbers and the
 * stay's, which are remembered for a while, and the journal's record last, as it costs most. */
#include "report/search.h"

#include "model/member.h"
#include "model/record.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024, REMEMBERED = 4096 };

/* Whether an id fits, as far as it was asked for lately. */
struct memory {
	ww_id id[REMEMBERED];
	bool fits[REMEMBERED];
};

struct searcher;

/* Of whom, or of which stay, messages are to speak. */
struct about {
	ww_id *ids; /* by index, ascending; NULL: not looked up */
	size_t n;
	bool asked; /* else each id is asked for */
	ww_status (*look)(struct searcher *sr, ww_id id, bool *fits);
	struct memory *memory;
};

struct searcher {
	struct ww_ledger *l;
	struct ww_journal *j;
	struct ww_ctx *cx;   /* the caller's */
	struct ww_ctx apart; /* for rows and records that are looked at and forgotten */
	const struct ww_search *s;
	struct about person, stay;
	uint64_t kept_from; /* records below are pruned */
	struct ww_search_result *out;
	bool over; /* what is left came before s->from */
};

/* -- by index ---------------------------------------------------------------------------------------- */

static int
by_id(const void *a, const void *b)
{
	ww_id x = *(const ww_id *)a, y = *(const ww_id *)b;

	return (x > y) - (x < y);
}

static ww_status
keep_ids(struct searcher *sr, const struct ww_rows *rows,
    ww_id (*id)(const struct ww_rows *, size_t), struct about *out)
{
	ww_id *p = ww_arena_array(sr->cx->arena, rows->n + 1, sizeof(*p));

	if (p == NULL)
		return ww_fail_memory(sr->cx);
	for (size_t i = 0; i < rows->n; i++)
		p[i] = id(rows, i);
	qsort(p, rows->n, sizeof(*p), by_id);
	out->ids = p;
	out->n = rows->n;
	return WW_OK;
}

static ww_id
person_of_identifier(const struct ww_rows *rows, size_t i)
{
	return WW_ROW(rows, identifier, i)->person;
}

static ww_id
person_of_member(const struct ww_rows *rows, size_t i)
{
	return WW_ROW(rows, member, i)->person;
}

static ww_id
stay_of(const struct ww_rows *rows, size_t i)
{
	return WW_ROW(rows, encounter, i)->id;
}

static ww_status
look_up_patient(struct searcher *sr)
{
	struct ww_identifier like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_identifier, &like);
	like.system = sr->s->patient_system;
	like.value = sr->s->patient;
	s = ww_find(sr->l, sr->cx, identifier, "by_value", &like, &rows);
	return s == WW_OK ? keep_ids(sr, &rows, person_of_identifier, &sr->person) : s;
}

static ww_status
look_up_member(struct searcher *sr)
{
	struct ww_member like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_member, &like);
	like.number = ww_member_key(sr->cx, sr->s->member);
	s = ww_ledger_scan(sr->l, sr->cx, &ww_entity_member, 1, &like, 0, &rows);
	return s == WW_OK ? keep_ids(sr, &rows, person_of_member, &sr->person) : s;
}

static ww_id
person_of_authorization(const struct ww_rows *rows, size_t i)
{
	return WW_ROW(rows, authorization, i)->person;
}

/* Under either number. Whoever was merged since is found by the messages that were theirs. */
static ww_status
look_up_authorization(struct searcher *sr)
{
	struct ww_authorization like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_authorization, &like);
	like.number = like.granted = sr->s->authorization;
	s = ww_find(sr->l, sr->cx, authorization, "by_granted", &like, &rows);
	if (s == WW_OK && rows.n == 0)
		s = ww_find(sr->l, sr->cx, authorization, "by_number", &like, &rows);
	return s == WW_OK ? keep_ids(sr, &rows, person_of_authorization, &sr->person) : s;
}

static ww_status
look_up_visit(struct searcher *sr)
{
	struct ww_encounter like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.visit_system = sr->s->visit_system;
	like.visit = sr->s->visit;
	s = ww_find(sr->l, sr->cx, encounter, "by_visit", &like, &rows);
	return s == WW_OK ? keep_ids(sr, &rows, stay_of, &sr->stay) : s;
}

static ww_status
look_up(struct searcher *sr)
{
	ww_status s = WW_OK;

	if (sr->s->member.n > 0)
		s = look_up_member(sr);
	else if (sr->s->authorization.n > 0)
		s = look_up_authorization(sr);
	else if (sr->s->patient_system.n > 0)
		s = look_up_patient(sr);
	if (s == WW_OK && sr->s->visit_system.n > 0)
		s = look_up_visit(sr);
	return s;
}

/* -- one message ------------------------------------------------------------------------------------------ */

static ww_status
has_number(struct searcher *sr, ww_id person, bool *fits)
{
	struct ww_identifier like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_identifier, &like);
	like.person = person;
	s = ww_ledger_scan(sr->l, &sr->apart, &ww_entity_identifier, 1, &like, 0, &rows);
	*fits = false;
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		*fits = *fits || ww_str_eq(WW_ROW(&rows, identifier, i)->value, sr->s->patient);
	return s;
}

static ww_status
is_visit(struct searcher *sr, ww_id stay, bool *fits)
{
	struct ww_encounter e;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &e);
	e.id = stay;
	s = ww_get(sr->l, &sr->apart, encounter, &e, fits);
	*fits = *fits && ww_str_eq(e.visit, sr->s->visit);
	return s;
}

/* Asks the ledger, or remembers. The memory begins with 0 in every place, which no message has that fits. */
static ww_status
ask(struct searcher *sr, const struct about *a, ww_id id, bool *fits)
{
	size_t at = (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 52) % REMEMBERED;
	ww_status s = WW_OK;

	if (a->memory->id[at] != id) {
		s = a->look(sr, id, fits);
		a->memory->id[at] = s == WW_OK ? id : 0;
		a->memory->fits[at] = *fits;
	}
	*fits = a->memory->fits[at];
	return s;
}

/* Whether the id is among those that were looked up; where none were and there is a number to ask for, by the ledger. */
static ww_status
fits_about(struct searcher *sr, const struct about *a, ww_id id, bool *fits)
{
	if (a->ids != NULL)
		*fits = bsearch(&id, a->ids, a->n, sizeof(*a->ids), by_id) != NULL;
	else if (a->asked)
		return ask(sr, a, id, fits);
	return WW_OK;
}

/* What the message's own row says. */
static bool
fits_row(const struct ww_search *s, const struct ww_message *m)
{
	return (s->type.n == 0 || ww_str_ieq(s->type, m->type)) &&
	       (s->event.n == 0 || ww_str_ieq(s->event, m->event)) &&
	       (s->feed.n == 0 || ww_str_eq(s->feed, m->feed)) &&
	       (s->disposition < 0 || s->disposition == (int)m->disposition) &&
	       (s->from == 0 || m->received_ms >= s->from) &&
	       (s->to == 0 || m->received_ms < s->to);
}

/* MSH-10 stands in the journal alone. */
static ww_status
fits_control(struct searcher *sr, uint64_t seq, bool *fits)
{
	struct ww_rec_message body;
	struct ww_record r;
	struct ww_hl7 *m;
	bool found;
	ww_status s;

	*fits = false;
	if (seq < sr->kept_from) {
		sr->out->pruned = true;
		return WW_OK;
	}
	s = ww_journal_read(sr->j, &sr->apart, seq, &r, &found);
	if (s != WW_OK || !found || r.seq != seq || r.kind != WW_REC_MESSAGE)
		return s;
	s = ww_rec_message_read(&sr->apart, r.body, &body);
	if (s == WW_OK && ww_hl7_parse(&sr->apart, body.raw, &m) == WW_OK)
		*fits = ww_str_eq(ww_str_trim(ww_hl7_at(&sr->apart, m, "MSH-10")), sr->s->control);
	return s;
}

/* *fits: the record is a message that fits. Times of receipt never go back (cx->now of apply), so that the first one
 * before s->from is the end. */
static ww_status
look_at(struct searcher *sr, uint64_t seq, bool *fits)
{
	struct ww_message m;
	ww_status s;

	ww_row_init(&ww_entity_message, &m);
	m.seq = (int64_t)seq;
	s = ww_get(sr->l, &sr->apart, message, &m, fits);
	if (s != WW_OK || !*fits)
		return s;
	sr->over = sr->over || m.received_ms < sr->s->from;
	*fits = fits_row(sr->s, &m);
	if (*fits)
		s = fits_about(sr, &sr->stay, m.encounter, fits);
	if (s == WW_OK && *fits)
		s = fits_about(sr, &sr->person, m.person, fits);
	if (s == WW_OK && *fits && sr->s->control.n > 0)
		s = fits_control(sr, seq, fits);
	return s;
}

/* -- all of them -------------------------------------------------------------------------------------------- */

/* The records from up to and without end, forwards, as the journal is read fastest; the newest of those that fit are
 * kept. */
static ww_status
look_at_block(struct searcher *sr, uint64_t from, uint64_t end)
{
	uint64_t hits[BLOCK];
	size_t n = 0;
	ww_status s = WW_OK;

	for (uint64_t seq = from; seq < end && s == WW_OK; seq++) {
		bool fits = false;

		ww_ctx_clear(&sr->apart);
		s = look_at(sr, seq, &fits);
		if (fits)
			hits[n++] = seq;
	}
	if (s != WW_OK)
		sr->cx->fail = sr->apart.fail;
	while (n > 0 && sr->out->n < sr->s->limit)
		sr->out->seq[sr->out->n++] = hits[--n];
	sr->out->more = sr->out->more || n > 0;
	sr->out->visited += end - from;
	return s;
}

static ww_status
look_at_all(struct searcher *sr)
{
	struct ww_cursor cursor;
	bool found = false;
	uint64_t end;
	ww_status s;

	ww_row_init(&ww_entity_cursor, &cursor);
	cursor.id = 1;
	s = ww_get(sr->l, sr->cx, cursor, &cursor, &found);
	end = (uint64_t)cursor.seq + 1;
	while (s == WW_OK && found && end > 1 && !sr->over) {
		uint64_t from = end > BLOCK ? end - BLOCK : 1;

		if (sr->out->n == sr->s->limit) {
			sr->out->more = true;
			break;
		}
		s = look_at_block(sr, from, end);
		end = from;
		if (sr->s->progress != NULL)
			sr->s->progress(sr->s->arg, sr->out->visited, (uint64_t)cursor.seq);
	}
	return s;
}

/* It was looked up, and there is none. */
static bool
is_nobody(const struct about *a)
{
	return a->ids != NULL && a->n == 0;
}

ww_status
ww_search_messages(struct ww_ledger *l, struct ww_journal *j, struct ww_ctx *cx,
    const struct ww_search *s, struct ww_search_result *out)
{
	struct searcher sr = { .l = l,
		.j = j,
		.cx = cx,
		.s = s,
		.out = out,
		.person = { .asked = s->patient.n > 0, .look = has_number },
		.stay = { .asked = s->visit.n > 0, .look = is_visit } };
	struct ww_journal_state state;
	ww_status st = WW_OK;

	*out = (struct ww_search_result){ .n = 0 };
	out->seq = ww_arena_array(cx->arena, s->limit, sizeof(*out->seq));
	sr.person.memory = calloc(1, sizeof(*sr.person.memory));
	sr.stay.memory = calloc(1, sizeof(*sr.stay.memory));
	sr.apart.arena = ww_arena_new(0);
	if (out->seq == NULL || sr.person.memory == NULL || sr.stay.memory == NULL ||
	    sr.apart.arena == NULL)
		st = ww_fail_memory(cx);
	if (st == WW_OK && s->control.n > 0) {
		ww_journal_state(j, &state);
		sr.kept_from = state.pruned + 1;
	}
	if (st == WW_OK)
		st = look_up(&sr);
	if (st == WW_OK && !is_nobody(&sr.person) && !is_nobody(&sr.stay))
		st = look_at_all(&sr);
	ww_arena_free(sr.apart.arena);
	free(sr.stay.memory);
	free(sr.person.memory);
	return st;
}

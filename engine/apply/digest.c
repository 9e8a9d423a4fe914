/* The lists of digests, rows digest_entry, and the Communications that are made of them. */
#include "apply/digest.h"

#include "apply/deadline.h"
#include "apply/quiet.h"
#include "apply/work.h"
#include "apply/worklist.h"
#include "base/crypto.h"

#include <wardwire/calendar.h>
#include <wardwire/digest.h>
#include <wardwire/program.h>

enum {
	KEY_CHARS = 26,
	DAY_MS = 86400000,
	DAYS_MOST = 60,    /* looked at for one on which there is a digest */
	ENTRIES_MOST = 500 /* in one digest; what is more is in the next */
};

/* -- whose, and when ------------------------------------------------------------------------------------- */

/* Names of parties and programs hold no slash. */
static ww_str
name_of(struct ww_ctx *cx, const struct ww_flag *f)
{
	return ww_arena_printf(cx->arena, "%.*s/%s/%.*s", WW_STR_FMT(f->receiver),
	    ww_role_text(f->role), WW_STR_FMT(f->program));
}

struct list {
	const struct ww_program *program;
	const struct ww_party *party;
	enum ww_role role;
	ww_str name;
};

/* False: the party or the program is configured no more. */
static bool
find_list(const struct ww_apply *a, ww_str name, struct list *out)
{
	ww_str rest, party = ww_str_cut(name, '/', &rest), role = ww_str_cut(rest, '/', &rest);

	out->name = name;
	out->program = ww_programs_find(&a->programs, rest);
	out->party = ww_config_party(a->config, party);
	out->role = WW_role_NONE;
	for (int64_t r = 0; r < (int64_t)ww_role_count; r++) {
		if (ww_str_is(role, ww_role_text(r)))
			out->role = (enum ww_role)r;
	}
	return out->program != NULL && out->party != NULL;
}

static bool
is_day(const struct ww_program_digest *d, const struct ww_office *o, int64_t at)
{
	const struct ww_zone *z = o->zone != NULL ? o->zone : ww_zone_utc();
	int64_t day = ww_time_day(ww_time_at(at, z), z);
	int weekday = (int)((day + 3) % 7); /* 0 is Monday: 1970-01-01 was a Thursday */

	if (d->days != 0 && (d->days >> weekday & 1) == 0)
		return false;
	return !d->business || ww_calendar_is_business(o->calendar, day);
}

/* The next moment, from that on, at which there is one. */
static int64_t
next_digest(const struct ww_program_digest *d, const struct ww_office *o, int64_t from_ms)
{
	int64_t at = ww_calendar_next(o->zone, from_ms, d->at);

	for (int i = 0; i < DAYS_MOST && !is_day(d, o, at); i++)
		at = ww_calendar_next(o->zone, at + 1, d->at);
	return at;
}

/* -- the list --------------------------------------------------------------------------------------------- */

ww_status
ww_digest_note(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_flag *f, const struct ww_zone *feed)
{
	struct ww_digest_entry e;
	struct ww_office office;
	struct list l;
	int64_t due;
	ww_status s;

	if (f->form != WW_flag_form_DIGEST)
		return WW_OK;
	ww_row_init(&ww_entity_digest_entry, &e);
	e.name = name_of(cx, f);
	e.flag = f->id;
	if (f->state != WW_flag_state_OPEN)
		return ww_ledger_remove(a->set.ledger, cx, &ww_entity_digest_entry, &e);
	if (!find_list(a, e.name, &l))
		return WW_OK;
	s = ww_put(a->set.ledger, cx, digest_entry, &e);
	if (s == WW_OK)
		s = ww_timer_find_named(a, cx, WW_timer_kind_DIGEST, e.name, &due);
	if (s != WW_OK || due != 0)
		return s;
	office = ww_office_of(a, l.program, l.party, l.role, feed);
	return ww_timer_set_named(
	    a, cx, WW_timer_kind_DIGEST, e.name, next_digest(&l.program->daily, &office, cx->now));
}

/* -- the Communication -------------------------------------------------------------------------------------- */

/* The member's number as the roster has it. */
static ww_status
member_of(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_flag *f, struct ww_digest_line *line)
{
	struct ww_attribution at;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &at);
	at.id = f->attribution;
	s = ww_get(a->set.ledger, cx, attribution, &at, &found);
	line->member = at.member_id;
	return s;
}

/* What has become of the flag; *there false: it need not be told. */
static ww_status
read_line(struct ww_apply *a, struct ww_ctx *cx, const struct list *l, ww_id flag,
    struct ww_digest_line *line, bool *there)
{
	struct ww_flag f;
	ww_status s;

	ww_row_init(&ww_entity_flag, &f);
	f.id = flag;
	s = ww_get(a->set.ledger, cx, flag, &f, there);
	*there =
	    s == WW_OK && *there && f.state == WW_flag_state_OPEN && f.limit == WW_flag_limit_NONE;
	if (!*there)
		return s;
	line->kind = (enum ww_flag_kind)f.kind;
	line->title = l->program->flags[f.kind].title;
	/* What a roster changed is no score, and says nothing of the member's health. */
	line->band = (l->program->content & WW_CONTENT_SCORE) != 0 ||
	                     f.kind == WW_flag_kind_ATTRIBUTION_CHANGE
	                 ? f.band
	                 : ww_str_empty();
	line->raised_ms = f.raised_ms;
	f.told_ms = cx->now;
	s = ww_put(a->set.ledger, cx, flag, &f);
	return s == WW_OK ? member_of(a, cx, &f, line) : s;
}

/* What is on the list leaves it. At most ENTRIES_MOST; *more says whether that was all. */
static ww_status
take_lines(struct ww_apply *a, struct ww_ctx *cx, const struct list *l,
    struct ww_digest_line **lines, size_t *n, bool *more)
{
	struct ww_digest_entry like;
	struct ww_rows rows;
	ww_status s;

	*n = 0;
	ww_row_init(&ww_entity_digest_entry, &like);
	like.name = l->name;
	s = ww_ledger_scan(
	    a->set.ledger, cx, &ww_entity_digest_entry, 1, &like, ENTRIES_MOST, &rows);
	if (s != WW_OK)
		return s;
	*more = rows.n == ENTRIES_MOST;
	*lines = ww_arena_array(cx->arena, rows.n + 1, sizeof(**lines));
	if (*lines == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_digest_entry *e = WW_ROW(&rows, digest_entry, i);
		bool there;

		s = read_line(a, cx, l, e->flag, &(*lines)[*n], &there);
		*n += s == WW_OK && there;
		if (s == WW_OK)
			s = ww_ledger_remove(a->set.ledger, cx, &ww_entity_digest_entry, e);
	}
	return s;
}

static ww_str
make_key(const struct ww_apply *a, struct ww_ctx *cx, ww_str name)
{
	ww_str parts[3];
	uint8_t mac[WW_SHA256];
	char text[KEY_CHARS + 1];

	parts[0] = WW_STR("digest");
	parts[1] = name;
	parts[2] = ww_arena_printf(cx->arena, "%llu", (unsigned long long)cx->seq);
	ww_hmac(ww_str_from(a->key), parts, 3, mac);
	ww_base32(mac, sizeof(mac), text, KEY_CHARS);
	return ww_arena_printf(cx->arena, "digest-%s", text);
}

ww_status
ww_digest_owe(struct ww_apply *a, struct ww_ctx *cx, const struct ww_digest *d, ww_str subject,
    enum ww_role role, const struct ww_flag *quiet)
{
	struct ww_template t;
	struct ww_outbox row;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = ww_ctx_id(cx);
	row.key = d->key;
	row.practice = d->party->name;
	row.role = role;
	row.endpoint = d->party->roles[role].send;
	row.resource = WW_resource_type_COMMUNICATION;
	row.subject = subject;
	row.change = WW_STR("create");
	row.created_ms = cx->now;
	row.wanted = (int64_t)cx->seq;
	ww_apply_owe(&row, cx->now);
	s = ww_compose_digest(cx, d, &t.text);
	t.outbox = row.id;
	if (s == WW_OK && quiet != NULL)
		s = ww_quiet_wait(a, cx, &row, WW_outbox_state_SETTLED, quiet, 1, d->zone);
	if (s == WW_OK)
		s = ww_worklist_take(a, cx, &row);
	if (s == WW_OK)
		s = ww_put(a->set.ledger, cx, outbox, &row);
	return s == WW_OK ? ww_put(a->set.ledger, cx, template, &t) : s;
}

static ww_status
owe(struct ww_apply *a, struct ww_ctx *cx, const struct list *l, const struct ww_zone *zone,
    const struct ww_digest_line *lines, size_t n)
{
	struct ww_digest d = { .config = a->config,
		.party = l->party,
		.title = l->program->title.n > 0 ? l->program->title : l->program->name,
		.topic = ww_str_empty(),
		.text = ww_str_empty(),
		.key = make_key(a, cx, l->name),
		.zone = zone,
		.now_ms = cx->now,
		.lines = lines,
		.n = n };

	return ww_digest_owe(a, cx, &d, WW_STR("digest"), l->role, NULL);
}

ww_status
ww_digest_send(struct ww_apply *a, struct ww_ctx *cx, const struct ww_timer *t)
{
	struct ww_digest_line *lines = NULL;
	struct ww_office office;
	bool more = false;
	struct list l;
	size_t n = 0;
	ww_status s;

	if (!find_list(a, t->name, &l))
		return WW_OK; /* nobody is there who could be told */
	office = ww_office_of(a, l.program, l.party, l.role,
	    a->config->feeds_n > 0 ? a->config->feeds[0].zone : NULL);
	s = take_lines(a, cx, &l, &lines, &n, &more);
	if (s == WW_OK && (n > 0 || l.program->daily.empty))
		s = owe(a, cx, &l, office.zone, lines, n);
	if (s == WW_OK && more)
		return ww_timer_set_named(a, cx, WW_timer_kind_DIGEST, t->name, cx->now);
	if (s == WW_OK && l.program->daily.empty)
		return ww_timer_set_named(a, cx, WW_timer_kind_DIGEST, t->name,
		    next_digest(&l.program->daily, &office, cx->now + 1));
	return s;
}

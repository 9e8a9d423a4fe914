/* The desk at which notices are received: what is told there how, by which keys and with what content. */
#include "apply/desk.h"

#include "apply/authorized.h"
#include "base/crypto.h"

#include <wardwire/composer.h>
#include <wardwire/program.h>

#include <string.h>

enum { KEY_CHARS = 26 };

bool
ww_desk_in_task(const struct ww_flag *f, const struct ww_flag *own)
{
	if (own != NULL)
		return f->id == own->id;
	return f->form == WW_flag_form_STAY_TASK && f->limit != WW_flag_limit_COOLDOWN;
}

bool
ww_desk_is_limited(const struct ww_flag *f)
{
	return f->state == WW_flag_state_OPEN &&
	       (f->limit == WW_flag_limit_STAY || f->limit == WW_flag_limit_DAY);
}

void
ww_desk_limit(struct ww_flag *f, enum ww_flag_limit limit, ww_str why)
{
	f->limit = limit;
	f->limited = why;
}

void
ww_desk_told(struct ww_desk *d, struct ww_flag *f)
{
	f->told_ms = d->w->cx->now;
	ww_desk_limit(f, WW_flag_limit_NONE, ww_str_empty());
}

ww_status
ww_desk_keep_limits(struct ww_desk *d)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < d->flags_n; i++) {
		const struct ww_flag *here = &d->flags[i];
		struct ww_flag *flag = d->of[i];

		if (flag == NULL || (flag->limit == here->limit && flag->told_ms == here->told_ms &&
		                        ww_str_eq(flag->limited, here->limited)))
			continue;
		flag->limit = here->limit;
		flag->limited = here->limited;
		flag->told_ms = here->told_ms;
		s = ww_put(d->w->l, d->w->cx, flag, flag);
	}
	return s;
}

/* -- keys ------------------------------------------------------------------------------------------------ */

/* What the subject is called towards receivers. */
static ww_str
subject_name(const struct ww_desk *d)
{
	const struct ww_work *w = d->w;

	if (w->subject.encounter != 0)
		return w->after.name;
	/* As a stay: by no number of ours alone, which may be another's after a restore. */
	if (w->authorization != NULL)
		return ww_arena_printf(w->cx->arena, "authorization %.*s %.*s",
		    WW_STR_FMT(w->authorization->feed), WW_STR_FMT(w->authorization->resource));
	return ww_arena_printf(
	    w->cx->arena, "person %lld %.*s", (long long)w->person.id, WW_STR_FMT(w->person.alike));
}

static ww_str
name_by(const struct ww_desk *d, const char *prefix, const ww_str *parts, size_t n)
{
	uint8_t mac[WW_SHA256];
	char text[KEY_CHARS + 1];

	ww_hmac(ww_str_from(d->w->a->key), parts, n, mac);
	ww_base32(mac, sizeof(mac), text, KEY_CHARS);
	return ww_arena_printf(d->w->cx->arena, "%s-%s", prefix, text);
}

ww_str
ww_desk_key(const struct ww_desk *d, const char *prefix, const char *what, int64_t ordinal)
{
	ww_str parts[6];
	/* A party's coordinator is its desk for what is its own, as it was before there were others. */
	bool other = d->role != WW_role_COORDINATOR || d->concerns.n != 0;

	parts[0] = subject_name(d);
	parts[1] = d->party->name;
	parts[2] = ww_str_from(what);
	parts[3] = ww_arena_printf(d->w->cx->arena, "%lld", (long long)ordinal);
	parts[4] = ww_str_from(ww_role_text(d->role));
	parts[5] = d->concerns;
	return name_by(d, prefix, parts, other ? 6 : 4);
}

/* The stay goes by one name at all desks of a party. */
static ww_str
stay_key(const struct ww_desk *d)
{
	ww_str parts[] = { d->w->after.name, d->party->name, WW_STR("encounter"), WW_STR("0") };

	return name_by(d, "enc", parts, sizeof(parts) / sizeof(parts[0]));
}

/* -- content --------------------------------------------------------------------------------------------- */

/* The member's number as the roster has it that made the subject the practice's last. */
static ww_status
member_number(struct ww_desk *d, struct ww_notice *n)
{
	const struct ww_roster_source *roster;
	struct ww_attribution at;
	bool found;
	ww_status s;

	n->member_id = n->member_system = ww_str_empty();
	ww_row_init(&ww_entity_attribution, &at);
	at.id = d->flags[d->flags_n - 1].attribution;
	s = ww_get(d->w->l, d->w->cx, attribution, &at, &found);
	if (s != WW_OK || !found)
		return s;
	n->member_id = at.member_id;
	roster = ww_config_roster(d->w->a->config, at.roster);
	if (roster != NULL)
		n->member_system = roster->system;
	return WW_OK;
}

/* A program whose flags are told here tells of authorizations. */
static bool
is_of_authorizations(const struct ww_desk *d, const struct ww_notice *n)
{
	for (size_t i = 0; i < n->flags_n; i++) {
		const struct ww_program *p =
		    ww_programs_find(&d->w->a->programs, n->flags[i].program);

		if (p != NULL && ww_program_uses(p, "authorized/1"))
			return true;
	}
	return false;
}

/* The one that is judged; of a stay that which the payer granted last. */
static ww_status
read_authorization(struct ww_desk *d, struct ww_notice *n)
{
	if (d->w->subject.encounter == 0 || n->about != NULL || !is_of_authorizations(d, n)) {
		n->authorization = d->w->authorization;
		return WW_OK;
	}
	return ww_authorized_of_stay(d->w, &n->authorization);
}

/* Those of the stay, if any program lets them leave. */
static ww_status
read_diagnoses(struct ww_desk *d, struct ww_notice *n)
{
	struct ww_work *w = d->w;
	struct ww_diagnosis like, *own;
	struct ww_rows all;
	ww_status s;

	if (w->subject.encounter == 0 || !ww_notice_may(n, WW_CONTENT_DIAGNOSIS))
		return WW_OK;
	ww_row_init(&ww_entity_diagnosis, &like);
	like.person = w->person.id;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_diagnosis, 1, &like, 0, &all);
	own = s == WW_OK ? ww_arena_array(w->cx->arena, all.n + 1, sizeof(*own)) : NULL;
	if (s != WW_OK || own == NULL)
		return s != WW_OK ? s : ww_fail_memory(w->cx);
	n->diagnoses = own;
	for (size_t i = 0; i < all.n; i++) {
		if (WW_ROW(&all, diagnosis, i)->encounter == w->subject.encounter)
			own[n->diagnoses_n++] = *WW_ROW(&all, diagnosis, i);
	}
	return WW_OK;
}

static const struct ww_flag *
flag_of(const struct ww_desk *d, ww_id id)
{
	for (size_t i = 0; id != 0 && i < d->flags_n; i++) {
		if (d->flags[i].id == id)
			return &d->flags[i];
	}
	return NULL;
}

/* A notice about one flag says nothing of others, but a Communication about a stay: what happened since is in it. */
static bool
tells(const struct ww_desk *d, const struct ww_outbox *row, const struct ww_flag *f)
{
	bool alone = row->flag != 0 && (row->resource == WW_resource_type_TASK || row->about != 0 ||
	                                   d->w->subject.encounter == 0);

	if (f->state != WW_flag_state_OPEN || f->form == WW_flag_form_RECORD ||
	    f->form == WW_flag_form_DIGEST || f->limit == WW_flag_limit_COOLDOWN)
		return false;
	return alone ? f->id == row->flag : f->form != WW_flag_form_TASK;
}

ww_status
ww_desk_notice(struct ww_desk *d, const struct ww_outbox *row, struct ww_notice *n)
{
	struct ww_flag *open = ww_arena_array(d->w->cx->arena, d->flags_n + 1, sizeof(*open));
	ww_status s;

	if (open == NULL)
		return ww_fail_memory(d->w->cx);
	memset(n, 0, sizeof(*n));
	n->config = d->w->a->config;
	n->party = d->party;
	n->encounter = &d->w->after;
	n->flags = open;
	for (size_t i = 0; i < d->flags_n; i++) {
		if (tells(d, row, &d->flags[i]))
			open[n->flags_n++] = d->flags[i];
	}
	n->about = flag_of(d, row->flag);
	n->programs = &d->w->a->programs;
	n->role = d->role;
	n->person = &d->w->person;
	n->priority = (enum ww_priority)row->priority;
	n->key = row->key;
	n->stay_key = d->w->subject.encounter != 0 ? stay_key(d) : ww_str_empty();
	n->about_key = n->reason = ww_str_empty();
	n->subject = row->subject;
	n->created_ms = row->created_ms;
	n->due_ms = row->due_ms;
	n->now_ms = d->w->cx->now;
	n->event_only = d->w->after.policy == WW_policy_EVENT_ONLY;
	n->zone = d->w->feed->zone;
	s = member_number(d, n);
	if (s == WW_OK)
		s = read_authorization(d, n);
	return s == WW_OK ? read_diagnoses(d, n) : s;
}

/* The desk at which notices of a stay are received: what is owed to it, by which keys and with what content. */
#include "apply/desk.h"

#include "base/crypto.h"

#include <wardwire/composer.h>

#include <string.h>

/* Which flags make the Task of the stay, and which a Communication of their own. */
static const struct {
	enum ww_flag_kind kind;
	const char *subject; /* of the Communication; NULL: part of the Task */
} outputs[] = {
	{ WW_flag_kind_ADMIT, NULL },
	{ WW_flag_kind_DISCHARGE, NULL },
	{ WW_flag_kind_READMIT_RISK, NULL },
	{ WW_flag_kind_ED, "ed-arrival" },
	{ WW_flag_kind_ED_DISCHARGE, "ed-discharge" },
	{ WW_flag_kind_OBSERVATION, "observation" },
};

const char *
ww_desk_subject_of(int64_t kind)
{
	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		if ((int64_t)outputs[i].kind == kind)
			return outputs[i].subject;
	}
	return NULL;
}

bool
ww_desk_in_task(const struct ww_flag *f)
{
	return ww_desk_subject_of(f->kind) == NULL;
}

enum { KEY_CHARS = 26 };

ww_str
ww_desk_key(struct ww_desk *d, const char *prefix, const char *what, int64_t ordinal)
{
	struct ww_arena *arena = d->w->cx->arena;
	ww_str parts[4];
	uint8_t mac[WW_SHA256];
	char text[KEY_CHARS + 1];

	parts[0] = d->w->after.name;
	parts[1] = d->party->name;
	parts[2] = ww_str_from(what);
	parts[3] = ww_arena_printf(arena, "%lld", (long long)ordinal);
	ww_hmac(ww_str_from(d->w->a->key), parts, 4, mac);
	ww_base32(mac, sizeof(mac), text, KEY_CHARS);
	return ww_arena_printf(arena, "%s-%s", prefix, text);
}

/* The member's number as the roster has it that made the stay this practice's last. */
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

ww_status
ww_desk_notice(struct ww_desk *d, const struct ww_outbox *row, struct ww_notice *n)
{
	struct ww_flag *open = ww_arena_array(d->w->cx->arena, d->flags_n + 1, sizeof(*open));

	if (open == NULL)
		return ww_fail_memory(d->w->cx);
	memset(n, 0, sizeof(*n));
	n->config = d->w->a->config;
	n->party = d->party;
	n->encounter = &d->w->after;
	n->flags = open;
	for (size_t i = 0; i < d->flags_n; i++) {
		if (d->flags[i].state == WW_flag_state_OPEN)
			open[n->flags_n++] = d->flags[i];
	}
	n->key = row->key;
	n->stay_key = ww_desk_key(d, "enc", "encounter", 0);
	n->about_key = n->reason = ww_str_empty();
	n->subject = row->subject;
	n->created_ms = row->created_ms;
	n->due_ms = row->due_ms;
	n->now_ms = d->w->cx->now;
	n->event_only = d->w->after.policy == WW_policy_EVENT_ONLY;
	n->zone = d->w->feed->zone;
	return member_number(d, n);
}

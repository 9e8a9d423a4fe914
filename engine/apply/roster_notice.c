/* A roster that expires is told of to the payer's navigator, who can see to a new edition, once for each state of an edition. */
#include "apply/deadline.h"
#include "apply/digest.h"
#include "apply/roster.h"

#include "base/crypto.h"
#include "model/attribution.h"

#include <wardwire/buf.h>
#include <wardwire/digest.h>
#include <wardwire/program.h>

enum { KEY_CHARS = 26 };

static ww_str
day_of(struct ww_ctx *cx, int64_t ms, const struct ww_zone *zone)
{
	ww_time t = ww_time_at(ms, zone);
	struct ww_buf b = { 0 };
	ww_str text;

	t.prec = WW_PREC_DAY;
	ww_time_write_fhir(t, &b);
	text = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}

static ww_str
make_key(const struct ww_apply *a, struct ww_ctx *cx, const struct ww_roster *r,
    const struct ww_party *party)
{
	ww_str parts[4];
	uint8_t mac[WW_SHA256];
	char text[KEY_CHARS + 1];

	parts[0] = WW_STR("roster");
	parts[1] = r->name;
	parts[2] = ww_arena_printf(
	    cx->arena, "%lld/%s", (long long)r->edition, ww_roster_expiry_text(r->expiry));
	parts[3] = party->name;
	ww_hmac(ww_str_from(a->key), parts, 4, mac);
	ww_base32(mac, sizeof(mac), text, KEY_CHARS);
	return ww_arena_printf(cx->arena, "roster-%s", text);
}

static void
say(struct ww_ctx *cx, const struct ww_roster *r, int64_t end, struct ww_digest *d)
{
	ww_str dated = day_of(cx, r->dated_ms, d->zone), last = day_of(cx, end, d->zone);
	bool over = r->expiry == WW_roster_expiry_EXPIRED;

	d->topic = ww_arena_printf(cx->arena, "Roster %.*s %s", WW_STR_FMT(r->name),
	    over ? "has expired" : "expires soon");
	d->text = ww_arena_printf(cx->arena,
	    over ? "Roster %.*s, edition of %.*s, has expired: no visit that began on %.*s or "
	           "later is "
	           "told of by it before a new edition is loaded."
	         : "Roster %.*s, edition of %.*s, expires: no visit that begins on %.*s or later "
	           "is told "
	           "of by it unless a new edition is loaded.",
	    WW_STR_FMT(r->name), WW_STR_FMT(dated), WW_STR_FMT(last));
}

/* A role that has no address of its own is told nothing: that is the party's choice. */
static ww_status
tell(struct ww_apply *a, struct ww_ctx *cx, const struct ww_roster *r, int64_t end,
    const struct ww_program *p, const struct ww_party *party)
{
	const struct ww_zone *feed = a->config->feeds_n > 0 ? a->config->feeds[0].zone : NULL;
	struct ww_office office = ww_office_of(a, p, party, WW_role_NAVIGATOR, feed);
	struct ww_digest d = { .config = a->config,
		.party = party,
		.title = p->title,
		.key = make_key(a, cx, r, party),
		.zone = office.zone,
		.now_ms = cx->now };
	struct ww_flag as;

	if (party->roles[WW_role_NAVIGATOR].send.n == 0)
		return WW_OK;
	say(cx, r, end, &d);
	/* No flag stands for it; the hours in which the program is quiet are those of a routine one. */
	ww_row_init(&ww_entity_flag, &as);
	as.program = p->name;
	as.receiver = party->name;
	as.role = WW_role_NAVIGATOR;
	as.state = WW_flag_state_OPEN;
	as.priority = WW_priority_ROUTINE;
	as.cause = (int64_t)cx->seq;
	return ww_digest_owe(a, cx, &d, WW_STR("roster"), WW_role_NAVIGATOR, &as);
}

/* An earlier program means the same navigator. */
static bool
is_told(const struct ww_apply *a, const struct ww_program *const *told, size_t n,
    const struct ww_party *party)
{
	for (size_t i = 0; i < n; i++) {
		if (ww_config_party(a->config, told[i]->payer) == party)
			return true;
	}
	return false;
}

ww_status
ww_roster_tell_age(struct ww_apply *a, struct ww_ctx *cx, const struct ww_roster *r, int64_t end)
{
	const struct ww_roster_source *source = ww_config_roster(a->config, r->name);
	const struct ww_program **told =
	    ww_arena_array(cx->arena, a->programs.n + 1, sizeof(*told));
	size_t n = 0;
	ww_status s = told != NULL ? WW_OK : ww_fail_memory(cx);

	for (size_t i = 0; s == WW_OK && i < a->programs.n; i++) {
		const struct ww_program *p = &a->programs.v[i];
		const struct ww_party *party =
		    p->payer.n > 0 ? ww_config_party(a->config, p->payer) : NULL;

		if (party == NULL ||
		    p->flags[WW_flag_kind_ATTRIBUTION_CHANGE].as == WW_flag_form_NONE ||
		    (source != NULL && source->program.n > 0 &&
		        !ww_str_eq(source->program, p->name)) ||
		    is_told(a, told, n, party))
			continue;
		told[n++] = p;
		s = tell(a, cx, r, end, p, party);
	}
	return s;
}

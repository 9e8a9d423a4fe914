/* How old rosters are. One that nobody renews says less and less of who is whose patient: from a day on it is warned of, and from a
 * later one it attributes no visit that begins. What was told stands. */
#include "apply/roster.h"

#include "model/attribution.h"

#include <wardwire/log.h>

#include <stdio.h>
#include <stdlib.h>

/* Lists that came as a Group are not in the configuration, and do not expire. */
static int64_t
end_of(const struct ww_apply *a, const struct ww_roster *r)
{
	const struct ww_roster_source *source =
	    a->config != NULL ? ww_config_roster(a->config, r->name) : NULL;

	return source != NULL ? ww_roster_expires(r->dated_ms, source->expires_days) : 0;
}

ww_status
ww_apply_count_rosters(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_roster_end *ends;
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_roster, 0, NULL, 0, &rows);

	if (s != WW_OK)
		return s;
	ends = calloc(rows.n + 1, sizeof(*ends));
	if (ends == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "rosters");
	free(a->ends);
	a->ends = ends;
	a->ends_n = rows.n;
	a->roster_rows = 0;
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_roster *r = WW_ROW(&rows, roster, i);

		a->roster_rows += (size_t)r->rows;
		ends[i].ms = end_of(a, r);
		(void)snprintf(ends[i].name, sizeof(ends[i].name), "%.*s", WW_STR_FMT(r->name));
	}
	return WW_OK;
}

int64_t
ww_roster_expired(const struct ww_apply *a, ww_str roster)
{
	for (size_t i = 0; i < a->ends_n; i++) {
		if (ww_str_is(roster, a->ends[i].name))
			return a->ends[i].ms;
	}
	return 0;
}

static enum ww_roster_expiry
expiry_of(const struct ww_apply *a, const struct ww_roster *r, int64_t now)
{
	const struct ww_roster_source *source =
	    a->config != NULL ? ww_config_roster(a->config, r->name) : NULL;
	int64_t end = end_of(a, r), warn;

	if (end == 0)
		return WW_roster_expiry_CURRENT;
	if (now >= end)
		return WW_roster_expiry_EXPIRED;
	warn = ww_roster_expires(r->dated_ms, source->warn_days);
	return warn != 0 && now >= warn ? WW_roster_expiry_WARNED : WW_roster_expiry_CURRENT;
}

static void
say(const struct ww_roster *r)
{
	if (r->expiry != WW_roster_expiry_CURRENT)
		ww_log(WW_LOG_WARN, "roster=%.*s edition=%lld expiry=\"%s\"", WW_STR_FMT(r->name),
		    (long long)r->edition, ww_roster_expiry_text(r->expiry));
}

ww_status
ww_roster_age(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_roster, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_roster *r = WW_ROW(&rows, roster, i);
		enum ww_roster_expiry is = expiry_of(a, r, cx->now);

		if (r->expiry == (int64_t)is)
			continue;
		r->expiry = is;
		say(r);
		s = ww_put(a->set.ledger, cx, roster, r);
		if (s == WW_OK && is != WW_roster_expiry_CURRENT)
			s = ww_roster_tell_age(a, cx, r, end_of(a, r));
	}
	return s;
}

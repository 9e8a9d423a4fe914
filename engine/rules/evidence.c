/* From JSON nodes to the text of a finding. */
#include "rules/evidence.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

enum { DAY_MS = 86400000 };

ww_status
ww_evidence_time(struct ww_ctx *cx, struct ww_json *object, const char *key, ww_time t)
{
	struct ww_buf b = { 0 };
	ww_status s = WW_OK;

	if (!ww_time_known(t))
		return WW_OK;
	ww_time_write_fhir(t, &b);
	if (b.error != WW_OK)
		s = ww_fail(cx, (ww_status)b.error, "evidence", "no room for a time");
	else
		ww_json_set_str(cx, object, key, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

ww_status
ww_evidence_day(struct ww_ctx *cx, struct ww_json *object, const char *key, int64_t day)
{
	ww_time t = ww_time_at(day * DAY_MS, NULL);

	t.prec = WW_PREC_DAY;
	return ww_evidence_time(cx, object, key, t);
}

ww_status
ww_evidence_keep(struct ww_ctx *cx, const struct ww_json *v, ww_str *out)
{
	struct ww_buf b = { 0 };
	ww_status s = ww_json_write(cx, v, false, &b);
	ww_str text;

	if (s == WW_OK) {
		text = ww_arena_str(cx->arena, ww_buf_view(&b));
		if (text.n == 0)
			s = ww_fail_memory(cx);
		else
			*out = text;
	}
	ww_buf_free(&b);
	return s;
}

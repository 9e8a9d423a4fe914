/* A digest: one Communication with a payload for each line. It has no subject, as it is about several members. */
#include <wardwire/digest.h>

#include "mappers/out/common.h"

#include <wardwire/composer.h>

static ww_str
day_of(struct ww_ctx *cx, const struct ww_digest *d, int64_t ms)
{
	ww_time t = ww_time_at(ms, d->zone);

	t.prec = WW_PREC_DAY;
	return ww_out_time(cx, t);
}

/* "Risk of readmission high: member M0001, 2026-03-02". */
static ww_str
line(struct ww_ctx *cx, const struct ww_digest *d, const struct ww_notice *n,
    const struct ww_digest_line *l)
{
	struct ww_flag f;
	ww_str title = l->title;

	ww_row_init(&ww_entity_flag, &f);
	f.kind = l->kind;
	if (title.n == 0)
		title = ww_out_title(n, &f);

	return ww_arena_printf(cx->arena, "%.*s%s%.*s: member %.*s, %.*s", WW_STR_FMT(title),
	    l->band.n > 0 ? " " : "", WW_STR_FMT(l->band), WW_STR_FMT(l->member),
	    WW_STR_FMT(day_of(cx, d, l->raised_ms)));
}

ww_status
ww_compose_digest(struct ww_ctx *cx, const struct ww_digest *d, ww_str *out)
{
	struct ww_notice n = { .config = d->config, .party = d->party, .zone = d->zone };
	struct ww_json *c = ww_json_object(cx), *payload;

	ww_json_set_cstr(cx, c, "resourceType", "Communication");
	ww_out_identifier(cx, c, &n, "communication", d->key);
	ww_json_set_cstr(cx, c, "status", "completed");
	ww_json_add(cx, ww_json_set(cx, c, "category", ww_json_array(cx)),
	    ww_out_concept(cx, "http://terminology.hl7.org/CodeSystem/communication-category",
	        "notification", NULL));
	ww_json_set_cstr(cx, c, "priority", "routine");
	ww_json_set(cx, c, "topic",
	    ww_out_text(cx, d->topic.n > 0
	                        ? d->topic
	                        : ww_arena_printf(cx->arena, "%.*s: digest of %.*s",
	                              WW_STR_FMT(d->title), WW_STR_FMT(day_of(cx, d, d->now_ms)))));
	ww_json_set_str(cx, c, "sent", ww_out_instant(cx, &n, d->now_ms));
	ww_json_add(cx, ww_json_set(cx, c, "recipient", ww_json_array(cx)), ww_out_party(cx, &n));
	ww_json_set(cx, c, "sender", ww_out_sender(cx, &n));
	payload = ww_json_set(cx, c, "payload", ww_json_array(cx));
	for (size_t i = 0; i < d->n; i++)
		ww_json_set_str(cx, ww_json_add(cx, payload, ww_json_object(cx)), "contentString",
		    line(cx, d, &n, &d->lines[i]));
	if (d->n == 0)
		ww_json_set_str(cx, ww_json_add(cx, payload, ww_json_object(cx)), "contentString",
		    d->text.n > 0 ? d->text : WW_STR("Nothing new."));
	return ww_out_write(cx, c, out);
}

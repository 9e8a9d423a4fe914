/* Lines and totals of `wardwire-kit send`. */
#include "kit/send_report.h"

#include <wardwire/buf.h>
#include <wardwire/hl7v2.h>
#include <wardwire/json.h>

#include <inttypes.h>
#include <stdio.h>

/* Key of the totals in JSON, and what people read where there is no code. */
static const struct {
	const char *key, *text;
} ends[WW_SEND_ENDS] = {
	[WW_SEND_AA] = { "AA", "" },
	[WW_SEND_AE] = { "AE", "" },
	[WW_SEND_AR] = { "AR", "" },
	[WW_SEND_UNFIT] = { "unfit", "the answer does not belong to the message" },
	[WW_SEND_NONE] = { "unanswered", "no answer" },
};

/* -- what an acknowledgement says ------------------------------------------------------------------ */

/* The receiver's text goes to a terminal: control characters could steer it. */
static ww_str
printable(struct ww_ctx *cx, ww_str text)
{
	char *p = ww_arena_alloc(cx->arena, text.n + 1);
	size_t i;

	if (p == NULL)
		return ww_str_empty();
	for (i = 0; i < text.n; i++)
		p[i] = (unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f ? ' ' : text.p[i];
	return ww_str_of(p, text.n);
}

/* ERR-2 since version 2.5: segment, occurrence, field, repetition, component, subcomponent. ERR-1 before:
 * the first three of them. */
static ww_str
read_place(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	static const char *const forms[][5] = {
		{ "ERR-2.1", "ERR-2.2", "ERR-2.3", "ERR-2.5", "ERR-2.6" },
		{ "ERR-1.1", "ERR-1.2", "ERR-1.3", NULL, NULL },
	};
	size_t form = ww_hl7_at(cx, m, forms[0][0]).n > 0 ? 0 : 1, i;
	static const char *const before[] = { "", "(", "-", ".", "." };
	static const char *const after[] = { "", ")", "", "", "" };
	ww_str place = ww_str_empty(), part;

	for (i = 0; i < 5 && forms[form][i] != NULL; i++) {
		part = ww_hl7_at(cx, m, forms[form][i]);
		if (i == 1 && (part.n == 0 || ww_str_is(part, "1")))
			continue; /* the first such segment needs no number */
		if (part.n == 0)
			break;
		place = ww_arena_printf(cx->arena, "%.*s%s%.*s%s", WW_STR_FMT(place), before[i],
		    WW_STR_FMT(part), after[i]);
	}
	return place;
}

void
ww_send_report_error(struct ww_ctx *cx, ww_str answer, ww_str *place, ww_str *text)
{
	/* From the text for users to that of the condition code, and the one of versions before 2.5. */
	static const char *const texts[] = { "ERR-8", "ERR-7", "ERR-3.2", "ERR-1.4.2", "MSA-3" };
	struct ww_hl7 *m;
	size_t i;

	*place = *text = ww_str_empty();
	if (ww_hl7_parse(cx, answer, &m) != WW_OK)
		return;
	*place = printable(cx, read_place(cx, m));
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]) && text->n == 0; i++)
		*text = printable(cx, ww_hl7_at(cx, m, texts[i]));
}

/* -- lines --------------------------------------------------------------------------------------------- */

static void
print_json(struct ww_ctx *cx, const struct ww_json *v)
{
	struct ww_buf b = { 0 };

	if (ww_json_write(cx, v, false, &b) == WW_OK) {
		ww_str text = ww_buf_view(&b);

		fwrite(text.p, 1, text.n, stdout);
		putchar('\n');
	} else {
		fprintf(stderr, "wardwire-kit send: short of memory for the report\n");
	}
	ww_buf_free(&b);
}

static void
print_result_json(struct ww_ctx *cx, const struct ww_send_result *one, ww_str place, ww_str text)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_cstr(cx, o, "file", one->file);
	ww_json_set_int(cx, o, "line", (int64_t)one->line);
	ww_json_set_str(cx, o, "event", one->event);
	ww_json_set_cstr(cx, o, "end", ends[one->end].key);
	ww_json_set_cstr(cx, o, "code", one->code);
	ww_json_set_str(cx, o, "place", place);
	ww_json_set_str(cx, o, "text", text);
	if (one->us > 0)
		ww_json_set_int(cx, o, "us", (int64_t)one->us);
	print_json(cx, o);
}

static void
print_result(const struct ww_send_result *one, uint64_t number, ww_str place, ww_str text)
{
	printf("%s:%zu #%" PRIu64 " %.*s %s", one->file, one->line, number,
	    one->event.n > 0 ? (int)one->event.n : 1, one->event.n > 0 ? one->event.p : "?",
	    one->code);
	if (ends[one->end].text[0] != '\0')
		printf("%s%s", one->code[0] != '\0' ? " " : "", ends[one->end].text);
	if (place.n > 0)
		printf(" %.*s", WW_STR_FMT(place));
	if (text.n > 0)
		printf(" \"%.*s\"", WW_STR_FMT(text));
	putchar('\n');
}

uint64_t
ww_send_report_sent(const struct ww_send_report *r)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < WW_SEND_ENDS; i++)
		n += r->counts[i];
	return n;
}

void
ww_send_report_add(struct ww_send_report *r, struct ww_ctx *cx, const struct ww_send_result *one)
{
	ww_str place = ww_str_empty(), text = ww_str_empty();

	r->counts[one->end]++;
	if (one->us > 0)
		ww_latency_add(&r->latency, one->us);
	if (r->quiet)
		return;
	if (one->end == WW_SEND_AE || one->end == WW_SEND_AR)
		ww_send_report_error(cx, one->answer, &place, &text);
	if (r->json)
		print_result_json(cx, one, place, text);
	else
		print_result(one, ww_send_report_sent(r), place, text);
}

static void
print_totals_json(const struct ww_send_report *r, struct ww_ctx *cx, uint64_t us)
{
	struct ww_json *o = ww_json_object(cx);
	size_t i;

	ww_json_set_int(cx, o, "sent", (int64_t)ww_send_report_sent(r));
	for (i = 0; i < WW_SEND_ENDS; i++)
		ww_json_set_int(cx, o, ends[i].key, (int64_t)r->counts[i]);
	ww_json_set_int(cx, o, "us", (int64_t)us);
	if (r->latency.n > 0) {
		ww_json_set_int(cx, o, "p50-us", (int64_t)ww_latency_percentile(&r->latency, 50));
		ww_json_set_int(cx, o, "p99-us", (int64_t)ww_latency_percentile(&r->latency, 99));
		ww_json_set_int(cx, o, "most-us", (int64_t)r->latency.most);
	}
	print_json(cx, o);
}

static void
print_speed(const struct ww_send_report *r, uint64_t us)
{
	const double ms = 1000, second = 1000000;

	printf("in %.3f s, %.1f a second; answered within %.1f ms (p50), %.1f ms (p99), %.1f ms "
	       "(all)\n",
	    (double)us / second, (double)ww_send_report_sent(r) * second / (double)us,
	    (double)ww_latency_percentile(&r->latency, 50) / ms,
	    (double)ww_latency_percentile(&r->latency, 99) / ms, (double)r->latency.most / ms);
}

void
ww_send_report_totals(const struct ww_send_report *r, struct ww_ctx *cx, uint64_t us)
{
	size_t i;

	if (r->json) {
		print_totals_json(r, cx, us);
		return;
	}
	printf("%" PRIu64 " sent:", ww_send_report_sent(r));
	for (i = 0; i < WW_SEND_ENDS; i++)
		if (i <= WW_SEND_AR || r->counts[i] > 0)
			printf("%s %" PRIu64 " %s", i > 0 ? "," : "", r->counts[i], ends[i].key);
	putchar('\n');
	if (r->latency.n > 1 && us > 0)
		print_speed(r, us);
}

bool
ww_send_report_good(const struct ww_send_report *r)
{
	return r->counts[WW_SEND_AA] == ww_send_report_sent(r);
}

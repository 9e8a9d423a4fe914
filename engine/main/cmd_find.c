/* wardwire find: which stored messages fit. */
#include "base/options.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"
#include "main/when.h"
#include "report/search.h"
#include "report/why.h"

#include <wardwire/time.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LIMIT_MOST = 100000 };
#define COMMAND "wardwire find"

/* As given on the command line. */
struct options {
	const char *config, *control, *patient, *member, *visit, *authorization, *type, *event,
	    *feed, *state, *from, *to;
	uint64_t limit;
	bool json;
};

/* -- the command line ----------------------------------------------------------------------------------- */

/* "MERCY|4711" or "4711" */
static void
read_number(const char *text, ww_str *system, ww_str *number)
{
	ww_str t = ww_str_from(text), rest;

	*system = ww_str_empty();
	*number = t;
	if (ww_str_find(t, '|') < t.n) {
		*system = ww_str_cut(t, '|', &rest);
		*number = rest;
	}
}

static bool
read_state(const char *text, int *out)
{
	*out = -1;
	if (text == NULL)
		return true;
	for (int i = 0; i < ww_disposition_count; i++)
		if (strcmp(text, ww_disposition_text((enum ww_disposition)i)) == 0)
			*out = i;
	if (*out >= 0)
		return true;
	(void)fprintf(stderr, "wardwire find: --state takes");
	for (int i = 0; i < ww_disposition_count; i++)
		(void)fprintf(
		    stderr, "%s %s", i > 0 ? "," : "", ww_disposition_text((enum ww_disposition)i));
	(void)fprintf(stderr, "\n");
	return false;
}

static bool
read_search(const struct options *o, struct ww_search *s)
{
	s->control = ww_str_trim(ww_str_from(o->control));
	s->member = ww_str_from(o->member);
	s->authorization = ww_str_trim(ww_str_from(o->authorization));
	s->type = ww_str_from(o->type);
	s->event = ww_str_from(o->event);
	s->feed = ww_str_from(o->feed);
	s->limit = (size_t)o->limit;
	read_number(o->patient, &s->patient_system, &s->patient);
	read_number(o->visit, &s->visit_system, &s->visit);
	if ((s->member.n > 0) + (s->patient.n > 0) + (s->authorization.n > 0) > 1) {
		(void)fprintf(
		    stderr, "wardwire find: one of --patient, --member and --authorization\n");
		return false;
	}
	return read_state(o->state, &s->disposition) &&
	       ww_when_read(COMMAND, "from", o->from, false, &s->from) &&
	       ww_when_read(COMMAND, "to", o->to, true, &s->to);
}

/* -- what is found ------------------------------------------------------------------------------------- */

static void
print_row(struct ww_ctx *cx, const struct ww_message *m)
{
	struct ww_buf b = { 0 };

	ww_time_write_fhir(ww_time_at(m->received_ms, NULL), &b);
	(void)printf("%" PRId64 " %.*s %.*s %.*s%s%.*s %s", m->seq, WW_STR_FMT(ww_buf_view(&b)),
	    WW_STR_FMT(m->feed), WW_STR_FMT(m->type), m->event.n > 0 ? "^" : "",
	    WW_STR_FMT(m->event), ww_disposition_text(m->disposition));
	if (m->reason.n > 0)
		(void)printf(": %.*s", WW_STR_FMT(m->reason));
	(void)printf("\n");
	ww_buf_free(&b);
	(void)cx;
}

static int
print_found(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_search_result *r, bool json)
{
	int code = r->n > 0 ? WW_EXIT_OK : WW_EXIT_NO;

	for (size_t i = 0; i < r->n && code == WW_EXIT_OK; i++) {
		struct ww_message m;
		bool found;

		ww_row_init(&ww_entity_message, &m);
		m.seq = (int64_t)r->seq[i];
		if (ww_get(l, cx, message, &m, &found) != WW_OK)
			return ww_site_complain("", cx);
		if (json)
			code = ww_print_json(cx, ww_why_message(cx, &m), false);
		else
			print_row(cx, &m);
	}
	return code;
}

/* On standard error, as it is no part of what was found. */
static void
print_notes(const struct ww_search_result *r)
{
	if (r->more)
		(void)fprintf(
		    stderr, "wardwire find: there may be older ones; --limit shows more\n");
	if (r->pruned)
		(void)fprintf(stderr, "wardwire find: messages whose bytes are pruned were not "
		                      "looked at for their control id\n");
}

/* A line now and then: only where a person looks. */
static void
show_progress(void *arg, uint64_t done, uint64_t of)
{
	uint64_t *shown = arg;

	if (done - *shown < 65536 || isatty(STDERR_FILENO) != 1)
		return;
	*shown = done;
	(void)fprintf(stderr, "\rwardwire find: %" PRIu64 " of %" PRIu64 " records", done, of);
}

static int
search(struct ww_site *site, struct ww_search *s, bool json)
{
	struct ww_search_result r;
	struct ww_journal j = { 0 };
	struct ww_ledger l = { 0 };
	ww_status st = WW_OK;
	uint64_t shown = 0;
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	s->progress = show_progress;
	s->arg = &shown;
	if (s->control.n > 0)
		st = ww_site_journal(site, &site->cx, &j);
	if (st == WW_OK)
		st = ww_search_messages(&l, &j, &site->cx, s, &r);
	if (shown > 0)
		(void)fprintf(stderr, "\r\033[K");
	if (st != WW_OK) {
		code = ww_site_complain("", &site->cx);
	} else {
		code = print_found(&l, &site->cx, &r, json);
		print_notes(&r);
	}
	ww_journal_close(&j);
	ww_ledger_close(&l);
	return code;
}

int
ww_cmd_find(int argc, char **argv)
{
	struct options o = { .config = WW_SITE_FILE, .limit = 20 };
	struct ww_search s = { .limit = 0 };
	const struct ww_option rows[] = {
		WW_SITE_OPTION(o.config),
		{ .name = "control",
		    .argument = "ID",
		    .text = &o.control,
		    .help = "MSH-10; read from the journal, message by message" },
		{ .name = "patient",
		    .argument = "[SYSTEM|]NUMBER",
		    .text = &o.patient,
		    .help = "a number of PID-3 that the person ever had" },
		{ .name = "member",
		    .argument = "NUMBER",
		    .text = &o.member,
		    .help = "a payer's number that the person ever stated" },
		{ .name = "authorization",
		    .argument = "NUMBER",
		    .text = &o.authorization,
		    .help = "the person has an authorization of that number" },
		{ .name = "visit",
		    .argument = "[SYSTEM|]NUMBER",
		    .text = &o.visit,
		    .help = "the number of the stay" },
		{ .name = "type", .argument = "TYPE", .text = &o.type, .help = "MSH-9.1, as ADT" },
		{ .name = "event",
		    .argument = "EVENT",
		    .text = &o.event,
		    .help = "MSH-9.2, as A01" },
		{ .name = "feed", .argument = "NAME", .text = &o.feed, .help = "the feed" },
		{ .name = "state",
		    .argument = "STATE",
		    .text = &o.state,
		    .help = "applied, duplicate, ignored, quarantined, test" },
		{ .name = "from",
		    .argument = "TIME",
		    .text = &o.from,
		    .help = "received then or later: 2026-03-02, or with a time and offset" },
		{ .name = "to",
		    .argument = "TIME",
		    .text = &o.to,
		    .help = "received then or before, a day as a whole" },
		{ .name = "limit",
		    .argument = "N",
		    .number = &o.limit,
		    .least = 1,
		    .most = LIMIT_MOST,
		    .help = "no more than N (20)" },
		{ .name = "json", .flag = &o.json, .help = "a JSON object a message" },
	};
	const struct ww_usage usage = { .command = "wardwire find",
		.summary =
		    "Lists stored messages, the newest first: number, time of receipt, feed, "
		    "event, what became of it.",
		.notes = "All that is given must hold. No value of a message is printed; 'wardwire "
		         "show' shows one, 'wardwire\nwhy' its story, 'wardwire refused' what was "
		         "not taken. Times without an offset are UTC.\n\n"
		         "Exit: 1 when nothing was found." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	if (!read_search(&o, &s))
		return WW_EXIT_USAGE;
	code = ww_site_open(&site, o.config);
	if (code == WW_EXIT_OK)
		code = search(&site, &s, o.json);
	ww_site_close(&site);
	return code;
}

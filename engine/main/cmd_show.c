/* wardwire show: a stored message or FHIR request as it came, and what was sent for it. */
#include "base/options.h"
#include "codec/hl7v2_view.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"
#include "model/record.h"
#include "report/why.h"

#include <wardwire/hl7v2.h>
#include <wardwire/json.h>

#include <stdio.h>

struct form {
	bool raw, tree, hex, sent;
};

/* -- the message ----------------------------------------------------------------------------------------- */

/* What came in with that number. */
struct came {
	ww_str raw;
	bool request; /* of FHIR: then this is what was asked for */
	struct ww_rec_request asked;
};

/* An exit status. */
static int
read_message(struct ww_site *site, struct ww_journal *j, uint64_t seq, struct came *out)
{
	struct ww_rec_message body;
	struct ww_journal_state st;
	struct ww_record r;
	bool found = false;

	if (ww_site_journal(site, &site->cx, j) != WW_OK ||
	    ww_journal_read(j, &site->cx, seq, &r, &found) != WW_OK)
		return ww_site_complain("", &site->cx);
	ww_journal_state(j, &st);
	if (!found || r.seq != seq) {
		(void)fprintf(stderr, "wardwire show: %s\n",
		    seq <= st.pruned ? "its bytes are pruned: 'wardwire why' still knows what "
		                       "became of it"
		                     : "the journal has no record with that number");
		return WW_EXIT_NO;
	}
	out->request = r.kind == WW_REC_REQUEST;
	if (out->request) {
		if (ww_rec_request_read(&site->cx, r.body, &out->asked) != WW_OK)
			return ww_site_complain("", &site->cx);
		out->raw = out->asked.raw;
		return WW_EXIT_OK;
	}
	if (r.kind != WW_REC_MESSAGE) {
		(void)fprintf(stderr, "wardwire show: that record is no message but: %s\n",
		    ww_record_kind_text(r.kind));
		return WW_EXIT_NO;
	}
	if (ww_rec_message_read(&site->cx, r.body, &body) != WW_OK)
		return ww_site_complain("", &site->cx);
	out->raw = body.raw;
	return WW_EXIT_OK;
}

/* "update Encounter/17 If-Match W/"3"": a line above the body. */
static void
write_asked(const struct ww_rec_request *q, struct ww_buf *b)
{
	ww_buf_printf(b, "%.*s %.*s%s%.*s", WW_STR_FMT(q->interaction), WW_STR_FMT(q->type),
	    q->id.n > 0 ? "/" : "", WW_STR_FMT(q->id));
	if (q->condition.n > 0)
		ww_buf_printf(b, "?%.*s", WW_STR_FMT(q->condition));
	if (q->match.n > 0)
		ww_buf_printf(b, " If-Match %.*s", WW_STR_FMT(q->match));
	if (q->none_match.n > 0)
		ww_buf_printf(b, " If-None-Match %.*s", WW_STR_FMT(q->none_match));
	if (q->client.n > 0)
		ww_buf_printf(b, " client %.*s", WW_STR_FMT(q->client));
	ww_buf_byte(b, '\n');
}

/* JSON with a line for each member, XML as it came. */
static ww_status
write_body(struct ww_ctx *cx, const struct ww_rec_request *q, struct ww_buf *b)
{
	struct ww_json *tree;
	ww_status s = WW_OK;

	if (q->raw.n == 0)
		return WW_OK;
	if (ww_str_is(q->format, "xml")) {
		ww_buf_str_add(b, q->raw);
	} else {
		s = ww_json_parse(cx, q->raw, &tree);
		if (s == WW_OK)
			s = ww_json_write(cx, tree, true, b);
	}
	ww_buf_byte(b, '\n');
	return s;
}

static int
print_request(struct ww_site *site, const struct form *f, const struct came *m)
{
	struct ww_ctx *cx = &site->cx;
	struct ww_buf b = { 0 };
	ww_status s = WW_OK;
	int code = WW_EXIT_OK;

	if (f->raw)
		ww_buf_str_add(&b, m->raw);
	else if (f->hex)
		ww_hl7_view_hex(NULL, m->raw, &b);
	else
		write_asked(&m->asked, &b);
	if (!f->raw && !f->hex)
		s = write_body(cx, &m->asked, &b);
	if (s == WW_OK && (b.error != WW_OK || ww_arena_status(cx->arena) != WW_OK))
		s = ww_fail_memory(cx);
	if (s == WW_OK)
		(void)fwrite(ww_buf_view(&b).p, 1, ww_buf_view(&b).n, stdout);
	else
		code = ww_site_complain("", cx);
	ww_buf_free(&b);
	return code;
}

static int
print_message(struct ww_site *site, const struct form *f, ww_str raw)
{
	struct ww_ctx *cx = &site->cx;
	struct ww_hl7 *m = NULL;
	struct ww_buf b = { 0 };
	int code = WW_EXIT_OK;

	if (f->raw) {
		(void)fwrite(raw.p, 1, raw.n, stdout);
		return WW_EXIT_OK;
	}
	/* Damaged bytes are no messages any more; in hex they can still be looked at. */
	if (ww_hl7_parse(cx, raw, &m) != WW_OK && !f->hex)
		return ww_site_complain("", cx);
	if (f->hex)
		ww_hl7_view_hex(m, raw, &b);
	else
		ww_hl7_view_tree(cx, m, &b);
	if (b.error != WW_OK || ww_arena_status(cx->arena) != WW_OK) {
		(void)ww_fail_memory(cx);
		code = ww_site_complain("", cx);
	} else {
		(void)fwrite(ww_buf_view(&b).p, 1, ww_buf_view(&b).n, stdout);
	}
	ww_buf_free(&b);
	return code;
}

/* -- what was sent --------------------------------------------------------------------------------------- */

/* Everything the ledger has of it: the notice with its attempts and answers, and the body that is or was sent. */
static int
print_notice(struct ww_ledger *l, struct ww_ctx *cx, ww_id id)
{
	struct ww_ctx apart = { .arena = cx->arena };
	struct ww_json *o = NULL, *body = NULL;
	struct ww_template t;
	bool found = false;

	ww_row_init(&ww_entity_template, &t);
	t.outbox = id;
	if (ww_why_notice(l, cx, id, &o) != WW_OK || ww_get(l, cx, template, &t, &found) != WW_OK)
		return ww_site_complain("", cx);
	if (found && ww_json_parse(&apart, t.text, &body) == WW_OK)
		(void)ww_json_set(cx, o, "body", body);
	else if (found) /* an application acknowledgement */
		ww_json_set_str(cx, o, "body", t.text);
	return ww_print_json(cx, o, true);
}

/* Notices of the message's stay, and where the message itself was sent on to. */
static int
print_sent(struct ww_site *site, uint64_t seq)
{
	struct ww_ctx *cx = &site->cx;
	struct ww_ledger l = { 0 };
	struct ww_why_ids sent = { .n = 0 };
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	if (ww_why_sent(&l, cx, (int64_t)seq, &sent) != WW_OK)
		code = ww_site_complain("", cx);
	for (size_t i = 0; i < sent.n && code == WW_EXIT_OK; i++)
		code = print_notice(&l, cx, sent.id[i]);
	if (code == WW_EXIT_OK && sent.n == 0) {
		(void)fprintf(stderr, "wardwire show: nothing was sent for it, nor is to be\n");
		code = WW_EXIT_NO;
	}
	ww_ledger_close(&l);
	return code;
}

/* -- the command ----------------------------------------------------------------------------------------- */

static int
show(struct ww_site *site, const struct form *f, uint64_t seq)
{
	struct ww_journal j = { 0 };
	struct came m = { .raw = ww_str_empty() };
	int code;

	if (f->sent)
		return print_sent(site, seq);
	code = read_message(site, &j, seq, &m);
	if (code == WW_EXIT_OK)
		code = m.request ? print_request(site, f, &m) : print_message(site, f, m.raw);
	ww_journal_close(&j);
	return code;
}

int
ww_cmd_show(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	struct form f = { .raw = false };
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "raw", .flag = &f.raw, .help = "its bytes, exactly as they came" },
		{ .name = "tree",
		    .flag = &f.tree,
		    .help =
		        "every value with its path and standard name (unless another is given)" },
		{ .name = "hex", .flag = &f.hex, .help = "its bytes, with the delimiters marked" },
		{ .name = "sent",
		    .flag = &f.sent,
		    .help = "what was sent for it: bodies, attempts and answers, as JSON" },
	};
	const struct ww_usage usage = { .command = "wardwire show",
		.arguments = "NUMBER",
		.summary = "Shows a stored message, or what was sent for it.",
		.notes =
		    "NUMBER is that of its journal record, as the log and 'wardwire find' have "
		    "it. What is printed is a\npatient's data. Exit: 1 when there is no such "
		    "message, or nothing was sent.",
		.least = 1,
		.most = 1 };
	struct ww_site site;
	uint64_t seq;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	if (f.raw + f.tree + f.hex + f.sent > 1) {
		(void)fprintf(stderr,
		    "wardwire show: only one of --raw, --tree, --hex and --sent at a time\n");
		return WW_EXIT_USAGE;
	}
	if (!ww_str_u64(ww_str_from(argv[1]), INT64_MAX >> 16, &seq) || seq == 0) {
		(void)fprintf(
		    stderr, "wardwire show: a message is named by the number of its record: 17\n");
		return WW_EXIT_USAGE;
	}
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = show(&site, &f, seq);
	ww_site_close(&site);
	return code;
}

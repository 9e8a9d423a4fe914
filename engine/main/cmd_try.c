/* wardwire try: messages through the whole chain, in memory; nothing is kept and nothing is sent. Notices are
 * taken as delivered at once, so that later messages show updates and corrections. */
#include "apply/apply.h"
#include "base/fs.h"
#include "base/options.h"
#include "codec/ack.h"
#include "main/fhir_files.h"
#include "main/files.h"
#include "main/main.h"
#include "main/print.h"
#include "main/programs.h"
#include "main/site.h"
#include "main/start.h"
#include "model/lane.h"
#include "model/model_json.h"
#include "model/record.h"

#include <wardwire/json.h>
#include <wardwire/sink.h>

#include <stdio.h>

enum { ROSTER_MAX = 64 << 20 };

struct trial {
	struct ww_site *site;
	struct ww_ctx cx;
	struct ww_journal journal;
	struct ww_ledger ledger;
	struct ww_apply *apply;
	struct ww_site_files named; /* by the configuration */
	const struct ww_feed *feed;
	bool json;
	size_t number; /* of the message in hand */
	const char *file;
	int64_t now;
	ww_id owed[64]; /* outbox rows the message in hand called for */
	int64_t revision[64];
	size_t owed_n;
	int printed; /* an exit status */
	bool told;   /* something of the item in hand was printed */
};

/* -- what is told ------------------------------------------------------------------------------------ */

static const char *
state_text(struct ww_ctx *cx, const struct ww_encounter *e)
{
	if (e == NULL)
		return "new";
	return ww_arena_printf(cx->arena, "%s %s", ww_encounter_status_text(e->status),
	    ww_encounter_class_text(e->class_))
	    .p;
}

/* Names of the lanes that the message goes along as it is; NULL: none. */
static struct ww_json *
lanes_json(struct trial *t, const struct ww_effect *x)
{
	struct ww_json *list = NULL;
	struct ww_outbox row;
	bool found = true;

	for (unsigned n = 1; found; n++) {
		ww_row_init(&ww_entity_outbox, &row);
		row.id = ww_lane_row(x->message->seq, n);
		if (ww_get(&t->ledger, &t->cx, outbox, &row, &found) != WW_OK)
			break;
		found = found && row.message == x->message->seq;
		if (found && list == NULL)
			list = ww_json_array(&t->cx);
		if (found)
			ww_json_add(&t->cx, list, ww_json_string(&t->cx, row.endpoint));
	}
	return list;
}

static void
print_text(struct trial *t, const struct ww_effect *x)
{
	struct ww_ctx *cx = &t->cx;

	(void)printf("%zu %s %s: %s", t->number, x->trigger, x->act,
	    ww_disposition_text(x->message->disposition));
	if (x->after != NULL)
		(void)printf(
		    ", stay %s -> %s", state_text(cx, x->before), state_text(cx, x->after));
	(void)printf("\n");
	for (size_t i = 0; i < x->changes_n; i++) {
		const struct ww_flag *f = x->changes[i].flag;

		(void)printf("  %s %s for %.*s by %.*s", x->changes[i].verb,
		    ww_flag_kind_text(f->kind), WW_STR_FMT(f->practice), WW_STR_FMT(f->rule));
		if (f->band.n > 0)
			(void)printf(", %lld (%lld..%lld) %.*s", (long long)f->score,
			    (long long)f->low, (long long)f->high, WW_STR_FMT(f->band));
		(void)printf("\n");
	}
	for (size_t i = 0; i < x->rows_n; i++) {
		const struct ww_outbox *r = x->rows[i].row;

		(void)printf("  would %.*s %s \"%.*s\" at %.*s\n", WW_STR_FMT(r->change),
		    ww_resource_type_text(r->resource), WW_STR_FMT(r->subject),
		    WW_STR_FMT(r->endpoint));
	}
	for (const struct ww_json *lane = ww_json_first(lanes_json(t, x)); lane != NULL;
	     lane = ww_json_next(lane))
		(void)printf("  would be sent on along %.*s\n", WW_STR_FMT(ww_json_str(lane)));
	if (x->message->unrouted.n > 0)
		(void)printf("  not sent on: %.*s\n", WW_STR_FMT(x->message->unrouted));
	if (x->message->reason.n > 0)
		(void)printf("  because: %.*s\n", WW_STR_FMT(x->message->reason));
	if (x->message->warnings.n > 0)
		(void)printf("  noticed: %.*s\n", WW_STR_FMT(x->message->warnings));
}

static struct ww_json *
changes_json(struct ww_ctx *cx, const struct ww_effect *x)
{
	struct ww_json *list = ww_json_array(cx);

	for (size_t i = 0; i < x->changes_n; i++) {
		struct ww_json *o =
		    ww_json_add(cx, list, ww_row_json(cx, &ww_entity_flag, x->changes[i].flag));
		struct ww_json *evidence = NULL;

		ww_json_set_cstr(cx, o, "change", x->changes[i].verb);
		if (ww_json_parse(cx, x->changes[i].flag->evidence, &evidence) == WW_OK)
			ww_json_set(cx, o, "evidence", evidence);
	}
	return list;
}

static struct ww_json *
rows_json(struct ww_ctx *cx, const struct ww_effect *x)
{
	struct ww_json *list = ww_json_array(cx);

	for (size_t i = 0; i < x->rows_n; i++) {
		struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx)), *body = NULL;

		ww_json_set_str(cx, o, "endpoint", x->rows[i].row->endpoint);
		ww_json_set_str(cx, o, "practice", x->rows[i].row->practice);
		ww_json_set_str(cx, o, "change", x->rows[i].row->change);
		ww_json_set_str(cx, o, "subject", x->rows[i].row->subject);
		if (x->rows[i].text.n > 0 && ww_json_parse(cx, x->rows[i].text, &body) == WW_OK)
			ww_json_set(cx, o, "resource", body);
	}
	return list;
}

static void
print_line(struct trial *t, const struct ww_effect *x)
{
	struct ww_ctx *cx = &t->cx;
	struct ww_json *o = ww_json_object(cx), *lanes = lanes_json(t, x);

	ww_json_set_int(cx, o, "message", (int64_t)t->number);
	ww_json_set_cstr(cx, o, "trigger", x->trigger);
	ww_json_set_cstr(cx, o, "disposition", ww_disposition_text(x->message->disposition));
	ww_json_set_str(cx, o, "reason", x->message->reason);
	ww_json_set_str(cx, o, "warnings", x->message->warnings);
	if (x->before != NULL)
		ww_json_set(cx, o, "before", ww_row_json(cx, &ww_entity_encounter, x->before));
	if (x->after != NULL)
		ww_json_set(cx, o, "after", ww_row_json(cx, &ww_entity_encounter, x->after));
	ww_json_set(cx, o, "flags", changes_json(cx, x));
	ww_json_set(cx, o, "would_send", rows_json(cx, x));
	if (lanes != NULL)
		ww_json_set(cx, o, "would_forward", lanes);
	ww_json_set_str(cx, o, "not_routed", x->message->unrouted);
	t->printed = ww_print_json(cx, o, false);
}

static void
on_effect(void *arg, const struct ww_effect *x)
{
	struct trial *t = arg;

	t->told = true;
	t->owed_n = 0;
	for (size_t i = 0; i < x->rows_n && t->owed_n < 64; i++) {
		if (x->rows[i].row->state != WW_outbox_state_DUE)
			continue;
		t->owed[t->owed_n] = x->rows[i].row->id;
		t->revision[t->owed_n++] = x->rows[i].row->wanted;
	}
	if (t->json)
		print_line(t, x);
	else
		print_text(t, x);
}

/* -- records in memory ------------------------------------------------------------------------------- */

static ww_status
append(struct trial *t, enum ww_record_kind kind, struct ww_buf *body, uint64_t *seq)
{
	struct ww_record r = { .kind = (uint8_t)kind, .time = t->now, .body = ww_buf_view(body) };
	ww_status s = ww_journal_append(&t->journal, &t->cx, &r, 1);

	*seq = r.seq;
	ww_buf_free(body);
	return s == WW_OK ? ww_start_catch_up(t->apply, &t->cx, &t->journal) : s;
}

static ww_status
deliver(struct trial *t, ww_id id, int64_t revision)
{
	struct ww_rec_attempt a = { .outbox = id, .revision = revision, .verb = WW_VERB_CREATE };
	struct ww_rec_outcome o = { .outbox = id,
		.revision = revision,
		.verb = WW_VERB_CREATE,
		.result = WW_RESULT_SENT,
		.http = 201,
		.remote_id = WW_STR("try"),
		.etag = ww_str_empty(),
		.reason = ww_str_empty() };
	struct ww_buf b = { 0 };
	uint64_t seq;
	ww_status s;

	ww_rec_attempt_write(&a, &b);
	s = append(t, WW_REC_ATTEMPT, &b, &seq);
	if (s != WW_OK)
		return s;
	o.attempt = (int64_t)seq;
	ww_rec_outcome_write(&o, &b);
	return append(t, WW_REC_OUTCOME, &b, &seq);
}

static int
refuse(struct trial *t, const struct ww_ctx *cx)
{
	const struct ww_failure *f = &cx->fail;

	if (t->json)
		(void)printf("{\"message\":%zu,\"disposition\":\"refused\",\"answer\":\"%s\","
		             "\"code\":\"WW-%03d\","
		             "\"place\":\"%s\",\"reason\":\"%s\"}\n",
		    t->number, ww_ack_code(f), ww_status_number(f->status), f->place, f->reason);
	else
		(void)printf("%zu refused with %s: WW-%03d %s: %s\n", t->number, ww_ack_code(f),
		    ww_status_number(f->status), f->place, f->reason);
	return WW_EXIT_NO;
}

static int
try_message(void *arg, struct ww_ctx *cx, const struct ww_file_message *message)
{
	struct trial *t = arg;
	struct ww_rec_message body = {
		.feed = t->feed->name, .peer = ww_str_empty(), .raw = message->wire
	};
	struct ww_buf b = { 0 };
	struct ww_hl7 *m;
	ww_time sent;
	uint64_t seq;
	ww_status s;

	t->number = message->number;
	t->printed = WW_EXIT_OK;
	t->owed_n = 0;
	if (ww_hl7_accept(cx, message->wire, &t->feed->source, &m) != WW_OK)
		return refuse(t, cx);
	/* As if it were received when it was sent. */
	if (ww_time_hl7(ww_hl7_at(cx, m, "MSH-7"), t->feed->zone, &sent) && sent.ms > t->now)
		t->now = sent.ms;
	ww_rec_message_write(&body, &b);
	s = append(t, WW_REC_MESSAGE, &b, &seq);
	for (size_t i = 0; s == WW_OK && i < t->owed_n; i++)
		s = deliver(t, t->owed[i], t->revision[i]);
	return s == WW_OK ? t->printed : ww_site_complain("", &t->cx);
}

/* -- resources --------------------------------------------------------------------------------------- */

/* What a client would ask for that sends it. */
static const char *
interaction_of(const struct ww_json *tree)
{
	static const struct {
		const char *type, *interaction;
	} bundles[] = {
		{ "transaction", "transaction" },
		{ "batch", "batch" },
		{ "message", "message" },
		{ "history", "notification" },
		{ "searchset", "collection" },
		{ "collection", "collection" },
	};
	ww_str type = ww_json_str(ww_json_get(tree, "type"));

	if (!ww_str_is(ww_json_str(ww_json_get(tree, "resourceType")), "Bundle"))
		return ww_json_get(tree, "id") != NULL ? "update" : "create";
	for (size_t i = 0; i < sizeof(bundles) / sizeof(bundles[0]); i++) {
		if (ww_str_is(type, bundles[i].type))
			return bundles[i].interaction;
	}
	return "collection";
}

/* As if it were received when it was last changed. */
static void
set_time(struct trial *t, const struct ww_json *tree)
{
	const struct ww_json *r;
	ww_time changed;
	ww_str url;

	for (struct ww_fhir_walk w = { 0 }; (r = ww_fhir_walk(&w, tree, &url)) != NULL;) {
		if (ww_time_fhir(ww_json_str(ww_json_find(r, "meta.lastUpdated")), t->feed->zone,
		        &changed) &&
		    changed.ms > t->now)
			t->now = changed.ms;
	}
}

/* What nothing was learned from: refused, or of a type that says nothing of persons and stays. */
static ww_status
print_rest(struct trial *t, uint64_t seq)
{
	struct ww_message m;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_message, &m);
	m.seq = (int64_t)seq;
	s = ww_get(&t->ledger, &t->cx, message, &m, &found);
	if (s == WW_OK && found) {
		struct ww_effect x = { .message = &m, .trigger = "", .act = "" };

		x.trigger = ww_arena_cstr(t->cx.arena, m.event);
		on_effect(t, &x);
	}
	return s;
}

static int
try_resource(void *arg, struct ww_ctx *cx, const struct ww_fhir_item *item)
{
	struct trial *t = arg;
	bool bundle = ww_str_is(ww_json_str(ww_json_get(item->tree, "resourceType")), "Bundle");
	struct ww_json *tree = item->tree;
	ww_str none = ww_str_empty();
	struct ww_rec_request body = { .feed = t->feed->name,
		.peer = none,
		.client = none,
		.party = none,
		.interaction = ww_str_from(interaction_of(tree)),
		.type = bundle ? none : ww_json_str(ww_json_get(tree, "resourceType")),
		.id = bundle ? none : ww_json_str(ww_json_get(tree, "id")),
		.condition = none,
		.match = none,
		.format = ww_str_from(item->format),
		.raw = item->text,
		.refused = none,
		.none_match = none };
	struct ww_buf b = { 0 };
	uint64_t seq;
	ww_status s;

	(void)cx;
	t->number = item->number;
	t->printed = WW_EXIT_OK;
	t->told = false;
	t->owed_n = 0;
	set_time(t, tree);
	ww_rec_request_write(&body, &b);
	s = append(t, WW_REC_REQUEST, &b, &seq);
	if (s == WW_OK && !t->told)
		s = print_rest(t, seq);
	for (size_t i = 0; s == WW_OK && i < t->owed_n; i++)
		s = deliver(t, t->owed[i], t->revision[i]);
	return s == WW_OK ? t->printed : ww_site_complain("", &t->cx);
}

/* -- setting up --------------------------------------------------------------------------------------- */

/* Blobs named by what they are, since nothing is stored: "config", where a program or a calendar is from, or the path of a roster. */
static ww_status
read_blob(void *arg, struct ww_ctx *cx, ww_str name, struct ww_buf *out)
{
	struct trial *t = arg;

	for (size_t i = 0; i < t->named.n; i++) {
		if (!ww_str_is(name, t->named.v[i].place))
			continue;
		ww_buf_str_add(out, t->named.v[i].text);
		return WW_OK;
	}

	if (ww_str_is(name, "config")) {
		ww_buf_str_add(out, ww_buf_view(&t->site->text));
		return WW_OK;
	}
	return ww_fs_get(cx, ww_arena_cstr(cx->arena, name), ROSTER_MAX, out);
}

static ww_status
check_roster(struct trial *t, const struct ww_roster_source *source)
{
	struct ww_buf text = { 0 };
	struct ww_roster_row *rows;
	size_t n;
	ww_status s = ww_fs_get(&t->cx, ww_site_path(t->site, source->file), ROSTER_MAX, &text);

	if (s == WW_OK)
		s = ww_start_check_roster(t->site, &t->cx, source, ww_buf_view(&text), &rows, &n);
	ww_buf_free(&text);
	return s;
}

static ww_status
set_up(struct trial *t)
{
	struct ww_apply_settings as = {
		.ledger = &t->ledger, .blob = read_blob, .observe = on_effect, .arg = t
	};
	struct ww_rec_engine engine = { .build = ww_str_from(ww_build),
		.tzdata = ww_str_empty(),
		.rules = ww_str_empty(),
		.delivery_key = WW_STR("try") };
	struct ww_rec_config config = { .blob = WW_STR("config") };
	struct ww_buf b = { 0 };
	uint64_t seq;
	ww_status s = ww_journal_memory(&t->cx, &t->journal);

	if (s == WW_OK)
		s = ww_ledger_memory(&t->cx, &t->ledger);
	if (s == WW_OK)
		s = ww_apply_open(&t->cx, &as, &t->apply);
	if (s != WW_OK)
		return s;
	ww_rec_engine_write(&engine, &b);
	s = append(t, WW_REC_ENGINE, &b, &seq);
	if (s == WW_OK)
		s = ww_site_files(t->site, &t->site->cx, NULL, NULL, &t->named);
	if (s != WW_OK && t->cx.fail.status == WW_OK)
		t->cx.fail = t->site->cx.fail;
	for (size_t i = 0; s == WW_OK && i < t->named.n; i++) {
		struct ww_rec_file file = { .role = ww_str_from(t->named.v[i].role),
			.name = t->named.v[i].name,
			.blob = ww_str_from(t->named.v[i].place) };

		ww_rec_file_write(&file, &b);
		s = append(t, WW_REC_FILE, &b, &seq);
	}
	ww_rec_config_write(&config, &b);
	if (s == WW_OK)
		s = append(t, WW_REC_CONFIG, &b, &seq);
	/* As `run` does: a roster that is none is no roster without rows. */
	for (size_t i = 0; s == WW_OK && i < t->site->config->rosters_n; i++) {
		if (t->site->config->rosters[i].file.n != 0)
			s = check_roster(t, &t->site->config->rosters[i]);
	}
	for (size_t i = 0; s == WW_OK && i < t->site->config->rosters_n; i++) {
		const struct ww_roster_source *source = &t->site->config->rosters[i];
		struct ww_rec_roster roster = { .name = source->name,
			.blob = ww_str_from(ww_site_path(t->site, source->file)) };

		if (source->file.n == 0)
			continue;
		ww_rec_roster_write(&roster, &b);
		s = append(t, WW_REC_ROSTER, &b, &seq);
	}
	return s;
}

/* The named feed, or the only one. */
static const struct ww_feed *
choose_feed(const struct ww_config *c, const char *name)
{
	if (name != NULL)
		return ww_config_feed(c, ww_str_from(name));
	return c->feeds_n > 0 ? &c->feeds[0] : NULL;
}

static int
run_files(struct trial *t, int argc, char **argv)
{
	int code = WW_EXIT_OK;

	if (set_up(t) != WW_OK)
		return ww_site_complain("", &t->cx);
	for (int i = 1; i < argc && code <= WW_EXIT_NO; i++) {
		int one = ww_fhir_file_is(argv[i]) ? ww_fhir_files_each(argv[i], try_resource, t)
		                                   : ww_files_each(argv[i], try_message, t);

		if (one > code)
			code = one;
	}
	return code;
}

int
ww_cmd_try(int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *feed = NULL;
	struct trial t = { .json = false };
	struct ww_site site;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "feed",
		    .argument = "NAME",
		    .text = &feed,
		    .help = "the feed the messages come from; the first unless given" },
		{ .name = "json", .flag = &t.json, .help = "one JSON object a line" },
	};
	const struct ww_usage usage = { .command = "wardwire try",
		.arguments = "MESSAGES...",
		.summary = "Shows what each message or FHIR resource would change, raise and send; "
		           "keeps and sends nothing.",
		.notes =
		    "Starts from an empty ledger and the rosters; notices count as delivered at "
		    "once, a message\n"
		    "as received when MSH-7 says it was sent, a resource when it was last changed. "
		    "\"-\" is\n"
		    "standard input, of messages.\n"
		    "Exit: 0, 1 a message was refused, 3 a file was.",
		.least = 1,
		.most = -1 };
	int code;

	if (!ww_options_read(&usage, rows, 3, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	t.site = &site;
	t.cx.arena = ww_arena_new(0);
	if (code == WW_EXIT_OK)
		t.feed = choose_feed(site.config, feed);
	if (code == WW_EXIT_OK && t.feed == NULL) {
		(void)fprintf(stderr, "wardwire try: no such feed in the configuration\n");
		code = WW_EXIT_USAGE;
	}
	if (code == WW_EXIT_OK)
		code = run_files(&t, argc, argv);
	ww_apply_close(t.apply);
	ww_ledger_close(&t.ledger);
	ww_journal_close(&t.journal);
	ww_arena_free(t.cx.arena);
	ww_site_close(&site);
	return code;
}

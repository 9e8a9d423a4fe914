/* wardwire status: where the engine stands. Works while it runs and while it does not. */
#include "base/options.h"
#include "main/dir_status.h"
#include "main/main.h"
#include "main/order.h"
#include "main/print.h"
#include "main/site.h"
#include "model/lane.h"
#include "report/status.h"
#include "store/disk.h"
#include "store/snapshot.h"

#include <stdio.h>

enum { ASIDE_SHOWN = 10 };

static ww_status
get_cursor(struct ww_site *site, struct ww_ledger *l, struct ww_cursor *c)
{
	bool found;

	ww_row_init(&ww_entity_cursor, c);
	c->id = 1;
	return ww_get(l, &site->cx, cursor, c, &found);
}

/* The newest snapshot; what it holds is not looked at. */
static ww_status
add_snapshot(struct ww_site *site, struct ww_json *o)
{
	struct ww_json *s;
	struct ww_buf time = { 0 };
	struct ww_snapshot *v;
	size_t n;
	ww_status status = ww_snapshot_list(&site->cx, site->fs, site->snapshots, &v, &n);

	if (status != WW_OK || n == 0)
		return status;
	s = ww_json_set(&site->cx, o, "snapshot", ww_json_object(&site->cx));
	ww_time_write_fhir(ww_time_at(v[0].time, NULL), &time);
	ww_json_set_int(&site->cx, s, "journal", (int64_t)v[0].seq);
	ww_json_set_str(&site->cx, s, "time", ww_buf_view(&time));
	ww_json_set_int(&site->cx, s, "kept", (int64_t)n);
	ww_buf_free(&time);
	return WW_OK;
}

/* What the data take on the disk, and for how long it will do. */
static ww_status
add_disk(struct ww_site *site, struct ww_ledger *l, struct ww_journal *j, struct ww_json *o)
{
	const struct ww_disk_places places = { .data = site->data,
		.journal = site->journal,
		.ledger = site->ledger,
		.blobs = site->blobs,
		.snapshots = site->snapshots };
	struct ww_ctx *cx = &site->cx;
	struct ww_json *v = ww_json_set(cx, o, "disk", ww_json_object(cx));
	struct ww_cursor c;
	struct ww_disk d;
	ww_status s = get_cursor(site, l, &c);

	if (s == WW_OK)
		s = ww_disk_measure(cx, site->fs, &places, &d);
	if (s == WW_OK)
		s = ww_disk_forecast(
		    cx, site->fs, &places, j, c.now_ms, c.since_ms, site->config->disk_reserve, &d);
	if (s != WW_OK)
		return s;
	ww_json_set_int(cx, v, "journal", (int64_t)d.journal);
	ww_json_set_int(cx, v, "ledger", (int64_t)d.ledger);
	ww_json_set_int(cx, v, "blobs", (int64_t)d.blobs);
	ww_json_set_int(cx, v, "snapshots", (int64_t)d.snapshots);
	ww_json_set_int(cx, v, "free", (int64_t)d.free);
	ww_json_set_int(cx, v, "reserve", (int64_t)site->config->disk_reserve);
	ww_json_set_int(cx, v, "used-percent", d.used_percent);
	if (d.growth_known)
		ww_json_set_int(cx, v, "growth-a-day", (int64_t)d.growth);
	if (d.days_known)
		ww_json_set_int(cx, v, "days-left", (int64_t)d.days);
	if (ww_disk_short(d.free, site->config->disk_reserve, false))
		ww_json_set_cstr(cx, o, "warning",
		    "less is free than disk.reserve_mib: the engine reads no messages");
	else if (d.used_percent >= site->config->disk_warn_percent)
		ww_json_set_cstr(cx, o, "warning", "the disk is filling: see disk.warn_percent");
	return WW_OK;
}

/* What journal, disk and refused ring add to the ledger's report. */
static ww_status
add_files(struct ww_site *site, struct ww_ledger *l, bool verify, struct ww_json *o)
{
	struct ww_ctx *cx = &site->cx;
	struct ww_journal_settings js = { .dir = site->journal,
		.segment_bytes = site->config->segment_bytes,
		.fs = site->fs,
		.read_only = true,
		.quick = !verify };
	struct ww_json *v = ww_json_set(cx, o, "journal", ww_json_object(cx));
	struct ww_refused_entry *entries;
	struct ww_journal j = { 0 };
	struct ww_journal_state st;
	size_t refused = 0;
	ww_status s = ww_journal_files(cx, &js, &j);

	if (s != WW_OK)
		return s;
	ww_journal_state(&j, &st);
	s = add_disk(site, l, &j, o);
	if (s == WW_OK)
		s = add_snapshot(site, o);
	ww_journal_close(&j);
	if (s != WW_OK)
		return s;
	ww_json_set_int(cx, v, "records", (int64_t)st.records);
	ww_json_set_int(cx, v, "last", (int64_t)st.last);
	ww_json_set_int(cx, v, "damaged", (int64_t)st.damaged);
	ww_json_set_int(cx, v, "torn", (int64_t)st.torn);
	ww_json_set_int(cx, v, "segments", (int64_t)st.segments);
	ww_json_set_int(cx, v, "bytes", (int64_t)st.bytes);
	if (st.pruned > 0)
		ww_json_set_int(cx, v, "pruned", (int64_t)st.pruned);
	s = ww_refused_list(cx, site->fs, site->refused, &entries, &refused);
	ww_json_set_int(cx, o, "refused", (int64_t)refused);
	return s;
}

static void
print_counts(const struct ww_json *o, const char *key)
{
	const struct ww_json *v = ww_json_get(o, key);

	(void)printf("%-10s", key);
	if (ww_json_len(v) == 0)
		(void)printf(" none");
	for (const struct ww_json *c = ww_json_first(v); c != NULL; c = ww_json_next(c))
		(void)printf(" %.*s %lld", WW_STR_FMT(ww_json_key(c)), (long long)ww_json_int(c));
	(void)printf("\n");
}

/* How many were set aside, and the numbers of the first. */
static void
print_aside(const struct ww_json *list)
{
	size_t n = ww_json_len(list), shown = 0;

	(void)printf("%-10s %zu", "set aside", n);
	for (const struct ww_json *q = ww_json_first(list); q != NULL && shown < ASIDE_SHOWN;
	     q = ww_json_next(q), shown++)
		(void)printf("%s journal %lld", shown == 0 ? ":" : ",",
		    (long long)ww_json_int(ww_json_get(q, "journal")));
	(void)printf("%s\n", n > shown ? ", ..." : "");
}

static ww_str
text_of(const struct ww_json *o, const char *key)
{
	return ww_json_str(ww_json_get(o, key));
}

/* All that there is to say of it is said of the lanes that lead to it. */
static bool
is_behind_lanes(const struct ww_json *list, const struct ww_json *e)
{
	ww_str name = text_of(e, "name");

	if (text_of(e, "paused").n > 0)
		return false;
	for (const struct ww_json *x = ww_json_first(list); x != NULL; x = ww_json_next(x))
		if (x != e && ww_lane_leads_to(text_of(x, "name"), name))
			return true;
	return false;
}

static void
print_endpoint(const struct ww_json *e)
{
	static const char *const counts[] = { "due", "parked", "discarded" };
	static const char *const times[] = { "oldest", "paused", "alarm" };
	static const char *const gauges[] = { "window", "under-way", "failed", "resting",
		"wait-ms" };

	(void)printf("%-10s %.*s:", "endpoint", WW_STR_FMT(ww_json_str(ww_json_get(e, "name"))));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		(void)printf("%s %lld %s", i > 0 ? "," : "",
		    (long long)ww_json_int(ww_json_get(e, counts[i])), counts[i]);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		ww_str t = ww_json_str(ww_json_get(e, times[i]));

		if (t.n > 0)
			(void)printf(", %s %s%.*s", times[i], i > 0 ? "since " : "", WW_STR_FMT(t));
	}
	if (ww_json_get(e, "paused-because") != NULL)
		(void)printf(
		    ", because: %.*s", WW_STR_FMT(ww_json_str(ww_json_get(e, "paused-because"))));
	for (size_t i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++) {
		int64_t n = ww_json_int(ww_json_get(e, gauges[i]));

		if (n != 0)
			(void)printf(", %s %lld", gauges[i], (long long)n);
	}
	(void)printf("\n");
}

/* After a restore: what is to be done before the engine may send. */
static void
print_hold(const struct ww_json *held)
{
	if (held == NULL)
		return;
	(void)printf("%-10s sending, since journal %lld; what came in or was sent after %.*s is "
	             "forgotten\n",
	    "held", (long long)ww_json_int(ww_json_get(held, "since-journal")),
	    WW_STR_FMT(text_of(held, "last")));
	for (const struct ww_json *f = ww_json_first(ww_json_get(held, "feeds")); f != NULL;
	     f = ww_json_next(f)) {
		ww_str from = text_of(f, "resend-from");

		(void)printf("%-10s %.*s: have it sent again%s%.*s%s\n", "feed",
		    WW_STR_FMT(text_of(f, "feed")), from.n > 0 ? " from " : "", WW_STR_FMT(from),
		    from.n > 0 ? " on" : ", all of it");
	}
	(void)printf("%-10s wardwire release --reason TEXT\n", "then");
}

static void
print_snapshot(const struct ww_json *s)
{
	if (s == NULL)
		(void)printf("%-10s none\n", "snapshot");
	else
		(void)printf("%-10s up to journal %lld, %.*s; %lld kept\n", "snapshot",
		    (long long)ww_json_int(ww_json_get(s, "journal")),
		    WW_STR_FMT(text_of(s, "time")), (long long)ww_json_int(ww_json_get(s, "kept")));
}

/* "warnings   mercy: charset_guessed 3 version_missing 1" */
static void
print_warnings(const struct ww_json *list)
{
	for (const struct ww_json *f = ww_json_first(list); f != NULL; f = ww_json_next(f)) {
		(void)printf("%-10s %.*s:", "warnings", WW_STR_FMT(text_of(f, "feed")));
		for (const struct ww_json *c = ww_json_first(ww_json_get(f, "messages")); c != NULL;
		     c = ww_json_next(c))
			(void)printf(
			    " %.*s %lld", WW_STR_FMT(ww_json_key(c)), (long long)ww_json_int(c));
		(void)printf("\n");
	}
}

/* "tests      mercy: 130 of the last 612, an alarm since 2026-03-10T14:00:00Z" */
static void
print_tests(const struct ww_json *list)
{
	for (const struct ww_json *f = ww_json_first(list); f != NULL; f = ww_json_next(f)) {
		ww_str alarm = text_of(f, "alarm");

		(void)printf("%-10s %.*s: %lld of the last %lld%s%.*s\n", "tests",
		    WW_STR_FMT(text_of(f, "feed")),
		    (long long)ww_json_int(ww_json_get(f, "are-tests")),
		    (long long)ww_json_int(ww_json_get(f, "of-the-last")),
		    alarm.n > 0 ? ", an alarm since " : "", WW_STR_FMT(alarm));
	}
}

/* ", 1 not allowed, 2 handshakes failed, certificate until 2027-01-01T00:00:00Z": what there is of it. */
static void
print_door(const struct ww_json *l)
{
	int64_t outside = ww_json_int(ww_json_get(l, "not-allowed"));
	ww_str until = text_of(l, "certificate-until");

	if (outside > 0)
		(void)printf(", %lld not allowed", (long long)outside);
	if (until.n > 0)
		(void)printf(", %lld handshakes failed, certificate until %.*s",
		    (long long)ww_json_int(ww_json_get(l, "handshakes-failed")), WW_STR_FMT(until));
}

static void
print_unsent(const struct ww_json *l)
{
	long long n = (long long)ww_json_int(ww_json_get(l, "application-acks-unsent"));

	if (n > 0)
		(void)printf(", %lld application acknowledgements not sent", n);
}

/* Of a FHIR listener: what became of its requests. */
static const char *const fates[] = { "taken", "read", "refused", "denied", "busy", "failed",
	"malformed" };

enum { FATES = sizeof(fates) / sizeof(fates[0]) };

static void
print_fates(const struct ww_json *l)
{
	for (size_t i = 0; i < FATES && ww_json_get(l, "requests") != NULL; i++)
		(void)printf(
		    ", %lld %s", (long long)ww_json_int(ww_json_get(l, fates[i])), fates[i]);
}

/* "listener   adt: 120 messages, 3 of 1024 connections, 0 turned away"; of a folder there is a line of its own. */
static void
print_listener(const struct ww_json *l)
{
	const char *what = ww_json_get(l, "requests") != NULL ? "requests" : "messages";

	if (ww_json_get(l, "most") == NULL)
		return;
	(void)printf("%-10s %.*s: %lld %s, %lld of %lld connections, %lld turned away", "listener",
	    WW_STR_FMT(text_of(l, "name")), (long long)ww_json_int(ww_json_get(l, what)), what,
	    (long long)ww_json_int(ww_json_get(l, "connections")),
	    (long long)ww_json_int(ww_json_get(l, "most")),
	    (long long)ww_json_int(ww_json_get(l, "turned-away")));
	print_fates(l);
	print_door(l);
	print_unsent(l);
	(void)printf("\n");
}

static void
print_text(const struct ww_json *o)
{
	print_hold(ww_json_get(o, "held"));
	(void)printf("%-10s up to journal %lld\n", "applied",
	    (long long)ww_json_int(ww_json_get(o, "applied")));
	print_counts(o, "journal");
	print_counts(o, "disk");
	print_snapshot(ww_json_get(o, "snapshot"));
	if (ww_json_get(o, "warning") != NULL)
		(void)printf(
		    "%-10s %.*s\n", "warning", WW_STR_FMT(ww_json_str(ww_json_get(o, "warning"))));
	for (const struct ww_json *l = ww_json_first(ww_json_get(o, "listeners")); l != NULL;
	     l = ww_json_next(l))
		print_listener(l);
	ww_dir_status_print(o);
	print_counts(o, "messages");
	print_warnings(ww_json_get(o, "warnings"));
	if (ww_json_get(o, "match") != NULL)
		print_counts(o, "match");
	print_tests(ww_json_get(o, "tests"));
	print_counts(o, "flags");
	print_counts(o, "notices");
	if (ww_json_get(o, "clocks") != NULL)
		print_counts(o, "clocks");
	if (ww_json_get(o, "worklist") != NULL)
		print_counts(o, "worklist");
	if (ww_json_get(o, "forwarded") != NULL)
		print_counts(o, "forwarded");
	for (const struct ww_json *e = ww_json_first(ww_json_get(o, "endpoints")); e != NULL;
	     e = ww_json_next(e))
		if (!is_behind_lanes(ww_json_get(o, "endpoints"), e))
			print_endpoint(e);
	print_aside(ww_json_get(o, "quarantined"));
	(void)printf(
	    "%-10s %lld kept\n", "refused", (long long)ww_json_int(ww_json_get(o, "refused")));
	for (const struct ww_json *p = ww_json_first(ww_json_get(o, "programs")); p != NULL;
	     p = ww_json_next(p))
		(void)printf("%-10s %.*s: version %lld, since %.*s\n", "program",
		    WW_STR_FMT(ww_json_str(ww_json_get(p, "name"))),
		    (long long)ww_json_int(ww_json_get(p, "version")),
		    WW_STR_FMT(ww_json_str(ww_json_get(p, "since"))));
	for (const struct ww_json *r = ww_json_first(ww_json_get(o, "rosters")); r != NULL;
	     r = ww_json_next(r)) {
		ww_str problem = ww_json_str(ww_json_get(r, "problem"));
		ww_str expiry = ww_json_str(ww_json_get(r, "expiry"));

		(void)printf("%-10s %.*s: %lld rows, %lld rejected%s%.*s%s%.*s\n", "roster",
		    WW_STR_FMT(ww_json_str(ww_json_get(r, "name"))),
		    (long long)ww_json_int(ww_json_get(r, "rows")),
		    (long long)ww_json_int(ww_json_get(r, "rejected")), problem.n > 0 ? ": " : "",
		    WW_STR_FMT(problem), expiry.n > 0 ? ", " : "", WW_STR_FMT(expiry));
	}
}

/* What only the running engine knows of its endpoints; nothing when none runs. */
static void
add_gauges(struct ww_site *site, struct ww_json *o)
{
	static const char *const keys[] = { "window", "under-way", "failed", "resting", "wait-ms" };
	struct ww_json *answer = NULL;

	if (ww_order_ask(site, "endpoints", &answer) != WW_OK) {
		site->cx.fail = (struct ww_failure){ .status = WW_OK };
		return;
	}
	for (struct ww_json *e = ww_json_first(ww_json_get(o, "endpoints")); e != NULL;
	     e = ww_json_next(e)) {
		for (const struct ww_json *g = ww_json_first(ww_json_get(answer, "endpoints"));
		     g != NULL; g = ww_json_next(g)) {
			if (!ww_str_eq(ww_json_str(ww_json_get(g, "name")),
			        ww_json_str(ww_json_get(e, "name"))))
				continue;
			for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
				ww_json_set_int(
				    &site->cx, e, keys[i], ww_json_int(ww_json_get(g, keys[i])));
		}
	}
}

/* Likewise of its listeners. */
static void
add_listeners(struct ww_site *site, struct ww_json *o)
{
	static const char *const keys[] = { "connections", "most", "turned-away", "messages",
		"requests", "not-allowed", "handshakes-failed", "application-acks-unsent" };
	struct ww_json *answer = NULL, *list;

	if (ww_order_ask(site, "listeners", &answer) != WW_OK) {
		site->cx.fail = (struct ww_failure){ .status = WW_OK };
		return;
	}
	list = ww_json_set(&site->cx, o, "listeners", ww_json_array(&site->cx));
	for (const struct ww_json *l = ww_json_first(ww_json_get(answer, "listeners")); l != NULL;
	     l = ww_json_next(l)) {
		struct ww_json *v = ww_json_add(&site->cx, list, ww_json_object(&site->cx));

		ww_json_set_str(&site->cx, v, "name", text_of(l, "name"));
		ww_json_set_str(&site->cx, v, "trouble", text_of(l, "trouble"));
		ww_json_set_str(&site->cx, v, "certificate-until", text_of(l, "certificate-until"));
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (ww_json_get(l, keys[i]) != NULL)
				ww_json_set_int(
				    &site->cx, v, keys[i], ww_json_int(ww_json_get(l, keys[i])));
		for (size_t i = 0; i < FATES && ww_json_get(l, "requests") != NULL; i++)
			ww_json_set_int(
			    &site->cx, v, fates[i], ww_json_int(ww_json_get(l, fates[i])));
	}
}

static int
report(struct ww_site *site, bool json, bool verify)
{
	struct ww_ledger l = { 0 };
	struct ww_json *o;
	int code = ww_site_view(site, &l);

	if (code != WW_EXIT_OK)
		return code;
	if (ww_status_report(&l, &site->cx, &o) != WW_OK || add_files(site, &l, verify, o) != WW_OK)
		code = ww_site_complain("", &site->cx);
	if (code == WW_EXIT_OK)
		add_gauges(site, o);
	if (code == WW_EXIT_OK)
		add_listeners(site, o);
	if (code == WW_EXIT_OK)
		ww_dir_status_add(site, o);
	if (code == WW_EXIT_OK && json)
		code = ww_print_json(&site->cx, o, true);
	else if (code == WW_EXIT_OK)
		print_text(o);
	ww_ledger_close(&l);
	return code;
}

int
ww_cmd_status(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool json = false, verify = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "json", .flag = &json, .help = "as JSON" },
		{ .name = "verify",
		    .flag = &verify,
		    .help = "read the whole journal for damage; otherwise damage counts from when "
		            "it was found" },
	};
	const struct ww_usage usage = { .command = "wardwire status",
		.summary = "Counts messages, flags and notices by state, and says where journal "
		           "and ledger stand." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, 3, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = report(&site, json, verify);
	ww_site_close(&site);
	return code;
}

/* The configuration: every value and default, every fault with its place and its words. */
#include "config_fixture.h"
#include "docs_fixture.h"
#include "unit.h"

#include "codec/charset.h"
#include "config/fault.h"
#include "config/keys.h"
#include "config/load.h"
#include "config/near.h"
#include "config/raw.h"

#include <wardwire/buf.h>

#include <string.h>

static const char small[] = "data: ./data\n";

/* -- what is taken ---------------------------------------------------------------------------------- */

static const char whole[] =
    "data: ./data\n"
    "profiles: ./package\n"
    "system: https://engine.example.org/\n"
    "sender: 1234567893\n"
    "history_since: 2025-01-01\n"
    "due_hours: 48\n"
    "retry: {first: 6, most: 901, alarm_after: 11, max_age: 73}\n"
    "segment_bytes: 65536\n"
    "tick_seconds: 3600\n"
    "snapshots: {keep: 3, hour: 24, zone: America/Chicago}\n"
    "retention: {days: 30}\n"
    "disk: {reserve_mib: 2, warn_percent: 80}\n"
    "limits: {backlog: 65, backlog_bytes: 1048577, open_bytes: 1048578, lag: 1001, "
    "queue: 1002, arena: 4294967295, events: 17}\n"
    "listeners:\n"
    "  - {name: adt, mllp: \"127.0.0.1:2575\", max_message: 65536, max_segments: 500, "
    "max_connections: 7, peer_connections: 8, peer_rate: 9, frame_timeout: 31, "
    "frame_deadline: 32, idle_timeout: 33, accept_queue: 34}\n"
    "  - name: far\n"
    "    mllp: \"10.1.0.5:2575\"\n"
    "    plain: true\n"
    "    peers: [10.2.0.0/16, \"fd00::/8\"]\n"
    "  - {name: web, fhir: \"127.0.0.1:8081/fhir\", auth: tokens, head_deadline: 36, "
    "body_deadline: 37, "
    "keep_alive: 38, proxies: [10.3.0.0/16]}\n"
    "  - {name: safe, mllp: \"10.1.0.5:2576\", tls: {cert: a.pem, key: a.key, client_ca: ca.pem, "
    "names: [st-vincent, adt.svh.example], handshake_timeout: 35}}\n"
    "feeds:\n"
    "  - {name: lab, on: safe, match: {MSH-3: [LAB], MSH-4: [SVH, SVN], certificate: [lab]}}\n"
    "  - {name: st-vincent, on: adt, zone: America/New_York, state: observe}\n"
    "  - {name: other, on: far, version: 2.5.1, charset: {fallback: 8859/7, invalid: strict, "
    "windows: true, more: [\"BIG-5\", gb18030]}}\n"
    "  - {name: web-sender, on: web, fhir: {lenient: true, validate: enforce, "
    "profiles: [\"http://p/a\", \"http://p/b\"]}}\n"
    "endpoints:\n"
    "  - {name: rcca-ehr, fhir: \"http://127.0.0.1:8080/fhir/\", timeout: 31, inflight: 5, "
    "searches: 2}\n"
    "  - {name: desk, fhir: https://desk.example.org}\n"
    "parties:\n"
    "  - {name: rcca, title: \"River Clinic, & Caf\xc3\xa9\", npi: \"1234567893\", send: "
    "rcca-ehr}\n"
    "  - {name: b, send: desk}\n"
    "clients: [{name: gate, feed: web-sender, jwks: gate.json, may: [system/Encounter.c]}]\n"
    "rosters: [{file: rosters/acme.2026.csv, system: \"https://acme.example.org/ids/\"}, "
    "{file: plain}]\n";

START_TEST(reads_every_key)
{
	const struct ww_listener *l;
	const struct ww_feed *f;
	const struct ww_endpoint *e;
	const struct ww_party *p;

	takes(whole);
	unit_str_is(config->data, "./data");
	unit_str_is(config->profiles, "./package");
	unit_str_is(config->system, "https://engine.example.org");
	unit_str_is(config->sender, "1234567893");
	ck_assert_int_eq(config->history_since.prec, WW_PREC_DAY);
	ck_assert_int_eq(ww_time_day(config->history_since, NULL), ww_day_of(2025, 1, 1));
	ck_assert_uint_eq(config->due_hours, 48);
	ck_assert_uint_eq(config->retry_first, 6);
	ck_assert_uint_eq(config->retry_most, 901);
	ck_assert_uint_eq(config->retry_alarm_after, 11);
	ck_assert_uint_eq(config->retry_max_age, 73);
	ck_assert_uint_eq(config->segment_bytes, 65536);
	ck_assert_uint_eq(config->tick_seconds, 3600);
	ck_assert_uint_eq(config->snapshots_keep, 3);
	ck_assert_uint_eq(config->snapshots_hour, 24);
	ck_assert_ptr_eq(config->snapshots_zone, ww_zone_find("America/Chicago"));
	ck_assert_uint_eq(config->retention_days, 30);
	ck_assert_uint_eq(config->disk_reserve, 2 << 20);
	ck_assert_uint_eq(config->disk_warn_percent, 80);
	ck_assert_uint_eq(config->limits.backlog, 65);
	ck_assert_uint_eq(config->limits.backlog_bytes, 1048577);
	ck_assert_uint_eq(config->limits.open_bytes, 1048578);
	ck_assert_uint_eq(config->limits.lag, 1001);
	ck_assert_uint_eq(config->limits.queue, 1002);
	ck_assert_uint_eq(config->limits.arena, 4294967295);
	ck_assert_uint_eq(config->limits.events, 17);
	ck_assert_uint_eq(config->listeners_n, 4);
	l = ww_config_listener(config, WW_STR("adt"));
	ck_assert_ptr_eq(l, &config->listeners[0]);
	unit_str_is(l->mllp, "127.0.0.1:2575");
	ck_assert_uint_eq(l->max_message, 65536);
	ck_assert_uint_eq(l->max_segments, 500);
	ck_assert_uint_eq(l->max_connections, 7);
	ck_assert_uint_eq(l->peer_connections, 8);
	ck_assert_uint_eq(l->peer_rate, 9);
	ck_assert_uint_eq(l->frame_timeout, 31);
	ck_assert_uint_eq(l->frame_deadline, 32);
	ck_assert_uint_eq(l->idle_timeout, 33);
	ck_assert_uint_eq(l->accept_queue, 34);
	ck_assert(!l->plain && config->listeners[1].plain);
	ck_assert_uint_eq(l->peers.n + l->tls.cert.n + l->tls.names.n, 0);
	ck_assert_uint_eq(config->listeners[1].peers.n, 2);
	unit_str_is(config->listeners[1].peers.v[1], "fd00::/8");
	l = ww_config_listener(config, WW_STR("web"));
	ck_assert_uint_eq(l->head_deadline, 36);
	ck_assert_uint_eq(l->body_deadline, 37);
	ck_assert_uint_eq(l->keep_alive, 38);
	ck_assert_uint_eq(l->proxies.n, 1);
	unit_str_is(l->proxies.v[0], "10.3.0.0/16");
	l = ww_config_listener(config, WW_STR("safe"));
	unit_str_is(l->tls.cert, "a.pem");
	unit_str_is(l->tls.key, "a.key");
	unit_str_is(l->tls.client_ca, "ca.pem");
	ck_assert_uint_eq(l->tls.names.n, 2);
	unit_str_is(l->tls.names.v[1], "adt.svh.example");
	ck_assert_uint_eq(l->tls.handshake_timeout, 35);
	f = ww_config_feed(config, WW_STR("lab"));
	ck_assert_uint_eq(f->match.msh_3.n, 1);
	unit_str_is(f->match.msh_3.v[0], "LAB");
	ck_assert_uint_eq(f->match.msh_4.n, 2);
	unit_str_is(f->match.msh_4.v[1], "SVN");
	ck_assert_uint_eq(f->match.certificate.n, 1);
	unit_str_is(f->match.certificate.v[0], "lab");
	ck_assert(!f->fhir.lenient);
	ck_assert_int_eq(f->fhir.validate, 1);
	f = ww_config_feed(config, WW_STR("web-sender"));
	ck_assert(f->fhir.lenient);
	ck_assert_int_eq(f->fhir.validate, 2);
	ck_assert_uint_eq(f->fhir.held_to.n, 2);
	unit_str_is(f->fhir.held_to.v[1], "http://p/b");
	f = ww_config_feed(config, WW_STR("st-vincent"));
	unit_str_is(f->on, "adt");
	unit_str_is(f->zone_name, "America/New_York");
	ck_assert_ptr_eq(f->zone, ww_zone_find("America/New_York"));
	ck_assert_int_eq(f->state, WW_FEED_OBSERVE);
	ck_assert_uint_eq(f->match.msh_3.n + f->match.msh_4.n + f->match.certificate.n, 0);
	ck_assert_ptr_eq(f->source.fallback, ww_charset_find(WW_STR("windows-1252")));
	ck_assert_int_eq(f->source.version, 230);
	ck_assert(!f->source.strict && !f->source.windows && f->source.more == 0);
	f = ww_config_feed_on(config, WW_STR("far"));
	ck_assert_ptr_eq(f, &config->feeds[2]);
	ck_assert_ptr_eq(f->source.fallback, ww_charset_find(WW_STR("8859/7")));
	ck_assert_int_eq(f->source.version, 251);
	ck_assert(f->source.strict && f->source.windows);
	ck_assert_uint_eq(f->source.more, ww_charset_bit(ww_charset_find(WW_STR("BIG-5"))) |
	                                      ww_charset_bit(ww_charset_find(WW_STR("GB 18030"))));
	e = ww_config_endpoint(config, WW_STR("rcca-ehr"));
	ck_assert_int_eq(e->kind, WW_ENDPOINT_FHIR);
	unit_str_is(e->url, "http://127.0.0.1:8080/fhir");
	ck_assert_uint_eq(e->timeout, 31);
	ck_assert_uint_eq(e->inflight, 5);
	ck_assert_uint_eq(e->searches, 2);
	p = ww_config_party(config, WW_STR("rcca"));
	unit_str_is(p->title, "River Clinic, & Caf\xc3\xa9");
	unit_str_is(p->npi, "1234567893");
	unit_str_is(p->send, "rcca-ehr");
	ck_assert_uint_eq(config->rosters_n, 2);
	unit_str_is(config->rosters[0].file, "rosters/acme.2026.csv");
	unit_str_is(config->rosters[0].name, "acme.2026");
	unit_str_is(config->rosters[0].system, "https://acme.example.org/ids/");
	unit_str_is(config->rosters[1].system, "");
	unit_str_is(config->rosters[1].name, "plain");
}
END_TEST

START_TEST(puts_in_the_defaults)
{
	takes("data: d\n"
	      "listeners: [{name: a, mllp: 'localhost:0'}]\n"
	      "feeds: [{name: f, on: a}]\n"
	      "endpoints: [{name: e, fhir: 'https://e.example.org/r4'}]\n"
	      "parties: [{name: p, send: e}]\n");
	unit_str_is(config->system, "urn:wardwire:id");
	unit_str_is(config->sender, "");
	ck_assert(!ww_time_known(config->history_since));
	ck_assert_uint_eq(config->due_hours, 24);
	ck_assert_uint_eq(config->retry_first, 5);
	ck_assert_uint_eq(config->retry_most, 900);
	ck_assert_uint_eq(config->retry_alarm_after, 10);
	ck_assert_uint_eq(config->retry_max_age, 72);
	ck_assert_uint_eq(config->segment_bytes, 16777216);
	ck_assert_uint_eq(config->tick_seconds, 60);
	ck_assert_uint_eq(config->snapshots_keep, 7);
	ck_assert_uint_eq(config->snapshots_hour, 3);
	ck_assert_ptr_eq(config->snapshots_zone, ww_zone_find("UTC"));
	ck_assert_uint_eq(config->retention_days, WW_FOR_EVER);
	ck_assert_uint_eq(config->disk_reserve, (uint64_t)64 << 20);
	ck_assert_uint_eq(config->disk_warn_percent, 90);
	ck_assert_uint_eq(config->listeners[0].max_message, 16777216);
	ck_assert_uint_eq(config->listeners[0].max_segments, 10000);
	ck_assert_uint_eq(config->listeners[0].max_connections, 1024);
	ck_assert_uint_eq(config->listeners[0].peer_connections, 1024);
	ck_assert_uint_eq(config->listeners[0].peer_rate, 1000000);
	ck_assert_uint_eq(config->listeners[0].frame_timeout, 30);
	ck_assert_uint_eq(config->listeners[0].frame_deadline, 300);
	ck_assert_uint_eq(config->listeners[0].idle_timeout, 604800);
	ck_assert_uint_eq(config->listeners[0].accept_queue, 511);
	ck_assert_uint_eq(config->limits.backlog, 4096);
	ck_assert_uint_eq(config->limits.backlog_bytes, 67108864);
	ck_assert_uint_eq(config->limits.open_bytes, 67108864);
	ck_assert_uint_eq(config->limits.lag, 10000000);
	ck_assert_uint_eq(config->limits.queue, 10000);
	ck_assert_uint_eq(config->limits.arena, 268435456);
	ck_assert_uint_eq(config->limits.events, 1000);
	ck_assert(!config->listeners[0].plain);
	unit_str_is(config->feeds[0].zone_name, "UTC");
	ck_assert_int_eq(config->feeds[0].state, WW_FEED_LIVE);
	ck_assert_uint_eq(config->endpoints[0].timeout, 30);
	ck_assert_uint_eq(config->endpoints[0].inflight, 4);
	ck_assert_uint_eq(config->endpoints[0].searches, 1);
	ck_assert(!config->endpoints[0].insist);
	unit_str_is(config->parties[0].title, "p");
	unit_str_is(config->parties[0].npi, "");
	ck_assert_uint_eq(config->rosters_n, 0);
}
END_TEST

START_TEST(finds_nothing_under_a_name_that_is_not_there)
{
	takes(small);
	ck_assert_ptr_null(ww_config_listener(config, WW_STR("x")));
	ck_assert_ptr_null(ww_config_feed(config, WW_STR("x")));
	ck_assert_ptr_null(ww_config_feed_on(config, WW_STR("x")));
	ck_assert_ptr_null(ww_config_endpoint(config, WW_STR("x")));
	ck_assert_ptr_null(ww_config_party(config, WW_STR("x")));
}
END_TEST

START_TEST(takes_empty_lists)
{
	takes("data: d\nlisteners: []\nparties: []\n");
	ck_assert_uint_eq(config->listeners_n + config->parties_n, 0);
}
END_TEST

START_TEST(grows_lists_of_any_length)
{
	struct ww_buf b = { 0 };

	ww_buf_cstr(
	    &b, "data: d\nendpoints: [{name: e, fhir: 'http://e.example.org'}]\nparties:\n");
	for (int i = 0; i < 5000; i++)
		ww_buf_printf(&b, "- {name: p%d, send: e}\n", i);
	ww_buf_byte(&b, '\0');
	takes(ww_buf_view(&b).p);
	ck_assert_uint_eq(config->parties_n, 5000);
	unit_str_is(config->parties[4999].name, "p4999");
	ck_assert_uint_lt(ww_arena_used(cx.arena), 16 << 20);
	ww_buf_free(&b);
}
END_TEST

/* -- keys and kinds --------------------------------------------------------------------------------- */

START_TEST(names_the_key_that_was_meant)
{
	fault_is("data: d\nsegment_byte: 65536\n",
	    "2:1 unknown key 'segment_byte' (did you mean 'segment_bytes'?)");
	fault_is("data: d\nlisteners:\n  - name: a\n    mllp: localhost:1\n    max_cons: 5\nfeeds: "
	         "[{name: f, on: a}]\n",
	    "5:5 unknown key 'max_cons' in listeners[]; known are: name, mllp, dir, fhir, console, "
	    "max_message, "
	    "max_segments, max_connections, peer_connections, peer_rate, frame_timeout, "
	    "frame_deadline, idle_timeout, head_deadline, body_deadline, keep_alive, accept_queue, "
	    "release, peers, proxies, tls, plain, "
	    "auth, url, issuer, pattern, settle, scan, max_file, keep_done, keep_failed");
	fault_is("data: d\nretry: {frist: 5}\n",
	    "2:9 unknown key 'frist' in retry (did you mean 'first'?)");
	fault_is("data: d\nSystem: urn:x\n", "2:1 unknown key 'System' (did you mean 'system'?)");
	fault_is("data: d\nxyz: 1\n",
	    "2:1 unknown key 'xyz'; known are: data, system, sender, history_since, due_hours, "
	    "retry, "
	    "segment_bytes, tick_seconds, snapshots, jobs, "
	    "retention, disk, limits, listeners, feeds, endpoints, parties, clients, routes, "
	    "restrictions, "
	    "rosters, programs, profiles");
}
END_TEST

START_TEST(names_the_missing_key)
{
	fault_is("due_hours: 5\n", "1:1 required key 'data' is missing, near here");
	FAULTS_ARE("data: d\nlisteners:\n  - max_message: 65536\nparties:\n  - name: p\n",
	    "3:5 one of the keys mllp, dir, fhir and console is missing in listeners[], near here",
	    "3:5 required key 'name' is missing in listeners[], near here",
	    "5:5 required key 'send' is missing in parties[], near here");
}
END_TEST

START_TEST(names_the_kind_that_is_wanted)
{
	FAULTS_ARE("data: [d]\n"
	           "due_hours: soon\n"
	           "retry: 5\n"
	           "listeners: {name: a}\n"
	           "feeds: [a, [b]]\n"
	           "endpoints: x\n"
	           "segment_bytes: {a: b}\n",
	    "1:7 data must be a valid path: one line of 1 to 1024 bytes",
	    "2:12 due_hours: 'soon' is not a whole number from 1 to 720",
	    "3:8 retry: '5' is not a mapping of keys",
	    "4:12 listeners must be a list, each entry after a '-'",
	    "5:9 an entry of feeds must be a mapping of keys",
	    "5:12 an entry of feeds must be a mapping of keys",
	    "6:12 endpoints: 'x' is not a list, each entry after a '-'",
	    "7:16 segment_bytes must be a whole number from 65536 to 1073741824");
}
END_TEST

START_TEST(holds_numbers_to_their_range)
{
	static const char *const bad[] = { "0", "721", "-1", "024", "0x18", "24.0", "1e1", "24h",
		"99999999999999999999", "\"\"" };
	char text[64], want[96];

	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		snprintf(text, sizeof(text), "data: d\ndue_hours: %s\n", bad[i]);
		snprintf(want, sizeof(want),
		    "2:12 due_hours: '%s' is not a whole number from 1 to 720",
		    bad[i][0] == '"' ? "" : bad[i]);
		fault_is(text, want);
	}
	takes("data: d\ndue_hours: 720\n");
	takes("data: d\ndue_hours: 1\n");
	takes("data: d\ndue_hours: \"24\"\n");
}
END_TEST

START_TEST(refuses_a_key_given_twice)
{
	fault_is("data: d\ndata: e\n", "2:1 key 'data' is given twice; first on line 1");
}
END_TEST

START_TEST(refuses_a_key_without_value)
{
	FAULTS_ARE("data:\nsystem: ~\nlisteners:\nsender: null\n",
	    "1:1 data has no value; leave the key out or give one",
	    "2:1 system has no value; leave the key out or give one",
	    "3:1 listeners has no value; leave the key out or give one",
	    "4:1 sender has no value; leave the key out or give one");
}
END_TEST

START_TEST(holds_choices_and_flags_to_their_words)
{
	FAULTS_ARE("data: d\n"
	           "listeners: [{name: a, mllp: 'localhost:1', plain: yes}]\n"
	           "feeds: [{name: f, on: a, state: Live}]\n",
	    "2:51 plain: 'yes' is not true or false",
	    "3:33 state: 'Live' is not one of: observe, live (did you mean 'live'?)");
}
END_TEST

/* -- forms of texts --------------------------------------------------------------------------------- */

static void
form(enum ww_format f, const char *text, bool fits)
{
	ck_assert_msg(
	    ww_value_fits(f, ww_str_from(text)) == fits, "%s as %s", text, ww_value_noun(f));
}

START_TEST(tells_good_names_from_bad)
{
	static const char *const good[] = { "a", "0", "st-vincent", "a.b_c-9",
		"a23456789a23456789a23456789a23456789a23456789a23456789a23456789" };
	static const char *const bad[] = { "", "A", "-a", ".a", "_a", "a b", "a/b", "\xc3\xa4",
		"a23456789a23456789a23456789a23456789a23456789a23456789a23456789x" };

	for (size_t i = 0; i < UNIT_COUNT(good); i++)
		form(WW_FORMAT_NAME, good[i], strlen(good[i]) <= 63);
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		form(WW_FORMAT_NAME, bad[i], false);
}
END_TEST

START_TEST(tells_good_addresses_from_bad)
{
	static const char *const good[] = { "127.0.0.1:2575", "[::1]:0", "localhost:65535",
		"adt.example.org:1", "[fe80::1]:2575" };
	static const char *const bad[] = { "", ":2575", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:65536", "127.0.0:1", "1.2.3.256:1", "::1:2575", "[::1]",
		"[::g]:1", "[127.0.0.1]:1", "a b:1", "-a:1", "h:+1", "h:1 ", "h:000001" };

	for (size_t i = 0; i < UNIT_COUNT(good); i++)
		form(WW_FORMAT_ADDRESS, good[i], true);
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		form(WW_FORMAT_ADDRESS, bad[i], false);
}
END_TEST

START_TEST(tells_good_urls_from_bad)
{
	static const char *const good[] = { "http://127.0.0.1:8080/fhir", "https://ehr.example.org",
		"HTTPS://ehr.example.org/a/b/", "http://[::1]:80/x", "https://h:443" };
	static const char *const bad[] = { "", "ftp://h/", "h.example.org/fhir", "http://",
		"http:///x", "https://u:p@h/", "https://h/?a=b", "https://h/#x", "https://h:0/",
		"https://h:99999/", "https://h/a b", "file:///etc", "https://h:/x",
		"https://[::1/x" };

	for (size_t i = 0; i < UNIT_COUNT(good); i++)
		form(WW_FORMAT_URL, good[i], true);
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		form(WW_FORMAT_URL, bad[i], false);
}
END_TEST

START_TEST(tells_good_uris_from_bad)
{
	form(WW_FORMAT_URI, "urn:wardwire:id", true);
	form(WW_FORMAT_URI, "https://engine.example.org", true);
	form(WW_FORMAT_URI, "urn:oid:1.2.3", true);
	form(WW_FORMAT_URI, "engine.example.org", false);
	form(WW_FORMAT_URI, "urn:", false);
	form(WW_FORMAT_URI, "https://", false);
	form(WW_FORMAT_URI, ":x", false);
	form(WW_FORMAT_URI, "urn:a b", false);
}
END_TEST

START_TEST(checks_the_digit_of_an_npi)
{
	form(WW_FORMAT_NPI, "1234567893", true);
	form(WW_FORMAT_NPI, "1234567890", false);
	form(WW_FORMAT_NPI, "1234567839", false);
	form(WW_FORMAT_NPI, "123456789", false);
	form(WW_FORMAT_NPI, "12345678931", false);
	form(WW_FORMAT_NPI, "123456789x", false);
}
END_TEST

START_TEST(tells_good_dates_zones_and_paths_from_bad)
{
	form(WW_FORMAT_DATE, "2025", true);
	form(WW_FORMAT_DATE, "2025-01", true);
	form(WW_FORMAT_DATE, "2024-02-29", true);
	form(WW_FORMAT_DATE, "2025-02-29", false);
	form(WW_FORMAT_DATE, "2025-01-01T00:00:00Z", false);
	form(WW_FORMAT_DATE, "01/02/2025", false);
	form(WW_FORMAT_ZONE, "UTC", true);
	form(WW_FORMAT_ZONE, "Europe/Berlin", true);
	form(WW_FORMAT_ZONE, "Mars/Base", false);
	form(WW_FORMAT_ZONE, "../../etc/passwd", false);
	form(WW_FORMAT_PATH, "a\nb", false);
	form(WW_FORMAT_PATH, "", false);
	form(WW_FORMAT_TEXT, "a\x7f", false);
}
END_TEST

START_TEST(tells_good_versions_and_character_sets_from_bad)
{
	static const struct {
		enum ww_format format;
		const char *text;
		bool fits;
	} rows[] = {
		{ WW_FORMAT_VERSION, "2.1", true },
		{ WW_FORMAT_VERSION, "2.5.1", true },
		{ WW_FORMAT_VERSION, "2.9", true },
		{ WW_FORMAT_VERSION, "2.0", false },
		{ WW_FORMAT_VERSION, "2", false },
		{ WW_FORMAT_VERSION, "3.0", false },
		{ WW_FORMAT_VERSION, "2.5.1.1", false },
		{ WW_FORMAT_CHARSET, "8859/15", true },
		{ WW_FORMAT_CHARSET, "iso-8859-1", true },
		{ WW_FORMAT_CHARSET, "windows-1251", true },
		{ WW_FORMAT_CHARSET, "8859/10", false },
		{ WW_FORMAT_CHARSET, "UTF-8", false },
		{ WW_FORMAT_CHARSET, "ASCII", false },
		{ WW_FORMAT_CHARSET, "", false },
		{ WW_FORMAT_CHARSET, "BIG-5", false },
		{ WW_FORMAT_CHARSET, "ISO IR14", false },
		{ WW_FORMAT_CHARSET_MORE, "BIG-5", true },
		{ WW_FORMAT_CHARSET_MORE, "GB 18030-2000", true },
		{ WW_FORMAT_CHARSET_MORE, "KS X 1001", true },
		{ WW_FORMAT_CHARSET_MORE, "CNS 11643-1992", true },
		{ WW_FORMAT_CHARSET_MORE, "ISO IR14", true },
		{ WW_FORMAT_CHARSET_MORE, "ISO IR87", true },
		{ WW_FORMAT_CHARSET_MORE, "ISO IR159", true },
		{ WW_FORMAT_CHARSET_MORE, "8859/1", false },
		{ WW_FORMAT_CHARSET_MORE, "UNICODE UTF-16", false },
		{ WW_FORMAT_CHARSET_MORE, "KLINGON", false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		form(rows[i].format, rows[i].text, rows[i].fits);
}
END_TEST

START_TEST(says_what_a_text_must_be)
{
	FAULTS_ARE("data: d\n"
	           "system: engine\n"
	           "sender: \"1234567890\"\n"
	           "history_since: 01.02.2025\n"
	           "listeners: [{name: ADT, mllp: '2575'}]\n"
	           "endpoints: [{name: e, fhir: 'ftp://x'}]\n",
	    "2:9 system: 'engine' is not a valid URI: absolute, such as https://engine.example.org "
	    "or urn:example",
	    "3:9 sender: '1234567890' is not a valid NPI: ten digits, the last the check digit",
	    "4:16 history_since: '01.02.2025' is not a valid date: YYYY, YYYY-MM or YYYY-MM-DD",
	    "5:20 name: 'ADT' is not a valid name: 1 to 63 of a-z, 0-9, '.', '_', '-', the first a "
	    "letter or digit",
	    "5:20 no feed is on the listener 'ADT': add one under feeds",
	    "5:31 mllp: '2575' is not a valid address: host:port, such as 127.0.0.1:2575 or "
	    "[::1]:2575",
	    "6:29 fhir: 'ftp://x' is not a valid URL: http:// or https:// with a host; no user, "
	    "query or fragment");
	fault_is("data: d\nlisteners: [{name: a, mllp: 'localhost:1'}]\nfeeds: [{name: f, on: a, "
	         "zone: EST5}]\n",
	    "3:32 zone: 'EST5' is not a valid time zone: an IANA name, such as America/New_York or "
	    "UTC");
}
END_TEST

START_TEST(shows_no_control_characters_and_no_long_words)
{
	fault_is("data: d\nretry: {\"\\e[31mx\": 1}\n",
	    "2:9 unknown key '?[31mx' in retry; known are: first, most, alarm_after, max_age");
	fault_is("data: d\nretry: {aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd: 1}\n",
	    "2:9 unknown key 'aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd' in retry; known are: "
	    "first, most, alarm_after, max_age");
	fault_is("data: d\nretry: {aaaaaaaaaabbbbbbbbbbccccccccccdddddddddde: 1}\n",
	    "2:9 unknown key 'aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd...' in retry; known are: "
	    "first, most, alarm_after, max_age");
}
END_TEST

/* -- values against one another --------------------------------------------------------------------- */

START_TEST(names_what_stands_for_nothing)
{
	FAULTS_ARE("data: d\n"
	           "listeners: [{name: adt, mllp: 'localhost:1'}]\n"
	           "feeds: [{name: f, on: adt}, {name: g, on: atd}]\n"
	           "parties: [{name: p, send: ehr}]\n",
	    "3:43 on: there is no listener 'atd' (did you mean 'adt'?)",
	    "4:27 send: there is no endpoint 'ehr'");
}
END_TEST

START_TEST(refuses_what_is_given_twice)
{
	FAULTS_ARE("data: d\n"
	           "listeners:\n"
	           "- {name: a, mllp: 'LOCALHOST:1'}\n"
	           "- {name: a, mllp: 'localhost:01'}\n"
	           "- {name: b, mllp: 'localhost:0'}\n"
	           "- {name: c, mllp: 'localhost:0'}\n"
	           "feeds:\n"
	           "- {name: f, on: a}\n"
	           "- {name: f, on: a}\n"
	           "- {name: g, on: b}\n"
	           "- {name: h, on: c}\n"
	           "endpoints: [{name: e, fhir: 'http://h'}, {name: e, fhir: 'http://h'}]\n"
	           "parties: [{name: p, send: e}, {name: p, send: e}]\n"
	           "rosters: [{file: a/r.csv}, {file: b/r.csv}, {file: r.txt}]\n",
	    "4:10 a second listener with the name 'a'; the first is on line 3",
	    "4:19 a second listener with the address 'localhost:1'; the first is on line 3",
	    "9:10 a second feed with the name 'f'; the first is on line 8",
	    "9:17 the feeds 'f' and 'f' are both without match on the listener 'a'; one may be",
	    "12:49 a second endpoint with the name 'e'; the first is on line 12",
	    "13:38 a second party with the name 'p'; the first is on line 13",
	    "14:35 a second roster with the name 'r'; the first is on line 14",
	    "14:52 a second roster with the name 'r'; the first is on line 14");
}
END_TEST

START_TEST(wants_a_feed_on_every_listener)
{
	fault_is("data: d\nlisteners: [{name: a, mllp: 'localhost:1'}]\n",
	    "2:20 no feed is on the listener 'a': add one under feeds");
}
END_TEST

START_TEST(refuses_plain_mllp_beyond_this_machine)
{
	static const char *const near[] = { "127.0.0.1:1", "127.8.9.1:1", "[::1]:1",
		"Localhost:1" };
	static const char *const far[] = { "0.0.0.0:1", "[::]:1", "10.1.0.5:1",
		"[::ffff:127.0.0.1]:1", "adt.example.org:1", "localhost.example.org:1" };
	char text[256], want[256];

	for (size_t i = 0; i < UNIT_COUNT(near) + UNIT_COUNT(far); i++) {
		bool is_far = i >= UNIT_COUNT(near);
		const char *a = is_far ? far[i - UNIT_COUNT(near)] : near[i];

		for (int plain = 0; plain < 2; plain++) {
			snprintf(text, sizeof(text),
			    "data: d\nlisteners: [{name: a, mllp: '%s', plain: %s}]\nfeeds: "
			    "[{name: f, on: a}]\n",
			    a, plain != 0 ? "true" : "false");
			snprintf(want, sizeof(want),
			    "2:29 mllp: '%s' can be reached from other machines and MLLP is not "
			    "encrypted; "
			    "add 'tls', or 'plain: true'",
			    a);
			if (is_far && plain == 0)
				fault_is(text, want);
			else
				takes(text);
		}
	}
}
END_TEST

START_TEST(checks_tls_and_peers_of_a_listener)
{
	FAULTS_ARE(
	    "data: d\n"
	    "listeners:\n"
	    "  - {name: a, mllp: '10.0.0.1:1', tls: {cert: a.pem}, peers: 10.0.0.0/8}\n"
	    "  - {name: b, mllp: 'localhost:1', tls: {cert: c, key: k, names: [x]}, plain: "
	    "true}\n"
	    "  - {name: c, mllp: 'localhost:2', peers: [10.0.0.1/8, '']}\n"
	    "  - {name: d, mllp: 'localhost:3', peers: []}\n"
	    "feeds: [{name: a, on: a}, {name: b, on: b}, {name: c, on: c}, {name: d, on: d}]\n",
	    "3:40 required key 'key' is missing in listeners[].tls, near here",
	    "3:62 peers: '10.0.0.0/8' is not a list with an entry at least, such as [a, b]",
	    "4:59 names: no certificate is asked for without client_ca",
	    "4:72 plain: the listener has tls, and takes nothing without it",
	    "5:44 peers: '10.0.0.1/8' is not a valid network: an IPv4 or IPv6 network or address, "
	    "such as 10.2.0.0/16 or fd00::/8",
	    "5:56 peers: '' is not a valid network: an IPv4 or IPv6 network or address, such as "
	    "10.2.0.0/16 or fd00::/8",
	    "6:43 peers must be a list with an entry at least, such as [a, b]");
}
END_TEST

#define LISTENER                                                                                   \
	"data: d\n"                                                                                \
	"listeners: [{name: a, mllp: 'localhost:1', tls: {cert: c, key: k, client_ca: ca}}, "      \
	"{name: b, mllp: 'localhost:2'}]\n"                                                        \
	"feeds:\n"                                                                                 \
	"- {name: b, on: b}\n"

START_TEST(takes_feeds_that_can_be_told_apart)
{
	takes(LISTENER "- {name: f, on: a}\n"
	               "- {name: g, on: a, match: {MSH-4: [X, Y]}}\n"
	               "- {name: h, on: a, match: {MSH-4: [Z], MSH-3: [A]}}\n"
	               "- {name: i, on: a, match: {MSH-4: [Z], MSH-3: [B], certificate: [x]}}\n"
	               "- {name: j, on: a, match: {MSH-4: [Z], MSH-3: [B], certificate: [y]}}\n"
	               "- {name: k, on: b, match: {MSH-4: [X]}}\n");
}
END_TEST

START_TEST(refuses_feeds_that_cannot_be_told_apart)
{
	FAULTS_ARE(LISTENER "- {name: f, on: a, match: {MSH-4: [X, Y]}}\n"
	                    "- {name: g, on: a, match: {MSH-4: [Y, Z]}}\n"
	                    "- {name: h, on: a, match: {MSH-3: [A]}}\n"
	                    "- {name: i, on: b}\n"
	                    "- {name: j, on: b, match: {}}\n"
	                    "- {name: k, on: b, match: {certificate: [x]}}\n",
	    "6:20 match: a message on the listener 'a' can be of the feeds 'f' and 'g'",
	    "7:20 match: a message on the listener 'a' can be of the feeds 'f' and 'h'",
	    "7:20 match: a message on the listener 'a' can be of the feeds 'g' and 'h'",
	    "8:17 the feeds 'b' and 'i' are both without match on the listener 'b'; one may be",
	    "9:20 match: says nothing; leave it out for what is no other feed's",
	    "10:20 match: a message on the listener 'b' can be of the feeds 'j' and 'k'",
	    "10:28 certificate: the listener 'b' asks for none, as it has no tls with client_ca");
}
END_TEST

START_TEST(wants_the_longest_wait_not_below_the_first)
{
	fault_is("data: d\nretry: {first: 60, most: 30}\n",
	    "2:26 retry: most (30) must not be less than first (60)");
	fault_is(
	    "data: d\nretry: {most: 4}\n", "2:15 retry: most (4) must not be less than first (5)");
	fault_is("data: d\nretry: {first: 901}\n",
	    "2:16 retry: most (900) must not be less than first (901)");
	takes("data: d\nretry: {first: 60, most: 60}\n");
}
END_TEST

START_TEST(reports_every_fault_in_the_order_of_the_file)
{
	FAULTS_ARE("dta: ./data\n"
	           "due_hours: 1000\n"
	           "listeners:\n"
	           "  - {name: adt, mllp: 127.0.0.1:2575, max_message: 5}\n"
	           "feeds:\n"
	           "  - {name: Feed, on: atd}\n",
	    "1:1 required key 'data' is missing, near here",
	    "1:1 unknown key 'dta' (did you mean 'data'?)",
	    "2:12 due_hours: '1000' is not a whole number from 1 to 720",
	    "4:12 no feed is on the listener 'adt': add one under feeds",
	    "4:52 max_message: '5' is not a whole number from 65536 to 268435456",
	    "6:12 name: 'Feed' is not a valid name: 1 to 63 of a-z, 0-9, '.', '_', '-', the first "
	    "a letter or digit",
	    "6:22 on: there is no listener 'atd' (did you mean 'adt'?)");
	ck_assert_str_eq(cx.fail.place, "line 1 column 1");
	ck_assert_str_eq(cx.fail.reason, "required key 'data' is missing, near here");
}
END_TEST

START_TEST(stops_counting_after_a_thousand_faults)
{
	struct ww_buf b = { 0 };

	for (int i = 0; i < 2000; i++)
		ww_buf_printf(&b, "k%d: 1\n", i);
	ww_buf_byte(&b, '\0');
	ck_assert_int_eq(parse(ww_buf_view(&b).p), WW_E_CONFIG);
	ck_assert_uint_eq(faults_n, 1000);
	ck_assert_str_eq(faults[999].text, "too many faults: the rest is not listed");
	ww_buf_free(&b);
}
END_TEST

/* -- YAML ------------------------------------------------------------------------------------------- */

START_TEST(says_where_the_text_is_no_yaml)
{
	fault_is("", "1:1 the file is empty");
	fault_is("# nothing\n", "1:1 the file is empty");
	fault_is("- a\n", "1:1 the file must be a mapping: lines of 'key: value'");
	fault_is("data d\n", "1:1 the file must be a mapping: lines of 'key: value'");
	fault_is("data: d\nretry:\n\tfirst: 5\n",
	    "3:1 a tab where YAML wants blanks: indent with blanks");
	fault_is("data: [a\n",
	    "2:1 not YAML: did not find expected ',' or ']' while parsing a flow sequence");
	fault_is("data: d\nx\xff: 1\n",
	    "2:2 this byte cannot stand in a YAML text: control character, or not UTF-8");
	fault_is("data: d\n---\ndata: e\n", "2:1 a second document (---): the file must be one");
	fault_is("data: d\n? [a]\n: 1\n", "2:3 a key must be one word");
}
END_TEST

START_TEST(refuses_aliases_anchors_and_tags)
{
	FAULTS_ARE("data: &d x\nsystem: *d\ndue_hours: !!int 5\n",
	    "1:7 anchors (&) and aliases (*) are not taken: write it out",
	    "2:9 anchors (&) and aliases (*) are not taken: write it out",
	    "3:12 tags (!) are not taken");
	FAULTS_ARE("data: d\nlisteners: &l [*l, {<<: *l}]\n",
	    "2:12 anchors (&) and aliases (*) are not taken: write it out",
	    "2:16 anchors (&) and aliases (*) are not taken: write it out",
	    "2:20 one of the keys mllp, dir, fhir and console is missing in listeners[], near here",
	    "2:20 required key 'name' is missing in listeners[], near here",
	    "2:21 unknown key '<<' in listeners[]; known are: name, mllp, dir, fhir, console, "
	    "max_message, "
	    "max_segments, max_connections, peer_connections, peer_rate, frame_timeout, "
	    "frame_deadline, idle_timeout, head_deadline, body_deadline, keep_alive, accept_queue, "
	    "release, peers, proxies, tls, plain, "
	    "auth, url, issuer, pattern, settle, scan, max_file, keep_done, keep_failed",
	    "2:25 anchors (&) and aliases (*) are not taken: write it out");
}
END_TEST

START_TEST(refuses_a_text_that_is_too_deep_or_too_long)
{
	struct ww_buf b = { 0 };

	fault_is("data: [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]\n", "1:22 more than 16 levels");
	ww_buf_cstr(&b, "data: d\n#");
	while (ww_buf_view(&b).n <= 1 << 20)
		ww_buf_byte(&b, 'x');
	ww_buf_byte(&b, '\0');
	fault_is(ww_buf_view(&b).p, "0:0 the file has 1048577 bytes; at most 1048576 are read");
	ww_buf_free(&b);
}
END_TEST

/* -- libcyaml --------------------------------------------------------------------------------------- */

static void
libcyaml_says(const char *text, unsigned line, unsigned column, const char *want)
{
	struct ww_faults f = { .cx = &cx };
	struct ww_raw_config *raw;

	ww_arena_free(cx.arena);
	cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	ck_assert_int_eq(ww_raw_load(&f, ww_str_from(text), &raw), WW_OK);
	ck_assert_ptr_null(raw);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.v[0].text, want);
	ck_assert_uint_eq(f.v[0].line, line);
	ck_assert_uint_eq(f.v[0].column, column);
}

/* These texts never get so far: the checks come first. */
START_TEST(passes_on_what_libcyaml_finds)
{
	libcyaml_says("data: d\nxyz: 1\n", 1, 7, "Unexpected key: xyz, near here");
	libcyaml_says(
	    "data: d\ndue_hours: soon\n", 2, 12, "Invalid uint64_t value: 'soon', near here");
	libcyaml_says("due_hours: 5\n", 1, 12, "Missing required mapping field: data, near here");
}
END_TEST

/* -- memory ----------------------------------------------------------------------------------------- */

START_TEST(fails_with_the_limit_wherever_the_arena_ends)
{
	size_t limit = 64;
	ww_status s;

	do {
		ww_arena_free(cx.arena);
		cx = (struct ww_ctx){ .arena = ww_arena_new(limit) };
		s = ww_config_parse(&cx, ww_str_from(whole), &config, &faults, &faults_n);
		ck_assert(s == WW_OK || s == WW_E_LIMIT);
		limit += 64;
	} while (s != WW_OK);
	ck_assert_uint_gt(limit, 4096);
}
END_TEST

/* -- the documentation ------------------------------------------------------------------------------ */

START_TEST(documents_every_key_as_it_is)
{
	struct ww_buf rows = { 0 };

	write_rows(&rows, &ww_keys_config);
	has_rows("docs/configuration.md", &rows);
	ww_buf_free(&rows);
}
END_TEST

START_TEST(documents_examples_that_work)
{
	struct ww_buf docs = { 0 };
	size_t n = 0;
	ww_str rest, example;
	ww_status s;

	read_file("docs/configuration.md", &docs);
	for (rest = ww_buf_view(&docs); (example = yaml_example(rest, &rest)).n > 0; n++) {
		ww_arena_free(cx.arena);
		cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
		s = ww_config_parse(&cx, example, &config, &faults, &faults_n);
		ck_assert_msg(s == WW_OK, "%s: %s in\n%.*s", cx.fail.place, cx.fail.reason,
		    WW_STR_FMT(example));
	}
	ck_assert_uint_ge(n, 2);
	ww_buf_free(&docs);
}
END_TEST

START_TEST(finds_the_nearest_word)
{
	static const struct {
		const char *word, *candidate;
		bool near;
	} rows[] = { { "abcdef", "abcdef", true }, { "abcdef", "abdcef", true },
		{ "abcdef", "abxdxf", true }, { "abcdef", "xbxdxf", false }, { "ab", "ac", true },
		{ "a", "b", false }, { "", "a", false }, { "MLLP", "mllp", true } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_near n;

		ww_near_start(&n, ww_str_from(rows[i].word));
		ww_near_try(&n, ww_str_from(rows[i].candidate));
		ck_assert_msg(
		    (n.best.n > 0) == rows[i].near, "%s %s", rows[i].word, rows[i].candidate);
	}
}
END_TEST

int
main(int argc, char **argv)
{
	const TTest *const tests[] = {
		reads_every_key,
		puts_in_the_defaults,
		finds_nothing_under_a_name_that_is_not_there,
		takes_empty_lists,
		grows_lists_of_any_length,
		names_the_key_that_was_meant,
		names_the_missing_key,
		names_the_kind_that_is_wanted,
		holds_numbers_to_their_range,
		refuses_a_key_given_twice,
		refuses_a_key_without_value,
		holds_choices_and_flags_to_their_words,
		tells_good_names_from_bad,
		tells_good_addresses_from_bad,
		tells_good_urls_from_bad,
		tells_good_uris_from_bad,
		checks_the_digit_of_an_npi,
		tells_good_dates_zones_and_paths_from_bad,
		tells_good_versions_and_character_sets_from_bad,
		says_what_a_text_must_be,
		shows_no_control_characters_and_no_long_words,
		names_what_stands_for_nothing,
		refuses_what_is_given_twice,
		wants_a_feed_on_every_listener,
		refuses_plain_mllp_beyond_this_machine,
		checks_tls_and_peers_of_a_listener,
		takes_feeds_that_can_be_told_apart,
		refuses_feeds_that_cannot_be_told_apart,
		wants_the_longest_wait_not_below_the_first,
		reports_every_fault_in_the_order_of_the_file,
		stops_counting_after_a_thousand_faults,
		says_where_the_text_is_no_yaml,
		refuses_aliases_anchors_and_tags,
		refuses_a_text_that_is_too_deep_or_too_long,
		passes_on_what_libcyaml_finds,
		fails_with_the_limit_wherever_the_arena_ends,
		documents_every_key_as_it_is,
		documents_examples_that_work,
		finds_the_nearest_word,
	};
	struct ww_buf rows = { 0 };

	/* "test_config --table" prints the key table for docs/configuration.md. */
	if (argc == 2 && strcmp(argv[1], "--table") == 0) {
		write_rows(&rows, &ww_keys_config);
		printf("%.*s", WW_STR_FMT(ww_buf_view(&rows)));
		ww_buf_free(&rows);
		return 0;
	}
	return unit_main("config", tests, UNIT_COUNT(tests));
}

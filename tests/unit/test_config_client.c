/* FHIR listeners of the configuration and their clients (config/client.c), and scopes (config/scope.c). */
#include "config_fixture.h"

#include "config/scope.h"

#include <wardwire/buf.h>

/* -- configurations ----------------------------------------------------------------------------------- */

#define TOP "data: d\nlisteners:\n"
#define FEEDS "feeds:\n - {name: a, on: l}\n"
#define PRACTICE                                                                                   \
	"endpoints:\n - {name: e, fhir: \"http://127.0.0.1:1\"}\nparties:\n - {name: p, send: "    \
	"e}\n"

START_TEST(reads_who_comes_in)
{
	const struct ww_listener *l;
	const struct ww_client *c;

	takes(TOP
	    " - {name: l, fhir: \"[::1]:8080/a/b/\", url: \"https://h.example/b/\", issuer: {iss: "
	    "\"https://i\", jwks: i.json}}\n" FEEDS PRACTICE
	    "clients:\n - {name: c, feed: a, may: [system/*.rs, system/Claim.c]}\n"
	    " - {name: d, id: X-1, feed: a, party: p, may: [system/*.cruds], jwks: d.json}\n");
	l = ww_config_listener(config, WW_STR("l"));
	ck_assert_int_eq(l->auth, WW_AUTH_TOKENS);
	ck_assert(ww_str_is(l->fhir, "[::1]:8080"));
	ck_assert(ww_str_is(l->path, "/a/b"));
	ck_assert(ww_str_is(l->url, "https://h.example/b"));
	ck_assert(ww_str_is(l->issuer.claim, "client_id"));
	c = ww_config_client(config, WW_STR("c"));
	ck_assert(ww_str_is(c->id, "c"));
	ck_assert_uint_eq(c->may.may[WW_SCOPE_Claim], WW_MAY_CREATE | WW_MAY_READ | WW_MAY_SEARCH);
	ck_assert_uint_eq(c->may.may[WW_SCOPE_Encounter], WW_MAY_READ | WW_MAY_SEARCH);
	ck_assert_uint_eq(c->may.may[WW_SCOPE_Task], 0); /* is for practices */
	c = ww_config_client(config, WW_STR("d"));
	ck_assert(ww_str_is(c->id, "X-1"));
	ck_assert_uint_eq(c->may.may[WW_SCOPE_Task], WW_MAY_READ | WW_MAY_UPDATE | WW_MAY_SEARCH);
	ck_assert_uint_eq(c->may.may[WW_SCOPE_Encounter], 0);
	ck_assert_ptr_null(ww_config_client(config, WW_STR("X-1")));
}
END_TEST

#define DESK "endpoints:\n - {name: e, worklist: true}\nparties:\n - {name: p, send: e}\n"

START_TEST(reads_who_works_on_a_worklist)
{
	const struct ww_client *c;

	takes(TOP " - {name: l, console: \"[::1]:8080\"}\n" DESK
	          "clients:\n - {name: c, on: l, party: p, role: case-manager, jwks: c.json}\n"
	          " - {name: d, on: l, party: p, may: [system/*.rs], jwks: d.json}\n");
	ck_assert(ww_str_is(ww_config_listener(config, WW_STR("l"))->console, "[::1]:8080"));
	c = ww_config_client(config, WW_STR("c"));
	ck_assert(ww_str_is(c->on, "l") && c->feed.n == 0);
	ck_assert_int_eq(c->role, WW_role_CASE_MANAGER);
	ck_assert_uint_eq(c->may.may[WW_SCOPE_Task], WW_MAY_READ | WW_MAY_UPDATE | WW_MAY_SEARCH);
	ck_assert_uint_eq(c->may.may[WW_SCOPE_Communication], 0);
	c = ww_config_client(config, WW_STR("d"));
	ck_assert_int_eq(c->role, WW_role_NONE);
	ck_assert_uint_eq(c->may.may[WW_SCOPE_Task], WW_MAY_READ | WW_MAY_SEARCH);
	ck_assert_uint_eq(c->may.may[WW_SCOPE_Communication], 0);
	takes(TOP " - {name: l, console: \"127.0.0.1:0\", auth: none}\n" DESK);
}
END_TEST

START_TEST(wants_what_a_console_needs)
{
	FAULTS_ARE(TOP " - {name: l, console: \"10.1.0.5:8080\"}\n"
	               " - {name: k, console: \"10.1.0.5:8080\", plain: true, auth: none}\n",
	    "3:11 nobody can come in on the listener 'l': add a client that is on it under clients",
	    "3:23 console: '10.1.0.5:8080' can be reached from other machines and HTTP is not "
	    "encrypted; add 'tls', or 'plain: true'",
	    "4:23 a second listener with the address '10.1.0.5:8080'; the first is on line 3",
	    "4:59 auth: '10.1.0.5:8080' can be reached from other machines, where nobody comes in "
	    "without saying who they are; use tokens or certificates");
	FAULTS_ARE(TOP
	    " - {name: l, console: \"127.0.0.1:8080\"}\n - {name: m, mllp: \"127.0.0.1:1\"}\n"
	    "feeds:\n - {name: a, on: m}\n - {name: b, on: l}\n" DESK
	    "clients:\n - {name: c, on: l, jwks: c.json}\n"
	    " - {name: d, on: m, party: p, jwks: c.json}\n"
	    " - {name: e, on: l, feed: a, party: p, jwks: c.json}\n"
	    " - {name: f, party: p, jwks: c.json}\n"
	    " - {name: g, on: l, party: p, may: [system/Claim.r], jwks: c.json}\n"
	    " - {name: h, on: l, party: p}\n"
	    " - {name: i, on: nowhere, party: p, jwks: c.json}\n"
	    " - {name: j, feed: b, party: p, role: pcp, may: [system/Task.r], jwks: c.json}\n"
	    " - {name: k, on: l, party: p, role: king, jwks: c.json}\n",
	    "7:18 on: 'l' is a console, on which nothing comes in",
	    "13:4 a client of a console needs 'party', whose worklist it sees, near here",
	    "14:18 on: 'm' is no console",
	    "15:14 on: means nothing beside feed, which says where it comes in",
	    "16:4 a client needs 'feed', or 'on' with a console, near here",
	    "16:4 a client needs 'may', such as [system/Encounter.cu], near here",
	    "17:37 may: nothing of 'system/Claim.r' can be allowed to a client of a console "
	    "(system/Task.rus at most)",
	    "18:4 a client of a listener with auth tokens needs 'jwks', near here",
	    "19:18 on: there is no listener 'nowhere'", "20:20 feed: 'b' is not on a FHIR listener",
	    "20:33 role: means nothing but for a client that is on a console",
	    "21:37 role: 'king' is not one of: coordinator, navigator, physician, oncologist, pcp, "
	    "case-manager, benefits-contact, program-desk, program-manager");
}
END_TEST

START_TEST(lets_nobody_in_unasked_from_elsewhere)
{
	takes(TOP " - {name: l, fhir: \"127.0.0.1:0\", auth: none}\n" FEEDS);
	FAULTS_ARE(TOP
	    " - {name: l, fhir: \"10.1.0.5:8080/fhir\", plain: true, auth: none}\n" FEEDS,
	    "3:61 auth: '10.1.0.5:8080/fhir' can be reached from other machines, where nobody "
	    "comes "
	    "in without saying who they are; use tokens or certificates");
	FAULTS_ARE(TOP
	    " - {name: l, fhir: \"127.0.0.1:8080\", auth: none, proxies: [127.0.0.1]}\n" FEEDS,
	    "3:44 auth: proxies stand for clients on other machines, where nobody comes in without "
	    "saying who they are; use tokens");
	FAULTS_ARE(TOP " - {name: l, fhir: \"127.0.0.1:8080\", auth: none}\n" FEEDS
	               " - {name: b, on: l, match: {MSH-3: [x]}}\n",
	    "3:44 auth: the listener 'l' has several feeds, and without clients nothing tells "
	    "whose a "
	    "request is");
	FAULTS_ARE(TOP " - {name: l, fhir: \"127.0.0.1:8080\", auth: none}\n" FEEDS
	               "clients:\n - {name: c, feed: a, may: [system/Claim.c], jwks: c.json}\n",
	    "7:20 feed: the listener of 'a' has auth none, and asks nobody who they are");
	FAULTS_ARE(TOP " - {name: l, fhir: \"10.1.0.5:8080\"}\n" FEEDS
	               "clients:\n - {name: c, feed: a, may: [system/Claim.c], jwks: c.json}\n",
	    "3:20 fhir: '10.1.0.5:8080' can be reached from other machines and HTTP is not "
	    "encrypted; "
	    "add 'tls', or 'plain: true'");
}
END_TEST

START_TEST(wants_clients_that_can_show_who_they_are)
{
	FAULTS_ARE(TOP " - {name: l, fhir: \"127.0.0.1:8080\"}\n" FEEDS,
	    "3:11 nobody can come in on the listener 'l': add a client of its feed under clients");
	FAULTS_ARE(TOP " - {name: l, fhir: \"127.0.0.1:8080\", auth: certificates}\n" FEEDS
	               "clients:\n - {name: c, feed: a, may: [system/Claim.c], jwks: c.json}\n",
	    "3:44 auth: no certificate is asked for without client_ca in tls",
	    "7:4 a client of a listener with auth certificates needs 'certificate', near here",
	    "7:46 jwks: means nothing on a listener with auth certificates");
	FAULTS_ARE(TOP " - {name: l, fhir: \"127.0.0.1:8080\"}\n" FEEDS
	               "clients:\n - {name: c, feed: a, may: [system/Claim.c], certificate: [x]}\n",
	    "7:4 a client of a listener with auth tokens needs 'jwks', near here",
	    "7:46 certificate: means nothing on a listener with auth tokens");
	FAULTS_ARE(TOP
	    " - {name: l, fhir: \"127.0.0.1:8080\", auth: none, issuer: {iss: \"u:i\", jwks: "
	    "i.json}}\n" FEEDS,
	    "3:50 issuer: means nothing where auth is not tokens");
}
END_TEST

START_TEST(wants_an_address_that_clients_can_name)
{
	FAULTS_ARE(TOP " - {name: l, fhir: \"127.0.0.1:0/fhir\"}\n" FEEDS
	               "clients:\n - {name: c, feed: a, may: [system/Claim.c], jwks: c.json}\n",
	    "3:20 fhir: with port 0 clients cannot know what to ask a token for; give a port, or "
	    "'url'");
	takes(TOP " - {name: l, fhir: \"127.0.0.1:0/fhir\", url: \"https://h.example\"}\n" FEEDS
	          "clients:\n - {name: c, feed: a, may: [system/Claim.c], jwks: c.json}\n");
}
END_TEST

START_TEST(names_what_a_client_cannot_be)
{
	FAULTS_ARE(TOP " - {name: l, mllp: \"127.0.0.1:1\"}\n" FEEDS
	               "clients:\n - {name: c, feed: a, may: [system/Claim.c], jwks: c.json}\n",
	    "7:20 feed: 'a' is not on a FHIR listener");
	FAULTS_ARE(TOP " - {name: l, fhir: \"127.0.0.1:8080\"}\n" FEEDS
	               "clients:\n - {name: c, feed: aa, party: q, jwks: c.json}\n"
	               " - {name: c, feed: a, may: [system/Claim.c], jwks: c.json}\n",
	    "7:4 a client needs 'may', such as [system/Encounter.cu], near here",
	    "7:20 feed: there is no feed 'aa'", "7:31 party: there is no party 'q'",
	    "8:11 a second client with the name 'c'; the first is on line 7");
	FAULTS_ARE(TOP
	    " - {name: l, fhir: \"127.0.0.1:8080\"}\n" FEEDS PRACTICE
	    "clients:\n - {name: c, feed: a, may: [system/Task.r], jwks: c.json}\n"
	    " - {name: d, feed: a, party: p, may: [system/Claim.c, system/Task.r], jwks: "
	    "c.json}\n",
	    "11:29 may: nothing of 'system/Task.r' can be allowed to a sender (no party)",
	    "12:39 may: nothing of 'system/Claim.c' can be allowed to a practice (party)");
	FAULTS_ARE(TOP " - {name: l, fhir: \"127.0.0.1:8080\"}\n" FEEDS
	               "clients:\n - {name: c, feed: a, may: [system/Claim.c], jwks: c.json}\n"
	               " - {name: d, id: c, feed: a, may: [system/Claim.c], jwks: c.json}\n",
	    "8:18 id: a second client 'c' on the same listener; the first is on line 7");
	FAULTS_ARE(TOP
	    " - {name: l, fhir: \"127.0.0.1:8080\", auth: certificates, tls: {cert: c, key: "
	    "k, client_ca: a}}\n" FEEDS
	    "clients:\n - {name: c, feed: a, may: [system/Claim.c], certificate: [x, y]}\n"
	    " - {name: d, feed: a, may: [system/Claim.c], certificate: [Y]}\n",
	    "8:46 certificate: the client on line 7 of the same listener has one of these names, "
	    "too");
	FAULTS_ARE(TOP " - {name: l, fhir: \"127.0.0.1:8080//x\"}\n" FEEDS,
	    "3:11 nobody can come in on the listener 'l': add a client of its feed under clients",
	    "3:20 fhir: '127.0.0.1:8080//x' is not a valid address: host:port and a path, such as "
	    "127.0.0.1:8080/fhir");
	FAULTS_ARE(TOP " - {name: l, fhir: \"127.0.0.1:8080/x\"}\n - {name: m, fhir: "
	               "\"127.0.0.1:8080/y\", auth: none}\n" FEEDS " - {name: b, on: m}\n"
	               "clients:\n - {name: c, feed: a, may: [system/Claim.c], jwks: c.json}\n",
	    "4:20 a second listener with the address '127.0.0.1:8080'; the first is on line 3");
}
END_TEST

/* -- scopes ------------------------------------------------------------------------------------------- */

/* What is added, written again; "-" for no scope. */
static void
scope_is(const char *text, const char *want)
{
	struct ww_scopes s = { { 0 } };
	struct ww_buf b = { 0 };

	if (ww_scope_add(&s, ww_str_from(text)))
		ww_scope_write(&s, &b);
	else
		ww_buf_cstr(&b, "-");
	ww_buf_byte(&b, '\0');
	ck_assert_msg(strcmp(ww_buf_view(&b).p, want) == 0, "%s: %s", text, ww_buf_view(&b).p);
	ww_buf_free(&b);
}

START_TEST(reads_scopes_of_both_versions)
{
	static const char *const rows[][2] = {
		{ "system/Encounter.cruds", "system/Encounter.cruds" },
		{ "system/Encounter.cu", "system/Encounter.cu" },
		{ "system/Encounter.s", "system/Encounter.s" },
		{ "system/Encounter.read", "system/Encounter.rs" },
		{ "system/Encounter.write", "system/Encounter.cud" },
		{ "system/Encounter.*", "system/Encounter.cruds" },
		{ "system/Encounter.uc", "-" }, /* out of order */
		{ "system/Encounter.cc", "-" },
		{ "system/Encounter.", "-" },
		{ "system/Encounter", "-" },
		{ "system/Encounter.cx", "-" },
		{ "system/Encounter.rs?code=x", "-" }, /* no filters here */
		{ "system/encounter.r", "-" },
		{ "system/Device.r", "-" },
		{ "user/Encounter.r", "-" },
		{ "patient/Encounter.r", "-" },
		{ "Encounter.r", "-" },
		{ "", "-" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		scope_is(rows[i][0], rows[i][1]);
}
END_TEST

START_TEST(passes_over_what_is_no_scope_in_a_list)
{
	struct ww_scopes s = { { 0 } };

	ww_scope_add_list(&s, WW_STR("openid  system/Claim.c user/Claim.r system/*.s"));
	ck_assert_uint_eq(s.may[WW_SCOPE_Claim], WW_MAY_CREATE | WW_MAY_SEARCH);
	ck_assert_uint_eq(s.may[WW_SCOPE_Encounter], WW_MAY_SEARCH);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_who_comes_in,
		reads_who_works_on_a_worklist,
		wants_what_a_console_needs,
		lets_nobody_in_unasked_from_elsewhere,
		wants_clients_that_can_show_who_they_are,
		wants_an_address_that_clients_can_name,
		names_what_a_client_cannot_be,
		reads_scopes_of_both_versions,
		passes_over_what_is_no_scope_in_a_list,
	};

	return unit_main("config_client", tests, UNIT_COUNT(tests));
}

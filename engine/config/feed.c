/* Listeners and the feeds on them: encryption where others can come, and one feed at most for each message. */
#include "config/check.h"

#include "config/fault.h"
#include "config/kind.h"
#include "config/value.h"
#include "config/yaml.h"

/* -- listeners -------------------------------------------------------------------------------------- */

enum { MLLP, DIR, FHIR, CONSOLE };

static const struct ww_kind_key fitting[] = {
	{ "max_connections", { [MLLP] = true, [FHIR] = true, [CONSOLE] = true } },
	{ "peer_connections", { [MLLP] = true, [FHIR] = true, [CONSOLE] = true } },
	{ "peer_rate", { [MLLP] = true } },
	{ "frame_timeout", { [MLLP] = true } },
	{ "frame_deadline", { [MLLP] = true } },
	{ "idle_timeout", { [MLLP] = true } },
	{ "head_deadline", { [FHIR] = true, [CONSOLE] = true } },
	{ "body_deadline", { [FHIR] = true, [CONSOLE] = true } },
	{ "keep_alive", { [FHIR] = true, [CONSOLE] = true } },
	{ "accept_queue", { [MLLP] = true, [FHIR] = true, [CONSOLE] = true } },
	{ "release", { [MLLP] = true } },
	{ "peers", { [MLLP] = true, [FHIR] = true, [CONSOLE] = true } },
	{ "proxies", { [FHIR] = true, [CONSOLE] = true } },
	{ "tls", { [MLLP] = true, [FHIR] = true, [CONSOLE] = true } },
	{ "plain", { [MLLP] = true, [FHIR] = true, [CONSOLE] = true } },
	{ "auth", { [FHIR] = true, [CONSOLE] = true } },
	{ "url", { [FHIR] = true, [CONSOLE] = true } },
	{ "issuer", { [FHIR] = true, [CONSOLE] = true } },
	{ "pattern", { [DIR] = true } },
	{ "settle", { [DIR] = true } },
	{ "scan", { [DIR] = true } },
	{ "max_file", { [DIR] = true } },
	{ "keep_done", { [DIR] = true } },
	{ "keep_failed", { [DIR] = true } },
	{ NULL, { false } },
};

static const struct ww_kinds kinds = {
	.thing = "a listener",
	.list = "listeners[]",
	.or = "mllp, dir, fhir or console",
	.and = "mllp, dir, fhir and console",
	.n = 4,
	.of = { [MLLP] = { "mllp", "an MLLP listener" },
	    [DIR] = { "dir", "a folder" },
	    [FHIR] = { "fhir", "a FHIR listener" },
	    [CONSOLE] = { "console", "a console" } },
	.keys = fitting,
};

static void
check_encryption(struct ww_faults *f, const struct ww_yaml *e)
{
	const struct ww_yaml *mllp = ww_yaml_scalar(e, "mllp"), *fhir = ww_yaml_scalar(e, "fhir");
	const struct ww_yaml *console = ww_yaml_scalar(e, "console");
	const struct ww_yaml *http = fhir != NULL ? fhir : console;
	const struct ww_yaml *address = http != NULL ? http : mllp;
	const struct ww_yaml *plain = ww_yaml_scalar(e, "plain"), *tls = ww_yaml_get(e, "tls");
	bool is_plain = plain != NULL && ww_str_is(plain->text, "true");
	uint32_t port;
	ww_str host, text;

	if (tls != NULL && is_plain)
		ww_fault_add(f, plain->key_line, plain->key_column,
		    "plain: the listener has tls, and takes nothing without it");
	if (address == NULL)
		return;
	text = ww_str_sub(address->text, 0, ww_str_find(address->text, '/'));
	if (!ww_value_address(text, &host, &port) || ww_value_loopback(host) || is_plain ||
	    tls != NULL)
		return;
	ww_fault_add(f, address->line, address->column,
	    "%s: '%s' can be reached from other machines and %s is not encrypted; add 'tls', or "
	    "'plain: true'",
	    fhir != NULL      ? "fhir"
	    : console != NULL ? "console"
	                      : "mllp",
	    ww_fault_show(address->text).text, http != NULL ? "HTTP" : "MLLP");
}

static void
check_names(struct ww_faults *f, const struct ww_yaml *e)
{
	const struct ww_yaml *tls = ww_yaml_get(e, "tls"), *names = ww_yaml_get(tls, "names");

	if (names != NULL && ww_yaml_get(tls, "client_ca") == NULL)
		ww_fault_add(f, names->key_line, names->key_column,
		    "names: no certificate is asked for without client_ca");
}

bool
ww_listener_is_console(const struct ww_yaml *root, ww_str name)
{
	for (const struct ww_yaml *e = ww_yaml_entries(root, "listeners"); e != NULL; e = e->next) {
		const struct ww_yaml *v = ww_yaml_scalar(e, "name");

		if (v != NULL && ww_str_eq(v->text, name))
			return ww_yaml_get(e, "console") != NULL;
	}
	return false;
}

/* -- feeds ------------------------------------------------------------------------------------------ */

/* By what a feed can be told from others. */
static const char *const marks[] = { "MSH-3", "MSH-4", "certificate" };

enum { MARKS = sizeof(marks) / sizeof(marks[0]), CERTIFICATE = 2 };

static bool
share_text(const struct ww_yaml *a, const struct ww_yaml *b)
{
	const struct ww_yaml *x, *y;

	for (x = a->first; x != NULL; x = x->next)
		for (y = b->first; y != NULL; y = y->next)
			if (x->kind == WW_YAML_SCALAR && y->kind == WW_YAML_SCALAR &&
			    ww_str_eq(x->text, y->text))
				return true;
	return false;
}

/* A message may be of both: nothing tells them apart. */
static bool
overlap(const struct ww_yaml *a, const struct ww_yaml *b)
{
	for (size_t i = 0; i < MARKS; i++) {
		const struct ww_yaml *x = ww_yaml_get(a, marks[i]), *y = ww_yaml_get(b, marks[i]);

		if (x != NULL && y != NULL && !share_text(x, y))
			return false;
	}
	return true;
}

/* Nothing comes in there. */
static void
check_on(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *feed)
{
	const struct ww_yaml *on = ww_yaml_scalar(feed, "on");

	if (on != NULL && ww_listener_is_console(root, on->text))
		ww_fault_add(f, on->line, on->column,
		    "on: '%s' is a console, on which nothing comes in",
		    ww_fault_show(on->text).text);
}

/* Whose a FHIR request is follows from its client. With auth none there is one feed (client.c). */
static bool
takes_fhir(const struct ww_yaml *root, ww_str name)
{
	for (const struct ww_yaml *e = ww_yaml_entries(root, "listeners"); e != NULL; e = e->next) {
		const struct ww_yaml *v = ww_yaml_scalar(e, "name");

		if (v != NULL && ww_str_eq(v->text, name))
			return ww_yaml_get(e, "fhir") != NULL;
	}
	return false;
}

static void
check_pair(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *first,
    const struct ww_yaml *second)
{
	const struct ww_yaml *on = ww_yaml_scalar(first, "on"),
	                     *other = ww_yaml_scalar(second, "on");
	const struct ww_yaml *a = ww_yaml_get(first, "match"), *b = ww_yaml_get(second, "match");
	const struct ww_yaml *x = ww_yaml_scalar(first, "name"),
	                     *y = ww_yaml_scalar(second, "name");

	if (on == NULL || other == NULL || x == NULL || y == NULL ||
	    !ww_str_eq(on->text, other->text) || takes_fhir(root, on->text))
		return;
	if (a == NULL && b == NULL)
		ww_fault_add(f, other->line, other->column,
		    "the feeds '%s' and '%s' are both without match on the listener '%s'; one may "
		    "be",
		    ww_fault_show(x->text).text, ww_fault_show(y->text).text,
		    ww_fault_show(on->text).text);
	else if (a != NULL && b != NULL && overlap(a, b))
		ww_fault_add(f, b->key_line, b->key_column,
		    "match: a message on the listener '%s' can be of the feeds '%s' and '%s'",
		    ww_fault_show(on->text).text, ww_fault_show(x->text).text,
		    ww_fault_show(y->text).text);
}

/* Whether the listener of that name asks for certificates; true, too, when there is none, which others report. */
static bool
asks_for_certificates(const struct ww_yaml *root, ww_str name)
{
	const struct ww_yaml *e, *v;

	for (e = ww_yaml_entries(root, "listeners"); e != NULL; e = e->next) {
		v = ww_yaml_scalar(e, "name");
		if (v != NULL && ww_str_eq(v->text, name))
			return ww_yaml_get(ww_yaml_get(e, "tls"), "client_ca") != NULL;
	}
	return true;
}

static void
check_match(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *e)
{
	const struct ww_yaml *match = ww_yaml_get(e, "match"), *on = ww_yaml_scalar(e, "on");
	const struct ww_yaml *certificate = ww_yaml_get(match, marks[CERTIFICATE]);

	if (match != NULL && match->kind == WW_YAML_MAP && match->first == NULL)
		ww_fault_add(f, match->key_line, match->key_column,
		    "match: says nothing; leave it out for what is no other feed's");
	if (certificate != NULL && on != NULL && !asks_for_certificates(root, on->text))
		ww_fault_add(f, certificate->key_line, certificate->key_column,
		    "certificate: the listener '%s' asks for none, as it has no tls with client_ca",
		    ww_fault_show(on->text).text);
}

void
ww_feed_check(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *e, *other;

	for (e = ww_yaml_entries(root, "listeners"); e != NULL; e = e->next) {
		(void)ww_kind_check(f, e, &kinds);
		check_encryption(f, e);
		check_names(f, e);
	}
	for (e = ww_yaml_entries(root, "feeds"); e != NULL && !ww_fault_full(f); e = e->next) {
		check_on(f, root, e);
		check_match(f, root, e);
		for (other = ww_yaml_entries(root, "feeds"); other != e; other = other->next)
			check_pair(f, root, other, e);
	}
}

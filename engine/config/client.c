/* FHIR listeners and their clients: how a client shows who it is fits the listener, and nobody comes in unasked from another
 * machine. */
#include "config/check.h"

#include "config/fault.h"
#include "config/scope.h"
#include "config/value.h"
#include "config/yaml.h"

#include <wardwire/config.h>

enum { CLIENTS_MOST = 1024 };

/* -- the listener of a client --------------------------------------------------------------------------- */

/* The entry of a list with that name; NULL when there is none, which others report. */
static const struct ww_yaml *
entry_named(const struct ww_yaml *root, const char *list, ww_str name)
{
	for (const struct ww_yaml *e = ww_yaml_entries(root, list); e != NULL; e = e->next) {
		const struct ww_yaml *v = ww_yaml_scalar(e, "name");

		if (v != NULL && ww_str_eq(v->text, name))
			return e;
	}
	return NULL;
}

static const struct ww_yaml *
listener_of(const struct ww_yaml *root, const struct ww_yaml *client)
{
	const struct ww_yaml *feed = ww_yaml_scalar(client, "feed"), *e, *on;

	on = ww_yaml_scalar(client, "on");
	if (on != NULL)
		return entry_named(root, "listeners", on->text);
	e = feed != NULL ? entry_named(root, "feeds", feed->text) : NULL;
	on = ww_yaml_scalar(e, "on");
	return on != NULL ? entry_named(root, "listeners", on->text) : NULL;
}

static bool
has_auth(const struct ww_yaml *listener, const char *word)
{
	const struct ww_yaml *v = ww_yaml_scalar(listener, "auth");

	return v != NULL ? ww_str_is(v->text, word) : ww_str_is(WW_STR("tokens"), word);
}

/* -- listeners ---------------------------------------------------------------------------------------- */

static size_t
feeds_on(const struct ww_yaml *root, ww_str listener)
{
	size_t n = 0;

	for (const struct ww_yaml *e = ww_yaml_entries(root, "feeds"); e != NULL; e = e->next) {
		const struct ww_yaml *on = ww_yaml_scalar(e, "on");

		n += on != NULL && ww_str_eq(on->text, listener);
	}
	return n;
}

static bool
has_client(const struct ww_yaml *root, const struct ww_yaml *listener)
{
	for (const struct ww_yaml *e = ww_yaml_entries(root, "clients"); e != NULL; e = e->next)
		if (listener_of(root, e) == listener)
			return true;
	return false;
}

/* Where it is reached by HTTP; NULL: it is not. */
static const struct ww_yaml *
address_of(const struct ww_yaml *listener)
{
	const struct ww_yaml *fhir = ww_yaml_scalar(listener, "fhir");

	return fhir != NULL ? fhir : ww_yaml_scalar(listener, "console");
}

/* Nobody says who they are: they come from this machine, and are all of one feed. */
static void
check_open(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *e)
{
	const struct ww_yaml *at = address_of(e), *auth = ww_yaml_scalar(e, "auth");
	const struct ww_yaml *name = ww_yaml_scalar(e, "name");
	ww_str address, path, host;
	uint32_t port;

	if (ww_yaml_get(e, "proxies") != NULL)
		ww_fault_add(f, auth->line, auth->column,
		    "auth: proxies stand for clients on other machines, where nobody comes in "
		    "without saying who they are; use tokens");
	if (ww_value_base(at->text, &address, &path) && ww_value_address(address, &host, &port) &&
	    !ww_value_loopback(host))
		ww_fault_add(f, auth->line, auth->column,
		    "auth: '%s' can be reached from other machines, where nobody comes in without "
		    "saying who they are; use tokens or certificates",
		    ww_fault_show(at->text).text);
	if (name != NULL && feeds_on(root, name->text) > 1)
		ww_fault_add(f, auth->line, auth->column,
		    "auth: the listener '%s' has several feeds, and without clients nothing tells "
		    "whose a request is",
		    ww_fault_show(name->text).text);
}

static bool
has_no_port(ww_str base)
{
	ww_str address, path, host;
	uint32_t port;

	return ww_value_base(base, &address, &path) && ww_value_address(address, &host, &port) &&
	       port == 0;
}

static void
check_listener(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *e)
{
	const struct ww_yaml *at = address_of(e), *auth = ww_yaml_scalar(e, "auth");
	const struct ww_yaml *issuer = ww_yaml_get(e, "issuer"), *name = ww_yaml_scalar(e, "name");
	bool console = ww_yaml_get(e, "console") != NULL;

	if (at == NULL)
		return;
	if (issuer != NULL && !has_auth(e, "tokens"))
		ww_fault_add(f, issuer->key_line, issuer->key_column,
		    "issuer: means nothing where auth is not tokens");
	if (has_auth(e, "none")) {
		check_open(f, root, e);
		return;
	}
	if (auth != NULL && has_auth(e, "certificates") &&
	    ww_yaml_get(ww_yaml_get(e, "tls"), "client_ca") == NULL)
		ww_fault_add(f, auth->line, auth->column,
		    "auth: no certificate is asked for without client_ca in tls");
	if (has_auth(e, "tokens") && ww_yaml_get(e, "url") == NULL && has_no_port(at->text))
		ww_fault_add(f, at->line, at->column,
		    "%s: with port 0 clients cannot know what to ask a token for; give a port, "
		    "or 'url'",
		    console ? "console" : "fhir");
	if (name != NULL && !has_client(root, e))
		ww_fault_add(f, name->line, name->column,
		    "nobody can come in on the listener '%s': add a client %s under clients",
		    ww_fault_show(name->text).text, console ? "that is on it" : "of its feed");
}

/* -- clients ------------------------------------------------------------------------------------------ */

/* How it shows who it is. */
static void
check_proof(struct ww_faults *f, const struct ww_yaml *e, const struct ww_yaml *listener)
{
	static const struct {
		const char *auth, *needs, *other;
	} rows[] = { { "tokens", "jwks", "certificate" },
		{ "certificates", "certificate", "jwks" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ww_yaml *other = ww_yaml_get(e, rows[i].other);

		if (!has_auth(listener, rows[i].auth))
			continue;
		if (other != NULL)
			ww_fault_add(f, other->key_line, other->key_column,
			    "%s: means nothing on a listener with auth %s", rows[i].other,
			    rows[i].auth);
		/* Who has the tokens of another issuer needs no keys here. */
		if (ww_yaml_get(e, rows[i].needs) == NULL &&
		    ww_yaml_get(listener, "issuer") == NULL)
			ww_fault_add(f, e->line, e->column,
			    "a client of a listener with auth %s needs '%s', near here",
			    rows[i].auth, rows[i].needs);
	}
}

/* It belongs to a feed or is on a console. True: that is wrong already. */
static bool
check_which(struct ww_faults *f, const struct ww_yaml *e)
{
	const struct ww_yaml *on = ww_yaml_get(e, "on"), *role = ww_yaml_get(e, "role");
	bool feed = ww_yaml_get(e, "feed") != NULL;

	if (!feed && on == NULL)
		ww_fault_add(f, e->line, e->column,
		    "a client needs 'feed', or 'on' with a console, near here");
	else if (feed && on != NULL)
		ww_fault_add(f, on->key_line, on->key_column,
		    "on: means nothing beside feed, which says where it comes in");
	if (on == NULL && role != NULL)
		ww_fault_add(f, role->key_line, role->key_column,
		    "role: means nothing but for a client that is on a console");
	return feed == (on != NULL);
}

static void
check_on_console(struct ww_faults *f, const struct ww_yaml *e, const struct ww_yaml *listener)
{
	const struct ww_yaml *on = ww_yaml_scalar(e, "on");

	if (ww_yaml_get(listener, "console") == NULL)
		ww_fault_add(f, on->line, on->column, "on: '%s' is no console",
		    ww_fault_show(on->text).text);
	else if (has_auth(listener, "none"))
		ww_fault_add(f, on->line, on->column,
		    "on: the console '%s' has auth none, and asks nobody who they are",
		    ww_fault_show(on->text).text);
	else
		check_proof(f, e, listener);
	if (ww_yaml_get(e, "party") == NULL)
		ww_fault_add(f, e->line, e->column,
		    "a client of a console needs 'party', whose worklist it sees, near here");
}

static void
check_place(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *e)
{
	const struct ww_yaml *feed = ww_yaml_scalar(e, "feed"), *listener = listener_of(root, e);

	if (check_which(f, e) || listener == NULL)
		return;
	if (feed == NULL)
		check_on_console(f, e, listener);
	else if (ww_yaml_get(listener, "fhir") == NULL)
		ww_fault_add(f, feed->line, feed->column, "feed: '%s' is not on a FHIR listener",
		    ww_fault_show(feed->text).text);
	else if (has_auth(listener, "none"))
		ww_fault_add(f, feed->line, feed->column,
		    "feed: the listener of '%s' has auth none, and asks nobody who they are",
		    ww_fault_show(feed->text).text);
	else
		check_proof(f, e, listener);
}

static void
check_may(struct ww_faults *f, const struct ww_yaml *e)
{
	const struct ww_yaml *may = ww_yaml_get(e, "may");
	bool practice = ww_yaml_get(e, "party") != NULL, console = ww_yaml_get(e, "on") != NULL;
	struct ww_scopes role = console ? ww_scope_console() : ww_scope_role(practice);

	if (may == NULL && !console)
		ww_fault_add(f, e->line, e->column,
		    "a client needs 'may', such as [system/Encounter.cu], near here");
	for (const struct ww_yaml *v = ww_yaml_entries(e, "may"); v != NULL; v = v->next) {
		struct ww_scopes one = { { 0 } };

		if (v->kind != WW_YAML_SCALAR || !ww_scope_add(&one, v->text))
			continue;
		one = ww_scope_common(&one, &role);
		if (!ww_scope_any(&one))
			ww_fault_add(f, v->line, v->column,
			    "may: nothing of '%s' can be allowed to a %s",
			    ww_fault_show(v->text).text,
			    console    ? "client of a console (" WW_SCOPE_CONSOLE " at most)"
			    : practice ? "practice (party)"
			               : "sender (no party)");
	}
}

static const struct ww_yaml *
id_of(const struct ww_yaml *client)
{
	const struct ww_yaml *id = ww_yaml_scalar(client, "id");

	return id != NULL ? id : ww_yaml_scalar(client, "name");
}

static bool
share_name(const struct ww_yaml *a, const struct ww_yaml *b)
{
	for (const struct ww_yaml *x = ww_yaml_entries(a, "certificate"); x != NULL; x = x->next)
		for (const struct ww_yaml *y = ww_yaml_entries(b, "certificate"); y != NULL;
		     y = y->next)
			if (x->kind == WW_YAML_SCALAR && y->kind == WW_YAML_SCALAR &&
			    ww_str_ieq(x->text, y->text))
				return true;
	return false;
}

/* Two clients whom the listener could not tell apart. */
static void
check_pair(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *first,
    const struct ww_yaml *second)
{
	const struct ww_yaml *a = id_of(first), *b = id_of(second);

	bool named, called;

	called = a != NULL && b != NULL && ww_str_eq(a->text, b->text) &&
	         (ww_yaml_get(first, "id") != NULL || ww_yaml_get(second, "id") != NULL);
	named = share_name(first, second);
	if ((!called && !named) || listener_of(root, first) != listener_of(root, second))
		return;
	if (called) /* the same name twice is reported as such */
		ww_fault_add(f, b->line, b->column,
		    "id: a second client '%s' on the same listener; the first is on line %u",
		    ww_fault_show(b->text).text, a->line);
	if (named)
		ww_fault_add(f, ww_yaml_get(second, "certificate")->key_line,
		    ww_yaml_get(second, "certificate")->key_column,
		    "certificate: the client on line %u of the same listener has one of these "
		    "names, too",
		    first->line);
}

void
ww_client_check(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *e, *other;
	size_t n = 0;

	for (e = ww_yaml_entries(root, "listeners"); e != NULL; e = e->next)
		check_listener(f, root, e);
	for (e = ww_yaml_entries(root, "clients"); e != NULL && !ww_fault_full(f); e = e->next) {
		if (++n > CLIENTS_MOST) {
			ww_fault_add(f, e->line, e->column,
			    "there are more than %d clients up to here", CLIENTS_MOST);
			return;
		}
		check_may(f, e);
		check_place(f, root, e);
		for (other = ww_yaml_entries(root, "clients"); other != e; other = other->next)
			check_pair(f, root, other, e);
	}
}

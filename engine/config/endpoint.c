/* Endpoints of the configuration: each has one address, and what else is said fits its kind. */
#include "config/check.h"

#include "config/fault.h"
#include "config/value.h"
#include "config/yaml.h"

#include <wardwire/config.h>

enum { KINDS = 4 };

/* The key of its address, by kind, and what it is called. */
static const struct {
	const char *key, *noun;
} kinds[KINDS] = {
	[WW_ENDPOINT_FHIR] = { "fhir", "a FHIR endpoint" },
	[WW_ENDPOINT_MLLP] = { "mllp", "an MLLP endpoint" },
	[WW_ENDPOINT_HTTP] = { "http", "an HTTP endpoint" },
	[WW_ENDPOINT_DIR] = { "dir", "a folder" },
};

/* Keys that mean something for some kinds only. */
static const struct {
	const char *key;
	bool of[KINDS];
} fitting[] = {
	{ "inflight", { [WW_ENDPOINT_FHIR] = true } },
	{ "searches", { [WW_ENDPOINT_FHIR] = true } },
	{ "refused", { [WW_ENDPOINT_MLLP] = true, [WW_ENDPOINT_HTTP] = true } },
	{ "tls", { [WW_ENDPOINT_MLLP] = true, [WW_ENDPOINT_HTTP] = true } },
	{ "plain", { [WW_ENDPOINT_MLLP] = true, [WW_ENDPOINT_HTTP] = true } },
	{ "timeout",
	    { [WW_ENDPOINT_FHIR] = true, [WW_ENDPOINT_MLLP] = true, [WW_ENDPOINT_HTTP] = true } },
};

/* The kind of an entry with one address; KINDS when it has none or several, which is then reported. */
static size_t
kind_of(struct ww_faults *f, const struct ww_yaml *e)
{
	const struct ww_yaml *first = NULL, *v;
	size_t kind = KINDS;

	for (size_t i = 0; i < KINDS; i++) {
		v = ww_yaml_get(e, kinds[i].key);
		if (v == NULL)
			continue;
		if (first == NULL) {
			first = v;
			kind = i;
			continue;
		}
		ww_fault_add(f, v->key_line, v->key_column,
		    "an endpoint has one address: fhir, mllp, http or dir; %s is on line %u",
		    kinds[kind].key, first->key_line);
		return KINDS;
	}
	if (first == NULL)
		ww_fault_add(f, e->line, e->column,
		    "one of the keys fhir, mllp, http and dir is missing in endpoints[], near "
		    "here");
	return kind;
}

static void
check_fitting(struct ww_faults *f, const struct ww_yaml *e, size_t kind)
{
	for (size_t i = 0; i < sizeof(fitting) / sizeof(fitting[0]); i++) {
		const struct ww_yaml *v = ww_yaml_get(e, fitting[i].key);

		if (v != NULL && !fitting[i].of[kind])
			ww_fault_add(f, v->key_line, v->key_column, "%s: means nothing for %s",
			    fitting[i].key, kinds[kind].noun);
	}
}

static bool
is_plain(const struct ww_yaml *e)
{
	const struct ww_yaml *v = ww_yaml_scalar(e, "plain");

	return v != NULL && ww_str_is(v->text, "true");
}

static void
check_mllp(struct ww_faults *f, const struct ww_yaml *e)
{
	const struct ww_yaml *v = ww_yaml_scalar(e, "mllp");
	uint32_t port;
	ww_str host;

	if (v == NULL || !ww_value_address(v->text, &host, &port))
		return;
	if (port == 0)
		ww_fault_add(f, v->line, v->column, "mllp: nobody can be reached on port 0");
	if (ww_value_loopback(host) || ww_yaml_get(e, "tls") != NULL || is_plain(e))
		return;
	ww_fault_add(f, v->line, v->column,
	    "mllp: '%s' is on another machine and MLLP is not encrypted; add 'tls', or 'plain: "
	    "true'",
	    ww_fault_show(v->text).text);
}

static void
check_http(struct ww_faults *f, const struct ww_yaml *e)
{
	const struct ww_yaml *v = ww_yaml_scalar(e, "http"), *tls = ww_yaml_get(e, "tls");
	ww_str host;

	if (v == NULL || !ww_value_http_host(v->text, &host))
		return;
	if (tls != NULL)
		ww_fault_add(f, tls->key_line, tls->key_column,
		    "tls: the address begins with http://, which is not encrypted; use https://");
	else if (!ww_value_loopback(host) && !is_plain(e))
		ww_fault_add(f, v->line, v->column,
		    "http: '%s' is on another machine and http:// is not encrypted; use https://, "
		    "or "
		    "add 'plain: true'",
		    ww_fault_show(v->text).text);
}

static void
check_tls(struct ww_faults *f, const struct ww_yaml *e)
{
	const struct ww_yaml *tls = ww_yaml_get(e, "tls");
	const struct ww_yaml *cert = ww_yaml_get(tls, "cert"), *key = ww_yaml_get(tls, "key");

	if ((cert != NULL) != (key != NULL))
		ww_fault_add(f, tls->key_line, tls->key_column,
		    "tls: cert and key are given together or not at all");
}

void
ww_endpoint_check(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *e;

	for (e = ww_yaml_entries(root, "endpoints"); e != NULL; e = e->next) {
		size_t kind = e->kind == WW_YAML_MAP ? kind_of(f, e) : KINDS;

		if (kind == KINDS)
			continue;
		check_fitting(f, e, kind);
		check_mllp(f, e);
		check_http(f, e);
		check_tls(f, e);
	}
}

/* -- who uses them ------------------------------------------------------------------------------------- */

bool
ww_endpoint_takes_notices(const struct ww_yaml *root, ww_str name)
{
	const struct ww_yaml *e, *v;

	for (e = ww_yaml_entries(root, "endpoints"); e != NULL; e = e->next) {
		v = ww_yaml_scalar(e, "name");
		if (v != NULL && ww_str_eq(v->text, name))
			return ww_yaml_get(e, "fhir") != NULL;
	}
	return false;
}

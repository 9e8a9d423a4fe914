/* Endpoints of the configuration: each has one address, and what else is said fits its kind. */
#include "config/check.h"

#include "config/fault.h"
#include "config/kind.h"
#include "config/value.h"
#include "config/yaml.h"

#include <wardwire/config.h>

/* Keys that mean something for some kinds only. */
static const struct ww_kind_key fitting[] = {
	{ "inflight", { [WW_ENDPOINT_FHIR] = true } },
	{ "searches", { [WW_ENDPOINT_FHIR] = true } },
	{ "refused", { [WW_ENDPOINT_MLLP] = true, [WW_ENDPOINT_HTTP] = true } },
	{ "tls",
	    { [WW_ENDPOINT_FHIR] = true, [WW_ENDPOINT_MLLP] = true, [WW_ENDPOINT_HTTP] = true } },
	{ "plain", { [WW_ENDPOINT_MLLP] = true, [WW_ENDPOINT_HTTP] = true } },
	{ "timeout",
	    { [WW_ENDPOINT_FHIR] = true, [WW_ENDPOINT_MLLP] = true, [WW_ENDPOINT_HTTP] = true } },
	{ NULL, { false } },
};

static const struct ww_kinds kinds = {
	.thing = "an endpoint",
	.list = "endpoints[]",
	.or = "fhir, mllp, http, dir or worklist",
	.and = "fhir, mllp, http, dir and worklist",
	.n = 5,
	.of = {
		[WW_ENDPOINT_FHIR] = { "fhir", "a FHIR endpoint" },
		[WW_ENDPOINT_MLLP] = { "mllp", "an MLLP endpoint" },
		[WW_ENDPOINT_HTTP] = { "http", "an HTTP endpoint" },
		[WW_ENDPOINT_DIR] = { "dir", "a folder" },
		[WW_ENDPOINT_WORKLIST] = { "worklist", "a worklist" },
	},
	.keys = fitting,
};

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
	const struct ww_yaml *v = ww_yaml_scalar(e, "http");
	ww_str host;

	if (v == NULL || !ww_value_http_host(v->text, &host) || ww_value_loopback(host) ||
	    ww_yaml_get(e, "tls") != NULL || is_plain(e))
		return;
	ww_fault_add(f, v->line, v->column,
	    "http: '%s' is on another machine and http:// is not encrypted; use https://, or "
	    "add 'plain: true'",
	    ww_fault_show(v->text).text);
}

static void
check_tls(struct ww_faults *f, const struct ww_yaml *e)
{
	const struct ww_yaml *tls = ww_yaml_get(e, "tls");
	const struct ww_yaml *cert = ww_yaml_get(tls, "cert"), *key = ww_yaml_get(tls, "key");
	const struct ww_yaml *fhir = ww_yaml_scalar(e, "fhir"), *http = ww_yaml_scalar(e, "http");
	const struct ww_yaml *url = fhir != NULL ? fhir : http;
	ww_str host;

	if ((cert != NULL) != (key != NULL))
		ww_fault_add(f, tls->key_line, tls->key_column,
		    "tls: cert and key are given together or not at all");
	if (tls != NULL && url != NULL && ww_value_http_host(url->text, &host))
		ww_fault_add(f, tls->key_line, tls->key_column,
		    "tls: the address begins with http://, which is not encrypted; use https://");
}

/* It is one or is not: what is false would be an endpoint without an address. */
static void
check_worklist(struct ww_faults *f, const struct ww_yaml *e)
{
	const struct ww_yaml *v = ww_yaml_scalar(e, "worklist");

	if (v != NULL && ww_str_is(v->text, "false"))
		ww_fault_add(f, v->line, v->column,
		    "worklist: false is no kind of endpoint; leave the key out and give an "
		    "address");
}

void
ww_endpoint_check(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *e;

	for (e = ww_yaml_entries(root, "endpoints"); e != NULL; e = e->next) {
		if (ww_kind_check(f, e, &kinds) == WW_KINDS_MOST)
			continue;
		check_mllp(f, e);
		check_http(f, e);
		check_tls(f, e);
		check_worklist(f, e);
	}
}

/* -- who uses them ------------------------------------------------------------------------------------- */

static bool
has_key(const struct ww_yaml *root, ww_str name, const char *key)
{
	const struct ww_yaml *e, *v;

	for (e = ww_yaml_entries(root, "endpoints"); e != NULL; e = e->next) {
		v = ww_yaml_scalar(e, "name");
		if (v != NULL && ww_str_eq(v->text, name))
			return ww_yaml_get(e, key) != NULL;
	}
	return false;
}

bool
ww_endpoint_is_fhir(const struct ww_yaml *root, ww_str name)
{
	return has_key(root, name, "fhir");
}

bool
ww_endpoint_takes_notices(const struct ww_yaml *root, ww_str name)
{
	return ww_endpoint_is_fhir(root, name) || has_key(root, name, "worklist");
}

/* Where feeds send submissions on to: a FHIR endpoint that there is. */
#include "config/check.h"

#include "config/fault.h"
#include "config/near.h"
#include "config/yaml.h"

static bool
is_endpoint(const struct ww_yaml *root, ww_str name, struct ww_near *near)
{
	for (const struct ww_yaml *e = ww_yaml_entries(root, "endpoints"); e != NULL; e = e->next) {
		const struct ww_yaml *v = ww_yaml_scalar(e, "name");

		if (v == NULL)
			continue;
		if (ww_str_eq(v->text, name))
			return true;
		ww_near_try(near, v->text);
	}
	return false;
}

static void
check_payer(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *payer)
{
	struct ww_near near;

	ww_near_start(&near, payer->text);
	if (is_endpoint(root, payer->text, &near)) {
		if (!ww_endpoint_is_fhir(root, payer->text))
			ww_fault_add(f, payer->line, payer->column,
			    "payer: '%s' is no FHIR endpoint, and what is submitted is FHIR",
			    ww_fault_show(payer->text).text);
	} else if (near.best.n > 0) {
		ww_fault_add(f, payer->line, payer->column,
		    "payer: there is no endpoint '%s' (did you mean '%.*s'?)",
		    ww_fault_show(payer->text).text, WW_STR_FMT(near.best));
	} else {
		ww_fault_add(f, payer->line, payer->column, "payer: there is no endpoint '%s'",
		    ww_fault_show(payer->text).text);
	}
}

void
ww_feed_payer_check(struct ww_faults *f, const struct ww_yaml *root)
{
	for (const struct ww_yaml *e = ww_yaml_entries(root, "feeds"); e != NULL; e = e->next) {
		const struct ww_yaml *payer = ww_yaml_scalar(ww_yaml_get(e, "fhir"), "payer");

		if (payer != NULL)
			check_payer(f, root, payer);
	}
}

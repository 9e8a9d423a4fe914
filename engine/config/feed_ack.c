/* How feeds are acknowledged: what is said fits the mode, and an application acknowledgement has somewhere to go. */
#include "config/check.h"

#include "config/fault.h"
#include "config/near.h"
#include "config/yaml.h"

static bool
is(const struct ww_yaml *v, const char *text)
{
	return v != NULL && ww_str_is(v->text, text);
}

static const struct ww_yaml *
endpoint(const struct ww_yaml *root, ww_str name)
{
	const struct ww_yaml *e, *v;

	for (e = ww_yaml_entries(root, "endpoints"); e != NULL; e = e->next) {
		v = ww_yaml_scalar(e, "name");
		if (v != NULL && ww_str_eq(v->text, name))
			return e;
	}
	return NULL;
}

static void
fault_nowhere(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *to)
{
	const struct ww_yaml *e, *v;
	struct ww_near near;

	ww_near_start(&near, to->text);
	ww_near_try(&near, WW_STR(WW_ACK_TO_CONNECTION));
	for (e = ww_yaml_entries(root, "endpoints"); e != NULL; e = e->next)
		if ((v = ww_yaml_scalar(e, "name")) != NULL)
			ww_near_try(&near, v->text);
	if (near.best.n > 0)
		ww_fault_add(f, to->line, to->column,
		    "application: there is no endpoint '%s' (did you mean '%.*s'?)",
		    ww_fault_show(to->text).text, WW_STR_FMT(near.best));
	else
		ww_fault_add(f, to->line, to->column, "application: there is no endpoint '%s'",
		    ww_fault_show(to->text).text);
}

/* Where application acknowledgements go. */
static void
check_application(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *ack)
{
	const struct ww_yaml *to = ww_yaml_scalar(ack, "application");
	const struct ww_yaml *mode = ww_yaml_scalar(ack, "mode");

	if (to == NULL || is(to, WW_ACK_TO_NONE))
		return;
	if (mode == NULL || is(mode, "original"))
		ww_fault_add(f, to->key_line, to->key_column,
		    "application: means nothing in original mode, which has one acknowledgement");
	else if (!is(to, WW_ACK_TO_CONNECTION) && endpoint(root, to->text) == NULL)
		fault_nowhere(f, root, to);
	else if (!is(to, WW_ACK_TO_CONNECTION) && ww_endpoint_takes_notices(root, to->text))
		ww_fault_add(f, to->line, to->column,
		    "application: '%s' takes notices (fhir, worklist), and an acknowledgement is "
		    "HL7 v2",
		    ww_fault_show(to->text).text);
}

static void
check_when(struct ww_faults *f, const struct ww_yaml *ack)
{
	const struct ww_yaml *when = ww_yaml_scalar(ack, "when");

	if (is(when, "applied") && is(ww_yaml_scalar(ack, "mode"), "enhanced"))
		ww_fault_add(f, when->key_line, when->key_column,
		    "when: applied means nothing in enhanced mode, where the application "
		    "acknowledgement says so");
}

void
ww_feed_ack_check(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *e, *ack;

	for (e = ww_yaml_entries(root, "feeds"); e != NULL; e = e->next) {
		ack = ww_yaml_get(e, "ack");
		if (ack == NULL || ack->kind != WW_YAML_MAP)
			continue;
		check_application(f, root, ack);
		check_when(f, ack);
	}
}

/* The CapabilityStatement. */
#include "rest/capability.h"

#include "model/resource_keys.h"
#include "rest/routes.h"

#include <wardwire/json.h>
#include <wardwire/time.h>

#include <string.h>

/* Of the build: the statement changes with it alone. */
#define MADE "2026-11-26"

static const struct {
	char letter;
	const char *code;
} interactions[] = {
	{ 'C', "create" },
	{ 'R', "read" },
	{ 'U', "update" },
	{ 'P', "patch" },
	{ 'D', "delete" },
	{ 'S', "search-type" },
};

static const char *const kinds[] = {
	[WW_PARAM_TOKEN] = "token",
	[WW_PARAM_REFERENCE] = "reference",
	[WW_PARAM_DATE] = "date",
	[WW_PARAM_STRING] = "string",
	[WW_PARAM_URI] = "uri",
};

static void
add_param(struct ww_ctx *cx, struct ww_json *list, const char *name, const char *kind)
{
	struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

	ww_json_set_cstr(cx, o, "name", name);
	ww_json_set_cstr(cx, o, "type", kind);
}

static void
add_params(struct ww_ctx *cx, struct ww_json *o, const struct ww_rest_type *t)
{
	struct ww_json *list = ww_json_set(cx, o, "searchParam", ww_json_array(cx));
	const struct ww_param *p = ww_params_of(ww_str_from(t->name));

	add_param(cx, list, "_id", "token");
	add_param(cx, list, "_lastUpdated", "date");
	for (; p != NULL && p->name != NULL; p++)
		add_param(cx, list, p->name, kinds[p->kind]);
}

static void
add_operation(struct ww_ctx *cx, struct ww_json *o, const char *name, const char *definition)
{
	struct ww_json *list = ww_json_get(o, "operation");
	struct ww_json *op;

	if (list == NULL)
		list = ww_json_set(cx, o, "operation", ww_json_array(cx));
	op = ww_json_add(cx, list, ww_json_object(cx));
	ww_json_set_cstr(cx, op, "name", name);
	ww_json_set_cstr(cx, op, "definition", definition);
}

/* Where the specification defines an operation. */
static const char *
definition_of(const char *name)
{
	static const char *const rows[][2] = {
		{ "validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate" },
		{ "submit", "http://hl7.org/fhir/us/davinci-pas/OperationDefinition/Claim-submit" },
		{ "inquire",
		    "http://hl7.org/fhir/us/davinci-pas/OperationDefinition/Claim-inquiry" },
		{ "process-message",
		    "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message" },
		{ "member-add",
		    "http://hl7.org/fhir/us/davinci-atr/OperationDefinition/member-add" },
		{ "member-remove",
		    "http://hl7.org/fhir/us/davinci-atr/OperationDefinition/member-remove" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(name, rows[i][0]) == 0)
			return rows[i][1];
	return "";
}

static void
add_operations(struct ww_ctx *cx, struct ww_json *o, const struct ww_rest_type *t, bool inquire)
{
	size_t n;
	const struct ww_rest_operation *ops = ww_rest_operations(&n);

	for (size_t i = 0; i < n; i++)
		if ((ops[i].type[0] == '\0' || strcmp(ops[i].type, t->name) == 0) &&
		    (inquire || ops[i].interaction != WW_REST_INQUIRE))
			add_operation(cx, o, ops[i].name, definition_of(ops[i].name));
}

static void
add_type(struct ww_ctx *cx, struct ww_json *list, const struct ww_rest_type *t, bool inquire)
{
	struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx)), *may;
	bool changes = ww_rest_type_may(t, 'C') && ww_rest_type_may(t, 'U');

	ww_json_set_cstr(cx, o, "type", t->name);
	may = ww_json_set(cx, o, "interaction", ww_json_array(cx));
	for (size_t i = 0; i < sizeof(interactions) / sizeof(interactions[0]); i++)
		if (ww_rest_type_may(t, interactions[i].letter))
			ww_json_set_cstr(cx, ww_json_add(cx, may, ww_json_object(cx)), "code",
			    interactions[i].code);
	ww_json_set_cstr(cx, o, "versioning", changes ? "versioned" : "no-version");
	ww_json_set_bool(cx, o, "readHistory", false);
	ww_json_set_bool(cx, o, "updateCreate", changes);
	ww_json_set_bool(cx, o, "conditionalCreate", ww_rest_type_may(t, 'C'));
	ww_json_set_cstr(cx, o, "conditionalRead", "full-support");
	ww_json_set_bool(cx, o, "conditionalUpdate", changes);
	ww_json_set_cstr(
	    cx, o, "conditionalDelete", ww_rest_type_may(t, 'D') ? "single" : "not-supported");
	add_params(cx, o, t);
	add_operations(cx, o, t, inquire);
}

static void
add_rest(struct ww_ctx *cx, struct ww_json *cs, struct ww_json *security, bool inquire)
{
	static const char *const codes[] = { "transaction", "batch" };
	struct ww_json *rest =
	    ww_json_add(cx, ww_json_set(cx, cs, "rest", ww_json_array(cx)), ww_json_object(cx));
	struct ww_json *list;
	size_t n;
	const struct ww_rest_type *types = ww_rest_types(&n);

	ww_json_set_cstr(cx, rest, "mode", "server");
	if (security != NULL)
		(void)ww_json_set(cx, rest, "security", security);
	list = ww_json_set(cx, rest, "resource", ww_json_array(cx));
	for (size_t i = 0; i < n; i++)
		add_type(cx, list, &types[i], inquire);
	list = ww_json_set(cx, rest, "interaction", ww_json_array(cx));
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		ww_json_set_cstr(cx, ww_json_add(cx, list, ww_json_object(cx)), "code", codes[i]);
	add_operation(cx, rest, "process-message", definition_of("process-message"));
}

struct ww_json *
ww_rest_capability(struct ww_ctx *cx, ww_str base, struct ww_json *security, bool inquire)
{
	static const char *const formats[] = { "application/fhir+json", "application/fhir+xml" };
	struct ww_json *cs = ww_json_object(cx), *o;

	ww_json_set_cstr(cx, cs, "resourceType", "CapabilityStatement");
	ww_json_set_cstr(cx, cs, "status", "active");
	ww_json_set_cstr(cx, cs, "date", MADE);
	ww_json_set_cstr(cx, cs, "kind", "instance");
	o = ww_json_set(cx, cs, "software", ww_json_object(cx));
	ww_json_set_cstr(cx, o, "name", "wardwire");
	ww_json_set_cstr(cx, o, "version", WW_VERSION);
	o = ww_json_set(cx, cs, "implementation", ww_json_object(cx));
	ww_json_set_cstr(cx, o, "description",
	    "wardwire: receives events, claims and what goes with "
	    "them");
	ww_json_set_str(cx, o, "url", base);
	ww_json_set_cstr(cx, cs, "fhirVersion", "4.0.1");
	o = ww_json_set(cx, cs, "format", ww_json_array(cx));
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		(void)ww_json_add(cx, o, ww_json_string(cx, ww_str_from(formats[i])));
	add_rest(cx, cs, security, inquire);
	return cs;
}

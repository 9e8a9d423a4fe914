/* keys.def and tree.def as tables. */
#include "config/keys.h"

#include <wardwire/config.h>
#include <wardwire/model.h>

#include <assert.h>

const char *const ww_choices_auth[] = {
	[WW_AUTH_TOKENS] = "tokens",
	[WW_AUTH_CERTIFICATES] = "certificates",
	[WW_AUTH_NONE] = "none",
	NULL,
};

const char *const ww_choices_feed_state[] = {
	[WW_FEED_OBSERVE] = "observe",
	[WW_FEED_LIVE] = "live",
	NULL,
};

const char *const ww_choices_refused[] = { "park", "retry", NULL };

const char *const ww_choices_ack_mode[] = {
	[WW_ACK_ORIGINAL] = "original",
	[WW_ACK_ENHANCED] = "enhanced",
	[WW_ACK_BY_MESSAGE] = "by-message",
	NULL,
};

const char *const ww_choices_ack_when[] = {
	[WW_ACK_DURABLE] = "durable",
	[WW_ACK_APPLIED] = "applied",
	[WW_ACK_NOT] = "none",
	NULL,
};

const char *const ww_choices_ack_batch[] = {
	[WW_ACK_BATCH_ALL] = "all",
	[WW_ACK_BATCH_ERRORS] = "errors",
	[WW_ACK_BATCH_NONE] = "none",
	NULL,
};

const char *const ww_choices_unknown[] = { "ignore", "refuse", NULL };

const char *const ww_choices_charset_invalid[] = { "decode", "strict", NULL };

const char *const ww_choices_fhir_answer[] = { "representation", "minimal", NULL };
const char *const ww_choices_fhir_group[] = { "delta", "snapshot", NULL };

const char *const ww_choices_fhir_validate[] = { "off", "warn", "enforce", NULL };

const char *const ww_choices_roster_mode[] = { "snapshot", "delta", NULL };

const char *const ww_choices_class_change[] = { "admission", "anomaly", NULL };

const char *const ww_choices_restriction[] = {
	[WW_policy_NONE] = "allow",
	[WW_policy_EVENT_ONLY] = "event-only",
	[WW_policy_SUPPRESS] = "suppress",
	NULL,
};

const char *const ww_choices_band[] = { "low", "moderate", "intermediate", "high", "likely", NULL };

const char *const ww_choices_quiet[] = { "pass", "wait", NULL };

const char *const ww_choices_digest[] = { "every-day", "weekdays", "business-days", NULL };

enum need { MAY, MUST };

/* clang-format off: the braces of these macros close one another */
#define WW_KEYS_OPEN(part, path)                                                                   \
	static const char part##_path[] = path;                                                    \
	static const struct ww_key part##_rows[] = {
#define WW_KEY_TEXT(part, key, fmt, need, dflt, text)                                              \
	{ .name = #key,                                                                            \
		.kind = WW_KEY_IS_TEXT,                                                            \
		.must = need == MUST,                                                              \
		.format = WW_FORMAT_##fmt,                                                         \
		.fallback = dflt,                                                                  \
		.help = text },
#define WW_KEY_NUMBER(part, key, dflt, low, high, text)                                            \
	{ .name = #key,                                                                            \
		.kind = WW_KEY_IS_NUMBER,                                                          \
		.fallback = #dflt,                                                                 \
		.least = low,                                                                      \
		.most = high,                                                                      \
		.help = text },
#define WW_KEY_FLAG(part, key, text)                                                               \
	{ .name = #key, .kind = WW_KEY_IS_FLAG, .fallback = "false", .help = text },
#define WW_KEY_CHOICE(part, key, list, dflt, text)                                                 \
	{ .name = #key,                                                                            \
		.kind = WW_KEY_IS_CHOICE,                                                          \
		.choices = ww_choices_##list,                                                      \
		.fallback = dflt,                                                                  \
		.help = text },
#define WW_KEY_TEXTS(part, field, key, fmt, text)                                                  \
	{ .name = key, .kind = WW_KEY_IS_TEXTS, .format = WW_FORMAT_##fmt, .help = text },
#define WW_KEY_NAMES(part, key, need, text)                                                        \
	{ .name = #key, .kind = WW_KEY_IS_NAMES, .must = need == MUST, .help = text },
#define WW_KEY_CONDITIONS(part, key, text)                                                         \
	{ .name = #key, .kind = WW_KEY_IS_CONDITIONS, .help = text },
#define WW_KEY_PART(part_, key, inner, text)                                                       \
	{ .name = #key, .kind = WW_KEY_IS_PART, .part = &ww_keys_##inner, .help = text },
#define WW_KEY_LIST(part_, key, inner, text)                                                       \
	{ .name = #key, .kind = WW_KEY_IS_LIST, .part = &ww_keys_##inner, .help = text },
#define WW_KEY_MAP(part_, key, list, inner, text)                                                  \
	{ .name = #key,                                                                            \
		.kind = WW_KEY_IS_MAP,                                                             \
		.choices = ww_##list##_texts + 1,                                                  \
		.part = &ww_keys_##inner,                                                          \
		.help = text },
#define WW_KEY_ENUM(part_, key, list, need, text)                                                  \
	{ .name = #key,                                                                            \
		.kind = WW_KEY_IS_CHOICE,                                                          \
		.must = need == MUST,                                                              \
		.choices = ww_##list##_texts + 1,                                                  \
		.help = text },
#define WW_KEY_TREE(part_, key, text) { .name = #key, .kind = WW_KEY_IS_TREE, .help = text },
#define WW_KEYS_TREE
#define WW_KEYS_CLOSE(part)                                                                        \
	}                                                                                          \
	;                                                                                          \
	const struct ww_keys ww_keys_##part = { part##_path, part##_rows,                          \
		sizeof(part##_rows) / sizeof(part##_rows[0]) };
/* clang-format on */
#include "config/keys_rows.h"

const struct ww_key *
ww_keys_find(const struct ww_keys *k, ww_str name)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (ww_str_is(name, k->v[i].name))
			return &k->v[i];
	return NULL;
}

int
ww_keys_choice(const char *const *choices, ww_str text)
{
	int i = 0;

	while (choices[i] != NULL && !ww_str_is(text, choices[i]))
		i++;
	assert(choices[i] != NULL); /* the check let no other text pass */
	return i;
}

/* keys.def as libcyaml's schema, and its complaints in our words. */
#include "config/raw.h"

#include <wardwire/ctx.h>

#include "config/fault.h"

#include <cyaml/cyaml.h>

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

/* -- schema ----------------------------------------------------------------------------------------- */

#define MAY CYAML_FLAG_OPTIONAL
#define MUST CYAML_FLAG_DEFAULT

static const cyaml_schema_value_t text_value = { CYAML_VALUE_STRING(
    CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED) };

/* clang-format off: the braces of these macros close one another */
#define WW_KEYS_OPEN(part, path) static const cyaml_schema_field_t part##_fields[] = {
#define WW_KEY_TEXT(part, key, format, need, fallback, help)                                       \
	CYAML_FIELD_STRING_PTR(                                                                    \
	    #key, need | CYAML_FLAG_POINTER, struct ww_raw_##part, key, 0, CYAML_UNLIMITED),
#define WW_KEY_NUMBER(part, key, fallback, least, most, help)                                      \
	CYAML_FIELD_UINT(#key, MAY, struct ww_raw_##part, key),
#define WW_KEY_FLAG(part, key, help) CYAML_FIELD_BOOL(#key, MAY, struct ww_raw_##part, key),
#define WW_KEY_CHOICE(part, key, choices, fallback, help)                                          \
	WW_KEY_TEXT(part, key, TEXT, MAY, fallback, help)
#define WW_KEY_TEXTS(part, field, key, format, help)                                               \
	CYAML_FIELD_SEQUENCE_COUNT(key, MAY | CYAML_FLAG_POINTER, struct ww_raw_##part, field,     \
	    field##_n, &text_value, 0, CYAML_UNLIMITED),
#define WW_KEY_NAMES(part, key, need, help) CYAML_FIELD_IGNORE(#key, need),
#define WW_KEY_CONDITIONS(part, key, help) CYAML_FIELD_IGNORE(#key, MAY),
#define WW_KEY_MAP(part, key, choices, inner, help) CYAML_FIELD_IGNORE(#key, MAY),
#define WW_KEY_PART(part, key, inner, help)                                                        \
	CYAML_FIELD_MAPPING(#key, MAY, struct ww_raw_##part, key, inner##_fields),
#define WW_KEY_LIST(part, key, inner, help)                                                        \
	CYAML_FIELD_SEQUENCE_COUNT(#key, MAY | CYAML_FLAG_POINTER, struct ww_raw_##part, key,      \
	    key##_n, &inner##_value, 0, CYAML_UNLIMITED),
#define WW_KEYS_CLOSE(part)                                                                        \
	CYAML_FIELD_END                                                                            \
	}                                                                                          \
	;                                                                                          \
	static const cyaml_schema_value_t part##_value = { CYAML_VALUE_MAPPING(                    \
	    CYAML_FLAG_DEFAULT, struct ww_raw_##part, part##_fields) };
/* clang-format on */
#include "config/keys_rows.h"

static const cyaml_schema_value_t top_value = { CYAML_VALUE_MAPPING(
    CYAML_FLAG_POINTER, struct ww_raw_config, config_fields) };

/* -- defaults --------------------------------------------------------------------------------------- */

/* 0 stands for absent. */
#define WW_KEY_NUMBER(part, key, fallback, least, most, help)                                      \
	_Static_assert(                                                                            \
	    (least) > 0 && (fallback) >= (least) && (fallback) <= (most), #part " " #key);
#include "config/keys_rows.h"

/* clang-format off */
#define WW_KEYS_OPEN(part, path) \
	static void default_##part(struct ww_raw_##part *r) { (void)r;
#define WW_KEY_TEXT(part, key, format, need, fallback, help) if (r->key == NULL) r->key = fallback;
#define WW_KEY_NUMBER(part, key, fallback, least, most, help) if (r->key == 0) r->key = fallback;
#define WW_KEY_CHOICE(part, key, choices, fallback, help) if (r->key == NULL) r->key = fallback;
#define WW_KEY_PART(part, key, inner, help) default_##inner(&r->key);
#define WW_KEY_LIST(part, key, inner, help) \
	for (uint32_t i = 0; i < r->key##_n; i++) default_##inner(&r->key[i]);
#define WW_KEYS_CLOSE(part) }
/* clang-format on */
#include "config/keys_rows.h"

/* -- memory ----------------------------------------------------------------------------------------- */

/* In front of each piece, so that it can grow in an arena: a list grows entry by entry. */
union head {
	size_t cap;
	max_align_t align;
};

/* realloc(3) for libcyaml. Pieces that grow double, so that copies cost no more than the list itself. */
static void *
resize(void *arg, void *p, size_t n)
{
	struct ww_arena *a = arg;
	union head *old = p != NULL ? (union head *)p - 1 : NULL, *h;
	size_t cap = old != NULL ? 2 * n : n;

	if (n == 0)
		return NULL; /* the arena goes as a whole */
	if (old != NULL && n <= old->cap)
		return p;
	if (n > SIZE_MAX / 4)
		return NULL;
	h = ww_arena_alloc(a, sizeof(*h) + cap);
	if (h == NULL)
		return NULL;
	h->cap = cap;
	if (old != NULL)
		memcpy(h + 1, p, old->cap);
	return h + 1;
}

/* -- complaints ------------------------------------------------------------------------------------- */

/* libcyaml's lines, joined: "Load: Unexpected key: x", "  in mapping (line: 6, column: 10)" and so on. */
struct complaint {
	char text[512];
	size_t n;
};

static void __attribute__((format(printf, 3, 0)))
listen(cyaml_log_t level, void *arg, const char *fmt, va_list ap)
{
	struct complaint *c = arg;
	size_t room = sizeof(c->text) - c->n;
	int n;

	(void)level;
	n = vsnprintf(c->text + c->n, room, fmt, ap);
	if (n > 0)
		c->n += (size_t)n < room ? (size_t)n : room - 1;
}

/* The number after that word, 0 when there is none. */
static unsigned
number_after(ww_str s, const char *word)
{
	const char *at = strstr(s.p, word);
	unsigned v = 0;

	for (at = at != NULL ? at + strlen(word) : ""; *at >= '0' && *at <= '9' && v < 100000000;
	     at++)
		v = v * 10 + (unsigned)(*at - '0');
	return v;
}

/* The place is where libcyaml had read to: for a missing or unknown key often the line above. */
static void
report(struct ww_faults *f, struct complaint *c, cyaml_err_t err)
{
	ww_str rest, text = { c->text, c->n }, line;
	unsigned row = number_after(text, "line: "), column = number_after(text, "column: ");

	line = ww_str_cut(text, '\n', &rest);
	if (ww_str_starts(line, WW_STR("Load: ")))
		line = ww_str_sub(line, 6, line.n);
	if (line.n == 0)
		line = ww_str_from(cyaml_strerror(err));
	ww_fault_add(f, row, column, "%.*s, near here", WW_STR_FMT(line));
}

/* libyaml has read the same text before (config/yaml.c): what it now complains of is not the text. */
static bool
is_want_of_memory(cyaml_err_t err)
{
	return err == CYAML_ERR_OOM || err == CYAML_ERR_LIBYAML_PARSER_INIT ||
	       err == CYAML_ERR_LIBYAML_EVENT_INIT || err == CYAML_ERR_LIBYAML_PARSER;
}

ww_status
ww_raw_load(struct ww_faults *f, ww_str text, struct ww_raw_config **out)
{
	struct complaint complaint = { .n = 0 };
	cyaml_config_t set = {
		.log_fn = listen,
		.log_ctx = &complaint,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = resize,
		.mem_ctx = f->cx->arena,
		.flags = CYAML_CFG_NO_ALIAS,
	};
	cyaml_data_t *data = NULL;
	cyaml_err_t err;

	*out = NULL;
	err = cyaml_load_data((const uint8_t *)text.p, text.n, &set, &top_value, &data, NULL);
	if (is_want_of_memory(err))
		return ww_fail_memory(f->cx);
	if (err != CYAML_OK) {
		report(f, &complaint, err);
		return WW_OK;
	}
	if (data == NULL)
		return ww_fail(
		    f->cx, WW_E_BUG, NULL, "nothing was read from a configuration that has a key");
	*out = data;
	default_config(*out);
	return WW_OK;
}

/* Scopes as sets of rights, by type. */
#include "config/scope.h"

#include <wardwire/buf.h>

static const char letters[] = "cruds"; /* of WW_MAY_*, from the lowest bit on */

static const struct {
	const char *name;
	const char *roles[2]; /* sender, practice */
} types[] = {
#define WW_SCOPE_TYPE(type, sender, practice) [WW_SCOPE_##type] = { #type, { sender, practice } },
#include <wardwire/scope.def>
#undef WW_SCOPE_TYPE
};

enum ww_scope_type
ww_scope_type(ww_str name)
{
	size_t i = 0;

	while (i < WW_SCOPE_TYPES && !ww_str_is(name, types[i].name))
		i++;
	return (enum ww_scope_type)i;
}

const char *
ww_scope_type_name(enum ww_scope_type t)
{
	return types[t].name;
}

/* Letters in their order, each once, as version 2 wants them; 0 when they are not so. */
static uint8_t
rights_of(ww_str text)
{
	size_t at = 0;
	uint8_t may = 0;

	for (size_t i = 0; i < text.n; i++) {
		while (letters[at] != '\0' && letters[at] != text.p[i])
			at++;
		if (letters[at] == '\0')
			return 0;
		may = (uint8_t)(may | 1u << at++);
	}
	return may;
}

/* The words of version 1. */
static uint8_t
rights_of_word(ww_str text)
{
	static const struct {
		const char *word, *letters;
	} words[] = { { "read", "rs" }, { "write", "cud" }, { "*", "cruds" } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (ww_str_is(text, words[i].word))
			return rights_of(ww_str_from(words[i].letters));
	return 0;
}

bool
ww_scope_add(struct ww_scopes *s, ww_str text)
{
	static const ww_str system = WW_STR_INIT("system/");
	ww_str rest, type = ww_str_cut(ww_str_sub(text, system.n, text.n), '.', &rest);
	enum ww_scope_type t = ww_scope_type(type);
	uint8_t may = rights_of(rest);

	if (may == 0)
		may = rights_of_word(rest);
	if (!ww_str_starts(text, system) || may == 0)
		return false;
	if (ww_str_is(type, "*")) {
		for (size_t i = 0; i < WW_SCOPE_TYPES; i++)
			s->may[i] |= may;
		return true;
	}
	if (t == WW_SCOPE_TYPES)
		return false;
	s->may[t] |= may;
	return true;
}

void
ww_scope_add_list(struct ww_scopes *s, ww_str text)
{
	while (text.n > 0)
		(void)ww_scope_add(s, ww_str_cut(text, ' ', &text));
}

struct ww_scopes
ww_scope_common(const struct ww_scopes *a, const struct ww_scopes *b)
{
	struct ww_scopes both;

	for (size_t i = 0; i < WW_SCOPE_TYPES; i++)
		both.may[i] = a->may[i] & b->may[i];
	return both;
}

bool
ww_scope_any(const struct ww_scopes *s)
{
	uint8_t all = 0;

	for (size_t i = 0; i < WW_SCOPE_TYPES; i++)
		all |= s->may[i];
	return all != 0;
}

struct ww_scopes
ww_scope_role(bool practice)
{
	struct ww_scopes most;

	for (size_t i = 0; i < WW_SCOPE_TYPES; i++)
		most.may[i] = rights_of(ww_str_from(types[i].roles[practice]));
	return most;
}

struct ww_scopes
ww_scope_console(void)
{
	struct ww_scopes most = { { 0 } };

	(void)ww_scope_add(&most, WW_STR(WW_SCOPE_CONSOLE));
	return most;
}

void
ww_scope_write(const struct ww_scopes *s, struct ww_buf *out)
{
	bool first = true;

	for (size_t i = 0; i < WW_SCOPE_TYPES; i++) {
		if (s->may[i] == 0)
			continue;
		ww_buf_printf(out, "%ssystem/%s.", first ? "" : " ", types[i].name);
		for (size_t k = 0; letters[k] != '\0'; k++)
			if (s->may[i] >> k & 1)
				ww_buf_byte(out, letters[k]);
		first = false;
	}
}

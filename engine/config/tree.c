/* Values of a tree by the table of its keys. */
#include "config/tree.h"

#include "config/yaml.h"

#include <wardwire/config.h>
#include <wardwire/ctx.h>

#include <assert.h>

static const struct ww_key *
key_of(struct ww_tree t, const char *key)
{
	const struct ww_key *k = ww_keys_find(t.keys, ww_str_from(key));

	assert(k != NULL);
	return k;
}

struct ww_tree
ww_tree_part(struct ww_tree t, const char *key)
{
	return (struct ww_tree){ ww_yaml_get(t.v, key), key_of(t, key)->part };
}

ww_str
ww_tree_text(struct ww_tree t, const char *key)
{
	const struct ww_key *k = key_of(t, key);
	const struct ww_yaml *v = ww_yaml_get(t.v, key);

	return v != NULL ? v->text : ww_str_from(t.v != NULL ? k->fallback : NULL);
}

uint32_t
ww_tree_number(struct ww_tree t, const char *key)
{
	uint64_t n = 0;

	(void)ww_str_u64(ww_tree_text(t, key), UINT32_MAX, &n);
	return (uint32_t)n;
}

bool
ww_tree_flag(struct ww_tree t, const char *key)
{
	return ww_str_is(ww_tree_text(t, key), "true");
}

int
ww_tree_choice(struct ww_tree t, const char *key)
{
	ww_str text = ww_tree_text(t, key);

	return text.n > 0 ? ww_keys_choice(key_of(t, key)->choices, text) : -1;
}

int
ww_tree_enum(struct ww_tree t, const char *key)
{
	return ww_tree_choice(t, key) + 1; /* its first value stands for none */
}

struct ww_texts
ww_tree_texts(struct ww_ctx *cx, struct ww_tree t, const char *key)
{
	const struct ww_yaml *v = ww_yaml_get(t.v, key), *e;
	struct ww_texts out = { NULL, 0 };
	ww_str *texts;
	size_t n = 0;

	for (e = v != NULL ? v->first : NULL; e != NULL; e = e->next)
		n++;
	texts = n > 0 ? ww_arena_array(cx->arena, n, sizeof(*texts)) : NULL;
	if (texts == NULL)
		return out;
	out.v = texts;
	for (e = v->first; e != NULL; e = e->next)
		texts[out.n++] = e->text;
	return out;
}

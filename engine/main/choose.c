/* Feeds by what tells them apart. */
#include "main/choose.h"

#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>

#include <stdlib.h>

struct ww_choose {
	const struct ww_feed *rest; /* the one without match; NULL: there is none */
	size_t n;
	const struct ww_feed *v[]; /* those with one, in the order of the file */
};

static bool
has_match(const struct ww_feed *f)
{
	return f->match.msh_3.n + f->match.msh_4.n + f->match.certificate.n > 0;
}

ww_status
ww_choose_new(struct ww_ctx *cx, const struct ww_config *c, ww_str listener, struct ww_choose **out)
{
	struct ww_choose *ch = calloc(1, sizeof(*ch) + c->feeds_n * sizeof(ch->v[0]));

	if (ch == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < c->feeds_n; i++) {
		const struct ww_feed *f = &c->feeds[i];

		if (!ww_str_eq(f->on, listener))
			continue;
		if (has_match(f))
			ch->v[ch->n++] = f;
		else
			ch->rest = f;
	}
	if (ch->n == 0 && ch->rest == NULL) {
		free(ch);
		return ww_fail(cx, WW_E_CONFIG, "listeners", "a listener has no feed");
	}
	*out = ch;
	return WW_OK;
}

ww_status
ww_choose_only(struct ww_ctx *cx, const struct ww_feed *feed, struct ww_choose **out)
{
	struct ww_choose *ch = calloc(1, sizeof(*ch) + sizeof(ch->v[0]));

	if (ch == NULL)
		return ww_fail_memory(cx);
	if (has_match(feed))
		ch->v[ch->n++] = feed;
	else
		ch->rest = feed;
	*out = ch;
	return WW_OK;
}

void
ww_choose_free(struct ww_choose *ch)
{
	free(ch);
}

const struct ww_feed *
ww_choose_fallback(const struct ww_choose *ch)
{
	return ch->rest != NULL ? ch->rest : ch->v[0];
}

/* What a message says of itself. */
struct said {
	ww_str msh_3, msh_4;
	struct ww_texts names;
};

/* A sender that has no name but an object identifier gives that. */
static ww_str
name_at(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path, const char *otherwise)
{
	ww_str s = ww_hl7_at(cx, m, path);

	return s.n > 0 ? s : ww_hl7_at(cx, m, otherwise);
}

static bool
lists(struct ww_texts list, ww_str text)
{
	for (size_t i = 0; i < list.n; i++)
		if (ww_str_eq(list.v[i], text))
			return true;
	return list.n == 0;
}

static bool
lists_one(struct ww_texts list, struct ww_texts names)
{
	for (size_t i = 0; i < list.n; i++)
		for (size_t j = 0; j < names.n; j++)
			if (ww_str_ieq(list.v[i], names.v[j]))
				return true;
	return list.n == 0;
}

static bool
fits(const struct ww_match *match, const struct said *s)
{
	return lists(match->msh_3, s->msh_3) && lists(match->msh_4, s->msh_4) &&
	       lists_one(match->certificate, s->names);
}

ww_status
ww_choose_feed(struct ww_ctx *cx, const struct ww_choose *ch, const struct ww_hl7 *m,
    struct ww_texts names, const struct ww_feed **out)
{
	const struct ww_feed *found = NULL;
	struct said s = { .names = names };

	if (ch->n > 0) {
		s.msh_3 = name_at(cx, m, "MSH-3.1", "MSH-3.2");
		s.msh_4 = name_at(cx, m, "MSH-4.1", "MSH-4.2");
		if (ww_arena_status(cx->arena) != WW_OK)
			return ww_fail_memory(cx);
	}
	for (size_t i = 0; i < ch->n; i++) {
		if (!fits(&ch->v[i]->match, &s))
			continue;
		/* The check of the configuration cannot tell that two names stand in one certificate. */
		if (found != NULL)
			return ww_fail(cx, WW_E_FEED, "MSH-4", "it fits the feeds %.*s and %.*s",
			    WW_STR_FMT(found->name), WW_STR_FMT(ch->v[i]->name));
		found = ch->v[i];
	}
	if (found == NULL)
		found = ch->rest;
	if (found == NULL)
		return ww_fail(cx, WW_E_FEED, "MSH-4",
		    "MSH-3, MSH-4 and the sender's certificate fit no feed of this listener");
	*out = found;
	return WW_OK;
}

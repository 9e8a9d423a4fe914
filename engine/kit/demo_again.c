#include "kit/demo_again.h"

#include "base/fs.h"
#include "codec/hl7v2_split.h"
#include "kit/demo_view.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { SEED = 20260302 };

bool
ww_demo_state(struct ww_stage *st, struct ww_buf *out)
{
	ww_ctx_clear(&st->view_cx);
	return ww_view_state(&st->view, &st->view_cx, out) == WW_OK ||
	       ww_stage_fail("cannot read the ledger");
}

/* Something that is sent: a message, or the name of a resource among the samples. */
struct item {
	bool resource;
	ww_str text;
};

/* Fisher and Yates by a xorshift generator: the same order in every run. */
static void
shuffle(struct item *v, size_t n)
{
	uint32_t random = SEED;

	for (size_t i = n; i-- > 1;) {
		struct item t = v[i];
		size_t j;

		random ^= random << 13;
		random ^= random >> 17;
		random ^= random << 5;
		j = random % (i + 1);
		v[i] = v[j];
		v[j] = t;
	}
}

static bool
send_resource(struct ww_stage *st, ww_str name)
{
	struct ww_buf text = { 0 };
	int64_t changed;
	long status = 0;
	bool ok = ww_stage_resource(st, name, &text, &changed) &&
	          ww_stage_send(st, ww_buf_view(&text), &status) && status < 300;

	ww_buf_free(&text);
	return ok;
}

static bool
send_all(struct ww_stage *st, const struct item *v, size_t n)
{
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++) {
		struct ww_buf answer = { 0 };

		if (v[i].resource) {
			ok = send_resource(st, v[i].text);
			continue;
		}
		ww_ctx_clear(&st->cx);
		ok = ww_stage_exchange(st, v[i].text, &answer);
		ww_buf_free(&answer);
	}
	return ok && ww_stage_rest(st, true);
}

static bool
compare(struct ww_stage *st, size_t n, ww_str want)
{
	struct ww_buf have = { 0 };
	bool ok = ww_demo_state(st, &have), same = ww_str_eq(ww_buf_view(&have), want);

	(void)printf(
	    "\nThe same %zu messages and resources in another order end in the same state: %s\n", n,
	    same ? "yes" : "NO");
	(void)printf("%.*s", WW_STR_FMT(want));
	if (!same)
		(void)printf("but it is\n%.*s", WW_STR_FMT(ww_buf_view(&have)));
	ww_buf_free(&have);
	return ok && same;
}

/* Messages, and the resources that day.actions names. */
static struct item *
collect(
    struct ww_ctx *cx, const struct ww_hl7_part *parts, size_t parts_n, ww_str actions, size_t *n)
{
	enum { RESOURCES_MAX = 64 };
	struct item *v = ww_arena_array(cx->arena, parts_n + RESOURCES_MAX, sizeof(*v));

	*n = 0;
	for (size_t i = 0; v != NULL && i < parts_n; i++)
		v[(*n)++] = (struct item){ .text = parts[i].text };
	while (v != NULL && actions.n > 0 && *n < parts_n + RESOURCES_MAX) {
		ww_str rest, line = ww_str_cut(actions, '\n', &actions);

		if (!ww_str_starts(line, WW_STR("after ")))
			continue;
		(void)ww_str_cut(ww_str_sub(line, 6, line.n), ' ', &rest);
		if (ww_str_is(ww_str_cut(rest, ' ', &rest), "send"))
			v[(*n)++] = (struct item){ .resource = true, .text = rest };
	}
	return v;
}

/* All of the day is over when the first message comes. */
static bool
play(struct ww_stage *st, ww_str want)
{
	static const int64_t evening = INT64_C(1772510400000); /* 2026-03-02T23:00 in New York */
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_hl7_part *parts;
	struct item *items = NULL;
	struct ww_buf text = { 0 }, actions = { 0 };
	char path[WW_STAGE_PATH + 32];
	size_t n = 0;
	bool ok;

	(void)snprintf(path, sizeof(path), "%s/day.hl7", st->samples);
	ok = cx.arena != NULL && ww_fs_get(&cx, path, 0, &text) == WW_OK &&
	     ww_hl7_split(&cx, ww_buf_view(&text), &parts, &n) == WW_OK;
	(void)snprintf(path, sizeof(path), "%s/day.actions", st->samples);
	ok = ok && ww_fs_get(&cx, path, 0, &actions) == WW_OK;
	if (ok)
		items = collect(&cx, parts, n, ww_buf_view(&actions), &n);
	ok = items != NULL || ww_stage_fail("cannot read the samples");
	if (ok)
		shuffle(items, n);
	ok = ok && ww_stage_start(st, evening) && send_all(st, items, n) && compare(st, n, want);
	ww_buf_free(&actions);
	ww_buf_free(&text);
	ww_arena_free(cx.arena);
	return ok;
}

bool
ww_demo_again(const struct ww_stage *played, ww_str want)
{
	struct ww_stage st = { .engine = played->engine, .samples = played->samples };
	bool ok;

	(void)snprintf(st.self, sizeof(st.self), "%s", played->self);
	(void)snprintf(st.dir, sizeof(st.dir), "%.200s/again", played->dir);
	st.cx.arena = ww_arena_new(0);
	st.view_cx.arena = ww_arena_new(0);
	ok = (st.cx.arena != NULL && st.view_cx.arena != NULL && mkdir(st.dir, 0700) == 0) ||
	     ww_stage_fail("no folder for the second play");
	ok = ok && play(&st, want);
	ok = ww_stage_end(&st) && ok;
	for (size_t i = 0; i < WW_STAGE_PRACTICES; i++)
		(void)ww_proc_end(&st.desks[i].proc, SIGTERM);
	ww_arena_free(st.cx.arena);
	ww_arena_free(st.view_cx.arena);
	return ok;
}

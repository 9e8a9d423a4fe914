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

/* Fisher and Yates by a xorshift generator: the same order in every run. */
static void
shuffle(struct ww_hl7_part *v, size_t n)
{
	uint32_t random = SEED;

	for (size_t i = n; i-- > 1;) {
		struct ww_hl7_part t = v[i];
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
send_all(struct ww_stage *st, const struct ww_hl7_part *v, size_t n)
{
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++) {
		struct ww_buf answer = { 0 };

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

	(void)printf("\nThe same %zu messages in another order end in the same state: %s\n", n,
	    same ? "yes" : "NO");
	(void)printf("%.*s", WW_STR_FMT(want));
	if (!same)
		(void)printf("but it is\n%.*s", WW_STR_FMT(ww_buf_view(&have)));
	ww_buf_free(&have);
	return ok && same;
}

/* All of the day is over when the first message comes. */
static bool
play(struct ww_stage *st, ww_str want)
{
	static const int64_t evening = INT64_C(1772510400000); /* 2026-03-02T23:00 in New York */
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_hl7_part *parts;
	struct ww_buf text = { 0 };
	char path[WW_STAGE_PATH + 32];
	size_t n = 0;
	bool ok;

	(void)snprintf(path, sizeof(path), "%s/day.hl7", st->samples);
	ok = (cx.arena != NULL && ww_fs_get(&cx, path, 0, &text) == WW_OK &&
	         ww_hl7_split(&cx, ww_buf_view(&text), &parts, &n) == WW_OK) ||
	     ww_stage_fail("cannot read the samples");
	if (ok)
		shuffle(parts, n);
	ok = ok && ww_stage_start(st, evening) && send_all(st, parts, n) && compare(st, n, want);
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

/* Any command line of wardwire score: an answer whose bounds do not cross, or a failure with a place; the answer is JSON. */
#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>
#include <wardwire/score.h>

#include <stdlib.h>

enum { WORDS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct ww_ctx *cx, const struct ww_json *v)
{
	struct ww_buf b = { 0 };
	struct ww_json *again;
	const struct ww_json *low = ww_json_get(v, "low"), *high = ww_json_get(v, "high");

	if (ww_json_write(cx, v, false, &b) == WW_OK &&
	    ww_json_parse(cx, ww_buf_view(&b), &again) != WW_OK && cx->fail.status != WW_E_LIMIT)
		abort();
	if (low != NULL && ww_json_int(low) > ww_json_int(high))
		abort();
	ww_buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(1 << 20) };
	ww_str words[WORDS], rest = ww_str_of(data, size);
	struct ww_json *v;
	size_t n = 0;
	ww_status s;

	if (cx.arena == NULL)
		return 0;
	while (rest.n != 0 && n < WORDS)
		words[n++] = ww_str_cut(rest, '\n', &rest);
	s = ww_score_ask(&cx, words, n, &v);
	if (s == WW_OK)
		check(&cx, v);
	else if (cx.fail.status != s)
		abort();
	ww_arena_free(cx.arena);
	return 0;
}

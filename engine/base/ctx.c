/* The context of one piece of work: its first failure and the ids it hands out. */
#include <wardwire/ctx.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#define ORDINAL_MAX 0xffffu
#define SEQ_MAX ((uint64_t)INT64_MAX >> 16)

ww_status
ww_fail(struct ww_ctx *cx, ww_status s, const char *place, const char *fmt, ...)
{
	struct ww_failure *f = &cx->fail;
	va_list ap;

	assert(s != WW_OK);
	if (f->status != WW_OK)
		return s;
	f->status = s;
	snprintf(f->place, sizeof(f->place), "%s", place != NULL ? place : "");
	va_start(ap, fmt);
	vsnprintf(f->reason, sizeof(f->reason), fmt, ap);
	va_end(ap);
	return s;
}

ww_status
ww_fail_memory(struct ww_ctx *cx)
{
	ww_status s = cx->arena != NULL ? (ww_status)ww_arena_status(cx->arena) : WW_OK;

	if (s == WW_OK)
		s = WW_E_MEMORY; /* it was malloc, not the arena */
	return ww_fail(cx, s, NULL, "%s",
	    s == WW_E_LIMIT ? "the memory limit of one message is passed" : ww_status_text(s));
}

void
ww_ctx_clear(struct ww_ctx *cx)
{
	cx->fail = (struct ww_failure){ .status = WW_OK };
	cx->ordinal = 0;
	if (cx->arena != NULL)
		ww_arena_reset(cx->arena);
}

ww_id
ww_ctx_id(struct ww_ctx *cx)
{
	assert(cx->seq <= SEQ_MAX);
	if (cx->ordinal >= ORDINAL_MAX) {
		(void)ww_fail(cx, WW_E_LIMIT, NULL, "more than %u ids in one record", ORDINAL_MAX);
		return 0;
	}
	cx->ordinal++;
	return (ww_id)(cx->seq << 16 | cx->ordinal);
}

bool
ww_id_parse(ww_str s, ww_id *out)
{
	uint64_t seq, ordinal = 0;
	ww_str rest, head = ww_str_cut(s, '.', &rest);

	if (!ww_str_u64(head, SEQ_MAX, &seq))
		return false;
	if (head.n < s.n && !ww_str_u64(rest, ORDINAL_MAX, &ordinal))
		return false;
	if (seq == 0 && ordinal == 0)
		return false; /* 0 stands for no id */
	*out = (ww_id)(seq << 16 | ordinal);
	return true;
}

/* Any bytes as the body of a journal record; the first says of which kind. What is read, written and read again
 * is the same, and its texts are slices of the body. */
#include "model/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
inside(ww_str s, ww_str body)
{
	must(s.n == 0 || (s.p >= body.p && s.p + s.n <= body.p + body.n));
}

/* One function a kind: read_message(cx, body) and so on. */
#define WW_RECORD(r)                                                                               \
	static void read_##r(struct ww_ctx *cx, ww_str body)                                       \
	{                                                                                          \
		struct ww_rec_##r one, two;                                                        \
		struct ww_buf out = { 0 };                                                         \
                                                                                                   \
		if (ww_rec_##r##_read(cx, body, &one) != WW_OK)                                    \
			return;                                                                    \
		ww_rec_##r##_write(&one, &out);                                                    \
		must(out.error == WW_OK);                                                          \
		must(ww_rec_##r##_read(cx, ww_buf_view(&out), &two) == WW_OK);
#define WW_REC_STR(r, f)                                                                           \
	inside(one.f, body);                                                                       \
	must(ww_str_eq(one.f, two.f));
#define WW_REC_INT(r, f) must(one.f == two.f);
#define WW_RECORD_END(r)                                                                           \
	ww_buf_free(&out);                                                                         \
	}
#include "model/record.def"
#undef WW_RECORD
#undef WW_REC_STR
#undef WW_REC_INT
#undef WW_RECORD_END

static void (*const kinds[])(struct ww_ctx *cx, ww_str body) = {
#define WW_RECORD(r) read_##r,
#define WW_REC_STR(r, f)
#define WW_REC_INT(r, f)
#define WW_RECORD_END(r)
#include "model/record.def"
#undef WW_RECORD
#undef WW_REC_STR
#undef WW_REC_INT
#undef WW_RECORD_END
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(1 << 20) };

	if (cx.arena != NULL && size > 0)
		kinds[data[0] % (sizeof(kinds) / sizeof(kinds[0]))](
		    &cx, ww_str_of(data + 1, size - 1));
	ww_arena_free(cx.arena);
	return 0;
}

/* Reading what came back: the first line is the control id that was sent. */
#include "codec/ack.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new((size_t)64 << 20) };
	ww_str answer, id = ww_str_cut(ww_str_of(data, size), '\n', &answer);
	char code[3] = "";
	bool ours = false;

	if (cx.arena == NULL)
		return 0;
	if (ww_ack_read(&cx, answer, id, code, &ours)) {
		assert(strlen(code) == 2 && (code[0] == 'A' || code[0] == 'C'));
		assert(strchr("AER", code[1]) != NULL);
		/* Byte for byte: it stands in the answer as it is. */
		for (size_t i = 0; ours; i++) {
			assert(i + id.n <= answer.n);
			if (ww_str_eq(ww_str_sub(answer, i, id.n), id))
				break;
		}
		assert(!ours || id.n > 0);
	}
	assert(cx.fail.status == WW_OK); /* that it is none is no failure */
	ww_arena_free(cx.arena);
	return 0;
}

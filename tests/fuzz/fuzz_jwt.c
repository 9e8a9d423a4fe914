/* Any bytes as a token and as a key set: the readers end. What is taken is what it says: its parts are base64url of one form. */
#include "codec/base64.h"
#include "codec/jwk.h"
#include "codec/jwt.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	ww_str text = ww_str_of(data, size), bytes;
	struct ww_jwks *set = NULL;
	struct ww_buf again = { 0 };
	struct ww_jwt t;

	if (cx.arena == NULL)
		return 0;
	if (ww_base64url_read(cx.arena, text, &bytes)) {
		ww_base64url_write(bytes, &again);
		assert(ww_str_eq(ww_buf_view(&again), text));
	}
	ww_buf_clear(&again);
	if (ww_jwt_read(&cx, text, &t) == WW_OK) {
		assert(t.kid.n > 0 && text.n <= WW_JWT_MOST);
		/* Nothing stands in the text but what is signed and its signature. */
		ww_base64url_write(t.signature, &again);
		assert(t.signed_text.n + 1 + ww_buf_view(&again).n == text.n);
	}
	ww_buf_free(&again);
	if (ww_jwks_read(&cx, text, &set) == WW_OK) {
		ww_jwks_free(set);
	}
	ww_arena_free(cx.arena);
	return 0;
}

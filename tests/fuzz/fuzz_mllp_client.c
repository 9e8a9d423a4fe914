/* The MLLP client against a receiver that answers anything, in pieces of any size: what ends an exchange well is an
 * acknowledgement of the message that was sent, and was sent before it. */
#include "codec/ack.h"
#include "codec/mllp.h"
#include "link/mllp_client.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char message[] = "MSH|^~\\&|A|B|C|D|2026||ADT^A01|K1|P|2.5.1\r";

static void
begin(struct ww_mllp_client *c)
{
	struct ww_buf frame = { .p = NULL };

	assert(ww_mllp_write(WW_STR(message), &frame));
	assert(ww_mllp_client_send(c, &frame, WW_STR("K1")));
}

/* Some frame of those bytes acknowledges the message. */
static bool
acknowledges(struct ww_ctx *cx, ww_str in, const char *code)
{
	struct ww_mllp d;
	bool found = false;
	ww_str frame;

	ww_mllp_start(&d, (size_t)1 << 20);
	while (in.n > 0 && !found) {
		char said[3];
		bool ours = false;

		found = ww_mllp_feed(&d, &in, &frame) == WW_MLLP_FRAME &&
		        ww_ack_read(cx, frame, WW_STR("K1"), said, &ours) && ours &&
		        strcmp(said, code) == 0;
		ww_ctx_clear(cx);
	}
	ww_mllp_free(&d);
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new((size_t)64 << 20) };
	ww_str in = ww_str_of(data, size), all = in;
	enum ww_mllp_client_end end = WW_MLLP_CLIENT_WAITS;
	struct ww_mllp_client *c;
	unsigned answers = 0;
	int fd[2];

	if (cx.arena == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0)
		abort();
	assert(fcntl(fd[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(fd[1], F_SETFL, O_NONBLOCK) == 0);
	c = ww_mllp_client_new(fd[0], NULL);
	assert(c != NULL);
	begin(c);
	end = ww_mllp_client_step(c, &cx);
	assert(end == WW_MLLP_CLIENT_WAITS && ww_mllp_client_sent(c));
	while (in.n > 0 && (end == WW_MLLP_CLIENT_WAITS || end == WW_MLLP_CLIENT_ANSWERED)) {
		size_t n = (uint8_t)in.p[0] % 3 == 0 ? in.n : (uint8_t)in.p[0] % 64u + 1;
		ww_str some = ww_str_sub(in, 0, n);
		ssize_t put = send(fd[1], some.p, some.n, MSG_NOSIGNAL);

		in = ww_str_sub(in, put > 0 ? (size_t)put : 0, in.n);
		end = ww_mllp_client_step(c, &cx);
		if (end == WW_MLLP_CLIENT_ANSWERED) {
			assert(acknowledges(&cx, all, ww_mllp_client_code(c)));
			assert(answers++ == 0); /* nothing is wanted any more */
		}
	}
	ww_mllp_client_free(c);
	close(fd[1]);
	ww_arena_free(cx.arena);
	return 0;
}

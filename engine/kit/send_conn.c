/* Exchanges over one connection, and what their answers mean. */
#include "kit/send_conn.h"

#include "codec/ack.h"
#include "codec/hl7v2_batch.h"
#include "link/mllp_out.h"

#include <wardwire/buf.h>

#include <errno.h>
#include <stdio.h>
#include <time.h>

uint64_t
ww_send_conn_clock(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void
ww_send_conn_close(struct ww_send_conn *c)
{
	ww_mllp_out_close(c->out);
	c->out = NULL;
	c->accepts = false;
}

static ww_status
connect_to(struct ww_send_conn *c, struct ww_ctx *cx)
{
	ww_status s = ww_mllp_out_open(cx, c->address, c->timeout, &c->out);

	if (s == WW_OK && c->tls != NULL)
		s = ww_mllp_out_secure(c->out, cx, c->tls, c->name, c->timeout);
	if (s != WW_OK)
		ww_send_conn_close(c);
	return s;
}

/* What an application says, in enhanced mode, of a message that was accepted before; it comes when it comes. */
static bool
is_of_earlier(struct ww_send_conn *c, struct ww_ctx *cx, ww_str answer, ww_str control_id)
{
	char code[3];
	bool ours;

	if (!ww_ack_read(cx, answer, control_id, code, &ours))
		return false;
	c->accepts = c->accepts || (ours && code[0] == 'C');
	return c->accepts && !ours && code[0] == 'A';
}

/* Sends it once; *sent when any of it may have left. */
static ww_status
exchange(struct ww_send_conn *c, struct ww_ctx *cx, ww_str wire, ww_str control_id,
    struct ww_buf *answer, bool *sent, uint64_t *us)
{
	uint64_t began;
	ww_status s = WW_OK;

	if (c->out == NULL)
		s = connect_to(c, cx);
	if (s != WW_OK)
		return s;
	*sent = true;
	began = ww_send_conn_clock();
	s = ww_mllp_out_exchange(c->out, cx, wire, c->timeout, answer);
	while (s == WW_OK && is_of_earlier(c, cx, ww_buf_view(answer), control_id)) {
		ww_buf_clear(answer);
		s = ww_mllp_out_next(c->out, cx, c->timeout, answer);
	}
	*us = ww_send_conn_clock() - began;
	if (s != WW_OK)
		ww_send_conn_close(c); /* a late answer must not be taken for the next one's */
	return s;
}

static void
wait_a_second(void)
{
	struct timespec left = { 1, 0 };

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

ww_status
ww_send_conn_exchange(struct ww_send_conn *c, struct ww_ctx *cx, ww_str wire, ww_str control_id,
    uint64_t retries, struct ww_buf *answer, bool *sent, uint64_t *us)
{
	ww_status s;

	for (;;) {
		s = exchange(c, cx, wire, control_id, answer, sent, us);
		if (s == WW_OK)
			return s;
		if (*c->interrupted)
			retries = 0;
		fprintf(stderr, "wardwire-kit send: %s%s\n", cx->fail.reason,
		    retries > 0 ? "; trying again" : "");
		if (retries-- == 0)
			return s;
		cx->fail = (struct ww_failure){ .status = WW_OK };
		ww_buf_clear(answer);
		wait_a_second();
	}
}

/* Whether that is an acknowledgement to the message; *end and code say which. */
static bool
answers(struct ww_ctx *cx, ww_str one, ww_str control_id, char code[3], enum ww_send_end *end)
{
	static const enum ww_send_end by_letter[] = {
		['A'] = WW_SEND_AA, ['E'] = WW_SEND_AE, ['R'] = WW_SEND_AR
	};
	bool ours;

	if (!ww_ack_read(cx, one, control_id, code, &ours)) {
		code[0] = '\0';
		return false;
	}
	*end = by_letter[(unsigned char)code[1]];
	/* A message without control id is refused, and the answer then cannot name it. */
	return ours || control_id.n == 0;
}

enum ww_send_end
ww_send_conn_judge(
    struct ww_ctx *cx, ww_str answer, ww_str control_id, char code[3], ww_str *acknowledgement)
{
	enum ww_send_end end;
	struct ww_hl7_batch b;
	struct ww_hl7_item item;

	*acknowledgement = answer;
	if (!ww_hl7_batch_is(answer))
		return answers(cx, answer, control_id, code, &end) ? end : WW_SEND_UNFIT;
	ww_hl7_batch_begin(&b, answer, false);
	while (ww_hl7_batch_next(&b, &item)) {
		*acknowledgement = item.text;
		if (item.kind == WW_HL7_ITEM_MESSAGE &&
		    answers(cx, item.text, control_id, code, &end))
			return end;
	}
	code[0] = '\0';
	return WW_SEND_UNFIT;
}

/* Lines about senders, few in number whatever the senders do. */
#include "link/mllp_trouble.h"

#include <wardwire/log.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* What was done about it, and why. */
static const struct {
	const char *event, *why;
} names[] = {
	[WW_MLLP_TROUBLE_NOISE] = { "closed", "noise-outside-frames" },
	[WW_MLLP_TROUBLE_TOO_BIG] = { "refused", "frame-too-big" },
	[WW_MLLP_TROUBLE_ENDLESS] = { "closed", "frame-without-end" },
	[WW_MLLP_TROUBLE_SLOW] = { "closed", "frame-not-ended" },
	[WW_MLLP_TROUBLE_IDLE] = { "closed", "idle" },
	[WW_MLLP_TROUBLE_UNREAD] = { "closed", "answers-not-read" },
	[WW_MLLP_TROUBLE_CROWD] = { "closed", "too-many-connections" },
	[WW_MLLP_TROUBLE_PEER_CROWD] = { "closed", "too-many-connections-of-peer" },
	[WW_MLLP_TROUBLE_FAST] = { "slowed", "messages-per-second-of-peer" },
	[WW_MLLP_TROUBLE_BACKLOG] = { "slowed", "backlog-full" },
	[WW_MLLP_TROUBLE_OPEN] = { "slowed", "long-frames" },
	[WW_MLLP_TROUBLE_ACCEPT] = { "waits", "no-more-sockets" },
	[WW_MLLP_TROUBLE_MEMORY] = { "closed", "short-of-memory" },
	[WW_MLLP_TROUBLE_ANSWER] = { "closed", "answer-not-framable" },
	[WW_MLLP_TROUBLE_REQUEST] = { "refused", "no-request" },
	[WW_MLLP_TROUBLE_REQUEST_LONG] = { "refused", "request-too-long" },
	[WW_MLLP_TROUBLE_REQUEST_SLOW] = { "closed", "request-not-ended" },
	[WW_MLLP_TROUBLE_OUTSIDE] = { "closed", "peer-not-allowed" },
	[WW_MLLP_TROUBLE_HANDSHAKE_SLOW] = { "closed", "handshake-not-ended" },
	[WW_MLLP_TROUBLE_HANDSHAKE] = { "closed", "handshake-" },
};

/* One line: what, and the rest of it. */
static void __attribute__((format(printf, 4, 5)))
say(const struct ww_mllp_troubles *t, size_t what, const char *listener, const char *fmt, ...)
{
	size_t row = what < WW_MLLP_TROUBLE_HANDSHAKE ? what : WW_MLLP_TROUBLE_HANDSHAKE;
	const char *fault = "";
	char rest[128];
	va_list ap;

	if (what >= WW_MLLP_TROUBLE_HANDSHAKE)
		fault = ww_tls_fault_name((enum ww_tls_fault)(what - WW_MLLP_TROUBLE_HANDSHAKE));
	va_start(ap, fmt);
	(void)vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	ww_log(WW_LOG_WARN, "event=%s-%s listener=%s why=%s%s %s",
	    t->protocol != NULL ? t->protocol : "mllp", names[row].event, listener, names[row].why,
	    fault, rest);
}

void
ww_mllp_trouble_add(struct ww_mllp_troubles *t, enum ww_mllp_trouble what, const char *listener,
    const char *peer, int64_t now)
{
	if (ww_seldom_note(&t->of[what], now))
		say(t, what, listener, "peer=%s", peer);
}

void
ww_mllp_trouble_flush(struct ww_mllp_troubles *t, const char *listener, int64_t now, bool at_end)
{
	for (size_t i = 0; i < WW_MLLP_TROUBLES; i++) {
		uint64_t more = ww_seldom_rest(&t->of[i], now, at_end);

		if (more > 0)
			say(t, i, listener, "more=%" PRIu64 " times=%" PRIu64, more,
			    t->of[i].times);
	}
}

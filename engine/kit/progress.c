/* Draws the bar, and says the same in words where there is no terminal. */
#include "kit/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BAR 30U
#define SECOND UINT64_C(1000000)
#define BETWEEN_BARS (SECOND / 10)
#define BETWEEN_LINES (10 * SECOND)

void
ww_progress_text(char *out, unsigned size, uint64_t done, uint64_t total, uint64_t us)
{
	unsigned filled = total > 0 ? (unsigned)(BAR * done / total) : BAR, i;
	double rate = us > 0 ? (double)done * (double)SECOND / (double)us : 0;
	uint64_t left = rate > 0 ? (uint64_t)((double)(total - done) / rate) : 0;
	char bar[BAR + 1];

	for (i = 0; i < BAR; i++)
		bar[i] = i < filled ? '=' : i == filled ? '>' : ' ';
	bar[BAR] = '\0';
	if (rate <= 0)
		(void)snprintf(out, size, "[%s] %" PRIu64 "/%" PRIu64, bar, done, total);
	else
		(void)snprintf(out, size,
		    "[%s] %" PRIu64 "/%" PRIu64 " %u %% %.*f/s %" PRIu64 ":%02u left", bar, done,
		    total, (unsigned)(100 * done / total), rate < 10 ? 1 : 0, rate, left / 60,
		    (unsigned)(left % 60));
}

void
ww_progress_show(struct ww_progress *p, uint64_t done, uint64_t now)
{
	uint64_t last = p->drawn > 0 ? p->drawn : p->began;
	char text[160];

	if (now - last < (p->terminal ? BETWEEN_BARS : BETWEEN_LINES) || !(p->terminal || p->lines))
		return;
	p->drawn = now;
	ww_progress_text(text, sizeof(text), done, p->total, now - p->began);
	if (p->terminal)
		fprintf(stderr, "\r%s\033[K", text);
	else
		fprintf(stderr, "%s: %s\n", p->command, strchr(text, ']') + 2);
	fflush(stderr);
	p->shown = p->terminal;
}

void
ww_progress_hide(struct ww_progress *p)
{
	if (!p->shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	p->shown = false;
}

#include "main/test_alarm.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

enum { EVERY_MS = 1000 };

static void
say(const struct ww_test_share *t, bool on)
{
	long long messages = (long long)(t->messages + t->messages_before);
	long long tests = (long long)(t->tests + t->tests_before);

	if (on)
		ww_log(WW_LOG_ERROR, "feed=%.*s tests=many of-the-last=%lld are-tests=%lld",
		    WW_STR_FMT(t->feed), messages, tests);
	else
		ww_log(WW_LOG_INFO, "feed=%.*s tests=well of-the-last=%lld are-tests=%lld",
		    WW_STR_FMT(t->feed), messages, tests);
}

void
ww_test_alarm_look(struct ww_test_alarm_look *a, struct ww_ctx *cx, int64_t now)
{
	struct ww_rows rows;

	if (now < a->next)
		return;
	a->next = now + EVERY_MS;
	if (ww_ledger_scan(a->view, cx, &ww_entity_test_share, 0, NULL, 0, &rows) != WW_OK)
		return;
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_test_share *t = WW_ROW(&rows, test_share, i);
		size_t k = 0;

		while (k < a->config->feeds_n && !ww_str_eq(a->config->feeds[k].name, t->feed))
			k++;
		if (k == a->config->feeds_n || a->on[k] == (t->alarm_ms != 0))
			continue;
		a->on[k] = t->alarm_ms != 0;
		say(t, a->on[k]);
	}
}

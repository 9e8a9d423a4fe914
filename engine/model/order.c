#include "model/order.h"

#include <stdlib.h>

static int
cmp(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A control id that is a name and a number counts up at most senders. One with digits elsewhere, as a GUID has, tells
 * nothing. */
static void
read_control(ww_str id, struct ww_step *s)
{
	enum { DIGITS_MAX = 18 };
	size_t name = 0;

	s->control.name = ww_str_empty();
	s->control.number = 0;
	while (name < id.n && !is_digit(id.p[name]))
		name++;
	if (name == id.n || id.n - name > DIGITS_MAX)
		return;
	for (size_t i = name; i < id.n; i++) {
		if (!is_digit(id.p[i])) {
			s->control.number = 0;
			return;
		}
		s->control.number = s->control.number * 10 + (uint64_t)(id.p[i] - '0');
	}
	s->control.name = ww_str_of(id.p, name);
}

struct ww_step
ww_step_of(const struct ww_event *ev)
{
	struct ww_step s = { .ev = ev, .act = ww_act_of(ev->trigger) };

	read_control(ev->control, &s);
	return s;
}

int
ww_step_recorded(const struct ww_step *a, const struct ww_step *b)
{
	int c = cmp(a->ev->recorded.ms, b->ev->recorded.ms);

	if (c == 0)
		c = cmp(a->ev->sent.ms, b->ev->sent.ms);
	if (c == 0)
		c = ww_str_cmp(a->control.name, b->control.name);
	if (c == 0)
		c = (a->control.number > b->control.number) -
		    (a->control.number < b->control.number);
	if (c == 0)
		c = cmp(ww_act_rank(a->act), ww_act_rank(b->act));
	if (c == 0)
		c = ww_str_cmp(a->ev->digest, b->ev->digest);
	return c != 0 ? c : cmp(a->ev->id, b->ev->id);
}

static int
by_recorded(const void *a, const void *b)
{
	return ww_step_recorded(a, b);
}

void
ww_steps_sort_recorded(struct ww_step *s, size_t n)
{
	if (n > 1)
		qsort(s, n, sizeof(*s), by_recorded);
	for (size_t i = 0; i < n; i++)
		s[i].place = i + 1;
}

static int64_t
occurred_key(const struct ww_step *s)
{
	static const int64_t span[] = { [WW_PREC_YEAR] = 31536000000,
		[WW_PREC_MONTH] = 2419200000,
		[WW_PREC_DAY] = 86400000,
		[WW_PREC_HOUR] = 3600000,
		[WW_PREC_MIN] = 60000,
		[WW_PREC_SEC] = 1000,
		[WW_PREC_MS] = 1 };
	ww_time t = s->ev->occurred;

	return s->act == WW_ACT_DISCHARGE ? t.ms + span[t.prec] - 1 : t.ms;
}

static int
by_occurred(const void *pa, const void *pb)
{
	const struct ww_step *a = pa, *b = pb;
	int c = cmp(occurred_key(a), occurred_key(b));

	if (c == 0)
		c = cmp(ww_act_rank(a->act), ww_act_rank(b->act));
	return c != 0 ? c : (a->place > b->place) - (a->place < b->place);
}

void
ww_steps_sort_occurred(struct ww_step *s, size_t n)
{
	if (n > 1)
		qsort(s, n, sizeof(*s), by_occurred);
}

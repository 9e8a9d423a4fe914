/* What becomes of the messages of a made-up hospital on the way: lost, sent again, doubled, overtaken, late. What is true does
 * not change, but for what nobody can know any more when a message is lost. */
#include "kit/gen_parts.h"

#include <stdlib.h>

static const struct {
	const char *name, *text;
	unsigned usual;
} noises[WW_GEN_NOISES] = {
	[WW_GEN_DUPLICATE] = { "duplicate", "messages that arrive twice, byte for byte", 2 },
	[WW_GEN_RESEND] = { "resend", "messages sent again under a new control id", 2 },
	[WW_GEN_REORDER] = { "reorder", "messages overtaken by some minutes", 5 },
	[WW_GEN_LATE] = { "late", "messages that arrive up to three days late", 2 },
	[WW_GEN_LOSE] = { "lose", "messages that never arrive, of those to be spared", 1 },
	[WW_GEN_CORRECT] = { "correct", "admissions and discharges sent again with another time",
	    6 },
	[WW_GEN_REUSE] = { "reuse", "visits under a number that another patient's had", 2 },
	[WW_GEN_DELIMITERS] = { "delimiters", "messages with delimiters of their own", 0 },
	[WW_GEN_LINES] = { "lines", "messages whose segments end with LF or CR LF", 0 },
	[WW_GEN_VERSIONS] = { "versions", "messages of another version than 2.5.1", 0 },
};

const char *
ww_gen_noise_name(enum ww_gen_noise n)
{
	return noises[n].name;
}

unsigned
ww_gen_noise_usual(enum ww_gen_noise n)
{
	return noises[n].usual;
}

const char *
ww_gen_noise_text(enum ww_gen_noise n)
{
	return noises[n].text;
}

/* -- lost -------------------------------------------------------------------------------------------- */

/* What is left of the truth without it; false: the message is needed. */
static bool
forget(struct ww_gen_visit *v, enum ww_gen_loss loss)
{
	switch (loss) {
	case WW_GEN_NEEDED:
		return false;
	case WW_GEN_SPARE:
		return true;
	case WW_GEN_MOVE_LOST:
		v->nowhere = true;
		return true;
	case WW_GEN_ADMIT_LOST:
		if (v->uncertain || v->lost != 0 || v->discharges != 1)
			return false;
		v->nowhere = true;
		break;
	case WW_GEN_RELEASE_LOST:
		if (v->uncertain || v->lost != 0 || v->discharges != 1)
			return false;
		v->status = v->before;
		v->end = 0;
		v->disposition = "";
		break;
	}
	v->lost++;
	return true;
}

static void
lose(struct ww_gen *g)
{
	for (size_t i = 0; i < g->messages_n; i++) {
		struct ww_gen_message *m = &g->messages[i];

		if (m->visit != 0 && ww_gen_chance(g, g->set.share[WW_GEN_LOSE]))
			m->lost = forget(&g->visits[m->visit - 1], m->loss);
	}
}

/* -- copies ------------------------------------------------------------------------------------------ */

static struct ww_gen_message *
copy(struct ww_gen *g, size_t of)
{
	struct ww_gen_message *m = ww_gen_new_message(g);

	if (m != NULL)
		*m = g->messages[of];
	return m;
}

static void
send_again(struct ww_gen *g)
{
	size_t n = g->messages_n;

	for (size_t i = 0; i < n && !g->failed; i++) {
		struct ww_gen_message *m;

		if (g->messages[i].lost || !ww_gen_chance(g, g->set.share[WW_GEN_RESEND]))
			continue;
		m = copy(g, i);
		if (m != NULL)
			m->sent += (1 + ww_gen_below(g, 30)) * (int64_t)WW_GEN_MINUTE;
	}
}

static void
arrive_twice(struct ww_gen *g)
{
	size_t n = g->messages_n;

	for (size_t i = 0; i < n && !g->failed; i++) {
		struct ww_gen_message *m;

		if (g->messages[i].lost || !ww_gen_chance(g, g->set.share[WW_GEN_DUPLICATE]))
			continue;
		m = copy(g, i);
		if (m != NULL)
			m->arrives += ww_gen_below(g, WW_GEN_DAY);
	}
}

/* -- order ------------------------------------------------------------------------------------------- */

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
by_sent(const void *pa, const void *pb)
{
	const struct ww_gen_message *a = pa, *b = pb;
	int c = compare(a->sent, b->sent);

	if (c == 0)
		c = compare(a->at, b->at);
	return c != 0 ? c : compare(a->control, b->control);
}

static int
by_arrival(const void *pa, const void *pb)
{
	const struct ww_gen_message *a = pa, *b = pb;
	int c = compare(a->arrives, b->arrives);

	return c != 0 ? c : compare(a->control, b->control);
}

static void
sort(struct ww_gen *g, int (*order)(const void *a, const void *b))
{
	if (g->messages_n > 1)
		qsort(g->messages, g->messages_n, sizeof(*g->messages), order);
}

static void
number(struct ww_gen *g)
{
	for (size_t i = 0; i < g->messages_n; i++)
		g->messages[i].control = (unsigned)i + 1; /* as they were made */
	sort(g, by_sent);
	for (size_t i = 0; i < g->messages_n; i++)
		g->messages[i].control = (unsigned)i + 1;
}

static void
travel(struct ww_gen *g)
{
	for (size_t i = 0; i < g->messages_n; i++) {
		struct ww_gen_message *m = &g->messages[i];

		m->arrives = m->sent;
		m->format = ww_gen_format(g);
		if (ww_gen_chance(g, g->set.share[WW_GEN_REORDER]))
			m->arrives += ww_gen_below(g, 20 * WW_GEN_MINUTE);
		if (ww_gen_chance(g, g->set.share[WW_GEN_LATE]))
			m->arrives += 60 * WW_GEN_MINUTE + ww_gen_below(g, 3 * WW_GEN_DAY);
	}
}

void
ww_gen_disturb(struct ww_gen *g)
{
	lose(g);
	send_again(g);
	number(g);
	travel(g);
	arrive_twice(g);
	sort(g, by_arrival);
}

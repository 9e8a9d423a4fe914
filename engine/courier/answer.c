/* What the end of a request means for those behind it: the endpoint's window, and the lane's rest. */
#include "courier/parts.h"

#include "base/crypto.h"

struct ww_answer
ww_answer_none(enum ww_result result, const char *reason)
{
	return (struct ww_answer){ .result = result,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.reason = reason };
}

int64_t
ww_answer_rest(struct ww_courier *c, unsigned most, unsigned tries, long retry_after)
{
	uint8_t dice[2];
	uint16_t jitter;

	ww_random(dice, sizeof(dice));
	jitter = (uint16_t)(dice[0] << 8 | dice[1]);
	return ww_courier_now(c) +
	       ww_trouble_rest(c->set.config->retry_first, most, tries, jitter, retry_after);
}

static void
note_gate(struct ww_flight *f, const struct ww_answer *a, const struct ww_trouble *t)
{
	struct ww_courier *c = f->slip.c;
	struct ww_gate *g = &f->turns->gate;
	unsigned most = c->set.config->retry_most < WW_COURIER_PROBE_S ? c->set.config->retry_most
	                                                               : WW_COURIER_PROBE_S;
	bool was_bad = g->tries > 0;

	if (a->result == WW_RESULT_SENT)
		ww_gate_good(g, f->endpoint->inflight);
	else if (t->well)
		ww_gate_well(g);
	else if (t->wait_endpoint)
		ww_gate_bad(
		    g, ww_courier_now(c), ww_answer_rest(c, most, g->tries + 1, a->retry_after));
	else
		ww_gate_slow(g);
	if (was_bad && g->tries == 0)
		ww_lanes_relieve(&f->turns->lanes, ww_courier_now(c),
		    (int64_t)c->set.config->retry_first * 1000);
}

static void
note_lane(struct ww_flight *f, const struct ww_answer *a, const struct ww_trouble *t)
{
	struct ww_lane *k = f->lane;

	if (t->wait_row) {
		k->row = f->row.id;
		k->tries++;
		k->until = ww_answer_rest(
		    f->slip.c, f->slip.c->set.config->retry_most, k->tries, a->retry_after);
		k->endpoint = t->wait_endpoint;
	} else if (a->result == WW_RESULT_PARKED ||
	           (a->result == WW_RESULT_SENT && f->verb != WW_VERB_SEARCH)) {
		k->tries = 0;
		f->done = true;
	}
}

/* A server that indexes late does not find at once what it has stored: then one search that finds nothing proves
 * nothing. True when it is to be searched again. */
static bool
searches_again(struct ww_flight *f, const struct ww_answer *a)
{
	static const int64_t waits[] = { 2000, 10000, 60000 };
	struct ww_lane *k = f->lane;

	if (f->verb != WW_VERB_SEARCH || a->result != WW_RESULT_ABSENT)
		return false;
	if (k->absents + 1 >= f->endpoint->searches) {
		k->absents = 0;
		return false;
	}
	k->row = f->row.id;
	k->until = ww_courier_now(f->slip.c) + waits[k->absents];
	k->endpoint = false;
	k->absents++;
	return true;
}

bool
ww_answer_shuts_out(unsigned *refusals, const struct ww_answer *a)
{
	unsigned most = ww_trouble_refusals(a);

	if (most > 0)
		++*refusals;
	else if (a->http != 0) /* no answer says nothing about it */
		*refusals = 0;
	return most > 0 && *refusals >= most;
}

struct ww_answer
ww_answer_heed(struct ww_flight *f, const struct ww_answer *a)
{
	struct ww_answer out = *a;
	struct ww_trouble t;

	if (ww_answer_shuts_out(&f->turns->refusals, a))
		out.result = WW_RESULT_PAUSED;
	t = ww_trouble_of(&out);
	note_gate(f, &out, &t);
	if (searches_again(f, &out)) {
		out = ww_answer_none(WW_RESULT_RETRY, "not found yet");
		out.http = a->http;
	} else {
		note_lane(f, &out, &t);
	}
	return out;
}

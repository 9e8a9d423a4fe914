/* Messages that are tests by what they say, and how many of a feed's messages are: a live feed that tells of nobody but
 * test patients, or of many, is not what it is taken for. */
#include "apply/work.h"

#include "base/glob.h"

/* -- patterns ------------------------------------------------------------------------------------------- */

static bool
fits_one(const struct ww_texts *patterns, ww_str text)
{
	for (size_t i = 0; i < patterns->n; i++) {
		if (ww_glob(patterns->v[i], text))
			return true;
	}
	return false;
}

/* A value in any segment and repetition that the path does not name apart. */
static bool
fits(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_condition *c)
{
	struct ww_hl7_path p = c->path;
	size_t segments = p.n != 0 ? p.n : ww_hl7_count(m, p.segment);
	ww_str text;

	for (size_t n = p.n != 0 ? p.n : 1; n <= segments; n++) {
		size_t repetitions = c->path.repetition != 0
		                         ? c->path.repetition
		                         : ww_hl7_repetitions(m, p.segment, n, p.field);

		p.n = (uint16_t)n;
		for (size_t r = c->path.repetition != 0 ? c->path.repetition : 1; r <= repetitions;
		     r++) {
			p.repetition = (uint16_t)r;
			if (ww_hl7_text(cx, m, &p, &text) == WW_HL7_VALUE &&
			    fits_one(&c->any, ww_str_trim(text)))
				return true;
		}
	}
	return false;
}

/* Of a resource: its labels, and its patient's name and numbers. */
static bool
resource_fits(const struct ww_work *w)
{
	const struct ww_texts *test = &w->feed->fhir.test;
	const struct ww_facts *f = &w->facts;

	if (fits_one(test, f->person.family))
		return true;
	for (size_t i = 0; i < f->labels.n; i++) {
		if (fits_one(test, f->labels.v[i]))
			return true;
	}
	for (size_t i = 0; i < f->identifiers_n; i++) {
		if (!ww_names_resource(&f->identifiers[i]) &&
		    fits_one(test, f->identifiers[i].value))
			return true;
	}
	return false;
}

bool
ww_test_is(struct ww_work *w)
{
	const struct ww_conditions *test = &w->feed->adt.test;

	if (w->resource != NULL)
		return resource_fits(w);

	for (size_t i = 0; w->hl7 != NULL && i < test->n; i++) {
		if (fits(w->cx, w->hl7, &test->v[i]))
			return true;
	}
	return false;
}

/* -- their share ---------------------------------------------------------------------------------------- */

/* In two blocks of half the number each: when one is full it takes the place of the one before. So they are counted over
 * at least one block and at most two, and no message need be remembered. */
static void
count(struct ww_test_share *t, bool test, uint32_t over)
{
	t->messages++;
	t->tests += test;
	if (t->messages < (over + 1) / 2)
		return;
	t->messages_before = t->messages;
	t->tests_before = t->tests;
	t->messages = t->tests = 0;
}

/* Off again below half of it only: what swings about it is one alarm. */
static bool
is_alarming(const struct ww_test_share *t, const struct ww_test_alarm *set)
{
	int64_t messages = t->messages + t->messages_before;
	int64_t tests = t->tests + t->tests_before;

	if (t->alarm_ms != 0)
		return tests * 200 >= messages * (int64_t)set->percent && tests > 0;
	return tests >= (int64_t)set->least && tests * 100 >= messages * (int64_t)set->percent;
}

ww_status
ww_test_count(struct ww_work *w)
{
	const struct ww_test_alarm *set = &w->feed->adt.test_alarm;
	struct ww_test_share t;
	bool found, on;
	ww_status s;

	if (w->message->disposition != WW_disposition_APPLIED &&
	    w->message->disposition != WW_disposition_TEST)
		return WW_OK;
	ww_row_init(&ww_entity_test_share, &t);
	t.feed = w->message->feed;
	s = ww_get(w->l, w->cx, test_share, &t, &found);
	if (s != WW_OK)
		return s;
	count(&t, w->message->disposition == WW_disposition_TEST, set->over);
	on = w->feed->state == WW_FEED_LIVE && is_alarming(&t, set);
	if (on != (t.alarm_ms != 0))
		t.alarm_ms = on ? w->cx->now : 0;
	return ww_put(w->l, w->cx, test_share, &t);
}

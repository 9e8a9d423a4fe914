/* Records on their way to the journal. */
#include "courier/slip.h"

#include "courier/parts.h"
#include "model/record.h"

#include <wardwire/journal.h>

/* On the writer's thread: the record is durable, or the journal closed. */
static void
on_written(struct ww_submit *submit, ww_status status)
{
	struct ww_slip *s = (struct ww_slip *)((char *)submit - offsetof(struct ww_slip, submit));
	struct ww_courier *c = s->c;
	bool announced = ww_slip_phase(s) == WW_SLIP_ANNOUNCING;

	if (announced)
		s->attempt = submit->rec.seq;
	else
		s->outcome = submit->rec.seq;
	atomic_store(&s->phase, status != WW_OK ? WW_SLIP_LOST
	                        : announced     ? WW_SLIP_ANNOUNCED
	                                        : WW_SLIP_REPORTED);
	ww_courier_wake(c);
}

static void
submit_record(struct ww_slip *s, enum ww_record_kind kind, enum ww_slip_phase phase)
{
	s->submit.rec = (struct ww_record){ .kind = (uint8_t)kind, .body = ww_buf_view(&s->body) };
	s->submit.done = on_written;
	if (s->c->set.writer == NULL) { /* the journal is closed: the next start takes over */
		atomic_store(&s->phase, WW_SLIP_LOST);
		return;
	}
	atomic_store(&s->phase, phase);
	ww_writer_submit(s->c->set.writer, &s->submit);
}

void
ww_slip_announce(struct ww_slip *s, const struct ww_rec_attempt *a)
{
	ww_rec_attempt_write(a, &s->body);
	submit_record(s, WW_REC_ATTEMPT, WW_SLIP_ANNOUNCING);
}

void
ww_slip_report(struct ww_slip *s, struct ww_rec_outcome *o)
{
	o->attempt = (int64_t)s->attempt;
	ww_buf_clear(&s->body);
	ww_rec_outcome_write(o, &s->body);
	submit_record(s, WW_REC_OUTCOME, WW_SLIP_REPORTING);
}

void
ww_slip_free(struct ww_slip *s)
{
	ww_buf_free(&s->body);
}

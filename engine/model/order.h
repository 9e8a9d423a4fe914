/* The two orders of an encounter's events, each the same whatever the order of arrival: as they were recorded, which says
 * what is the newer statement and what a cancel reaches; and as they occurred. */
#ifndef WW_MODEL_ORDER_H
#define WW_MODEL_ORDER_H

#include <wardwire/act.h>
#include <wardwire/model.h>

/* One event while it is folded. */
struct ww_step {
	const struct ww_event *ev;
	enum ww_act act;
	bool live;     /* not cancelled, and no newer version of it */
	size_t place;  /* in the order of recording, from 1 */
	bool confirms; /* fold.c's: it says of a discharge what is known, maybe less exactly */
	struct ww_step *under; /* fold.c's: the live one of its act before it */
	struct {               /* the end of MSH-10, where it is a counter */
		ww_str name;
		uint64_t number;
	} control;
};

struct ww_step ww_step_of(const struct ww_event *ev);
/* EVN-2, else MSH-7 or the time of receipt; then MSH-7; then MSH-10, where it counts up ("ADT00017"); then the rank of
 * what happened; then the digest of the message. 0 for nothing but the same event. */
int ww_step_recorded(const struct ww_step *a, const struct ww_step *b);
void ww_steps_sort_recorded(struct ww_step *s, size_t n); /* sets place */
/* By EVN-6, the admission or discharge, EVN-2; then the rank; then as recorded. A discharge on a day without an
 * hour comes at the end of that day, all else at its start. Needs place. */
void ww_steps_sort_occurred(struct ww_step *s, size_t n);

#endif

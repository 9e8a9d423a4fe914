/* How far a long piece of work is: a bar with the time left on a terminal, else a line now and then. */
#ifndef WW_KIT_PROGRESS_H
#define WW_KIT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* To be filled in with what it is for, the rest zero. Used by one thread at a time. */
struct ww_progress {
	const char *command;   /* in front of a line; "wardwire-kit send" */
	bool terminal;         /* standard error is one: a bar, else a line */
	bool lines;            /* where it is none, a line every ten seconds; else nothing */
	uint64_t total;        /* what there is to do */
	uint64_t began, drawn; /* us: when the work began (the caller's), when it was shown last */
	bool shown;            /* a bar stands on the terminal */
};

/* Shows how much is done by now (us, of the clock of began), when it is time to. */
void ww_progress_show(struct ww_progress *p, uint64_t done, uint64_t now);
/* Takes the bar away: before other lines are printed, and in the end. */
void ww_progress_hide(struct ww_progress *p);
/* "[=====>    ] 1200/5000 24 % 812/s 0:05 left" in out. done > 0 and us > 0 before a rate is known. */
void ww_progress_text(char *out, unsigned size, uint64_t done, uint64_t total, uint64_t us);

#endif

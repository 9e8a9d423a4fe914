/* Which stored messages fit: for `wardwire find`. Numbers of persons and visits are looked up by the ledger's indexes where
 * their system is given, payers' numbers always; messages themselves are gone through from the newest on. */
#ifndef WW_REPORT_SEARCH_H
#define WW_REPORT_SEARCH_H

#include <wardwire/journal.h>
#include <wardwire/ledger.h>

/* What a message must be like; empty texts say nothing. */
struct ww_search {
	ww_str control; /* MSH-10, read from the journal */
	ww_str patient,
	    patient_system; /* a number of PID-3 or PID-2 that its person ever had; its system, or empty: any */
	ww_str member;              /* a payer's number that its person ever stated */
	ww_str visit, visit_system; /* of its stay; likewise */
	ww_str
	    authorization; /* a number of one that its person has: the request's, or the payer's */
	ww_str type, event, feed; /* MSH-9.1, MSH-9.2 or EVN-1, without regard to capitals */
	int disposition;          /* enum ww_disposition; -1: any */
	int64_t from, to;         /* received, UTC ms: from on and before; 0: no bound */
	size_t limit;             /* no more are found; 1 at least */
	/* Told now and then how many records were gone through, of how many; may be NULL. */
	void (*progress)(void *arg, uint64_t done, uint64_t of);
	void *arg;
};

struct ww_search_result {
	uint64_t *seq; /* journal sequences, the newest first; in the arena */
	size_t n;
	bool more;        /* the limit was reached before everything was gone through */
	bool pruned;      /* control ids of pruned messages were not looked at */
	uint64_t visited; /* records gone through */
};

/* j may be NULL where control is empty. cx->arena keeps the result alone. */
WW_MUST ww_status ww_search_messages(struct ww_ledger *l, struct ww_journal *j, struct ww_ctx *cx,
    const struct ww_search *s, struct ww_search_result *out);

#endif

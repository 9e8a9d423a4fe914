/* References within a Bundle: what they mean, and what they are written as when the resources have their ids. Private to
 * apply/. */
#ifndef WW_APPLY_REFER_H
#define WW_APPLY_REFER_H

#include "apply/resource.h"

/* Notes where the entries can be referred to: those whose id is known. *twice is an entry whose fullUrl another one has; NULL:
 * there is none. Fills rw->refers. */
WW_MUST ww_status ww_refer_index(
    struct ww_request_work *rw, struct ww_entry *entries, size_t n, struct ww_entry **twice);

/* *twice is an entry that is about what another one is about: it creates, or is created, where the condition of the other finds
 * it. NULL: there is none. All are planned. */
WW_MUST ww_status ww_refer_twice(
    struct ww_request_work *rw, struct ww_entry *entries, size_t n, struct ww_entry **twice);

enum ww_refer_how {
	WW_REFER_STRICT, /* a transaction: what names an entry is rewritten, conditions are looked up, and a urn that leads
	                    nowhere refuses */
	WW_REFER_DATA, /* what names an entry is rewritten; all else stays as it is */
	WW_REFER_WARN, /* a batch: nothing is rewritten, and what names another entry is warned of */
};

/* Rewrites the references in the entry's tree. What refuses the entry stands in it. all: the entries of the Bundle, among which
 * a condition may find what is stored only with them. */
WW_MUST ww_status ww_refer_rewrite(struct ww_request_work *rw, struct ww_entry *e,
    enum ww_refer_how how, struct ww_entry *all, size_t n);

#endif

/* Who was told what they should not have been, and who is not told what would be news: for those who answer for it. */
#ifndef WW_REPORT_TOLD_H
#define WW_REPORT_TOLD_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

/* What went, or may have gone, to a practice that a later record showed should never have been told of that stay; one
 * entry a notice: [{"member": "A-1001", "practice": "rcca", "stay": "17.3", "notice": "17.9", "resource": "Task",
 * "subject": "stay", "key": "stay-...", "sent": "2026-...", "uncertain": true, "wrong": "the hospital ...",
 * "recalled-by": 31, "recall": "delivered", "delivered": "2026-..."}]. recall: delivered, else the state of what recalls
 * it, or none. member: only those of that payer's number, or all where it is empty; at most most. */
WW_MUST ww_status ww_told_wrongly(
    struct ww_ledger *l, struct ww_ctx *cx, ww_str member, size_t most, struct ww_json **out);

/* What is withheld, by restriction or at the member's wish: [{"notice": "17.9", "stay": "17.3", "member": "A-1001",
 * "practice": "rcca", "resource": "Task", "subject": "stay", "since": "2026-...", "told-before": true, "reason":
 * "restricted: vip"}]; at most most. told-before: the practice has an older version of it. */
WW_MUST ww_status ww_told_not(
    struct ww_ledger *l, struct ww_ctx *cx, ww_str member, size_t most, struct ww_json **out);

#endif

/* The bodies of journal records as structs, with a writer and a reader each, all made from record.def. */
#ifndef WW_MODEL_RECORD_H
#define WW_MODEL_RECORD_H

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/str.h>

/* struct ww_rec_message { ww_str feed, peer, raw; } and so on; texts are slices of the body they were
 * read from. */
#define WW_RECORD(r) struct ww_rec_##r {
#define WW_REC_STR(r, f) ww_str f;
#define WW_REC_INT(r, f) int64_t f;
#define WW_RECORD_END(r)                                                                           \
	}                                                                                          \
	;
#include "model/record.def"
#undef WW_RECORD
#undef WW_REC_STR
#undef WW_REC_INT
#undef WW_RECORD_END

/* ww_rec_message_write(&r, &buf) appends the body; ww_rec_message_read(cx, body, &r) is WW_E_SYNTAX for
 * a body that is not in this form. */
#define WW_RECORD(r)                                                                               \
	void ww_rec_##r##_write(const struct ww_rec_##r *in, struct ww_buf *out);                  \
	WW_MUST ww_status ww_rec_##r##_read(struct ww_ctx *cx, ww_str body, struct ww_rec_##r *out);
#define WW_REC_STR(r, f)
#define WW_REC_INT(r, f)
#define WW_RECORD_END(r)
#include "model/record.def"
#undef WW_RECORD
#undef WW_REC_STR
#undef WW_REC_INT
#undef WW_RECORD_END

/* "message", "attempt"; "?" for a number that is no kind. */
const char *ww_record_kind_text(uint8_t kind);

#endif

/* The envelope of a response batch (HL7 v2.9.1 chapter 2, 2.9.3): what stands around the acknowledgements of the messages of
 * a batch. */
#ifndef WW_CODEC_ACK_BATCH_H
#define WW_CODEC_ACK_BATCH_H

#include "codec/hl7v2_batch.h"

struct ww_buf;

/* Appends the BHS that answers header, an FHS or BHS (as an FHS or BHS), or NULL where there was none: sender and receiver
 * swapped, its control id as reference, its delimiters where they are usable. W and number are its own control id; now is UTC
 * ms. */
void ww_ack_batch_begin(
    const struct ww_hl7_item *header, int64_t now, uint64_t number, struct ww_buf *out);
/* Appends the BTS of a batch, or the FTS of a file, that header began, with how many messages or batches there are. What
 * ww_ack_batch_begin wrote will do for header. */
void ww_ack_batch_end(const struct ww_hl7_item *header, size_t n, struct ww_buf *out);

#endif

/* Control ids that no message had before, for messages that are sent again and again. */
#ifndef WW_KIT_SEND_IDS_H
#define WW_KIT_SEND_IDS_H

#include <wardwire/buf.h>
#include <wardwire/str.h>

/* Appends the message with that MSH-10; one that has no header to put it in, as it stands. */
void ww_send_ids_put(ww_str message, ww_str control_id, struct ww_buf *out);

#endif

/* From a frame to its answer: check, journal, acknowledge. On the loop's thread but for the journal's part. */
#ifndef WW_MAIN_INTAKE_H
#define WW_MAIN_INTAKE_H

#include "link/mllp_in.h"
#include "store/store.h"
#include "store/writer.h"

#include <wardwire/config.h>
#include <wardwire/time.h>

struct ww_intake;
struct ww_loop;

struct ww_intake_settings {
	struct ww_loop *loop;
	struct ww_writer *writer;
	struct ww_refused *refused;
	struct ww_clock clock;
	const struct ww_feed *feed;
	size_t max_message, max_segments;
	size_t arena;     /* bytes of memory to check one message */
	uint64_t *number; /* of the next acknowledgement; shared by all intakes of the loop */
};

WW_MUST ww_status ww_intake_new(
    struct ww_ctx *cx, const struct ww_intake_settings *s, struct ww_intake **out);
/* Every frame must be answered or abandoned before. */
void ww_intake_free(struct ww_intake *in);
/* For ww_mllp_in_settings: arg is the intake. */
void ww_intake_frame(void *arg, struct ww_mllp_frame *f, ww_str payload, ww_str peer);
void ww_intake_too_big(void *arg, struct ww_mllp_frame *f, ww_str head, ww_str peer);

#endif

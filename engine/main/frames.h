/* MLLP frames to the intake, and its answers back into the place of each frame. On the loop's thread. */
#ifndef WW_MAIN_FRAMES_H
#define WW_MAIN_FRAMES_H

#include "link/mllp_in.h"

/* For ww_mllp_in_settings: arg is the struct ww_intake of the listener. */
void ww_frames_take(void *arg, struct ww_mllp_frame *f, ww_str payload, ww_str peer);
void ww_frames_too_big(void *arg, struct ww_mllp_frame *f, ww_str head, ww_str peer);

#endif

/* The second act of the demonstration: the same messages in another order end in the same state. */
#ifndef WW_KIT_DEMO_AGAIN_H
#define WW_KIT_DEMO_AGAIN_H

#include "kit/demo_stage.h"

/* Appends what the day ended in: each visit with its state and patient, and each Task that stands. */
bool ww_demo_state(struct ww_stage *st, struct ww_buf *out);
/* Plays the day of that stage on a new one, shuffled, and compares the end. */
bool ww_demo_again(const struct ww_stage *played, ww_str want);

#endif

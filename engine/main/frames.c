/* A frame is one input of the intake: what is said of it is written, or its connection is closed. */
#include "main/frames.h"

#include "main/intake.h"

static void
on_said(void *arg, const struct ww_intake_word *w)
{
	struct ww_mllp_frame *f = arg;

	if (w->fate == WW_INTAKE_TRY_AGAIN || w->hang_up) {
		ww_mllp_abandon(f);
		return;
	}
	ww_mllp_commit(f, w->fate != WW_INTAKE_REFUSED);
	if (w->step == WW_INTAKE_ANSWERED)
		ww_mllp_say(f, WW_MLLP_ANSWER, w->answer);
	else if (w->step == WW_INTAKE_APPLICATION)
		ww_mllp_say(f, WW_MLLP_LATER, w->answer);
	if (w->last)
		ww_mllp_end(f);
}

static struct ww_intake_peer
peer_of(const struct ww_mllp_frame *f, ww_str address)
{
	const struct ww_tls_names names = ww_mllp_frame_names(f);

	return (struct ww_intake_peer){ address, { names.v, names.n } };
}

void
ww_frames_take(void *arg, struct ww_mllp_frame *f, ww_str payload, ww_str peer)
{
	const struct ww_intake_peer from = peer_of(f, peer);

	ww_intake_take(arg, payload, &from, on_said, f);
}

void
ww_frames_too_big(void *arg, struct ww_mllp_frame *f, ww_str head, ww_str peer)
{
	const struct ww_intake_peer from = peer_of(f, peer);

	ww_intake_too_big(arg, head, &from, on_said, f);
}

/* The names of how a request to an endpoint ended. */
#include <wardwire/sink.h>

const char *
ww_result_text(int64_t r)
{
	static const char *const texts[] = {
		[WW_RESULT_SENT] = "sent",
		[WW_RESULT_RETRY] = "retry",
		[WW_RESULT_UNCERTAIN] = "uncertain",
		[WW_RESULT_PARKED] = "parked",
		[WW_RESULT_ABSENT] = "absent",
		[WW_RESULT_CONFLICT] = "conflict",
		[WW_RESULT_PAUSED] = "paused",
	};

	if (r < WW_RESULT_SENT || r > WW_RESULT_PAUSED)
		return "?";
	return texts[r];
}

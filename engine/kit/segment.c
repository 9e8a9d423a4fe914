/* A segment of HL7 v2: only the fields that have a value. */
#include "kit/segment.h"

#include <wardwire/buf.h>

#include <time.h>

struct ww_segment
ww_segment_open(struct ww_buf *b, const char *id)
{
	ww_buf_cstr(b, id);
	return (struct ww_segment){ b, 0 };
}

void
ww_segment_field(struct ww_segment *s, int number, const char *text)
{
	if (text[0] == '\0')
		return;
	for (; s->at < number; s->at++)
		ww_buf_byte(s->b, '|');
	ww_buf_cstr(s->b, text);
}

void
ww_segment_time(struct ww_segment *s, int number, int64_t wall)
{
	time_t seconds = (time_t)(wall / 1000);
	struct tm tm;
	char text[24] = "";

	if (wall != 0 && gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y%m%d%H%M%S", &tm);
	ww_segment_field(s, number, text);
}

void
ww_segment_close(struct ww_segment *s)
{
	ww_buf_byte(s->b, '\r');
}

/* A segment of HL7 v2 as the generators write it: fields in their order, the delimiters of the standard. */
#ifndef WW_KIT_SEGMENT_H
#define WW_KIT_SEGMENT_H

#include <stdint.h>

struct ww_buf;

/* A segment under way. */
struct ww_segment {
	struct ww_buf *b;
	int at; /* the field written last */
};

struct ww_segment ww_segment_open(struct ww_buf *b, const char *id);
/* Fields come in their order; an empty text is none. */
void ww_segment_field(struct ww_segment *s, int number, const char *text);
/* wall: ms of the local clock as if it were UTC; 0 is none. */
void ww_segment_time(struct ww_segment *s, int number, int64_t wall);
void ww_segment_close(struct ww_segment *s);

#endif

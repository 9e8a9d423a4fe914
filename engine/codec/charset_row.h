/* What a character set is made of: for the files of charset.h, and nobody else's business. */
#ifndef WW_CODEC_CHARSET_ROW_H
#define WW_CODEC_CHARSET_ROW_H

#include "codec/charset.h"

struct ww_charset {
	enum ww_charset_kind kind;
	const char *iconv; /* its name there, NULL where it is not needed */
	bool on_demand;    /* read only where the configuration says so */
	/* What iconv has no character for is the control character of that number. */
	bool every_byte;
	bool usable;        /* of a TABLE: high is filled */
	uint16_t high[128]; /* of a TABLE: code points of the bytes 80..FF, 0 where there is none */
};

#endif

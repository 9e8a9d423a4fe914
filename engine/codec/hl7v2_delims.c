/* The delimiters that a header declares: MSH, FHS and BHS alike. */
#include "codec/hl7v2_parts.h"

#include <string.h>

/* Encoding characters: the fifth, for truncation, came with version 2.7. */
#define SET_MIN ((size_t)4)
#define SET_MAX ((size_t)5)

const struct ww_hl7_delims ww_hl7_default_delims = {
	.field = '|',
	.component = '^',
	.repetition = '~',
	.escape = '\\',
	.subcomponent = '&',
};

bool
ww_hl7_may_delimit(char c)
{
	unsigned char u = (unsigned char)c;
	bool alnum = (u >= '0' && u <= '9') || (u >= 'A' && u <= 'Z') || (u >= 'a' && u <= 'z');

	return u > 0x20 && u < 0x7f && !alnum && u != '"';
}

const char *
ww_hl7_delims_read(ww_str header, struct ww_hl7_delims *out, size_t *field)
{
	ww_str set = ww_str_sub(header, WW_HL7_ID_N + 1, SET_MAX + 1);
	char all[1 + SET_MAX] = { 0 };
	size_t i, k, n = 0;

	*field = 1;
	if (header.n <= WW_HL7_ID_N || !ww_hl7_may_delimit(header.p[WW_HL7_ID_N]))
		return "the field separator is not usable";
	*field = 2;
	all[0] = header.p[WW_HL7_ID_N];
	while (n < set.n && set.p[n] != all[0] && set.p[n] != '\r' && set.p[n] != '\n')
		n++;
	if (n < SET_MIN || n > SET_MAX)
		return "there must be four or five encoding characters";
	memcpy(all + 1, set.p, n);
	for (i = 1; i <= n; i++)
		for (k = 0; k < i; k++)
			if (!ww_hl7_may_delimit(all[i]) || all[i] == all[k])
				return "an encoding character is no punctuation or stands twice";
	*out = (struct ww_hl7_delims){ .field = all[0],
		.component = all[1],
		.repetition = all[2],
		.escape = all[3],
		.subcomponent = all[4],
		.truncation = all[5] };
	return NULL;
}

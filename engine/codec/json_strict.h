/* The rules a JSON text must keep before the library sees it, and its tokens once it does. RFC 8259 with
 * what FHIR R4 adds: UTF-8, no control character but tab, line feed and carriage return. */
#ifndef WW_CODEC_JSON_STRICT_H
#define WW_CODEC_JSON_STRICT_H

#include <wardwire/status.h>
#include <wardwire/str.h>

#define WW_JSON_DEPTH_MAX 64 /* objects and arrays inside one another */
#define WW_JSON_NUMBER_MAX                                                                         \
	63 /* characters of a number; the library would read part of a longer one */

struct ww_json_fault {
	ww_status status; /* WW_E_SYNTAX or WW_E_LIMIT */
	size_t at;        /* byte of the text, from 0 */
	const char *rule;
};

/* The text is one value with nothing around it but blanks. False fills *out. */
bool ww_json_strict(ww_str text, struct ww_json_fault *out);

/* Takes the next string (with its quotes), number or literal off a text that passed ww_json_strict; empty
 * when there is none left. */
ww_str ww_json_token(ww_str *rest);

/* Line and column, from 1, of that byte; columns count characters. */
void ww_json_where(ww_str text, size_t at, size_t *line, size_t *column);

#endif

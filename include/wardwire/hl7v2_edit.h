/* Writing HL7 v2 messages: new ones, and ones that came in and are changed. What is not changed stays byte for
 * byte. */
#ifndef WARDWIRE_HL7V2_EDIT_H
#define WARDWIRE_HL7V2_EDIT_H

#include <wardwire/hl7v2.h>

struct ww_hl7_edit; /* a message being written, in the arena of its context */

/* A message with a header that holds nothing but these delimiters; its texts are written in UTF-8. */
WW_MUST ww_status ww_hl7_edit_new(
    struct ww_ctx *cx, const struct ww_hl7_delims *d, struct ww_hl7_edit **out);
/* A message that was parsed, with cx or before it; m and its bytes must outlive the edit, and stay as they are.
 * Texts are written in the character set of its MSH-18, which setting another MSH-18 does not change. WW_E_CHARSET for
 * one in a set that is only read (GB 18030, BIG-5 and others that take more than a byte for a letter), WW_E_SEGMENT for
 * one that is a part of a message: ADD goes on with nothing in it. */
WW_MUST ww_status ww_hl7_edit_of(
    struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_hl7_edit **out);

/* Puts text (UTF-8), escaped, in the place of what ww_hl7_raw reads at the path: of PID-5 the field with all its
 * repetitions, of PID-5(1) one of them, of PID-5.2 a component with its subcomponents. Fields, repetitions and
 * components before it are made where they are missing, and separators that nothing follows any more are taken
 * away. Text that is empty empties the place. Refusals leave the message as it was: WW_E_NOT_FOUND (no such
 * segment), WW_E_SYNTAX (a path without field; MSH-1 and MSH-2), WW_E_LIMIT (beyond what ww_hl7_parse takes),
 * WW_E_CHARSET (a character that the message's set has not). */
WW_MUST ww_status ww_hl7_edit_text(
    struct ww_hl7_edit *e, const struct ww_hl7_path *p, ww_str text, enum ww_hl7_form form);
/* The same with bytes as they stand in a message with these delimiters: "" deletes, A^B are two components.
 * WW_E_SYNTAX also when they hold a line end, or a delimiter of a level above the path's own. */
WW_MUST ww_status ww_hl7_edit_raw(struct ww_hl7_edit *e, const struct ww_hl7_path *p, ww_str raw);
/* Takes away a segment, or a repetition of a field, so that those behind it move up; empties anything else.
 * What is not there is no failure. WW_E_SYNTAX for MSH itself, MSH-1 and MSH-2. */
WW_MUST ww_status ww_hl7_edit_remove(struct ww_hl7_edit *e, const struct ww_hl7_path *p);
/* A new segment behind the one that the path names, or at the end where it is NULL; *n is its number among
 * those of its id, as a path takes it. WW_E_NOT_FOUND, WW_E_SYNTAX (id), WW_E_LIMIT. */
WW_MUST ww_status ww_hl7_edit_add(
    struct ww_hl7_edit *e, const char *id, const struct ww_hl7_path *behind, size_t *n);

/* Appends the message. One that nothing was done to is written as it came, byte for byte; otherwise every segment
 * ends with CR, and what stood before MSH is left out. A changed segment that ADD continued is one line. */
void ww_hl7_edit_write(const struct ww_hl7_edit *e, struct ww_buf *out);

#endif

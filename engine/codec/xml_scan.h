/* What an XML text must keep before the library sees it: UTF-8, and no markup but tags, comments and CDATA, each in its
 * lexical form. Whatever the library does badly (document types, entities, encodings, elements of endless attributes)
 * does not reach it. */
#ifndef WW_CODEC_XML_SCAN_H
#define WW_CODEC_XML_SCAN_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct
    ww_json_fault; /* codec/json_strict.h: status, byte and rule; ww_json_where says line and column */

/* The text without its byte order mark. */
ww_str ww_xml_unmarked(ww_str text);
/* False fills *out. What passes may still be no well-formed XML: ends of elements, entities and namespaces are the
 * library's. */
bool ww_xml_scan(ww_str text, struct ww_json_fault *out);

#endif

/* FHIR R4 in XML, read into the tree that the same resource in JSON gives, and written from it. The only door to the
 * XML library (codec/xml.c), which is not to be trusted: what it must not see is refused before it, and it builds no
 * document. Elements are converted by the tables of codec/fhir_types.h; whatever JSON is checked for is not checked
 * here a second time. */
#ifndef WW_CODEC_XML_H
#define WW_CODEC_XML_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_buf;
struct ww_json;

#define WW_XML_BYTES_MAX (8u << 20) /* of a document, where the caller sets no other limit */
#define WW_XML_DEPTH_MAX 64         /* elements inside one another, as of JSON */
#define WW_XML_ATTRIBUTES_MAX 256   /* of one element */

/* Reads one resource of at most max bytes (0: WW_XML_BYTES_MAX) into a tree in the context's arena. Refused are a
 * document type or entity declaration, processing instructions, any encoding but UTF-8, text outside a narrative, and
 * what no JSON could say: elements of another namespace, not in R4's order or twice where R4 has one, attributes that
 * FHIR does not have. Refusals are WW_E_SYNTAX with place "line L column C" and the rule; beyond a limit WW_E_LIMIT;
 * short of memory WW_E_MEMORY. No text of the input is repeated. On failure *out is untouched.
 *
 * What JSON can say is not refused here but by ww_fhir_check, with an expression: an element that R4 does not have is
 * a string member of its name, a value that is no number or boolean where one belongs is a string, an empty element an
 * empty string or object. Of a resource type without tables, resourceType and id are all that is kept. */
WW_MUST ww_status ww_xml_read(struct ww_ctx *cx, ww_str text, size_t max, struct ww_json **out);

/* Appends the resource (its resourceType says which) as an XML document: elements in R4's order, decimals with their
 * digits as written, the narrative as it stands. WW_E_VALUE with the element's path when the tree holds what XML of
 * FHIR has no form for: an unknown type or element, a narrative that is not XHTML. *out then holds part of it. */
WW_MUST ww_status ww_xml_write(
    struct ww_ctx *cx, const struct ww_json *resource, struct ww_buf *out);

#endif

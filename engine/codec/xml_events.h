/* The events of an XML text that passed ww_xml_scan. For codec/xml_*.c alone; xml.c is behind it, and the library behind
 * that. */
#ifndef WW_CODEC_XML_EVENTS_H
#define WW_CODEC_XML_EVENTS_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_xml_reader;

#define WW_XML_FHIR "http://hl7.org/fhir"
#define WW_XML_XHTML "http://www.w3.org/1999/xhtml"

struct ww_xml_attribute {
	ww_str space; /* of the namespace; empty: none */
	ww_str name, value;
};

/* The beginning of an element; valid during the call. */
struct ww_xml_element {
	ww_str space, name;
	const struct ww_xml_attribute *attributes; /* without the declarations of namespaces */
	size_t attributes_n;
};

struct ww_xml_handler {
	void (*start)(void *arg, struct ww_xml_reader *r, const struct ww_xml_element *e);
	void (*end)(void *arg, struct ww_xml_reader *r);
	void (*text)(void *arg, struct ww_xml_reader *r, ww_str text); /* in pieces */
	void *arg;
};

/* Reads the whole text: ww_xml_scan, then the events. WW_E_SYNTAX, WW_E_LIMIT or WW_E_MEMORY, recorded with line and
 * column; or the first refusal of a handler. No event follows a refusal. */
WW_MUST ww_status ww_xml_events(struct ww_ctx *cx, ww_str text, const struct ww_xml_handler *h);

/* From a handler: records why, at the place reached, and ends the reading. */
void ww_xml_refuse(struct ww_xml_reader *r, ww_status s, const char *rule);
/* From a handler: the byte of the text behind the tag, or before the '>' of a tag that begins an element. */
size_t ww_xml_offset(const struct ww_xml_reader *r);

#endif

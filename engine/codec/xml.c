/* The door to libxml2: its SAX interface, so that no document is built and nothing is looked up.
 *
 * The text has passed ww_xml_scan: no document type, no entity but XML's own five, no processing instruction, UTF-8.
 * Should the library see one of these after all, it is refused here. Its messages quote the input and are never read. */
#include <wardwire/ctx.h>

#include "codec/json_strict.h"
#include "codec/xml.h"
#include "codec/xml_events.h"
#include "codec/xml_scan.h"

#include <assert.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

enum {
	NAMESPACES_MAX = 16, /* that one element may declare: they are searched one by one */
	NAMES_MAX =
	    4096, /* different ones in a text: the library's table of them does not grow with them */
};

struct ww_xml_reader {
	struct ww_ctx *cx;
	const struct ww_xml_handler *handler;
	xmlParserCtxtPtr library;
	struct ww_xml_attribute attributes[WW_XML_ATTRIBUTES_MAX];
	size_t depth;
	ww_status status;
};

/* -- faults ------------------------------------------------------------------------------------------- */

static ww_status
fail_at(struct ww_ctx *cx, ww_status s, size_t line, size_t column, const char *rule)
{
	char place[64];

	snprintf(place, sizeof(place), "line %zu column %zu", line, column);
	return ww_fail(cx, s, place, "%s", rule);
}

/* What the library found, in our words. */
static const char *
rule_of(int code)
{
	static const struct {
		int code;
		const char *rule;
	} rows[] = {
		{ XML_ERR_DOCUMENT_EMPTY, "no XML element" },
		{ XML_ERR_DOCUMENT_END, "something after the end of the document" },
		{ XML_ERR_TAG_NAME_MISMATCH, "an end tag that does not end the open element" },
		{ XML_ERR_TAG_NOT_FINISHED, "an element without its end" },
		{ XML_ERR_UNDECLARED_ENTITY, "an entity that XML does not define" },
		{ XML_ERR_INVALID_CHAR, "a character that XML does not allow" },
		{ XML_ERR_INVALID_CHARREF, "a character that XML does not allow" },
		{ XML_ERR_ATTRIBUTE_REDEFINED, "an attribute that stands twice" },
		{ XML_NS_ERR_UNDEFINED_NAMESPACE, "a prefix that is not declared" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == code)
			return rows[i].rule;
	return "not well-formed XML";
}

static size_t
positive(int n)
{
	return n > 0 ? (size_t)n : 1;
}

static ww_status
library_fault(struct ww_ctx *cx, xmlParserCtxtPtr library)
{
	const xmlError *e = &library->lastError;

	if (e->code == XML_ERR_NO_MEMORY)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory to read XML");
	return fail_at(cx, WW_E_SYNTAX, positive(e->line), positive(e->int2), rule_of(e->code));
}

void
ww_xml_refuse(struct ww_xml_reader *r, ww_status s, const char *rule)
{
	const xmlParserInput *in = r->library->input;

	if (r->status != WW_OK)
		return;
	r->status = fail_at(r->cx, s, positive(in->line), positive(in->col), rule);
	xmlStopParser(r->library);
}

size_t
ww_xml_offset(const struct ww_xml_reader *r)
{
	const xmlParserInput *in = r->library->input;

	return in->consumed + (size_t)(in->cur - in->base);
}

/* -- events ------------------------------------------------------------------------------------------- */

static ww_str
text_from(const xmlChar *c)
{
	return ww_str_from((const char *)c);
}

/* The library leaves each '&' of a value as "&#38;" for whoever builds a document to resolve, and no other: a copy in which
 * that is done. */
static ww_str
resolved(struct ww_ctx *cx, ww_str value)
{
	static const ww_str escape = WW_STR_INIT("&#38;");
	char *copy;
	size_t from, to = 0;

	if (ww_str_find(value, '&') == value.n)
		return value;
	copy = ww_arena_alloc(cx->arena, value.n);
	if (copy == NULL)
		return ww_str_empty(); /* the arena remembers */
	for (from = 0; from < value.n; from++) {
		copy[to++] = value.p[from];
		if (ww_str_starts(ww_str_sub(value, from, value.n), escape))
			from += escape.n - 1;
	}
	return ww_str_of(copy, to);
}

/* Five pointers an attribute: name, prefix, namespace, value, its end. */
static void
take_attributes(struct ww_xml_reader *r, const xmlChar **given, size_t n)
{
	size_t i;

	assert(n <= WW_XML_ATTRIBUTES_MAX);
	for (i = 0; i < n; i++, given += 5)
		r->attributes[i] = (struct ww_xml_attribute){
			.space = text_from(given[2]),
			.name = text_from(given[0]),
			.value =
			    resolved(r->cx, ww_str_of(given[3], (size_t)(given[4] - given[3]))),
		};
}

static void
on_start(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *space, int spaces_n,
    const xmlChar **spaces, int n, int defaulted, const xmlChar **attributes)
{
	struct ww_xml_reader *r = arg;
	struct ww_xml_element e = {
		.space = text_from(space),
		.name = text_from(name),
		.attributes = r->attributes,
		.attributes_n = (size_t)n,
	};

	(void)prefix;
	(void)spaces;
	(void)defaulted; /* there is no document type to give defaults */
	if (r->status != WW_OK)
		return;
	if (spaces_n > NAMESPACES_MAX) {
		ww_xml_refuse(r, WW_E_LIMIT, "too many namespaces declared by one element");
		return;
	}
	if (xmlDictSize(r->library->dict) > NAMES_MAX) {
		ww_xml_refuse(r, WW_E_LIMIT, "too many different names");
		return;
	}
	if (++r->depth > WW_XML_DEPTH_MAX) {
		ww_xml_refuse(r, WW_E_LIMIT, "more than 64 levels");
		return;
	}
	take_attributes(r, attributes, (size_t)n);
	r->handler->start(r->handler->arg, r, &e);
}

static void
on_end(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *space)
{
	struct ww_xml_reader *r = arg;

	(void)name;
	(void)prefix;
	(void)space;
	if (r->status != WW_OK)
		return;
	r->depth--;
	r->handler->end(r->handler->arg, r);
}

static void
on_text(void *arg, const xmlChar *text, int n)
{
	struct ww_xml_reader *r = arg;

	if (r->status == WW_OK)
		r->handler->text(r->handler->arg, r, ww_str_of(text, (size_t)n));
}

/* The second line behind ww_xml_scan. */
static void
on_subset(void *arg, const xmlChar *name, const xmlChar *id, const xmlChar *uri)
{
	(void)name;
	(void)id;
	(void)uri;
	ww_xml_refuse(arg, WW_E_SYNTAX, "a document type or entity declaration");
}

static void
on_instruction(void *arg, const xmlChar *target, const xmlChar *data)
{
	(void)target;
	(void)data;
	ww_xml_refuse(arg, WW_E_SYNTAX, "a processing instruction");
}

/* -- the library -------------------------------------------------------------------------------------- */

static void
start_library(void)
{
	xmlInitParser();
}

/* Keeps the library from writing to stderr; the fault is in lastError. */
static void
on_fault(void *arg, xmlErrorPtr e)
{
	(void)arg;
	(void)e;
}

static ww_status
read_events(struct ww_xml_reader *r)
{
	xmlParserCtxtPtr c = r->library;

	*c->sax = (xmlSAXHandler){
		.initialized = XML_SAX2_MAGIC,
		.internalSubset = on_subset,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.processingInstruction = on_instruction,
		.serror = on_fault,
	};
	c->userData = r;
	/* Never NOENT, HUGE, DTDLOAD or XINCLUDE. */
	(void)xmlCtxtUseOptions(
	    c, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
	c->sax->serror = on_fault;
	(void)xmlParseDocument(c);
	if (r->status == WW_OK && (!c->wellFormed || !c->nsWellFormed))
		r->status = library_fault(r->cx, c);
	return r->status;
}

ww_status
ww_xml_events(struct ww_ctx *cx, ww_str text, const struct ww_xml_handler *h)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct ww_xml_reader r = { .cx = cx, .handler = h };
	struct ww_json_fault fault;
	ww_status s;

	if (!ww_xml_scan(text, &fault)) {
		size_t line, column;

		ww_json_where(text, fault.at, &line, &column);
		return fail_at(cx, fault.status, line, column, fault.rule);
	}
	if (text.n == 0 || text.n > INT_MAX)
		return fail_at(cx, text.n == 0 ? WW_E_SYNTAX : WW_E_LIMIT, 1, 1,
		    text.n == 0 ? "no XML element" : "too long");

	pthread_once(&once, start_library);
	r.library = xmlCreateMemoryParserCtxt(text.p, (int)text.n);
	if (r.library == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory to read XML");
	s = read_events(&r);
	xmlFreeParserCtxt(r.library); /* makes no document: its handlers were replaced */
	return s;
}
